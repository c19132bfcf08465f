//! What a running sample company consists of.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::company::{Company, calendar};
use crate::faults::Faults;
use crate::log::Log;
use crate::switches::Switches;
use crate::{Profile, Settings};

pub struct Sandbox {
    pub profile: Profile,
    pub token: String,
    /// `http://127.0.0.1:PORT`
    pub origin: String,
    company: RwLock<Company>,
    switches: RwLock<Arc<Switches>>,
    first_switches: Switches,
    faults: Mutex<Faults>,
    log: Mutex<Log>,
    quota: Mutex<Quota>,
    today: Option<i32>,
}

/// The time of a request.
pub struct Moment {
    /// RFC 3339, UTC.
    pub text: String,
    /// Seconds since 1970.
    pub second: u64,
    /// The day statuses are judged by.
    pub day: i32,
}

/// Operations in the present window.
#[derive(Default)]
pub struct Quota {
    window: Option<Instant>,
    pub used: u64,
}

impl Quota {
    /// Takes `operations`, or gives the time to wait.
    pub fn take(&mut self, operations: u64, limit: u64, window: Duration) -> Result<(), Duration> {
        let now = Instant::now();
        let started = *self.window.get_or_insert(now);
        let passed = now.duration_since(started);
        if passed >= window {
            self.window = Some(now);
            self.used = 0;
        }
        if self.used + operations > limit {
            return Err(window.saturating_sub(now.duration_since(self.window.unwrap_or(now))));
        }
        self.used += operations;
        Ok(())
    }
}

impl Sandbox {
    pub fn open(settings: &Settings, origin: String) -> std::io::Result<Sandbox> {
        let today = settings.today.map(calendar::day_number);
        let company = Company::open(
            settings.people,
            settings.seed,
            today.unwrap_or_else(day_now),
            settings.state.as_deref(),
        )?;
        let latency = u64::try_from(settings.latency.as_millis()).unwrap_or(u64::MAX);
        let switches = match settings.profile {
            Profile::Peakon => Switches {
                latency,
                ..Switches::default()
            },
            Profile::Rfc => Switches {
                latency,
                quota: None,
                page_size: 100,
                page_cap: 1_000,
                ..Switches::default()
            },
        };
        Ok(Sandbox {
            profile: settings.profile,
            token: settings.token.clone(),
            origin,
            company: RwLock::new(company),
            switches: RwLock::new(Arc::new(switches.clone())),
            first_switches: switches,
            faults: Mutex::default(),
            log: Mutex::default(),
            quota: Mutex::default(),
            today,
        })
    }

    pub fn now(&self) -> Moment {
        let now = Timestamp::now();
        Moment {
            text: now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            second: u64::try_from(now.as_second()).unwrap_or(0),
            day: self.today.unwrap_or_else(day_now),
        }
    }

    pub fn read(&self) -> RwLockReadGuard<'_, Company> {
        self.company.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn write(&self) -> RwLockWriteGuard<'_, Company> {
        self.company.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn switches(&self) -> Arc<Switches> {
        Arc::clone(&self.switches.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn set_switches(&self, switches: Switches) {
        *self
            .switches
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(switches);
    }

    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn quota(&self) -> MutexGuard<'_, Quota> {
        self.quota.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it was on the first start, with an empty log.
    pub fn reset(&self) -> std::io::Result<()> {
        self.write().reset()?;
        self.set_switches(self.first_switches.clone());
        self.faults().clear();
        self.log().clear();
        *self.quota() = Quota::default();
        Ok(())
    }
}

fn day_now() -> i32 {
    calendar::day_number(TimeZone::UTC.to_datetime(Timestamp::now()).date())
}
