//! A directory in memory: columns of codes, who reports to whom, and the order by name.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use jiff::civil::Date;

use super::{
    Status,
    bits::Bits,
    collation::Collation,
    column::{Column, Dictionary, Owners},
    order::{self, Order},
    text::{TextIndex, name_forms},
};
use crate::{
    attribute::{Attribute, Role},
    dormancy::{Standing, is_laid},
    ids::{AttributeId, RowId},
};

/// The place of nobody.
pub(crate) const NOBODY: u32 = u32::MAX;

/// Everybody. Positions are places in row-id order; they stay what they are while the table lives.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) attributes: Arc<[Attribute]>,
    places: HashMap<AttributeId, usize>,
    roles: HashMap<Role, usize>,
    /// Row ids, ascending.
    pub(crate) rows: Vec<u32>,
    /// Codes are positions plus one.
    pub(crate) scim_ids: Dictionary,
    /// Whose values are still kept for their names, but who are in no view.
    pub(crate) gone: Bits,
    /// One per attribute, in the same order.
    pub(crate) columns: Vec<Column>,
    pub(crate) today: Date,
    pub(crate) collation: Arc<Collation>,
    /// By code of the manager column.
    managers: OnceLock<Vec<u32>>,
    reports: OnceLock<Owners>,
    /// The folded names of managers by code, each ended by a line break, and where each starts.
    manager_names: OnceLock<(String, Vec<u32>)>,
    by_name: OnceLock<Vec<u32>>,
    orders: Orders,
    text: OnceLock<TextIndex>,
    /// Where everybody stands by the policy for dormant people, once somebody asked or there is evidence.
    pub(crate) standing: Option<Standing>,
}

/// Orders that are kept: a million people's takes 8 MB at most.
const ORDERS: usize = 4;

type Kept = Vec<(usize, Arc<Order>)>;

/// Everybody by the columns that views were last sorted by, the one asked for last at the end.
#[derive(Debug, Default)]
struct Orders(Mutex<Kept>);

impl Orders {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, place: usize) -> Option<Arc<Order>> {
        let mut kept = self.kept();
        let at = kept.iter().position(|(known, _)| *known == place)?;
        kept[at..].rotate_left(1);
        kept.last().map(|(_, order)| order.clone())
    }

    fn keep(&self, place: usize, order: Arc<Order>) {
        let mut kept = self.kept();
        kept.retain(|(known, _)| *known != place);
        if kept.len() == ORDERS {
            kept.remove(0);
        }
        kept.push((place, order));
    }
}

/// A table is copied to be changed, and other values have other orders.
impl Clone for Orders {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Table {
    pub(crate) fn new(
        attributes: Vec<Attribute>,
        today: Date,
        collation: Arc<Collation>,
        people: usize,
    ) -> Self {
        let (places, roles) = index(&attributes);
        Self {
            columns: attributes
                .iter()
                .map(|_| Column::with_capacity(people))
                .collect(),
            attributes: attributes.into(),
            places,
            roles,
            rows: Vec::with_capacity(people),
            scim_ids: Dictionary::default(),
            gone: Bits::default(),
            today,
            collation,
            managers: OnceLock::new(),
            reports: OnceLock::new(),
            manager_names: OnceLock::new(),
            by_name: OnceLock::new(),
            orders: Orders::default(),
            text: OnceLock::new(),
            standing: None,
        }
    }

    /// Everybody ever listed, the gone ones included.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// People who are there.
    pub(crate) fn people(&self) -> usize {
        self.len() - self.gone.count()
    }

    pub(crate) fn place(&self, attribute: AttributeId) -> Option<usize> {
        self.places.get(&attribute).copied()
    }

    pub(crate) fn place_of(&self, role: Role) -> Option<usize> {
        self.roles.get(&role).copied()
    }

    pub(crate) fn column(&self, attribute: AttributeId) -> Option<&Column> {
        self.place(attribute).map(|place| &self.columns[place])
    }

    pub(crate) fn column_of(&self, role: Role) -> Option<&Column> {
        self.place_of(role).map(|place| &self.columns[place])
    }

    pub(crate) fn position(&self, row: RowId) -> Option<u32> {
        self.rows
            .binary_search(&row.0)
            .ok()
            .map(|position| position as u32)
    }

    pub(crate) fn row(&self, position: u32) -> RowId {
        RowId(self.rows[position as usize])
    }

    pub(crate) fn scim_id(&self, position: u32) -> &str {
        self.scim_ids.get(position + 1).unwrap_or_default()
    }

