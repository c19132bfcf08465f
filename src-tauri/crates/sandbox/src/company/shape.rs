//! Who reports to whom, who works where and who is called what, for every person at once.
//!
//! A few bytes a person are kept (about 14 MB for a million); everything else about a person is computed when asked for.
//! People have an index (their order of arrival, which decides their id) and a rank (their place in the hierarchy: the head
//! of the company first, then department by department, level by level). A shuffle connects the two, so that a page of the
//! directory shows all sorts of people and not all bosses first.

use super::dice::{Choice, Shuffle, roll};
use super::names::{Country, countries};
use super::vocabulary::{DEPARTMENTS, Department};

pub struct Shape {
    pub people: u32,
    pub seed: u64,
    pub countries: Vec<Country>,
    shuffle: Shuffle,
    departments: Vec<Span>,
    /// By rank: the rank of the manager; the first person's own.
    managers: Vec<u32>,
    /// By rank: steps from the head of the department, who is at 1; the head of the company is at 0.
    depths: Vec<u8>,
    /// By rank: how many people report here.
    reports: Vec<u8>,
    /// By index.
    home: Vec<u8>,
    /// By index: how many people before this one work in the same country.
    ordinal: Vec<u32>,
    /// By country: spreads the combinations of names.
    combinations: Vec<Shuffle>,
    titles: Vec<Titles>,
}

struct Span {
    start: u32,
    end: u32,
    department: u8,
}

/// Titles of people with reports, by department and field.
pub struct Titles {
    pub vice_president: Vec<String>,
    pub director: Vec<String>,
    pub manager: Vec<String>,
}

pub const HEAD_OF_COMPANY: &str = "Chief Executive Officer";

impl Shape {
    pub fn new(people: u32, seed: u64) -> Shape {
        let countries = countries();
        let size = people as usize;
        let mut shape = Shape {
            people,
            seed,
            shuffle: Shuffle::new(
                u64::from(people),
                roll(seed, u64::from(people), Choice::Order),
            ),
            departments: department_spans(people),
            managers: vec![0; size],
            depths: vec![0; size],
            reports: vec![0; size],
            home: vec![0; size],
            ordinal: vec![0; size],
            combinations: countries
                .iter()
                .enumerate()
                .map(|(n, country)| {
                    let size = (country.female.len() + country.male.len()) * country.family.len();
                    Shuffle::new(size as u64, roll(seed, n as u64, Choice::Names))
                })
                .collect(),
            titles: DEPARTMENTS.iter().map(titles).collect(),
            countries,
        };
        shape.grow_hierarchy();
        shape.settle_people();
        shape
    }

    fn grow_hierarchy(&mut self) {
        for span in &self.departments {
            let (start, end) = (span.start as usize, span.end as usize);
            self.depths[start] = 1;
            self.reports[0] += 1;
            let mut next = start + 1;
            let mut manager = start;
            while next < end {
                let left = end - next;
                let mut take = 3 + (roll(self.seed, manager as u64, Choice::Span) % 7) as usize;
                if left < take + 3 {
                    take = left;
                }
                for report in next..next + take {
                    self.managers[report] = manager as u32;
                    self.depths[report] = self.depths[manager] + 1;
                }
                self.reports[manager] = take as u8;
                next += take;
                manager += 1;
            }
        }
    }

    /// Most people work where their manager does, so teams have a place.
    fn settle_people(&mut self) {
        let weights: Vec<u32> = self
            .countries
            .iter()
            .map(|country| country.weight)
            .collect();
        let total: u32 = weights.iter().sum();
        let anywhere = |random: u64| {
            let mut left = (random % u64::from(total)) as u32;
            weights
                .iter()
                .position(|weight| {
                    let here = left < *weight;
                    left = left.saturating_sub(*weight);
                    here
                })
                .unwrap_or(0) as u8
        };
        let mut by_rank = vec![0_u8; self.people as usize];
        for rank in 0..self.people as usize {
            let keeps = self.depths[rank] > 2
                && roll(self.seed, rank as u64, Choice::CountryKept) % 100 < 68;
            by_rank[rank] = if keeps {
                by_rank[self.managers[rank] as usize]
            } else {
                anywhere(roll(self.seed, rank as u64, Choice::Country))
            };
        }
        let mut counts = vec![0_u32; self.countries.len()];
        for index in 0..self.people {
            let country = by_rank[self.rank(index) as usize];
            self.home[index as usize] = country;
            self.ordinal[index as usize] = counts[country as usize];
            counts[country as usize] += 1;
        }
    }

