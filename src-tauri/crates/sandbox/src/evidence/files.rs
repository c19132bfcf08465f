//! The files themselves, each in a form of its own, as its program writes it.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};

use super::people::{Cast, Employment, Member, Trace, iso};
use super::{Case, File};
use crate::company::calendar;
use crate::company::dice::{Choice, roll};
use crate::company::seeded::{DOMAIN, Seed};

const ENTRA: &str = "entra-sign-ins.csv";
pub(super) const OKTA: &str = "okta-users.csv";
const GOOGLE: &str = "google-users.xlsx";
const HRIS: &str = "hris-status.csv";
const PARTICIPATION: &str = "participation.csv";
const AUDIT: &str = "peakon-audit.json";
const USAGE: &str = "peakon-usage.csv";

/// The log reaches back so many days.
const LOGGED: i32 = 30;

enum Outcome {
    Matched,
    Unmatched,
    Ambiguous,
    Unreadable,
}

impl File {
    fn new(name: &str, kind: &'static str) -> File {
        File {
            name: name.to_owned(),
            kind,
            rows: 0,
            matched: 0,
            unmatched: 0,
            ambiguous: 0,
            unreadable: 0,
        }
    }

    fn count(&mut self, outcome: Outcome) {
        self.rows += 1;
        match outcome {
            Outcome::Matched => self.matched += 1,
            Outcome::Unmatched => self.unmatched += 1,
            Outcome::Ambiguous => self.ambiguous += 1,
            Outcome::Unreadable => self.unreadable += 1,
        }
    }
}

pub(super) fn write(folder: &Path, seed: &Seed, cast: &Cast) -> io::Result<Vec<File>> {
    let mut entra = File::new(ENTRA, "entra_sign_ins");
    let mut okta = File::new(OKTA, "okta_sign_ins");
    let mut google = File::new(GOOGLE, "google_sign_ins");
    let mut log = String::from(
        "Date (UTC),Request ID,User agent,Correlation ID,User ID,User,Username,User type,Application,IP address,Status,Sign-in error code\r\n",
    );
    let mut users = String::from("Login,First name,Last name,Status,Last Login\r\n");
    let mut sheet: Vec<(String, String, String, Option<i32>)> = Vec::new();
    for member in &cast.members {
        let draw = roll(
            seed.shape.seed,
            u64::from(member.index),
            Choice::EvidenceForm,
        );
        let Some(who) = identity(member) else {
            continue;
        };
        match (member.trace, member.case) {
            (Trace::None, _) => {}
            (Trace::Seen(day), Some(Case::JustBeforeMidnight)) => {
                // Half past midnight in Berlin's summer is still the day before in UTC.
                user(
                    &mut users,
                    member,
                    &who,
                    &format!("{}T00:30:00+02:00", iso(day + 1)),
                );
                okta.count(Outcome::Matched);
            }
            (Trace::Seen(day), Some(Case::JustAfterMidnight)) => {
                user(
                    &mut users,
                    member,
                    &who,
                    &format!("{}T23:30:00-05:00", iso(day - 1)),
                );
                okta.count(Outcome::Matched);
            }
            (_, Some(Case::FutureDate)) => {
                user(
                    &mut users,
                    member,
                    &who,
                    &format!("{}T09:00:00Z", iso(cast.today + 5)),
                );
                okta.count(Outcome::Matched);
            }
            (_, Some(Case::OnlyFailures)) => {
                for back in 1..4 {
                    entry(
                        &mut log,
                        seed,
                        member,
                        &who,
                        cast.today - back,
                        draw,
                        "Failure",
                    );
                    entra.count(Outcome::Matched);
                }
            }
            (Trace::Seen(day), Some(Case::ChangedEmail)) => {
                user(&mut users, member, &who, &format!("{}T10:00:00Z", iso(day)));
                okta.count(Outcome::Unmatched);
            }
            (trace, case) => {
                let outcome = || {
                    if member.shared {
                        Outcome::Ambiguous
                    } else {
                        Outcome::Matched
                    }
                };
                let day = match trace {
                    Trace::Seen(day) => Some(day),
                    _ => None,
                };
                let logged = day.filter(|day| cast.today - day <= LOGGED && draw % 3 != 2);
                if let Some(last) = logged {
                    for step in 0..1 + (draw >> 9) % 3 {
                        let on = last - step as i32;
                        entry(&mut log, seed, member, &who, on, draw, "Success");
                        entra.count(outcome());
                    }
                }
                let written = || match day {
                    Some(day) if draw.is_multiple_of(2) => format!("{}T10:00:00.000Z", iso(day)),
                    Some(day) => format!("{}T18:20:05Z", iso(day)),
                    None if draw.is_multiple_of(2) => "Never".to_owned(),
                    None => String::new(),
                };
                match draw % 3 {
                    0 if logged.is_some() => {}
                    1 => {
                        sheet.push((
                            member.given.clone(),
                            member.family.clone(),
                            who.clone(),
                            day,
                        ));
                        google.count(outcome());
                    }
                    _ if logged.is_some() && draw.is_multiple_of(5) => {}
                    _ => {
                        user(&mut users, member, &who, &written());
                        okta.count(outcome());
                    }
                }
                if case == Some(Case::PlusAddress)
                    && let Some(email) = &member.email
                {
                    // The address without the plus belongs to nobody here.
                    let plain = email.replace("+peakon", "");
                    user(
                        &mut users,
                        member,
                        &plain,
                        &format!("{}T10:00:00Z", iso(cast.today - 1)),
                    );
                    okta.count(Outcome::Unmatched);
                }
            }
        }
    }
    // A directory holds more than employees.
    for service in ["meeting-room-3", "svc-backup", "guest.auditor"] {
        let row = format!(
            "{service}@{DOMAIN},{service},,ACTIVE,{}T01:00:00Z\r\n",
            iso(cast.today)
        );
        users.push_str(&row);
        okta.count(Outcome::Unmatched);
    }
    std::fs::write(folder.join(ENTRA), format!("\u{feff}{log}"))?;
    std::fs::write(folder.join(OKTA), users)?;
    workbook(&folder.join(GOOGLE), &sheet).map_err(io::Error::other)?;
    let hris = hris(folder, cast)?;
    let participation = participation(folder, seed)?;
    let (audit, usage) = (audit(folder, seed, cast)?, usage(folder, seed, cast)?);
    Ok(vec![entra, okta, google, hris, participation, audit, usage])
}

