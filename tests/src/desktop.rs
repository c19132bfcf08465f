//! Drives the real executable in a real window: a display, a session bus, an unlocked keyring and a home folder of its own,
//! so that nothing of the machine's owner is read or changed, and two tests can run side by side.

pub mod accessibility;
pub mod acts;
pub mod dialogs;
pub mod office;
pub mod process;
pub mod screen;
pub mod tour;
pub mod window;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

pub use window::{Look, Target, Window, role};

use process::Process;

/// How long anything in the window may take before a test gives up. Generous: two cores may be building something else.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A session bus that starts nothing by itself: asked for secrets before the unlocked keyring is there, it would start
/// a locked one, which asks for a password that nobody types.
const BUS: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A desktop for one test. Fields are dropped in order: the display and the bus go before the folder they write to.
pub struct Desktop {
    _keyring: Process,
    _bus: Process,
    _display: Process,
    environment: Vec<(&'static str, String)>,
    folder: TempDir,
}

impl Desktop {
    /// Starts Xvfb on a free display, a session bus and an unlocked keyring.
    pub async fn start() -> Result<Desktop> {
        let keep = std::env::var_os("MUSTER_KEEP").is_some();
        let folder = tempfile::Builder::new()
            .prefix("muster-desktop-")
            .disable_cleanup(keep)
            .tempdir()?;
        if keep {
            eprintln!(
                "Everything of this desktop stays in {}",
                folder.path().display()
            );
        }
        let at = |name: &str| folder.path().join(name);
        for name in [
            "home", "config", "data", "cache", "state", "runtime", "logs", "muster",
        ] {
            fs::create_dir(at(name))?;
        }
        // The keyring refuses a control folder that others can enter.
        fs::set_permissions(
            at("runtime"),
            std::os::unix::fs::PermissionsExt::from_mode(0o700),
        )?;

        let mut environment: Vec<(&'static str, String)> = vec![
            ("PATH", std::env::var("PATH").context("PATH is not set")?),
            ("USER", "ana".to_owned()),
            ("HOME", text(&at("home"))),
            ("XDG_CONFIG_HOME", text(&at("config"))),
            ("XDG_DATA_HOME", text(&at("data"))),
            ("XDG_CACHE_HOME", text(&at("cache"))),
            ("XDG_STATE_HOME", text(&at("state"))),
            ("XDG_RUNTIME_DIR", text(&at("runtime"))),
            ("MUSTER_DATA_DIR", text(&at("muster"))),
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
            ("GDK_BACKEND", "x11".to_owned()),
            ("GSETTINGS_BACKEND", "memory".to_owned()),
            ("NO_AT_BRIDGE", "1".to_owned()),
            ("LIBGL_ALWAYS_SOFTWARE", "1".to_owned()),
        ];

        let mut xvfb = command("Xvfb", &environment);
        xvfb.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1920x1080x24",
            "-nolisten",
            "tcp",
        ]);
        let (display, number) = Process::start_and_ask("Xvfb", &mut xvfb, &at("logs/display"))?;
        environment.push(("DISPLAY", format!(":{number}")));

        let mut daemon = command("dbus-daemon", &environment);
        fs::write(at("bus.conf"), BUS)?;
        daemon.arg(format!("--config-file={}", text(&at("bus.conf"))));
        daemon.args(["--nofork", "--print-address=1"]);
        let (bus, address) = Process::start_and_ask("dbus-daemon", &mut daemon, &at("logs/bus"))?;
        environment.push(("DBUS_SESSION_BUS_ADDRESS", address));

        let mut keyring = command("gnome-keyring-daemon", &environment);
        keyring.args(["--foreground", "--unlock", "--components=secrets"]);
        let keyring = Process::start_and_tell(
            "gnome-keyring-daemon",
            &mut keyring,
            b"desktop",
            &at("logs/keyring"),
        )?;

