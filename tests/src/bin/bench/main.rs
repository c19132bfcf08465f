//! `bench sync|grid|window|history|evidence|reclaim|run`: how fast it is and how much memory it takes, each beside the most it
//! may. One JSON object a line on standard output.
//!
//! Whatever is measured for its memory runs in a process of its own: this program again, under another word.

mod evidence;
mod grid;
mod history;
mod measure;
mod reclaim;
mod run;
mod sync;
#[cfg(target_os = "linux")]
mod window;

use std::{path::Path, process::ExitCode, time::Duration};

use anyhow::{Result, bail};
use sandbox::Settings;
use tests::company::TOKEN;

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The benchmark stopped: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(words: &[&str]) -> Result<()> {
    match words {
        ["sync"] => sync::bench(50_000).await,
        ["sync", people] => sync::bench(people.parse()?).await,
        ["grid"] => {
            for people in [100_000, 1_000_000] {
                grid::bench(people).await?;
                in_the_window(people).await?;
            }
            Ok(())
        }
        ["grid", people] => {
            grid::bench(people.parse()?).await?;
            in_the_window(people.parse()?).await
        }
        ["window"] => {
            in_the_window(100_000).await?;
            in_the_window(1_000_000).await
        }
        ["window", people] => in_the_window(people.parse()?).await,
        ["history"] => history::bench(5_000_000),
        ["history", events] => history::bench(events.parse()?),
        ["evidence"] => evidence::bench(200_000).await,
        ["evidence", rows] => evidence::bench(rows.parse()?).await,
        ["reclaim"] => reclaim::bench(1_000_000).await,
        ["reclaim", people] => reclaim::bench(people.parse()?).await,
        ["run"] => run::bench(run::LEAVERS).await,
        ["run", leavers] => run::bench(leavers.parse()?).await,
        // The processes of their own.
        ["serve", people, latency] => serve(people.parse()?, latency.parse()?).await,
        ["sync-once", folder, url] => sync::once(Path::new(folder), url).await,
        ["loop-once", url, pages, ahead] => {
            sync::bare_loop(url, pages.parse()?, ahead.parse()?).await
        }
        ["kept-loop-once", folder, url, pages, ahead] => {
            sync::kept_loop(Path::new(folder), url, pages.parse()?, ahead.parse()?).await
        }
        ["run-once", folder, url, leavers] => {
            run::once(Path::new(folder), url, leavers.parse()?).await
        }
        ["requests-once", origin, file] => run::same_requests(origin, Path::new(file)).await,
        ["evidence-once", folder, file] => evidence::once(Path::new(folder), file),
        ["reclaim-once", folder] => reclaim::once(Path::new(folder)),
        ["launch-once", folder] => grid::launch_once(Path::new(folder)),
        ["grid-once", folder] => grid::once(Path::new(folder)),
        _ => bail!(
            "bench sync [PEOPLE] | grid [PEOPLE] | window [PEOPLE] | history [EVENTS] | evidence [ROWS] | reclaim [PEOPLE] | run [LEAVERS]"
        ),
    }
}

#[cfg(target_os = "linux")]
async fn in_the_window(people: u32) -> Result<()> {
    window::bench(people).await
}

#[cfg(not(target_os = "linux"))]
async fn in_the_window(_people: u32) -> Result<()> {
    eprintln!(
        "The window is driven through WebKitWebDriver and Xvfb, which are on Linux only: not measured."
    );
    Ok(())
}

async fn serve(people: u32, latency: u64) -> Result<()> {
    let running = sandbox::start(Settings {
        people,
        latency: Duration::from_millis(latency),
        token: TOKEN.to_owned(),
        ..Settings::default()
    })
    .await?;
    println!("READY {} {}", running.port(), running.url());
    // Ends with the process that started it, which holds the other end of this.
    tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await??;
    running.stop().await;
    Ok(())
}
