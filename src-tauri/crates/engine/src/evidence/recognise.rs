//! Exports that are known by their columns, so that nobody has to map them.

use super::{Meaning, SourceKind};

/// A known export: the columns that tell it, and what they mean. Names are compared without case, spaces and signs.
struct Export {
    kind: SourceKind,
    /// "Entra sign-in log".
    called: &'static str,
    /// All of these must be there.
    told_by: &'static [&'static str],
    columns: &'static [(&'static str, Meaning)],
}

const EXPORTS: &[Export] = &[
    // The portal's sign-in log as CSV.
    Export {
        kind: SourceKind::EntraSignIns,
        called: "Entra sign-in log",
        told_by: &["dateutc", "username", "application", "correlationid"],
        columns: &[
            ("dateutc", Meaning::DateSeen),
            ("username", Meaning::Email),
            ("status", Meaning::Outcome),
        ],
    },
    // The same from Microsoft Graph.
    Export {
        kind: SourceKind::EntraSignIns,
        called: "Entra sign-in log",
        told_by: &["createddatetime", "userprincipalname", "appdisplayname"],
        columns: &[
            ("createddatetime", Meaning::DateSeen),
            ("userprincipalname", Meaning::Email),
            ("statuserrorcode", Meaning::Outcome),
        ],
    },
    // User activity: one row a person with signInActivity.
    Export {
        kind: SourceKind::EntraSignIns,
        called: "Entra user activity",
        told_by: &["userprincipalname", "lastsignindatetime"],
        columns: &[
            ("userprincipalname", Meaning::Email),
            ("lastsignindatetime", Meaning::DateSeen),
            ("lastnoninteractivesignindatetime", Meaning::DateSeen),
        ],
    },
    Export {
        kind: SourceKind::EntraSignIns,
        called: "Entra user activity",
        told_by: &["userprincipalname", "signinactivitylastsignindatetime"],
        columns: &[
            ("userprincipalname", Meaning::Email),
            ("signinactivitylastsignindatetime", Meaning::DateSeen),
            (
                "signinactivitylastnoninteractivesignindatetime",
                Meaning::DateSeen,
            ),
        ],
    },
    Export {
        kind: SourceKind::OktaSignIns,
        called: "Okta system log",
        told_by: &["actoralternateid", "published"],
        columns: &[
            ("published", Meaning::DateSeen),
            ("actoralternateid", Meaning::Email),
            ("outcomeresult", Meaning::Outcome),
        ],
    },
    Export {
        kind: SourceKind::OktaSignIns,
        called: "Okta system log",
        told_by: &["actoralternateid", "timestamp"],
        columns: &[
            ("timestamp", Meaning::DateSeen),
            ("actoralternateid", Meaning::Email),
            ("outcomeresult", Meaning::Outcome),
        ],
    },
    Export {
        kind: SourceKind::OktaSignIns,
        called: "Okta users",
        told_by: &["profilelogin", "lastlogin"],
        columns: &[
            ("profilelogin", Meaning::Email),
            ("lastlogin", Meaning::DateSeen),
        ],
    },
    Export {
        kind: SourceKind::OktaSignIns,
        called: "Okta users report",
        told_by: &["login", "lastlogin", "status"],
        columns: &[("login", Meaning::Email), ("lastlogin", Meaning::DateSeen)],
    },
    Export {
        kind: SourceKind::GoogleSignIns,
        called: "Google users report",
        told_by: &["emailaddressrequired", "lastsigninreadonly"],
        columns: &[
            ("emailaddressrequired", Meaning::Email),
            ("lastsigninreadonly", Meaning::DateSeen),
        ],
    },
    Export {
        kind: SourceKind::GoogleSignIns,
        called: "Google users report",
        told_by: &["emailaddress", "lastsignin", "orgunitpath"],
        columns: &[
            ("emailaddress", Meaning::Email),
            ("lastsignin", Meaning::DateSeen),
        ],
    },
    Export {
        kind: SourceKind::GoogleSignIns,
        called: "Google users",
        told_by: &["primaryemail", "lastlogintime"],
        columns: &[
            ("primaryemail", Meaning::Email),
            ("lastlogintime", Meaning::DateSeen),
        ],
    },
    Export {
        kind: SourceKind::PeakonAudit,
        called: "Peakon audit log",
        told_by: &["timestamp", "actoremail", "action"],
        columns: &[
            ("timestamp", Meaning::DateSeen),
            ("actoremail", Meaning::Email),
        ],
    },
    // The same from Peakon's own interface, one event a record.
    Export {
        kind: SourceKind::PeakonAudit,
        called: "Peakon audit log",
        told_by: &["createdat", "event", "accountemail"],
        columns: &[
            ("createdat", Meaning::DateSeen),
            ("accountemail", Meaning::Email),
            ("event", Meaning::Outcome),
        ],
    },
    Export {
        kind: SourceKind::PeakonUsage,
        called: "Peakon usage",
        told_by: &["email", "lastdashboardvisit"],
        columns: &[
            ("email", Meaning::Email),
            ("lastdashboardvisit", Meaning::DateSeen),
        ],
    },
];