        let mut desktop = Desktop {
            _keyring: keyring,
            _bus: bus,
            _display: display,
            environment,
            folder,
        };
        desktop.wait_for_keyring().await?;
        Ok(desktop)
    }

    /// With the renderer that WebKitWebDriver can take pictures of: without it, the driver waits for one for ever.
    pub fn for_pictures(mut self) -> Desktop {
        let renderer = ("WEBKIT_DISABLE_DMABUF_RENDERER", "0".to_owned());
        self.environment.push(renderer);
        self
    }

    /// Starts Muster in the given look, through tauri-driver, and waits for its page.
    pub async fn launch(&self, look: Look) -> Result<Window> {
        let executable = executable()?;
        let driver = driver()?;
        let [port, native_port] = free_ports()?;
        let mut command = command(&text(&driver), &self.environment);
        command.args([
            "--port",
            &port.to_string(),
            "--native-port",
            &native_port.to_string(),
        ]);
        // What the system's own dialogs write without being told where lands here.
        command.current_dir(self.folder.path().join("home"));
        if look == Look::Dark {
            // GTK's own switch; the page sees it as prefers-color-scheme.
            command.env("GTK_THEME", "Adwaita:dark");
        }
        let process = Process::start(
            "tauri-driver",
            &mut command,
            &self.folder.path().join("logs/muster"),
        )?;
        Window::open(process, port, native_port, &executable).await
    }

    /// The executable as a command line, with the window's own data, keyring and settings.
    pub fn muster(&self) -> Result<Command> {
        Ok(command(&text(&executable()?), &self.environment))
    }

    /// Where everything that Muster and its surroundings write ends up, logs and keyring included.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where Muster keeps its data.
    pub fn data_folder(&self) -> PathBuf {
        self.folder.path().join("muster")
    }

    /// What Muster, its web view and the drivers wrote to their output.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("logs/muster")).unwrap_or_default()
    }

    /// Every secret in the keyring that carries this attribute, read with a tool that is not ours.
    pub fn secrets(&self, attribute: &str, value: &str) -> Result<Vec<String>> {
        let output = command("secret-tool", &self.environment)
            .args(["search", "--all", "--unlock", attribute, value])
            .output()
            .context("secret-tool could not be started; `cargo xtask test` installs it")?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(said
            .lines()
            .filter_map(|line| line.strip_prefix("secret = "))
            .map(str::to_owned)
            .collect())
    }

    /// Puts a token into the keyring where Muster looks for it, with a tool that is not ours.
    pub fn keep_token(&self, key: &str, token: &str) -> Result<()> {
        let mut store = command("secret-tool", &self.environment);
        store.args([
            "store",
            "--label=Muster",
            "service",
            "Muster",
            "username",
            key,
        ]);
        let mut child = store
            .stdin(std::process::Stdio::piped())
            .spawn()
            .context("secret-tool could not be started; `cargo xtask test` installs it")?;
        if let Some(mut stdin) = child.stdin.take() {
            std::io::Write::write_all(&mut stdin, token.as_bytes())?;
        }
        ensure!(child.wait()?.success(), "the keyring took no token");
        Ok(())
    }

    /// Files under the desktop's folder that hold this text anywhere, in UTF-8 or UTF-16.
    pub fn files_with(&self, needle: &str) -> Result<Vec<PathBuf>> {
        let plain = needle.as_bytes().to_vec();
        let wide: Vec<u8> = needle.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    let bytes = fs::read(entry.path())?;
                    if contains(&bytes, &plain) || contains(&bytes, &wide) {
                        found.push(entry.path());
                    }
                }
            }
        }
        Ok(found)
    }

    /// Waits until the keyring answers for the Secret Service and holds a secret as it should: one is put in and taken out.
    async fn wait_for_keyring(&mut self) -> Result<()> {
        let environment = self.environment.clone();
        let result = until("the keyring to keep a secret", PATIENCE, async || {
            let mut store = command("secret-tool", &environment);
            store.args(["store", "--label=A first secret", "desktop", "ready"]);
            store
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::null());
            let store = store.stderr(std::process::Stdio::null());
            let mut child = store
                .spawn()
                .context("secret-tool could not be started; `cargo xtask test` installs it")?;
            if let Some(mut stdin) = child.stdin.take() {
                std::io::Write::write_all(&mut stdin, b"ready").ok();
            }
            Ok(child.wait()?.success().then_some(()))
        })
        .await;
        self._keyring.still_runs()?;
        result.with_context(|| {
            format!(
                "the keyring is of no use; it said: {}",
                self._keyring.said()
            )
        })
    }
}

/// Looks again and again until there is something, or the time is up. The error carries what the last look failed with.
pub async fn until<T>(
    what: &str,
    within: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + within;
    loop {
        let failure = match look().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if Instant::now() >= deadline {
            return match failure {
                Some(error) => {
                    Err(error.context(format!("waited {} s for {what}", within.as_secs())))
                }
                None => bail!("waited {} s for {what}", within.as_secs()),
            };
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A command that sees nothing of the surroundings but what the desktop gives it.
fn command(program: &str, environment: &[(&'static str, String)]) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (*name, value)));
    command
}

/// The executable that MUSTER_EXECUTABLE names, else the `muster` that was built beside the program that is running now.
pub fn executable() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("MUSTER_EXECUTABLE") {
        return Ok(PathBuf::from(named));
    }
    beside("muster")
}

/// A program that was built beside the one that is running now.
fn beside(name: &str) -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let folder = here.parent().context("the test has no folder")?;
    let folder = if folder.ends_with("deps") {
        folder.parent().context("deps has no parent")?
    } else {
        folder
    };
    let executable = folder.join(name);
    ensure!(
        executable.exists(),
        "{} is not there; `cargo xtask test --only desktop` builds it",
        executable.display()
    );
    Ok(executable)
}

/// tauri-driver as `cargo xtask test` installs it, or any on the path.
fn driver() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the tests stand inside the workspace")?;
    let installed = root.join("target/tools/bin/tauri-driver");
    Ok(if installed.exists() {
        installed
    } else {
        PathBuf::from("tauri-driver")
    })
}

/// Two ports that were free a moment ago. Both are held until both are known, so they differ.
fn free_ports() -> Result<[u16; 2]> {
    let held = [
        TcpListener::bind("127.0.0.1:0")?,
        TcpListener::bind("127.0.0.1:0")?,
    ];
    Ok([held[0].local_addr()?.port(), held[1].local_addr()?.port()])
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
