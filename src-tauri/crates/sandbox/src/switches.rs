//! How the service behaves: everything about Peakon that is undocumented, or that other services do differently, can be
//! turned at the control address while the service runs. Defaults are what public material says or suggests.

use serde::{Deserialize, Serialize};

macro_rules! choice {
    ($(#[$about:meta])* $name:ident { $($(#[$variant_about:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum $name { $($(#[$variant_about])* $variant),+ }
    };
}

choice!(
    /// The order of people in a listing.
    Order {
        /// By id, always the same.
        Stable,
        /// Every request sees the list moved on by one: people are seen twice and missed.
        Drifting,
        /// Every request has an order of its own.
        Shuffled,
    }
);
choice!(
    /// What a page in the middle of a listing holds.
    Pages {
        Full,
        /// Fewer rows than asked for; the next ones start where these end.
        Short,
        /// Rows are left out and belong to no page.
        Holed,
    }
);
choice!(Total {
    Right,
    Missing,
    PageSize,
    Low,
    High
});
choice!(ItemsPerPage {
    Returned,
    Requested,
    Missing
});
choice!(
    /// What a listing without anybody looks like.
    Nobody { EmptyList, NoContent, WithoutResources }
);
choice!(StartIndex {
    OneBased,
    ZeroBased,
    Ignored
});
choice!(PastTheEnd {
    Empty,
    RepeatLastPage,
    Refused
});
choice!(ActiveForm {
    Boolean,
    Text,
    Absent
});
choice!(EmailsForm {
    List,
    Object,
    WithoutPrimary
});
choice!(ManagerForm { Email, Id, Object });
choice!(NameForm {
    Standard,
    FirstLast
});
choice!(Put { Replace, Merge });
choice!(WriteAnswer {
    Resource,
    NoContent
});
choice!(Unknown { Reject, Ignore });
choice!(UnknownManager { Reject, Drop });
choice!(NewOption { Create, Reject });
choice!(Duplicate {
    Conflict,
    Update,
    SecondRecord
});
choice!(
    /// How a value is cleared.
    Clear { Null, Empty, Remove }
);
choice!(ErrorForm {
    Scim,
    JsonApi,
    Plain,
    Html,
    Empty
});
choice!(RetryAfter {
    Seconds,
    Date,
    None
});
choice!(SchemasForm {
    List,
    Array,
    Single,
    WithoutSchemas,
    Missing
});
choice!(
    /// What /Schemas says of the company's attributes.
    Types {
        /// dateTime, integer, string with canonical values for options, reference to User for employees.
        Typed,
        /// As typed, without canonical values: options and free text look alike.
        WithoutValues,
        /// Everything is a string.
        Strings,
    }
);
choice!(Paths { Api, Old, Both });
choice!(Listing { Allowed, Forbidden });
choice!(
    /// Cursor paging (RFC 9865). Not Peakon's: nothing public says that Peakon has it.
    Cursor { Off, Offered, Forced }
);
choice!(MediaType { Scim, Json });

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Switches {
    /// Waited before each SCIM request is looked at, in milliseconds.
    pub latency: u64,
    pub page_size: u64,
    pub page_cap: u64,
    pub order: Order,
    pub pages: Pages,
    pub total_results: Total,
    pub items_per_page: ItemsPerPage,
    pub nobody: Nobody,
    pub start_index: StartIndex,
    pub past_the_end: PastTheEnd,
    pub leavers_listed: bool,
    pub inactive_listed: bool,
    pub listing: Listing,
    pub cursor: Cursor,
    /// Seconds a cursor stays good after it was given.
    pub cursor_timeout: u64,
    /// Attributes a filter may name, with `eq` only.
    pub filters: Vec<String>,

    pub numeric_ids: bool,
    pub active_form: ActiveForm,
    pub emails_form: EmailsForm,
    pub manager_form: ManagerForm,
    pub name_form: NameForm,
    /// Unset attributes appear as null instead of not at all.
    pub nulls: bool,
    pub resource_schemas: bool,
    /// Department and manager appear in the enterprise extension too.
    pub enterprise_copies: bool,
    /// Resources carry `meta` without a version.
    pub meta: bool,
    /// Versions in `meta.version` and `ETag`; If-Match is honoured.
    pub etags: bool,
    pub media_type: MediaType,

    /// Whether PATCH is offered; where it is not, ServiceProviderConfig says so.
    pub patch: bool,
    pub put: Put,
    pub put_answer: WriteAnswer,
    pub patch_answer: WriteAnswer,
    pub create_status: u16,
    /// What `active` becomes when a create does not say.
    pub active_default: bool,
    /// Names with spaces may be used in PATCH paths.
    pub spaces_in_paths: bool,
    /// Writes are answered as done and change nothing.
    pub writes_ignored: bool,
    /// Members, of the user or of Peakon's extension, that changes to somebody who exists leave as they were, without
    /// a word.
    pub unchangeable: Vec<String>,
    pub unknown_keys: Unknown,
    pub clear: Vec<Clear>,
    /// What happens to a clearing in another form than those of `clear`.
    pub clear_otherwise: Unknown,
    pub manager_by_id: bool,
    pub unknown_manager: UnknownManager,
    pub new_options: NewOption,
    pub duplicates: Duplicate,
    pub user_name_is_email: bool,

    pub bulk: bool,
    pub bulk_operations: usize,
    pub bulk_payload: usize,
    /// Operations an hour; `null` lifts the limit.
    pub quota: Option<u64>,
    /// Seconds after which the quota is whole again.
    pub quota_window: u64,
    pub retry_after: RetryAfter,
    pub error_form: ErrorForm,
    /// The status in an error body is a number, as in SCIM 1.1.
    pub numeric_error_status: bool,

    pub schemas_form: SchemasForm,
    pub types: Types,
    pub service_provider_config: bool,
    pub discovery_needs_token: bool,
    pub paths: Paths,
    /// The day a survey round was opened, while one is open.
    pub survey_round: Option<jiff::civil::Date>,
    /// Another system changes the person before every n-th write to somebody; 0 is never.
    pub meddle_every: u64,
}

impl Default for Switches {
    fn default() -> Switches {
        Switches {
            latency: 0,
            page_size: 50,
            page_cap: 100,
            order: Order::Stable,
            pages: Pages::Full,
            total_results: Total::Right,
            items_per_page: ItemsPerPage::Returned,
            nobody: Nobody::EmptyList,
            start_index: StartIndex::OneBased,
            past_the_end: PastTheEnd::Empty,
            leavers_listed: true,
            inactive_listed: true,
            listing: Listing::Allowed,
            cursor: Cursor::Off,
            cursor_timeout: 600,
            filters: ["userName", "emails", "externalId", "id"]
                .map(str::to_owned)
                .to_vec(),
            numeric_ids: false,
            active_form: ActiveForm::Boolean,
            emails_form: EmailsForm::List,
            manager_form: ManagerForm::Email,
            name_form: NameForm::Standard,
            nulls: false,
            resource_schemas: true,
            enterprise_copies: false,
            meta: false,
            etags: false,
            media_type: MediaType::Scim,
            patch: true,
            put: Put::Replace,
            put_answer: WriteAnswer::Resource,
            patch_answer: WriteAnswer::Resource,
            create_status: 201,
            active_default: false,
            spaces_in_paths: false,
            writes_ignored: false,
            unchangeable: Vec::new(),
            unknown_keys: Unknown::Reject,
            clear: vec![Clear::Null, Clear::Empty, Clear::Remove],
            clear_otherwise: Unknown::Reject,
            manager_by_id: false,
            unknown_manager: UnknownManager::Reject,
            new_options: NewOption::Create,
            duplicates: Duplicate::Conflict,
            user_name_is_email: true,
            bulk: true,
            bulk_operations: 1_000,
            bulk_payload: 1_048_576,
            quota: Some(25_000),
            quota_window: 3_600,
            retry_after: RetryAfter::Seconds,
            error_form: ErrorForm::Scim,
            numeric_error_status: false,
            schemas_form: SchemasForm::List,
            types: Types::Typed,
            service_provider_config: true,
            discovery_needs_token: true,
            paths: Paths::Api,
            survey_round: None,
            meddle_every: 0,
        }
    }
}

impl Switches {
    /// Whether people are written exactly as the quick path for seeded people writes them.
    pub fn plain_people(&self) -> bool {
        self.active_form == ActiveForm::Boolean
            && self.emails_form == EmailsForm::List
            && self.manager_form == ManagerForm::Email
            && self.name_form == NameForm::Standard
            && !self.nulls
            && self.resource_schemas
            && !self.enterprise_copies
            && !self.meta
            && !self.etags
    }

    /// Takes a JSON merge patch (RFC 7396).
    ///
    /// # Errors
    /// The patch names no known switch, or a value a switch does not have; the sentence says which.
    pub fn merged(&self, patch: &serde_json::Value) -> Result<Switches, String> {
        let mut whole = serde_json::to_value(self).map_err(|error| error.to_string())?;
        let (Some(members), Some(changes)) = (whole.as_object_mut(), patch.as_object()) else {
            return Err("Switches are set with a JSON object.".to_owned());
        };
        for (name, value) in changes {
            members.insert(name.clone(), value.clone());
        }
        let switches: Switches = serde_json::from_value(whole)
            .map_err(|error| format!("The switches were left as they are: {error}."))?;
        match switches.page_size == 0 || switches.page_cap == 0 {
            true => Err("A page holds at least one person.".to_owned()),
            false => Ok(switches),
        }
    }
}
