//! A desktop on any later day: Muster knows a company already, which this process serves and can meddle with.

use anyhow::{Context, Result, ensure};
use sandbox::Running;
use serde_json::{Value, json};

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use engine::Engine;
use engine::connection::{Colour, NewConnection, ServiceKind, TokenPlace};
use jiff::{SignedDuration, Timestamp};

use super::acts::COMPANY;
use super::{Desktop, Look, PATIENCE, Window, until};
use crate::company::{Keychain, TOKEN, control, ports_at, token};

pub struct Office {
    pub desktop: Desktop,
    pub service: Running,
}

impl Office {
    /// Serves a company of so many people, connects Muster to it by its command line and syncs.
    pub async fn of(people: u32) -> Result<Office> {
        let service = sandbox::start(sandbox::Settings {
            people,
            token: TOKEN.to_owned(),
            ..sandbox::Settings::default()
        })
        .await?;
        let office = Office {
            desktop: Desktop::start().await?,
            service,
        };
        let url = office.service.url();
        office
            .muster(&["connections", "add", COMPANY, "--url", &url])
            .await?;
        office.muster(&["sync"]).await?;
        Ok(office)
    }

    /// As [`Office::of`], with days behind it: on each of them another system changed somebody, and a sync saw it.
    pub async fn with_days_behind(people: u32, days: u32) -> Result<Office> {
        let service = sandbox::start(sandbox::Settings {
            people,
            token: TOKEN.to_owned(),
            ..sandbox::Settings::default()
        })
        .await?;
        let office = Office {
            desktop: Desktop::start().await?,
            service,
        };
        let day = SignedDuration::from_hours(24);
        let keychain = Arc::new(Keychain::default());
        let (ports, clock) = ports_at(Timestamp::now() - day * i32::try_from(days)?, &keychain);
        let engine = Engine::open(&office.desktop.data_folder(), ports)?;
        let new = NewConnection {
            name: COMPANY.to_owned(),
            url: office.service.url(),
            colour: Colour::Green,
            service: ServiceKind::Peakon,
            keep: TokenPlace::Keychain,
        };
        let connection = engine.add_connection(new, &token())?.id;
        engine.sync(connection).await?;
        for _ in 0..days {
            clock.go_on(day.unsigned_abs());
            office.write(json!({})).await?;
            engine.sync(connection).await?;
        }
        let tokens: HashMap<String, String> = keychain
            .tokens
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for (key, token) in &tokens {
            office.desktop.keep_token(key, token)?;
        }
        Ok(office)
    }

    /// Opens the window on its people, and waits for the sync that a launch begins.
    pub async fn open(&self) -> Result<Window> {
        let seen = self.log(0).await?["arrived"].clone();
        let window = self.desktop.launch(Look::Light).await?;
        window.resize(1280, 800).await?;
        window.wait_for_people().await?;
        until(
            "the sync behind the first rows to begin",
            PATIENCE,
            async || {
                let log = self.log(seen.as_u64().unwrap_or_default()).await?;
                Ok((log["arrived"] != seen).then_some(()))
            },
        )
        .await?;
        window.says("Synced just now").await?;
        Ok(window)
    }

    /// Runs Muster's command line to its end and returns what it printed.
    pub async fn muster(&self, words: &[&str]) -> Result<String> {
        let mut command = self.desktop.muster()?;
        command.args(words).env("MUSTER_TOKEN", TOKEN);
        // The service it talks to is on this thread, which must not wait for it.
        let output = tokio::task::spawn_blocking(move || command.output()).await??;
        ensure!(
            output.status.success(),
            "muster {} ended with {}: {}",
            words.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Everybody's values as the command line prints them, by column; managers by e-mail.
    pub async fn people(&self, columns: &[&str]) -> Result<Vec<Value>> {
        let mut words = vec!["people", "--format", "json"];
        for column in columns {
            words.extend(["--columns", column]);
        }
        let printed: Value = serde_json::from_str(&self.muster(&words).await?)?;
        let people = printed["people"].as_array().context("a list of people")?;
        Ok(people
            .iter()
            .map(|person| person["values"].clone())
            .collect())
    }

    /// How many requests that change something have arrived so far.
    pub async fn writes(&self) -> Result<usize> {
        let log = self.log(0).await?;
        let entries = log["entries"].as_array().context("a list of requests")?;
        let writes = entries.iter().filter(|entry| entry["method"] != "GET");
        Ok(writes.count())
    }

    async fn log(&self, since: u64) -> Result<Value> {
        control(
            self.service.port(),
            "GET",
            &format!("/log?since={since}"),
            None,
        )
        .await
    }

    /// Another system writes.
    pub async fn write(&self, what: Value) -> Result<Value> {
        control(self.service.port(), "POST", "/write", Some(what)).await
    }

    /// Something goes wrong in the service from now on.
    pub async fn fail(&self, fault: Value) -> Result<Value> {
        control(self.service.port(), "POST", "/faults", Some(fault)).await
    }

    pub async fn no_faults(&self) -> Result<Value> {
        control(self.service.port(), "DELETE", "/faults", None).await
    }
}
