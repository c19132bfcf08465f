//! A person as the seed has them: computed, never stored.

mod dirt;

use std::borrow::Cow;

use super::attribute::{
    self, BUSINESS_UNIT, COST_CENTER, COUNTRY, DATE_OF_BIRTH, DEPARTMENT, EMPLOYMENT_STATUS,
    GENDER, JOB_LEVEL, LOCATION, MANAGER, SEEDED, TEAM, TENURE, TITLE, WEEKLY_HOURS,
    WORK_ARRANGEMENT,
};
use super::dice::{Choice, roll};
use super::names::{Country, Office};
use super::shape::{HEAD_OF_COMPANY, Shape};
use super::vocabulary::{ARRANGEMENTS, DEPARTMENTS, EMPLOYMENT, UNITS, pick};

pub use dirt::Dirt;

/// The company's mail domain; `.example` can never be anybody's.
pub const DOMAIN: &str = "haldenvale.example";

/// One in so many administers Peakon besides the head of the company.
const ADMINISTRATORS: u64 = 200;

const FIRST_ID: u64 = 80_100_003;
const ID_STEP: u64 = 17;

/// A value of one attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    Unset,
    Text(Cow<'a, str>),
    Number(i64),
    /// Midnight, UTC, of this day.
    Day(i32),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Cell<'a> {
        Cell::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Cell::Text(Cow::Owned(text))
    }
}

pub struct Seeded<'a> {
    pub id: u64,
    pub given: &'a str,
    pub family: &'a str,
    pub email: Option<String>,
    pub number: Option<String>,
    pub phone: Option<String>,
    pub locale: &'a str,
    pub timezone: &'a str,
    pub active: bool,
    pub cells: [Cell<'a>; SEEDED],
}

/// The people of a seed, on the day the company was set up.
pub struct Seed {
    pub shape: Shape,
    /// The day before which leavers left and after which future starters start.
    pub anchor: i32,
    /// Sorted by index. Nothing may happen to a person who is here without dirt.
    guaranteed: Vec<(u32, Option<Dirt>)>,
    /// A manager who reports to somebody in their own team.
    cycle: Option<(u32, u32)>,
    left_manager: Option<u32>,
}

impl Seed {
    pub fn new(people: u32, seed: u64, anchor: i32) -> Seed {
        let shape = Shape::new(people, seed);
        let mut company = Seed {
            guaranteed: Vec::new(),
            cycle: None,
            left_manager: None,
            anchor,
            shape,
        };
        if people >= 30 {
            company.guaranteed = company.place_guaranteed();
            company.cycle = company.place_cycle();
            company.left_manager =
                Some(company.shape.index(company.shape.manager_rank(people - 1)));
        }
        company
    }

    fn roll(&self, index: u32, choice: Choice) -> u64 {
        roll(self.shape.seed, u64::from(index), choice)
    }

    pub fn id(index: u32) -> u64 {
        FIRST_ID + u64::from(index) * ID_STEP
    }

    /// The id a person created after `before` others gets.
    pub fn id_after(before: u64) -> u64 {
        FIRST_ID + before * ID_STEP
    }

    pub fn index_of(&self, id: u64) -> Option<u32> {
        let offset = id.checked_sub(FIRST_ID)?;
        let index = u32::try_from(offset / ID_STEP).ok()?;
        (offset % ID_STEP == 0 && index < self.shape.people).then_some(index)
    }

    /// Whose name and address this record carries.
    fn named_after(&self, index: u32, dirt: Option<Dirt>) -> u32 {
        if dirt.is_some_and(Dirt::is_double) {
            index - 1
        } else {
            index
        }
    }

    pub fn email(&self, index: u32) -> Option<String> {
        self.address(index, self.dirt(index))
    }

    fn address(&self, index: u32, dirt: Option<Dirt>) -> Option<String> {
        if dirt == Some(Dirt::Kiosk) {
            return None;
        }
        let named = self.named_after(index, dirt);
        let country = self.shape.country(named);
        let (given, family, before) = self.shape.name(named);
        let given = country
            .female
            .get(given)
            .unwrap_or_else(|| &country.male[given - country.female.len()]);
        let family = &country.family[family];
        let mut address =
            String::with_capacity(given.spelling.len() + family.spelling.len() + DOMAIN.len() + 12);
        if dirt == Some(Dirt::Twin) {
            push_capitalised(&mut address, &given.spelling);
            address.push('.');
            push_capitalised(&mut address, &family.spelling);
        } else {
            address.push_str(&given.spelling);
            address.push('.');
            address.push_str(&family.spelling);
        }
        if before > 0 {
            address.push_str(&(before + 1).to_string());
        }
        if matches!(dirt, Some(Dirt::PlusAddress | Dirt::PlusTwin)) {
            address.push_str("+peakon");
        }
        address.push('@');
        address.push_str(DOMAIN);
        Some(address)
    }