/// One in so many is in Peakon's own exports, which are of administrators and managers.
const IN_PEAKON: u64 = 9;

/// Who is in a file of Peakon's own: nobody special, under the address they have there.
fn in_peakon<'a>(
    seed: &'a Seed,
    cast: &'a Cast,
    which: u64,
) -> impl Iterator<Item = (&'a Member, &'a str)> {
    cast.members.iter().filter_map(move |member| {
        let draw = roll(
            seed.shape.seed,
            u64::from(member.index),
            Choice::EvidenceForm,
        );
        let usual = member.case.is_none() && !member.shared && member.written.is_none();
        let email = member.email.as_deref()?;
        (usual && (draw >> 17) % IN_PEAKON == which).then_some((member, email))
    })
}

/// As Peakon's interface for programs answers: JSON:API, one event a record. Some are of the mail, not of the person.
fn audit(folder: &Path, seed: &Seed, cast: &Cast) -> io::Result<File> {
    let mut file = File::new(AUDIT, "peakon_audit");
    let mut records = Vec::new();
    for (member, email) in in_peakon(seed, cast, 0) {
        let (event, day) = match member.trace {
            Trace::None => continue,
            Trace::Seen(day) => ("authentication", day - 2),
            Trace::Never => ("bounced", cast.today - 1),
        };
        records.push(serde_json::json!({
            "type": "audits",
            "id": format!("{}", records.len() + 1),
            "attributes": {
                "createdAt": format!("{}T12:00:00.000Z", iso(day)),
                "event": event,
                "objectType": "Session",
                "account": { "email": email },
            },
        }));
        file.count(Outcome::Matched);
    }
    let answer = serde_json::json!({ "data": records, "links": { "next": null } });
    std::fs::write(folder.join(AUDIT), answer.to_string())?;
    Ok(file)
}

fn usage(folder: &Path, seed: &Seed, cast: &Cast) -> io::Result<File> {
    let mut file = File::new(USAGE, "peakon_usage");
    let mut text = String::from("Name,Email,Last dashboard visit\r\n");
    for (member, email) in in_peakon(seed, cast, 1) {
        let visit = match member.trace {
            Trace::None => continue,
            Trace::Seen(day) => iso(day - 1),
            Trace::Never => "Never".to_owned(),
        };
        let name = format!("{} {}", member.given, member.family);
        let _ = write!(text, "{},{},{visit}\r\n", quoted(&name), quoted(email));
        file.count(Outcome::Matched);
    }
    std::fs::write(folder.join(USAGE), text)?;
    Ok(file)
}

