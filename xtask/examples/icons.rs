//! Draws every icon set that Tauri wants from the one source, `icons/muster.svg`.
//! Run by `cargo xtask icons`; what it writes is committed, so a build needs no renderer.

use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// Sizes in an `.ico`: what Windows asks for between a tray at 100% and a tile at 400%.
const WINDOWS_SIZES: [u32; 6] = [16, 24, 32, 48, 64, 256];

/// The four-letter types of an `.icns` whose content is a PNG, with their size in pixels
/// (`ic11` to `ic14` are the double-density twins of 16, 32, 128 and 256 points).
const MAC_TYPES: [(&[u8; 4], u32); 8] = [
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic07", 128),
    (b"ic13", 256),
    (b"ic08", 256),
    (b"ic14", 512),
    (b"ic09", 512),
    (b"ic10", 1024),
];

const PNG_FILES: [(&str, u32); 4] = [
    ("32x32.png", 32),
    ("128x128.png", 128),
    ("128x128@2x.png", 256),
    ("icon.png", 512),
];

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("BUG: xtask stands inside the workspace")
        .join("icons");
    let source = folder.join("muster.svg");
    let text = fs::read_to_string(&source)
        .with_context(|| format!("{} could not be read", source.display()))?;
    let drawing =
        Tree::from_str(&text, &Options::default()).context("icons/muster.svg is not a drawing")?;

    for (name, size) in PNG_FILES {
        fs::write(folder.join(name), draw(&drawing, size)?.encode_png()?)?;
    }
    windows(&drawing, &folder.join("icon.ico"))?;
    mac(&drawing, &folder.join("icon.icns"))
}

fn draw(drawing: &Tree, size: u32) -> Result<Pixmap> {
    let mut canvas = Pixmap::new(size, size).context("an icon needs at least one pixel")?;
    let scale = size as f32 / drawing.size().width();
    resvg::render(
        drawing,
        Transform::from_scale(scale, scale),
        &mut canvas.as_mut(),
    );
    Ok(canvas)
}

fn windows(drawing: &Tree, path: &Path) -> Result<()> {
    let mut set = ico::IconDir::new(ico::ResourceType::Icon);
    for size in WINDOWS_SIZES {
        let png = draw(drawing, size)?.encode_png()?;
        let image = ico::IconImage::read_png(Cursor::new(png))?;
        // Older Windows shells read a PNG only at 256 pixels; the smaller ones are bitmaps.
        let entry = if size == 256 {
            ico::IconDirEntry::encode_as_png(&image)?
        } else {
            ico::IconDirEntry::encode_as_bmp(&image)?
        };
        set.add_entry(entry);
    }
    set.write(File::create(path)?)?;
    Ok(())
}

/// An `.icns` is `icns`, the length of the whole, then per image its type, its length (both counted in) and a PNG.
fn mac(drawing: &Tree, path: &Path) -> Result<()> {
    let mut images = Vec::new();
    for (kind, size) in MAC_TYPES {
        let png = draw(drawing, size)?.encode_png()?;
        images.extend_from_slice(kind);
        images.extend_from_slice(&u32::try_from(png.len() + 8)?.to_be_bytes());
        images.extend_from_slice(&png);
    }
    let mut file = b"icns".to_vec();
    file.extend_from_slice(&u32::try_from(images.len() + 8)?.to_be_bytes());
    file.extend_from_slice(&images);
    fs::write(path, file)?;
    Ok(())
}