    /// Zero-padded on purpose: spreadsheets eat leading zeros.
    pub fn number(&self, index: u32) -> Option<String> {
        (self.dirt(index) != Some(Dirt::NoNumber)).then(|| Self::number_text(index))
    }

    fn number_text(index: u32) -> String {
        format!("{:07}", 1_204 + u64::from(index) * 3)
    }

    /// Whose employee number this is, when it is a seeded one.
    pub fn numbered(&self, number: &str) -> Option<u32> {
        if number.len() != 7 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let offset = number.parse::<u64>().ok()?.checked_sub(1_204)?;
        let index = u32::try_from(offset / 3).ok()?;
        let own = offset % 3 == 0 && index < self.shape.people && self.number(index).is_some();
        own.then_some(index)
    }

    /// Whether access control makes this person an administrator, which SCIM never shows.
    pub fn administers(&self, index: u32) -> bool {
        let drawn = self.roll(index, Choice::Administrator);
        self.shape.rank(index) == 0 || drawn.is_multiple_of(ADMINISTRATORS)
    }

    pub fn person(&self, index: u32) -> Seeded<'_> {
        let shape = &self.shape;
        let dirt = self.dirt(index);
        let rank = shape.rank(index);
        let named = self.named_after(index, dirt);
        let country = shape.country(named);
        let (given, family, _) = shape.name(named);
        let name = country
            .female
            .get(given)
            .unwrap_or_else(|| &country.male[given.saturating_sub(country.female.len())]);
        let female = given < country.female.len();
        let office = &country.offices
            [(self.roll(named, Choice::Office) % country.offices.len() as u64) as usize];
        let has_phone = self.roll(index, Choice::Phone) % 100 < 62 || dirt == Some(Dirt::Kiosk);
        let mut person = Seeded {
            id: Self::id(index),
            given: name.native,
            family: country.family[family].native,
            email: self.address(index, dirt),
            number: (dirt != Some(Dirt::NoNumber)).then(|| Self::number_text(index)),
            phone: has_phone.then(|| self.phone(named, country)),
            locale: country.locale,
            timezone: office.timezone,
            active: true,
            cells: [const { Cell::Unset }; SEEDED],
        };
        self.place(index, rank, country, office, &mut person);
        self.describe(index, rank, female, &mut person);
        self.soil(index, dirt, &mut person);
        person
    }

    fn phone(&self, index: u32, country: &Country) -> String {
        let number = self.roll(index, Choice::PhoneNumber);
        format!(
            "{} {:03} {:04}",
            country.dialling,
            number % 1000,
            (number >> 16) % 10_000
        )
    }

    /// Department, unit, team, title, level, cost center, location and manager.
    fn place<'a>(
        &'a self,
        index: u32,
        rank: u32,
        country: &'a Country,
        office: &'a Office,
        person: &mut Seeded<'a>,
    ) {
        let shape = &self.shape;
        let depth = shape.depth(rank);
        let busy = shape.reports(rank) > 0;
        let cells = &mut person.cells;
        cells[LOCATION] = office.city.into();
        cells[COUNTRY] = country.name.into();
        let Some((department, titles)) = shape.department(rank) else {
            cells[DEPARTMENT] = "Executive Office".into();
            cells[BUSINESS_UNIT] = "Corporate".into();
            cells[TEAM] = "Leadership".into();
            cells[TITLE] = HEAD_OF_COMPANY.into();
            cells[JOB_LEVEL] = "E2".into();
            cells[COST_CENTER] =
                attribute::cost_center(10, "Executive Office", country.region).into();
            return;
        };
        let under = |choice: Choice, of: u32, count: usize| {
            (roll(shape.seed, u64::from(of), choice) % count as u64) as usize
        };
        let field = under(
            Choice::Field,
            shape.ancestor(rank, 2),
            department.fields.len(),
        );
        let unit = under(Choice::Unit, shape.ancestor(rank, 2), UNITS.len());
        let led = if busy { rank } else { shape.manager_rank(rank) };
        let team = under(Choice::Team, led, department.teams.len());
        let own = self.roll(index, Choice::Title);
        cells[DEPARTMENT] = department.name.into();
        cells[BUSINESS_UNIT] = match department.code {
            71..=73 | 43 => "Corporate",
            63 => "Supply Chain",
            64 => "Retail",
            _ => UNITS[unit],
        }
        .into();
        cells[TEAM] = if depth == 1 {
            "Leadership".into()
        } else {
            department.teams[team].into()
        };
        cells[COST_CENTER] =
            attribute::cost_center(department.code, department.name, country.region).into();
        let level = self.roll(index, Choice::Level);
        let (title, grade): (&'a str, &'static str) = match (depth, busy) {
            (1, _) => (department.head, "E1"),
            (2, true) => (&titles.vice_president[field], "M3"),
            (3, true) => (&titles.director[field], "M2"),
            (_, true) => (&titles.manager[field], "M1"),
            (_, false) => {
                let choices = department.titles.len() as u64;
                // The smaller of two draws: the first titles of the list are the common ones.
                let place = (own % choices).min((own >> 8) % choices) as usize;
                let title = department.titles[place];
                let grade = match title {
                    title if title.starts_with("Senior") => "IC3",
                    title if title.starts_with("Staff") || title.ends_with("Supervisor") => "IC4",
                    _ => attribute::LEVELS[(level % 2) as usize],
                };
                (title, grade)
            }
        };
        cells[TITLE] = title.into();
        cells[JOB_LEVEL] = grade.into();
        let manager = match self.cycle {
            Some((above, below)) if above == index => Some(below),
            _ => shape.manager(index),
        };
        if let Some(manager) = manager.and_then(|manager| self.email(manager)) {
            cells[MANAGER] = manager.into();
        }
    }

    /// Dates, hours and the personal attributes.
    fn describe(&self, index: u32, rank: u32, female: bool, person: &mut Seeded<'_>) {
        let cells = &mut person.cells;
        let gender = match self.roll(index, Choice::Gender) % 200 {
            0..2 => "Non-binary",
            2..5 => "Prefer not to say",
            _ if female => "Female",
            _ => "Male",
        };
        cells[GENDER] = gender.into();
        let busy = self.shape.reports(rank) > 0;
        let employment = if busy {
            "Permanent"
        } else {
            pick(EMPLOYMENT, self.roll(index, Choice::Employment))
        };
        // The product of two numbers below one leans to short tenures, as companies do.
        let draw = self.roll(index, Choice::Tenure);
        let (first, second) = ((draw & 0xFFFF) as i64, ((draw >> 16) & 0xFFFF) as i64);
        let (shortest, longest) = match employment {
            "Intern" => (14, 190),
            "Contractor" | "Fixed-term" => (21, 900),
            _ if busy => (420, 6_900),
            _ => (21, 5_200),
        };
        let days = shortest + (first * second / 0xFFFF * longest / 0xFFFF) as i32;
        let started = self.anchor - days;
        cells[TENURE] = Cell::Day(started);
        // The mean of two draws: most people started between their twenties and forties.
        let draw = self.roll(index, Choice::Age);
        let (first, second) = ((draw & 0xFFFF) as i64, ((draw >> 16) & 0xFFFF) as i64);
        let (youngest, span) = match employment {
            "Intern" => (6_900, 2_200),
            _ if busy => (8_600, 10_500),
            _ => (6_900, 12_500),
        };
        let age = youngest + ((first + second) / 2 * span / 0xFFFF) as i32;
        cells[DATE_OF_BIRTH] = Cell::Day(started - age);
        cells[EMPLOYMENT_STATUS] = employment.into();
        cells[WORK_ARRANGEMENT] = pick(ARRANGEMENTS, self.roll(index, Choice::Arrangement)).into();
        let hours = match (employment, self.roll(index, Choice::Hours)) {
            ("Part-time", hours) => 16 + (hours % 4) as i64 * 4,
            ("Intern", _) => 32,
            (_, hours) => [40, 40, 38, 36][(hours % 4) as usize],
        };
        cells[WEEKLY_HOURS] = Cell::Number(hours);
    }

    /// Department names of this seed, for a writer who changes somebody's.
    pub fn other_department(current: &str, random: u64) -> &'static str {
        let place = (random % DEPARTMENTS.len() as u64) as usize;
        let name = DEPARTMENTS[place].name;
        if name == current {
            DEPARTMENTS[(place + 1) % DEPARTMENTS.len()].name
        } else {
            name
        }
    }
}

fn push_capitalised(address: &mut String, spelling: &str) {
    let (first, rest) = spelling.split_at(1);
    address.push(first.as_bytes()[0].to_ascii_uppercase() as char);
    address.push_str(rest);
}