    pub(crate) fn name(&self, position: u32) -> &str {
        self.columns[NAME_PLACE].value(position).unwrap_or_default()
    }

    pub(crate) fn status(&self, position: u32) -> Status {
        status_of(
            self.columns[STATUS_PLACE]
                .value(position)
                .unwrap_or_default(),
        )
    }

    pub(crate) fn value_of(&self, role: Role, position: u32) -> Option<&str> {
        self.column_of(role)
            .and_then(|column| column.value(position))
    }

    /// What stands for a value of this attribute on screen, where that is something else.
    pub(crate) fn shown(&self, place: usize, position: u32) -> Option<&str> {
        if Some(place) != self.place_of(Role::Manager) {
            return None;
        }
        self.manager(position).map(|manager| self.name(manager))
    }

    /// Who a code of the manager column stands for.
    pub(crate) fn manager_of_code(&self, code: u32) -> Option<u32> {
        let managers = self.managers.get_or_init(|| self.resolve_managers());
        managers
            .get(code as usize)
            .copied()
            .filter(|&manager| manager != NOBODY)
    }

    pub(crate) fn manager(&self, position: u32) -> Option<u32> {
        let column = self.column_of(Role::Manager)?;
        self.manager_of_code(column.code(position))
    }

    /// Direct reports who are there, in row order.
    pub(crate) fn reports(&self, position: u32) -> &[u32] {
        self.reports
            .get_or_init(|| {
                Owners::group(
                    self.len(),
                    (0..self.len() as u32).map(|position| {
                        if self.gone.has(position) {
                            None
                        } else {
                            self.manager(position)
                        }
                    }),
                )
            })
            .of(position)
    }

    /// Everybody under somebody, however deep; a circle is walked once and never includes its start.
    pub(crate) fn whole_tree(&self, position: u32) -> Vec<u32> {
        let mut seen = Bits::none(self.len());
        seen.set(position, true);
        let mut found = Vec::new();
        let mut next = vec![position];
        while let Some(manager) = next.pop() {
            for &report in self.reports(manager) {
                if !seen.has(report) {
                    seen.set(report, true);
                    found.push(report);
                    next.push(report);
                }
            }
        }
        found
    }

    /// The names that the codes of the manager column stand for, as they are searched.
    pub(crate) fn manager_names(&self) -> (&str, &[u32]) {
        let (text, starts) = self.manager_names.get_or_init(|| {
            let codes = self
                .column_of(Role::Manager)
                .map_or(0, |column| column.dictionary().codes());
            let mut text = String::new();
            let mut starts = Vec::with_capacity(codes + 1);
            for code in 0..codes as u32 {
                starts.push(text.len() as u32);
                match self.manager_of_code(code) {
                    Some(manager) => name_forms(self, manager, &mut text),
                    None => text.push('\n'),
                }
            }
            starts.push(text.len() as u32);
            (text, starts)
        });
        (text, starts)
    }

    fn resolve_managers(&self) -> Vec<u32> {
        let Some(column) = self.column_of(Role::Manager) else {
            return Vec::new();
        };
        (0..column.dictionary().codes() as u32)
            .map(|code| {
                let text = column
                    .dictionary()
                    .get(code)
                    .filter(|_| column.people(code) > 0);
                text.and_then(|text| self.find(text).first().copied())
                    .unwrap_or(NOBODY)
            })
            .collect()
    }

    /// People with this e-mail or user name in any letter case, else this id, else this employee number or
    /// external id. Those who are there come first.
    pub(crate) fn find(&self, text: &str) -> Vec<u32> {
        let text = text.trim();
        if text.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for role in [Role::Email, Role::UserName] {
            if let Some(column) = self.column_of(role) {
                for code in column.codes_any_case(text) {
                    found.extend_from_slice(column.owners().of(code));
                }
            }
            if !found.is_empty() {
                break;
            }
        }
        if found.is_empty()
            && let Some(code) = self.scim_ids.code(text)
        {
            found.push(code - 1);
        }
        for role in [Role::EmployeeNumber, Role::ExternalId] {
            if found.is_empty()
                && let Some(column) = self.column_of(role)
                && let Some(code) = column.dictionary().code(text)
            {
                found.extend_from_slice(column.owners().of(code));
            }
        }
        found.sort_unstable_by_key(|&position| (self.gone.has(position), position));
        found.dedup();
        found
    }

    /// All positions by name, the gone ones included.
    pub(crate) fn by_name(&self) -> &[u32] {
        self.by_name.get_or_init(|| order::by_name(self))
    }

