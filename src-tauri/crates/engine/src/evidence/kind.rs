//! What each kind of source is called, and what it can and cannot prove.

use super::SourceKind;
use crate::text::{stored_word, word};

impl SourceKind {
    /// As the store keeps it, which is as the page reads it.
    pub(crate) fn text(self) -> String {
        word(self)
    }

    /// As the store has it of the source of this name.
    ///
    /// # Errors
    /// [`store::Error::Damaged`] for a word of no kind: a file that proves less than it did would make people
    /// look dormant.
    pub(crate) fn of_text(text: &str, source: &str) -> store::Result<Self> {
        stored_word(format!("kind of the source {source}"), text)
    }

    /// What a source of this kind is called until somebody says otherwise.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::EntraSignIns => "Entra sign-ins",
            Self::OktaSignIns => "Okta sign-ins",
            Self::GoogleSignIns => "Google sign-ins",
            Self::PeakonAudit => "Peakon audit log",
            Self::PeakonUsage => "Peakon usage",
            Self::SurveyParticipation => "Survey participation",
            Self::Hris => "HRIS status",
            Self::Other => "Activity",
        }
    }

    pub(crate) fn proves(self) -> &'static str {
        match self {
            Self::EntraSignIns | Self::OktaSignIns | Self::GoogleSignIns => {
                "A sign-in proves that the account was used on that day, with single sign-on."
            }
            Self::PeakonAudit => {
                "An entry proves that the person did something in Peakon on that day."
            }
            Self::PeakonUsage => "A visit proves that the person opened Peakon on that day.",
            Self::SurveyParticipation => "It shows how many of a team answered.",
            Self::Hris => "It proves whom the HR system counts as employed, on leave or left.",
            Self::Other => {
                "A date proves that the person was active on that day, as far as the file is right."
            }
        }
    }

    pub(crate) fn proves_not(self) -> &'static str {
        match self {
            Self::EntraSignIns | Self::OktaSignIns | Self::GoogleSignIns => {
                "No sign-in does not prove absence: people answer by mailed link, and some never sign in."
            }
            Self::PeakonAudit => {
                "It names administrators and managers only; who is not in it may still answer surveys."
            }
            Self::PeakonUsage => {
                "No visit does not prove absence: people answer by mailed link without opening Peakon."
            }
            Self::SurveyParticipation => {
                "It says nothing of a single person, so it never counts as somebody having been seen."
            }
            Self::Hris => "It does not prove that anybody uses Peakon, or does not.",
            Self::Other => "Who is not in the file may still be active elsewhere.",
        }
    }

    /// Whether somebody in it was there on a day.
    pub fn has_dates(self) -> bool {
        !matches!(self, Self::SurveyParticipation | Self::Hris)
    }
}
