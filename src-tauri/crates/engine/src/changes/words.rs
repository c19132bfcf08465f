//! Changes as sentences.

pub(crate) use crate::text::{large_number, number, people};
use crate::{
    attribute::{Kind, Role},
    values::spoken_value,
};

/// One attribute of one person on its way from a value to a value.
pub(crate) struct Step<'a> {
    pub label: &'a str,
    pub kind: Kind,
    pub role: Option<Role>,
    pub before: Option<&'a str>,
    pub after: Option<&'a str>,
}

/// "Ana Ruiz moves from Sales to Marketing".
pub(crate) fn set(who: &str, steps: &[Step<'_>]) -> String {
    match steps {
        [] => format!("{who} stays as is"),
        [one] => single(who, one),
        several => {
            let parts: Vec<String> = several.iter().map(brief).collect();
            format!("{who}: {}", parts.join(", "))
        }
    }
}

fn single(who: &str, step: &Step<'_>) -> String {
    let label = step.label;
    let spoken = |value: &str| spoken_value(step.kind, value);
    match (step.before, step.after) {
        (None, None) => format!("{label} of {who} stays empty"),
        (None, Some(after)) if step.role == Some(Role::Manager) => {
            format!("{who} reports to {}", spoken(after))
        }
        (None, Some(after)) => format!("{who} gets {label} {}", spoken(after)),
        (Some(before), None) if step.role == Some(Role::Manager) => {
            format!("{who} no longer reports to {}", spoken(before))
        }
        (Some(before), None) => format!("{label} {} of {who} is cleared", spoken(before)),
        (Some(before), Some(after)) => match step.role {
            Some(Role::Department | Role::Location | Role::Country) => {
                format!("{who} moves from {} to {}", spoken(before), spoken(after))
            }
            Some(Role::Manager) => {
                format!(
                    "{who} reports to {} instead of {}",
                    spoken(after),
                    spoken(before)
                )
            }
            _ => format!(
                "{label} of {who} changes from {} to {}",
                spoken(before),
                spoken(after)
            ),
        },
    }
}

/// "Ana Ruiz moved from Sales to Marketing": the same, once it has happened.
pub(crate) fn past(who: &str, step: &Step<'_>) -> String {
    let label = step.label;
    let spoken = |value: &str| spoken_value(step.kind, value);
    match (step.before, step.after) {
        (None, None) => format!("{label} of {who} stayed empty"),
        (None, Some(after)) => format!("{who} got {label} {}", spoken(after)),
        (Some(before), None) => format!("{label} {} of {who} was cleared", spoken(before)),
        (Some(before), Some(after)) => match step.role {
            Some(Role::Department | Role::Location | Role::Country) => {
                format!("{who} moved from {} to {}", spoken(before), spoken(after))
            }
            Some(Role::Manager) => {
                format!(
                    "{who} reported to {} and now reports to {}",
                    spoken(before),
                    spoken(after)
                )
            }
            _ => format!(
                "{label} of {who} changed from {} to {}",
                spoken(before),
                spoken(after)
            ),
        },
    }
}

/// "Department Sales → Marketing".
pub(crate) fn brief(step: &Step<'_>) -> String {
    let label = step.label;
    let spoken = |value: &str| spoken_value(step.kind, value);
    match (step.before, step.after) {
        (_, None) => format!("{label} is cleared"),
        (None, Some(after)) => format!("{label} {}", spoken(after)),
        (Some(before), Some(after)) => format!("{label} {} → {}", spoken(before), spoken(after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step<'a>(role: Option<Role>, before: Option<&'a str>, after: Option<&'a str>) -> Step<'a> {
        Step {
            label: "Thing",
            kind: Kind::Text,
            role,
            before,
            after,
        }
    }

    #[test]
    fn a_change_reads_like_a_sentence() {
        for (found, expected) in [
            (
                set(
                    "Ana Ruiz",
                    &[step(
                        Some(Role::Department),
                        Some("Sales"),
                        Some("Marketing"),
                    )],
                ),
                "Ana Ruiz moves from Sales to Marketing",
            ),
            (
                set(
                    "Ana Ruiz",
                    &[step(Some(Role::Manager), Some("Bo Li"), Some("Cy Tan"))],
                ),
                "Ana Ruiz reports to Cy Tan instead of Bo Li",
            ),
            (
                set("Ana Ruiz", &[step(None, Some("x"), None)]),
                "Thing x of Ana Ruiz is cleared",
            ),
            (
                set("Ana Ruiz", &[step(None, None, Some("x"))]),
                "Ana Ruiz gets Thing x",
            ),
        ] {
            assert_eq!(found, expected, "reviewers read this line");
        }
    }

    #[test]
    fn numbers_have_separators() {
        assert_eq!(number(999), "999", "none needed");
        assert_eq!(number(25_000), "25,000", "one group");
        assert_eq!(number(1_234_567), "1,234,567", "two groups");
    }
}
