//! The window.

#[cfg(target_os = "linux")]
mod drawing;
mod news;
mod single;

use std::{process::ExitCode, sync::Arc};

use tauri::{App, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder, webview::NewWindowResponse};
use tauri_plugin_window_state::StateFlags;

use crate::{
    bindings, data,
    dropped::{self, Dropped},
    host::Host,
    logging, preferences,
};

/// The one window there is.
pub const MAIN: &str = "main";
const TITLE: &str = "Muster";
/// CSS pixels.
const SIZE: (f64, f64) = (1280.0, 800.0);
const LEAST: (f64, f64) = (1024.0, 700.0);

/// Opens the window and answers when it is closed.
pub fn open() -> ExitCode {
    #[cfg(windows)]
    if let Some(left) = console::leave() {
        return left;
    }
    #[cfg(target_os = "linux")]
    drawing::suit();
    let data_dir = data::directory();
    match &data_dir {
        Ok(data_dir) => logging::to_terminal_and_file(data_dir),
        Err(_) => logging::to_terminal(),
    }
    let bindings = bindings::builder();
    let mut builder = tauri::Builder::default()
        // First, so that a second start does nothing but call the first one's window.
        .plugin(single::plugin(data_dir.as_deref().ok()))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_store::Builder::new().build());
    if let Ok(data_dir) = &data_dir {
        builder = builder.plugin(
            tauri_plugin_window_state::Builder::new()
                .with_filename(data_dir.join("window.json").to_string_lossy())
                // Shown by us, once it has something to show.
                .with_state_flags(StateFlags::all() & !StateFlags::VISIBLE)
                .build(),
        );
    }
    let app = builder
        .invoke_handler(bindings.invoke_handler())
        .setup(move |app| {
            bindings.mount_events(app);
            set_up(app, data_dir)
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run(|app, event| match event {
                RunEvent::ExitRequested { .. } => single::leave(),
                RunEvent::Exit => {
                    let host = app.try_state::<Host>();
                    if let Some(Ok(engine)) = host.as_ref().map(|host| host.engine()) {
                        engine.keep_first_rows();
                    }
                }
                _ => {}
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            single::begin_anew(&error);
            tracing::error!(%error, "no window");
            eprintln!(
                "Muster could not open its window: {error}. Without a display, use the command line: muster --help"
            );
            ExitCode::FAILURE
        }
    }
}

fn set_up(
    app: &mut App,
    data_dir: engine::Result<std::path::PathBuf>,
) -> Result<(), Box<dyn std::error::Error>> {
    let listener = Arc::new(news::Teller::new(app.handle().clone()));
    let host = tauri::async_runtime::block_on(async {
        let host = Host::open(data_dir, listener);
        // Before the page can ask for a sync of it.
        if let Ok(engine) = host.engine()
            && let Err(error) = host.sample.resume(engine).await
        {
            tracing::warn!(%error, detail = error.detail, "the sample company is not served");
        }
        host
    });
    let preferences = preferences::read(app.handle(), host.data_dir());
    if let Ok(engine) = host.engine() {
        // While the web view begins.
        if let Err(error) = engine.take_up_what_was_left() {
            tracing::warn!(%error, "what a run had left was not looked at");
        }
        engine.read_ahead(preferences.last_connection);
    }
    let mut window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title(TITLE)
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(LEAST.0, LEAST.1)
        .center()
        .theme(preferences.theme.of_window())
        .zoom_hotkeys_enabled(true)
        .on_navigation(|url| {
            url.scheme() == "tauri"
                || url.host_str() == Some("tauri.localhost")
                || tauri::is_dev() && url.host_str() == Some("127.0.0.1")
        })
        .on_new_window(|_, _| NewWindowResponse::Deny);
    if host.engine().is_ok() {
        window = window.data_directory(host.data_dir().join("webview"));
    }
    app.manage(host);
    app.manage(Dropped::default());
    dropped::hear(&window.build()?);
    Ok(())
}

/// Windows gives a console to a program of the console kind, which Muster is for the sake of its command line.
#[cfg(windows)]
mod console {
    use std::{
        env,
        os::windows::process::CommandExt,
        process::{Command, ExitCode, Stdio},
    };

    /// Set in the process that has no console any more.
    const LEFT: &str = "MUSTER_WITHOUT_CONSOLE";
    const DETACHED_PROCESS: u32 = 0x0000_0008;

    /// Starts the window again without a console; `None` when this is that process, or when it can't be.
    pub fn leave() -> Option<ExitCode> {
        if env::var_os(LEFT).is_some() {
            return None;
        }
        Command::new(env::current_exe().ok()?)
            .env(LEFT, "1")
            .creation_flags(DETACHED_PROCESS)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        Some(ExitCode::SUCCESS)
    }
}
