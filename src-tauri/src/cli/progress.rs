//! Progress of long work: on a terminal, never in a pipe.

use std::sync::{Mutex, PoisonError};

use engine::{
    changes::run::{Run, RunStatus},
    connection::SyncProgress,
    evidence::ImportProgress,
    ports::{Listener, News},
};
use indicatif::{ProgressBar, ProgressStyle};

/// On stderr, which keeps stdout for the answer; indicatif shows nothing when it is no terminal.
#[derive(Default)]
pub struct Progress {
    bar: Mutex<Option<ProgressBar>>,
}

impl Progress {
    /// Takes the bar off the screen.
    pub fn clear(&self) {
        if let Some(bar) = self
            .bar
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            bar.finish_and_clear();
        }
    }

    fn show(&self, done: u64, total: Option<u64>, message: String) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bar.get_or_insert_with(|| match total {
            Some(total) => ProgressBar::new(total).with_style(
                ProgressStyle::with_template("{bar:30} {human_pos} of {human_len}  {msg}")
                    .expect("BUG: a fixed template"),
            ),
            None => ProgressBar::new_spinner().with_style(
                ProgressStyle::with_template("{spinner} {human_pos}  {msg}")
                    .expect("BUG: a fixed template"),
            ),
        });
        bar.set_position(done);
        bar.set_message(message);
    }

    fn sync(&self, progress: &SyncProgress) {
        self.show(
            progress.people.into(),
            progress.expected.map(u64::from),
            format!(
                "people, page {}{}",
                progress.pages,
                left(progress.seconds_left)
            ),
        );
    }

    fn import(&self, progress: &ImportProgress) {
        self.show(
            progress.bytes as u64,
            Some(progress.total_bytes as u64),
            format!("bytes of {}", progress.file_name),
        );
    }

    fn run(&self, run: &Run) {
        let behind = run.done + run.same + run.held + run.failed + run.cancelled;
        let message = match (&run.why, run.status) {
            (Some(why), RunStatus::Paused) => format!("paused: {why}"),
            _ => left(run.seconds_left).trim_start_matches(", ").to_owned(),
        };
        self.show(behind.into(), Some(run.total.into()), message);
    }
}

fn left(seconds: Option<f64>) -> String {
    match seconds {
        Some(seconds) if seconds >= 60.0 => format!(", about {:.0} min left", seconds / 60.0),
        Some(seconds) if seconds >= 1.0 => format!(", about {seconds:.0} s left"),
        _ => String::new(),
    }
}

impl Listener for Progress {
    fn hear(&self, news: News) {
        match news {
            News::SyncProgress(progress) => self.sync(&progress),
            News::Run(run) => self.run(&run),
            News::SyncEnded { .. } => self.clear(),
            News::ImportProgress(progress) => self.import(&progress),
            News::DirectoryChanged(_) | News::DraftChanged(..) => {}
        }
    }
}