/// How the identity provider calls somebody.
fn identity(member: &Member) -> Option<String> {
    if let Some(written) = &member.written {
        return Some(written.clone());
    }
    match &member.email {
        // Providers keep addresses in whatever case they were typed.
        Some(email) if member.index.is_multiple_of(7) && !member.shared => {
            Some(email.to_uppercase())
        }
        Some(email) => Some(email.clone()),
        None => Some(member.user_name.clone()),
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn user(out: &mut String, member: &Member, who: &str, seen: &str) {
    let _ = write!(
        out,
        "{},{},{},ACTIVE,{seen}\r\n",
        quoted(who),
        quoted(&member.given),
        quoted(&member.family)
    );
}

fn entry(
    out: &mut String,
    seed: &Seed,
    member: &Member,
    who: &str,
    day: i32,
    draw: u64,
    status: &str,
) {
    let id = roll(
        seed.shape.seed,
        u64::from(member.index) << 20 | u64::from(day as u32 & 0xFFFFF),
        Choice::EvidenceForm,
    );
    let _ = write!(
        out,
        "{}T{:02}:{:02}:{:02}Z,{id:016x}-req,\"Mozilla/5.0 (Windows NT 10.0, Win64)\",{id:016x}-cor,{:016x},\"{}, {}\",{},Member,Office 365 Portal,192.0.2.{},{status},{}\r\n",
        iso(day),
        draw % 24,
        (draw >> 5) % 60,
        (draw >> 11) % 60,
        member.id,
        member.family.replace('"', "'"),
        member.given.replace('"', "'"),
        quoted(who),
        draw % 250,
        if status == "Success" { 0 } else { 50126 },
    );
}

fn workbook(path: &Path, rows: &[(String, String, String, Option<i32>)]) -> Result<(), XlsxError> {
    let mut book = Workbook::new();
    let moment = Format::new().set_num_format("yyyy/mm/dd hh:mm:ss");
    let sheet = book.add_worksheet();
    sheet.set_name("Users")?;
    let head = [
        "First Name [Required]",
        "Last Name [Required]",
        "Email Address [Required]",
        "Status [READ ONLY]",
        "Last Sign In [READ ONLY]",
    ];
    for (column, name) in (0_u16..).zip(head) {
        sheet.write_string(0, column, name)?;
    }
    for (line, (given, family, email, seen)) in (1_u32..).zip(rows) {
        sheet.write_string(line, 0, given)?;
        sheet.write_string(line, 1, family)?;
        sheet.write_string(line, 2, email)?;
        sheet.write_string(line, 3, "Active")?;
        match seen {
            Some(day) => {
                let (year, month, day) = calendar::civil(*day);
                let at = ExcelDateTime::from_ymd(year as u16, month, day)?.and_hms(14, 5, 0)?;
                sheet.write_datetime_with_format(line, 4, &at, &moment)?;
            }
            None => {
                sheet.write_string(line, 4, "Never logged in")?;
            }
        }
    }
    book.save(path)
}

/// As an HR system writes it that was set up in Denmark: a title above, semicolons, Windows-1252, the day first.
fn hris(folder: &Path, cast: &Cast) -> io::Result<File> {
    let mut file = File::new(HRIS, "hris");
    let mut text = String::from(
        "Workforce status report\r\n\r\nEmployee ID;Work email;Name;Employment status;Last day of work\r\n",
    );
    let written = |day: i32| {
        let (year, month, day) = calendar::civil(day);
        format!("{day:02}/{month:02}/{year}")
    };
    for member in &cast.members {
        let (status, last) = match member.employment {
            Employment::Active => ("Active", String::new()),
            Employment::Leave => ("Parental leave", String::new()),
            Employment::Left(day) => ("Terminated", written(day)),
        };
        let (number, email) = (
            member.number.as_deref().unwrap_or(""),
            member.email.as_deref().unwrap_or(""),
        );
        let _ = write!(
            text,
            "{number};{email};Employé {};{status};{last}\r\n",
            member.id
        );
        // A number tells twins apart; an address alone does not.
        file.count(match (number, email) {
            ("", "") => Outcome::Unreadable,
            ("", _) if member.shared => Outcome::Ambiguous,
            _ => Outcome::Matched,
        });
    }
    text.push_str(";;Total;;\r\n");
    file.count(Outcome::Unreadable);
    let bytes: Vec<u8> = text
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?'))
        .collect();
    std::fs::write(folder.join(HRIS), bytes)?;
    Ok(file)
}

/// Counts of answers by department; there is nobody in it.
fn participation(folder: &Path, seed: &Seed) -> io::Result<File> {
    let mut file = File::new(PARTICIPATION, "survey_participation");
    let mut counts: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
    for index in 0..seed.shape.people {
        if let crate::company::seeded::Cell::Text(name) =
            &seed.person(index).cells[crate::company::attribute::DEPARTMENT]
        {
            *counts.entry(name.to_string()).or_default() += 1;
        }
    }
    let mut text = String::from("Department\tInvited\tResponded\r\n");
    for (name, count) in counts {
        let _ = write!(text, "{name}\t{count}\t{}\r\n", count * 7 / 10);
        file.count(Outcome::Matched);
    }
    std::fs::write(folder.join(PARTICIPATION), text)?;
    Ok(file)
}