    pub fn rank(&self, index: u32) -> u32 {
        self.shuffle.forward(u64::from(index)) as u32
    }

    pub fn index(&self, rank: u32) -> u32 {
        self.shuffle.backward(u64::from(rank)) as u32
    }

    /// The manager's index; `None` for the head of the company.
    pub fn manager(&self, index: u32) -> Option<u32> {
        let rank = self.rank(index);
        (rank != 0).then(|| self.index(self.managers[rank as usize]))
    }

    pub fn manager_rank(&self, rank: u32) -> u32 {
        self.managers[rank as usize]
    }

    pub fn depth(&self, rank: u32) -> u8 {
        self.depths[rank as usize]
    }

    pub fn reports(&self, rank: u32) -> u8 {
        self.reports[rank as usize]
    }

    /// The person at `depth` above this rank, or the rank itself when it is not that deep.
    pub fn ancestor(&self, mut rank: u32, depth: u8) -> u32 {
        while self.depths[rank as usize] > depth {
            rank = self.managers[rank as usize];
        }
        rank
    }

    /// `None` for the head of the company.
    pub fn department(&self, rank: u32) -> Option<(&'static Department, &Titles)> {
        let span = self
            .departments
            .iter()
            .find(|span| (span.start..span.end).contains(&rank))?;
        let place = usize::from(span.department);
        Some((&DEPARTMENTS[place], &self.titles[place]))
    }

    pub fn titles(&self) -> &[Titles] {
        &self.titles
    }

    pub fn country(&self, index: u32) -> &Country {
        &self.countries[usize::from(self.home[index as usize])]
    }

    /// Given name's place (female ones first), family name's place, and how many people of this name came before.
    pub fn name(&self, index: u32) -> (usize, usize, u32) {
        let place = usize::from(self.home[index as usize]);
        let country = &self.countries[place];
        let given = country.female.len() + country.male.len();
        let combinations = (given * country.family.len()) as u64;
        let ordinal = u64::from(self.ordinal[index as usize]);
        let combination = self.combinations[place].forward(ordinal % combinations) as usize;
        (
            combination % given,
            combination / given,
            (ordinal / combinations) as u32,
        )
    }
}

fn department_spans(people: u32) -> Vec<Span> {
    let count = match people {
        0 | 1 => return Vec::new(),
        2..=9 => 1,
        10..=59 => 5,
        60..=299 => 8,
        _ => DEPARTMENTS.len(),
    };
    let total: u64 = DEPARTMENTS[..count]
        .iter()
        .map(|department| u64::from(department.weight))
        .sum();
    let others = u64::from(people - 1);
    let mut before = 0_u64;
    let mut start = 1_u32;
    let mut spans = Vec::with_capacity(count);
    for (place, department) in DEPARTMENTS[..count].iter().enumerate() {
        before += u64::from(department.weight);
        let end = 1 + (others * before / total) as u32;
        if end > start {
            spans.push(Span {
                start,
                end,
                department: place as u8,
            });
            start = end;
        }
    }
    spans
}

fn titles(department: &Department) -> Titles {
    let each =
        |of: &dyn Fn(&str) -> String| department.fields.iter().map(|field| of(field)).collect();
    Titles {
        vice_president: each(&|field| format!("VP {field}")),
        director: each(&|field| format!("Director, {field}")),
        manager: each(&|field| format!("Manager, {field}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managers_have_three_to_twelve_reports() {
        for people in [5_000, 50_000] {
            let shape = Shape::new(people, 7);
            for rank in 0..people {
                let reports = shape.reports(rank);
                assert!(
                    reports == 0 || (3..=12).contains(&reports),
                    "rank {rank} of {people} has {reports} reports"
                );
            }
        }
    }

    #[test]
    fn everyone_reaches_the_head_of_the_company() {
        for people in [1, 2, 7, 50, 5_000] {
            let shape = Shape::new(people, 3);
            for index in 0..people {
                let mut at = index;
                let mut steps = 0;
                while let Some(manager) = shape.manager(at) {
                    at = manager;
                    steps += 1;
                    assert!(
                        steps < 20,
                        "{index} of {people} does not reach the head of the company"
                    );
                }
            }
        }
    }
}
