//! Trying a connection before it is kept: each step with its plain verdict, and what to do where one fails.

use std::{sync::Arc, time::Duration};

use futures::StreamExt;
use scim::{
    Client, Endpoint, Listing, Options, Pace, Page, Retry, SecretString, Timeouts, Unpaced, dialect,
};

use super::{ServiceKind, StepVerdict, TestReport, TestStep, TestStepName};
use crate::{
    engine::Engine,
    error::Result,
    ids::ConnectionId,
    sync::is_fatal,
    text::{number, people},
};
use scim::{Discovered, Schema, ServiceConfig};

/// People asked for: enough to see which attributes there are.
const SAMPLE: u32 = 100;

impl Engine {
    /// Tries an address with a token, telling each step as it is known. Nothing is kept.
    pub async fn test_connection(
        &self,
        url: &str,
        token: SecretString,
        step: impl Fn(TestStep) + Send,
    ) -> TestReport {
        let pace = Arc::new(Unpaced);
        test(url, Access { token, pace }, step).await
    }

    /// Tries a connection that is kept. What is asked counts in its hour.
    ///
    /// # Errors
    /// [`crate::Code::Token`] when its token has to be given again.
    pub async fn test_saved(
        &self,
        id: ConnectionId,
        step: impl Fn(TestStep) + Send,
    ) -> Result<TestReport> {
        let stored = self.stored_connection(id)?;
        let token = self.token(id, &stored).await?;
        let pace = self.hourly_budget(&stored)?;
        Ok(test(&stored.url, Access { token, pace }, step).await)
    }
}

/// What a service is asked with.
struct Access {
    token: SecretString,
    pace: Arc<dyn Pace>,
}

struct Steps<Tell> {
    tell: Tell,
    taken: Vec<TestStep>,
}

impl<Tell: Fn(TestStep)> Steps<Tell> {
    fn take(
        &mut self,
        step: TestStepName,
        verdict: StepVerdict,
        sentence: impl Into<String>,
        detail: Option<String>,
        next: Option<String>,
    ) {
        let step = TestStep {
            step,
            verdict,
            sentence: sentence.into(),
            detail,
            next,
        };
        (self.tell)(step.clone());
        self.taken.push(step);
    }

    fn good(&mut self, step: TestStepName, sentence: impl Into<String>, detail: Option<String>) {
        self.take(step, StepVerdict::Good, sentence, detail, None);
    }

    fn bad(&mut self, step: TestStepName, error: &scim::Error) {
        self.take(
            step,
            StepVerdict::Bad,
            error.to_string(),
            None,
            Some(error.next_step().to_owned()),
        );
    }

    fn report(self, endpoint: Option<&Endpoint>, url: &str, seen: Seen) -> TestReport {
        TestReport {
            passed: !self
                .taken
                .iter()
                .any(|step| step.verdict == StepVerdict::Bad),
            steps: self.taken,
            url: endpoint.map_or_else(
                || url.trim().to_owned(),
                |endpoint| endpoint.url().to_owned(),
            ),
            service: endpoint.map_or(ServiceKind::Other, |endpoint| service_at(&endpoint.host())),
            suggested_name: endpoint.map(suggested_name).unwrap_or_default(),
            people: seen.people,
            attributes: seen.attributes,
        }
    }
}

#[derive(Default)]
struct Seen {
    people: Option<u32>,
    attributes: u32,
}

/// What an address answered.
struct Probe {
    config: std::result::Result<ServiceConfig, scim::Error>,
    schemas: std::result::Result<Vec<Schema>, scim::Error>,
    /// `None` for a listing without anybody.
    page: std::result::Result<Option<Page>, scim::Error>,
}

impl Probe {
    async fn of(endpoint: &Endpoint, access: &Access) -> std::result::Result<Self, scim::Error> {
        let options = Options {
            timeouts: Timeouts {
                connect: Duration::from_secs(10),
                headers: Duration::from_secs(20),
                stall: Duration::from_secs(10),
            },
            // Trying again would hide the answer.
            retry: Retry::never(),
            pace: access.pace.clone(),
            ..Options::default()
        };
        let client = Client::new(endpoint.clone(), access.token.clone(), options)?;
        let config = client.config().await;
        if let Err(error) = &config
            && is_fatal(error)
        {
            return Err(error.clone());
        }
        let mut list = client.list(Listing {
            page_size: SAMPLE,
            ahead: 1,
            declared: config.as_ref().ok().and_then(|config| config.pagination),
            rescan: false,
            ..Listing::default()
        });
        let page = list.next().await.transpose();
        drop(list);
        if let Err(error) = &page
            && is_fatal(error)
        {
            return Err(error.clone());
        }
        let schemas = client.schemas().await;
        Ok(Self {
            config,
            schemas,
            page,
        })
    }

