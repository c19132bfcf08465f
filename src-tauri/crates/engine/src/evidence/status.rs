//! What an HR system says of somebody's employment, and whether a sign-in succeeded.

use serde::Deserialize;

use super::recognise::plain;

/// The stronger one counts when a file says both: who was hired again has a row that ended and one that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Employment {
    Left,
    Leave,
    Active,
}

impl Employment {
    /// As the store keeps it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Leave => "leave",
            Self::Active => "active",
        }
    }
}

const LEFT: [&str; 16] = [
    "left",
    "terminated",
    "termination",
    "leaver",
    "separated",
    "resigned",
    "retired",
    "dismissed",
    "former",
    "formeremployee",
    "deceased",
    "inactive",
    "ended",
    "exited",
    "ausgeschieden",
    "departed",
];
const LEAVE: [&str; 15] = [
    "leave",
    "onleave",
    "leaveofabsence",
    "loa",
    "parentalleave",
    "maternityleave",
    "paternityleave",
    "sabbatical",
    "sickleave",
    "medicalleave",
    "unpaidleave",
    "paidleave",
    "gardenleave",
    "absent",
    "elternzeit",
];
const ACTIVE: [&str; 19] = [
    "active",
    "employed",
    "current",
    "currentemployee",
    "working",
    "probation",
    "probationary",
    "onprobation",
    "notice",
    "noticeperiod",
    "aktiv",
    "permanent",
    "fulltime",
    "parttime",
    "fixedterm",
    "contractor",
    "intern",
    "temporary",
    "regular",
];

/// `None` for a word that is no status.
pub(super) fn read(text: &str) -> Option<Employment> {
    let plain = plain(text);
    let one_of = |words: &[&str]| words.contains(&plain.as_str());
    if one_of(&LEFT) {
        Some(Employment::Left)
    } else if one_of(&LEAVE) {
        Some(Employment::Leave)
    } else if one_of(&ACTIVE) {
        Some(Employment::Active)
    } else {
        None
    }
}

const SUCCEEDED: [&str; 9] = [
    "success",
    "successful",
    "successfully",
    "succeeded",
    "ok",
    "allow",
    "allowed",
    "granted",
    "passed",
];
/// One that was interrupted for a second factor did not come to its end either.
const FAILED: [&str; 15] = [
    "failure",
    "failed",
    "fail",
    "failing",
    "error",
    "deny",
    "denied",
    "interrupted",
    "challenge",
    "blocked",
    "rejected",
    "invalid",
    "unsuccessful",
    "not",
    "suspicious",
];
/// What happens to an account without anybody's doing, and answers to surveys, which are nobody's business.
const NOT_DONE: [&str; 6] = [
    "bounced",
    "complained",
    "smssent",
    "imported",
    "answer",
    "answered",
];

fn says(text: &str, wanted: &[&str]) -> bool {
    text.split(|sign: char| !sign.is_alphanumeric())
        .any(|word| {
            wanted
                .iter()
                .any(|wanted| word.eq_ignore_ascii_case(wanted))
        })
}

/// Whether a text is a word of success or failure, as in "Login failure".
pub(super) fn is_outcome(text: &str) -> bool {
    says(text, &SUCCEEDED) || says(text, &FAILED)
}

/// Whether what a row is about failed, or nobody did it.
pub(super) fn failed(text: &str) -> bool {
    let plain = plain(text);
    if !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return plain.bytes().any(|byte| byte != b'0');
    }
    plain == "false" || NOT_DONE.contains(&plain.as_str()) || says(text, &FAILED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_proves_nothing() {
        for text in [
            "Failure",
            "Login failure",
            "login_failure",
            "50126",
            "false",
            "Interrupted",
            "Not successful",
            "bounced",
        ] {
            assert!(failed(text), "{text}");
        }
        for text in [
            "Success",
            "Login success",
            "0",
            "true",
            "Logout",
            "authentication",
            "",
        ] {
            assert!(!failed(text), "{text}");
        }
    }
}
