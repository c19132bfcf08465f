//! Counting everybody.

use serde_json::{Value, json};

use super::attribute::{SEPARATION_DATE, TENURE};
use super::{Company, Kind, calendar, seeded};

impl Company {
    /// Counts that tests compare before and after. Looks at everybody, so it takes a second for a million people.
    pub fn census(&self, today: i32) -> Value {
        let (mut active, mut seats, mut started) = (0_u64, 0_u64, 0_u64);
        let (mut with_email, mut separated) = (0_u64, 0_u64);
        for position in 0..self.count() {
            let id = self
                .id_at(position)
                .expect("BUG: every position below the count is somebody");
            let facts = match self.untouched(id) {
                Some(index) => {
                    let person = self.seed.person(index);
                    let day = |slot: usize| match &person.cells[slot] {
                        seeded::Cell::Day(day) => Some(*day),
                        seeded::Cell::Text(text) => calendar::parse_day(text),
                        _ => None,
                    };
                    let left = day(SEPARATION_DATE).is_some_and(|day| day <= today);
                    (
                        person.active,
                        left,
                        day(TENURE).is_none_or(|day| day <= today),
                        person.email.is_some(),
                    )
                }
                None => {
                    let person = self.person(id).expect("BUG: a listed person exists");
                    (
                        person.active(),
                        person.separated(today),
                        person.started(today),
                        person.email().is_some(),
                    )
                }
            };
            active += u64::from(facts.0);
            separated += u64::from(facts.1);
            seats += u64::from(!facts.1);
            started += u64::from(facts.2 && !facts.1);
            with_email += u64::from(facts.3);
        }
        let segments: serde_json::Map<String, Value> = self
            .attributes
            .active()
            .filter(|attribute| attribute.kind == Kind::Option)
            .map(|attribute| (attribute.name.clone(), json!(attribute.segments.len())))
            .collect();
        json!({
            "people": self.count(),
            "active": active,
            "seats": seats,
            "separated": separated,
            "employed": started,
            "withEmail": with_email,
            "segments": segments,
            "created": self.events.created,
            "deletions": self.events.deletions,
            "newSegments": self.events.new_segments,
            "reinstatements": self.events.reinstatements,
            "roundChanges": self.events.round_changes,
            "revision": self.revision,
        })
    }
}
