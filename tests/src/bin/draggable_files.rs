//! `draggable_files X Y FILE…`: a small window at a point of the screen out of which these files can be dragged, as
//! out of a file manager. Says when it stands, and stays until it is ended.

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("The window is driven through WebKitWebDriver and Xvfb, which are on Linux only.");
}

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    linux::lay_out()
}

#[cfg(target_os = "linux")]
mod linux {
    use anyhow::{Context, Result};
    use gtk::gdk::{DragAction, ModifierType};
    use gtk::prelude::*;
    use gtk::{TargetEntry, TargetFlags, glib};

    /// CSS pixels.
    const SIZE: i32 = 120;

    pub fn lay_out() -> Result<()> {
        let mut arguments = std::env::args().skip(1);
        let mut number = || -> Result<i32> {
            let said = arguments.next().context("where the window is to stand")?;
            Ok(said.parse()?)
        };
        let (x, y) = (number()?, number()?);
        let files = arguments
            .map(|file| Ok(glib::filename_to_uri(file, None)?))
            .collect::<Result<Vec<_>>>()?;

        gtk::init()?;
        // A popup needs no window manager to stand where it is told to.
        let window = gtk::Window::new(gtk::WindowType::Popup);
        window.move_(x, y);
        window.resize(SIZE, SIZE);
        window.drag_source_set(
            ModifierType::BUTTON1_MASK,
            &[TargetEntry::new("text/uri-list", TargetFlags::empty(), 0)],
            DragAction::COPY,
        );
        window.connect_drag_data_get(move |_, _, data, _, _| {
            let files: Vec<&str> = files.iter().map(|file| file.as_str()).collect();
            data.set_uris(&files);
        });
        window.connect_map_event(|_, _| {
            println!("READY");
            glib::Propagation::Proceed
        });
        window.show_all();
        gtk::main();
        Ok(())
    }
}