    /// Whether there is anything of SCIM at this address.
    fn is_scim(&self) -> bool {
        let nothing = |error: &scim::Error| {
            matches!(
                error,
                scim::Error::NotFound { .. }
                    | scim::Error::NotScim { .. }
                    | scim::Error::Malformed { .. }
            )
        };
        self.config.is_ok() || !self.page.as_ref().is_err_and(nothing)
    }
}

async fn test(url: &str, access: Access, step: impl Fn(TestStep) + Send) -> TestReport {
    let mut steps = Steps {
        tell: step,
        taken: Vec::new(),
    };
    let endpoint = match Endpoint::parse(url) {
        Ok(endpoint) => endpoint,
        Err(error) => {
            steps.take(
                TestStepName::Address,
                StepVerdict::Bad,
                error.to_string(),
                None,
                None,
            );
            return steps.report(None, url, Seen::default());
        }
    };
    steps.good(
        TestStepName::Address,
        "The address is one Muster can use",
        Some(endpoint.url().to_owned()),
    );
    let (endpoint, probe) = match find(&endpoint, &access, &mut steps).await {
        Ok(found) => found,
        Err(()) => return steps.report(Some(&endpoint), url, Seen::default()),
    };
    let seen = judge(&probe, &mut steps);
    steps.report(Some(&endpoint), url, seen)
}

/// The address that answers as SCIM: the one given, or its twin. What went wrong is among the steps.
async fn find<Tell: Fn(TestStep)>(
    given: &Endpoint,
    access: &Access,
    steps: &mut Steps<Tell>,
) -> std::result::Result<(Endpoint, Probe), ()> {
    let first = match Probe::of(given, access).await {
        Ok(probe) => probe,
        Err(error) => {
            unreached(given, &error, steps);
            return Err(());
        }
    };
    if first.is_scim() {
        steps.good(
            TestStepName::Reached,
            format!("Reached {}", given.host()),
            Some(protection(given)),
        );
        return Ok((given.clone(), first));
    }
    for twin in given.alternatives() {
        if let Ok(probe) = Probe::of(&twin, access).await
            && probe.is_scim()
            && (probe.config.is_ok() || probe.page.is_ok())
        {
            steps.take(
                TestStepName::Reached,
                StepVerdict::Note,
                format!(
                    "Reached {} at {}, not at the address given",
                    twin.host(),
                    twin.url()
                ),
                Some(protection(&twin)),
                Some("Muster will use the address that answered.".to_owned()),
            );
            return Ok((twin, probe));
        }
    }
    let error = first.page.err().or(first.config.err());
    steps.bad(
        TestStepName::Reached,
        &error.expect("BUG: an address that is not SCIM has failed"),
    );
    Err(())
}

fn unreached<Tell: Fn(TestStep)>(
    endpoint: &Endpoint,
    error: &scim::Error,
    steps: &mut Steps<Tell>,
) {
    let at_token = matches!(
        error,
        scim::Error::Unauthorized { .. } | scim::Error::UnusableToken
    );
    if matches!(error, scim::Error::Unauthorized { .. }) {
        steps.good(
            TestStepName::Reached,
            format!("Reached {}", endpoint.host()),
            Some(protection(endpoint)),
        );
    }
    steps.bad(
        if at_token {
            TestStepName::TokenAccepted
        } else {
            TestStepName::Reached
        },
        error,
    );
}

