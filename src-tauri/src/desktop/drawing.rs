//! How the web view draws where there is no graphics card.

use std::{env, fs, os::unix::process::CommandExt, path::Path, process::Command};

/// WebKitGTK's own switch; what somebody has set stays.
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// One file for each graphics card that draws.
const CARDS: &str = "/dev/dri";

/// Starts this process again with the web view's plain renderer, where that is the faster one. Does nothing in that
/// process, where there is a graphics card, and where it can't be started again: then drawing is slow.
///
/// The renderer for graphics cards takes 90 ms for any change of the window when a processor has to do a card's work,
/// and the plain one 25 (two cores, 1280 by 800).
pub fn suit() {
    if env::var_os(SWITCH).is_some() || has_card(Path::new(CARDS)) {
        return;
    }
    // A variable of this process's own can't be set safely any more; of the next one's, it can.
    if let Ok(muster) = env::current_exe() {
        let _ = Command::new(muster)
            .args(env::args_os().skip(1))
            .env(SWITCH, "1")
            .exec();
    }
}

fn has_card(folder: &Path) -> bool {
    let Ok(files) = fs::read_dir(folder) else {
        return false;
    };
    files
        .flatten()
        .any(|file| file.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graphics_card_is_known_by_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!has_card(&folder.path().join("dri")), "no folder at all");
        fs::write(folder.path().join("card0"), "").expect("a file");
        assert!(
            !has_card(folder.path()),
            "a screen without a card that draws"
        );
        fs::write(folder.path().join("renderD128"), "").expect("a file");
        assert!(has_card(folder.path()));
    }
}
