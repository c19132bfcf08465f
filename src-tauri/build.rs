//! Embeds the page, and puts a plain one in its place while it isn't built.

use std::{fs, io, path::Path};

const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>Muster</title>\
<p>The page isn\u{2019}t built yet. Run <code>cargo xtask run</code>, or <code>npm ci && npm run build</code> in <code>ui</code>, and build again.";

fn main() -> io::Result<()> {
    let page = Path::new("../ui/dist");
    println!("cargo:rerun-if-changed={}", page.display());
    if !page.join("index.html").exists() {
        println!("cargo:warning=ui/dist is not built, so the window will say so");
        fs::create_dir_all(page)?;
        fs::write(page.join("index.html"), NOT_BUILT)?;
    }
    tauri_build::build();
    Ok(())
}