fn judge<Tell: Fn(TestStep)>(probe: &Probe, steps: &mut Steps<Tell>) -> Seen {
    let mut seen = Seen::default();
    let accepted = probe.page.is_ok()
        || probe.schemas.is_ok()
        || matches!(probe.page, Err(scim::Error::Forbidden { .. }));
    if accepted {
        steps.good(TestStepName::TokenAccepted, "The token is accepted", None);
    }
    match &probe.page {
        Ok(page) => {
            let total = page
                .as_ref()
                .map_or(Some(0), |page| u32::try_from(page.total?).ok());
            let at_least = page.as_ref().map_or(0, |page| page.resources.len() as u32);
            // Some services put the page's size where the total belongs.
            seen.people = total.filter(|total| *total > at_least || at_least < SAMPLE);
            let detail = seen
                .people
                .map_or_else(|| format!("at least {}", people(at_least)), people);
            if at_least == 0 {
                steps.take(
                    TestStepName::ListingAllowed,
                    StepVerdict::Note,
                    "People may be listed, and nobody is there yet",
                    Some(detail),
                    None,
                );
            } else {
                steps.good(
                    TestStepName::ListingAllowed,
                    "People may be listed",
                    Some(detail),
                );
            }
        }
        Err(error) => {
            steps.bad(TestStepName::ListingAllowed, error);
            return seen;
        }
    }
    let sample = match &probe.page {
        Ok(Some(page)) => page.resources.as_slice(),
        _ => &[],
    };
    let none = Vec::new();
    let schemas = probe.schemas.as_ref().unwrap_or(&none);
    let found: Vec<Discovered> = dialect::discover(schemas, sample);
    seen.attributes = found.len() as u32;
    let detail = Some(format!("{} attributes", number(seen.attributes)));
    match &probe.schemas {
        Ok(_) => steps.good(TestStepName::AttributesFound, "The attributes are known", detail),
        Err(error) => steps.take(
            TestStepName::AttributesFound,
            StepVerdict::Note,
            format!("The attributes are taken from the people shown, because the service does not list them. {error}"),
            detail,
            None,
        ),
    }
    let writable = found.iter().filter(|attribute| attribute.writable).count();
    let detail = Some(format!("{} can be changed", number(writable as u32)));
    match &probe.config {
        Ok(config) if config.patch == Some(true) => {
            steps.good(TestStepName::Writing, "People can be changed one attribute at a time", detail);
        }
        Ok(config) if config.patch == Some(false) => steps.take(
            TestStepName::Writing,
            StepVerdict::Note,
            "The service changes no single attributes, so each person is read and the whole record sent with what changes",
            detail,
            Some("Try the first change on one person.".to_owned()),
        ),
        _ => steps.take(
            TestStepName::Writing,
            StepVerdict::Note,
            "The service does not say whether single attributes can be changed, so Muster tries, and sends the whole record where that is refused",
            detail,
            Some("Try the first change on one person.".to_owned()),
        ),
    }
    seen
}

fn protection(endpoint: &Endpoint) -> String {
    if endpoint.url().starts_with("https") {
        "encrypted".to_owned()
    } else {
        "on this computer".to_owned()
    }
}

/// Peakon's own addresses end in one of its domains; anything else is treated as any SCIM service.
fn service_at(host: &str) -> ServiceKind {
    let name = host.split(':').next().unwrap_or_default();
    let theirs = ["peakon.com", "workday.com", "myworkday.com"]
        .iter()
        .any(|domain| {
            name.strip_suffix(domain)
                .is_some_and(|before| before.is_empty() || before.ends_with('.'))
        });
    if theirs {
        ServiceKind::Peakon
    } else {
        ServiceKind::Other
    }
}

/// "acme.peakon.com" is Acme.
fn suggested_name(endpoint: &Endpoint) -> String {
    let host = endpoint.host();
    if endpoint.is_loopback() {
        return "This computer".to_owned();
    }
    let label = host
        .split(['.', ':'])
        .find(|label| !matches!(*label, "api" | "www" | "app" | "scim"))
        .unwrap_or_default();
    let mut letters = label.replace('-', " ");
    if let Some(first) = letters.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_known_by_its_domain() {
        for (host, expected) in [
            ("acme.peakon.com", ServiceKind::Peakon),
            ("peakon.com:443", ServiceKind::Peakon),
            ("api.eu.workday.com", ServiceKind::Peakon),
            ("evil-peakon.com", ServiceKind::Other),
            ("scim.example.org", ServiceKind::Other),
            ("127.0.0.1:8080", ServiceKind::Other),
        ] {
            assert_eq!(service_at(host), expected, "{host}");
        }
    }
}
