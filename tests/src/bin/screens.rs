//! Draws every screen of the real window, light and dark, small and large, into the folder that is the first argument.
//! A second argument keeps to the pictures whose name has it.

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("The window is driven through WebKitWebDriver and Xvfb, which are on Linux only.");
}

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    linux::draw().await
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::path::PathBuf;

    use anyhow::{Context, Result};
    use tests::desktop::tour::Service;
    use tests::desktop::{Desktop, Look};

    const SIZES: [(u32, u32); 2] = [(1280, 800), (1920, 1080)];

    pub async fn draw() -> Result<()> {
        let mut arguments = std::env::args().skip(1);
        let folder = PathBuf::from(
            arguments
                .next()
                .context("the first argument is the folder to draw into")?,
        );
        let only = arguments.next().unwrap_or_default();
        fs::create_dir_all(&folder)?;

        let service = sandbox::start(sandbox::Settings {
            people: 4_986,
            token: "a-token-for-the-pictures".to_owned(),
            ..sandbox::Settings::default()
        })
        .await?;
        let service = Service {
            url: service.url(),
            token: "a-token-for-the-pictures".to_owned(),
        };
        for (look, name) in [(Look::Light, "light"), (Look::Dark, "dark")] {
            let desktop = Desktop::start().await?.for_pictures();
            let window = desktop.launch(look).await?;
            window.resize(SIZES[0].0, SIZES[0].1).await?;
            window
                .tour(&desktop, &service, async |screen| {
                    for (width, height) in SIZES {
                        let picture = format!("{screen}-{name}-{width}x{height}");
                        if picture.contains(&only) {
                            window.resize(width, height).await?;
                            window
                                .picture(&folder.join(format!("{picture}.png")))
                                .await?;
                            println!("{picture}");
                        }
                    }
                    window.resize(SIZES[0].0, SIZES[0].1).await
                })
                .await?;
            window.quit().await?;
        }
        println!("The pictures are in {}", folder.display());
        Ok(())
    }
}
