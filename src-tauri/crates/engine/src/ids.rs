//! Every id is a type of its own, so that a run can't be asked for by a plan's number.

macro_rules! id {
    ($($(#[$note:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$note])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, specta::Type,
        )]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }
    )+};
}

id! {
    /// One SCIM service with one token.
    ConnectionId,
    /// One attribute of one connection; 0 is the derived Name, 1 the derived Status.
    AttributeId,
    /// One person in the mirror; what views are made of.
    RowId,
    /// One open view; ids are given afresh by each process.
    ViewId,
    /// One saved view.
    SavedViewId,
    /// One staged change.
    ChangeId,
    /// One parked draft.
    DraftId,
    /// One frozen draft.
    PlanId,
    /// One plan being carried out.
    RunId,
    /// One event of the history.
    EventId,
    /// One person or filter left out when looking for dormant people.
    ExemptionId,
    /// One activity file that was read and does not count yet; ids are given afresh by each process.
    ImportId,
    /// One activity file that counts.
    SourceId,
}

impl AttributeId {
    /// The derived "Family, Given".
    pub const NAME: Self = Self(0);
    /// The derived Active, Inactive, Left or Not started.
    pub const STATUS: Self = Self(1);
    /// The derived days since somebody was last seen. Far from the ids that services' attributes get.
    pub const DAYS_SEEN: Self = Self(1_000_000_000);
    /// The derived evidence in words.
    pub const EVIDENCE: Self = Self(1_000_000_001);
}