    /// All positions by a column, where that order was asked for lately.
    pub(crate) fn known_order(&self, place: usize) -> Option<Arc<Order>> {
        self.orders.get(place)
    }

    /// The same, made where it is not known.
    pub(crate) fn order(&self, place: usize) -> Arc<Order> {
        self.known_order(place).unwrap_or_else(|| {
            let order = Arc::new(Order::of(self, place));
            self.orders.keep(place, order.clone());
            order
        })
    }

    pub(crate) fn text(&self) -> &TextIndex {
        self.text.get_or_init(|| TextIndex::build(self))
    }

    /// Call after any change of `columns`, before anybody reads. The texts of the given positions are made
    /// anew, all of them when `None`.
    pub(crate) fn forget_derived(&mut self, changed: Option<&[u32]>, names: bool) {
        self.managers = OnceLock::new();
        self.reports = OnceLock::new();
        self.manager_names = OnceLock::new();
        self.orders = Orders::default();
        if names {
            self.by_name = OnceLock::new();
        }
        match (changed, self.text.take()) {
            (Some(changed), Some(mut text)) => {
                text.renew(self, changed);
                self.text = OnceLock::from(text);
            }
            _ => self.text = OnceLock::new(),
        }
    }

    /// Lays columns beside the values, in place of those laid before. They come last, so that nothing that
    /// refers to a place moves.
    pub(crate) fn lay_beside(&mut self, laid: Vec<(Attribute, Column)>) {
        self.orders = Orders::default();
        let own = self
            .attributes
            .iter()
            .take_while(|attribute| !is_laid(attribute.id))
            .count();
        let mut attributes = self.attributes[..own].to_vec();
        self.columns.truncate(own);
        for (attribute, column) in laid {
            attributes.push(attribute);
            self.columns.push(column);
        }
        (self.places, self.roles) = index(&attributes);
        self.attributes = attributes.into();
    }

    /// Attributes with how full each is now.
    pub(crate) fn count_attributes(&mut self) {
        self.attributes = self
            .attributes
            .iter()
            .zip(&self.columns)
            .map(|(attribute, column)| Attribute {
                filled: column.filled(),
                distinct: column.distinct(),
                ..attribute.clone()
            })
            .collect();
    }
}

/// The places of attributes by id, and of the first of each role.
fn index(attributes: &[Attribute]) -> (HashMap<AttributeId, usize>, HashMap<Role, usize>) {
    let mut places = HashMap::with_capacity(attributes.len());
    let mut roles = HashMap::new();
    for (place, attribute) in attributes.iter().enumerate() {
        places.insert(attribute.id, place);
        if let Some(role) = attribute.role {
            roles.entry(role).or_insert(place);
        }
    }
    (places, roles)
}

/// Where the derived attributes stand among [`Table::columns`].
pub(crate) const NAME_PLACE: usize = 0;
pub(crate) const STATUS_PLACE: usize = 1;

/// "Family, Given", or the best there is.
pub(crate) fn derive_name<'a>(value: impl Fn(Role) -> Option<&'a str>, scim_id: &str) -> String {
    match (value(Role::FamilyName), value(Role::GivenName)) {
        (Some(family), Some(given)) => format!("{family}, {given}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => value(Role::DisplayName)
            .or_else(|| value(Role::Email))
            .or_else(|| value(Role::UserName))
            .unwrap_or(scim_id)
            .to_owned(),
    }
}

/// Where somebody stands on a day. The separation date counts from that day on; a date that is none counts
/// for nothing.
pub fn derive_status(
    active: Option<&str>,
    start: Option<&str>,
    separation: Option<&str>,
    today: Date,
) -> Status {
    let day = |text: Option<&str>| text.and_then(|text| text.parse::<Date>().ok());
    if day(separation).is_some_and(|day| day <= today) {
        Status::Left
    } else if day(start).is_some_and(|day| day > today) {
        Status::NotStarted
    } else if active == Some("false") {
        Status::Inactive
    } else {
        Status::Active
    }
}

/// The value of the derived Status.
pub(crate) fn status_text(status: Status) -> &'static str {
    match status {
        Status::Active => "Active",
        Status::Inactive => "Inactive",
        Status::Left => "Left",
        Status::NotStarted => "Not started",
    }
}

fn status_of(text: &str) -> Status {
    match text {
        "Inactive" => Status::Inactive,
        "Left" => Status::Left,
        "Not started" => Status::NotStarted,
        _ => Status::Active,
    }
}