/// Lower case, letters and digits alone.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|sign| sign.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Without the object that JSON:API puts around what a record says.
fn bare(plain: &str) -> String {
    plain.strip_prefix("attributes").unwrap_or(plain).to_owned()
}

/// Columns of an export of answers to surveys.
const ANSWERS: [&str; 2] = ["responseansweredat", "responseid"];

/// Whether a column of such an export says who answered.
pub(super) fn names_who_answered(name: &str) -> bool {
    matches!(
        bare(&plain(name)).as_str(),
        "accountemail" | "employeeid" | "employeeexternalid"
    )
}

/// The column that says a file holds people's answers to surveys.
pub(super) fn answers(columns: &[String]) -> Option<&str> {
    let is_answer = |name: &&String| ANSWERS.contains(&bare(&plain(name)).as_str());
    columns.iter().find(is_answer).map(String::as_str)
}

/// What a known export's columns mean, by place.
pub(super) struct Known {
    pub kind: SourceKind,
    pub called: &'static str,
    pub columns: Vec<(usize, Meaning)>,
}

/// How a known export is called: "Entra sign-in log". Of one provider there are several, and none stands for another.
pub(super) fn called(columns: &[String]) -> Option<&'static str> {
    recognise(columns).map(|known| known.called)
}

pub(super) fn recognise(columns: &[String]) -> Option<Known> {
    let plain: Vec<String> = columns.iter().map(|name| bare(&plain(name))).collect();
    let place = |wanted: &str| plain.iter().position(|name| name == wanted);
    let export = EXPORTS
        .iter()
        .find(|export| export.told_by.iter().all(|wanted| place(wanted).is_some()))?;
    Some(Known {
        kind: export.kind,
        called: export.called,
        columns: export
            .columns
            .iter()
            .filter_map(|(name, meaning)| Some((place(name)?, *meaning)))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_exports_need_no_mapping() {
        for (columns, kind) in [
            (
                "Date (UTC)|Request ID|Username|Application|Correlation ID|Status",
                SourceKind::EntraSignIns,
            ),
            (
                "userPrincipalName|displayName|lastSignInDateTime",
                SourceKind::EntraSignIns,
            ),
            (
                "createdDateTime|userPrincipalName|appDisplayName|status.errorCode",
                SourceKind::EntraSignIns,
            ),
            (
                "actor.alternateId|published|outcome.result",
                SourceKind::OktaSignIns,
            ),
            ("Login|Status|Last Login", SourceKind::OktaSignIns),
            (
                "First Name [Required]|Email Address [Required]|Last Sign In [READ ONLY]",
                SourceKind::GoogleSignIns,
            ),
            ("Timestamp|Actor email|Action", SourceKind::PeakonAudit),
            (
                "id|attributes.createdAt|attributes.event|attributes.account.email",
                SourceKind::PeakonAudit,
            ),
            ("Email|Last dashboard visit", SourceKind::PeakonUsage),
        ] {
            let columns: Vec<String> = columns.split('|').map(str::to_owned).collect();
            let known = recognise(&columns).map(|known| known.kind);
            assert_eq!(known, Some(kind), "{columns:?}");
        }
        let other = ["Name".to_owned(), "Email".to_owned(), "Date".to_owned()];
        assert!(
            recognise(&other).is_none(),
            "a sheet of one's own is looked into"
        );
    }
}
