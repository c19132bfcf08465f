//! A report as a page that needs nothing but itself, and as a workbook.

use std::{
    fmt::{self, Write},
    path::Path,
};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::page::{Escaped, STYLE};

const OWN_STYLE: &str = include_str!("../report.css");

pub(super) struct Document {
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) facts: Vec<(String, Cell)>,
    pub(super) grids: Vec<Grid>,
}

pub(super) struct Grid {
    pub(super) title: String,
    pub(super) note: Option<String>,
    pub(super) heading: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

pub(super) enum Cell {
    Text(String),
    Number(f64),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

pub(super) fn html(document: &Document) -> String {
    let mut page = String::new();
    page_into(document, &mut page).expect("BUG: writing into a text does not fail");
    page
}

fn page_into(document: &Document, page: &mut String) -> fmt::Result {
    write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>\n{STYLE}{OWN_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{lead}</p>\n\
         <table class=\"facts\">\n<tbody>\n",
        title = Escaped(&document.title),
        lead = Escaped(&document.lead),
    )?;
    for (name, value) in &document.facts {
        write!(page, "<tr><th scope=\"row\">{}</th>", Escaped(name))?;
        cell(value, page, false)?;
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n");
    for grid in &document.grids {
        writeln!(page, "<section>\n<h2>{}</h2>", Escaped(&grid.title))?;
        if let Some(note) = &grid.note {
            writeln!(page, "<p class=\"small\">{}</p>", Escaped(note))?;
        }
        if !grid.heading.is_empty() {
            table(grid, page)?;
        }
        page.push_str("</section>\n");
    }
    page.push_str("</main>\n</body>\n</html>\n");
    Ok(())
}

fn table(grid: &Grid, page: &mut String) -> fmt::Result {
    page.push_str("<table>\n<thead><tr>");
    for (column, heading) in grid.heading.iter().enumerate() {
        let number = grid
            .rows
            .first()
            .and_then(|row| row.get(column))
            .is_some_and(|cell| matches!(cell, Cell::Number(_)));
        let class = if number { " class=\"number\"" } else { "" };
        write!(page, "<th scope=\"col\"{class}>{}</th>", Escaped(heading))?;
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &grid.rows {
        page.push_str("<tr>");
        for value in row {
            cell(value, page, true)?;
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n");
    Ok(())
}

fn cell(value: &Cell, page: &mut String, right: bool) -> fmt::Result {
    match value {
        Cell::Text(text) => write!(page, "<td>{}</td>", Escaped(text)),
        Cell::Number(number) if right => write!(page, "<td class=\"number\">{number}</td>"),
        Cell::Number(number) => write!(page, "<td>{number}</td>"),
    }
}

pub(super) fn xlsx(document: &Document, path: &Path) -> Result<(), XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let text = Format::new().set_num_format("@");
    let sheet = book.add_worksheet();
    sheet.set_name("Summary")?;
    sheet.set_column_width(0, 28)?;
    sheet.set_column_width(1, 60)?;
    sheet.write_string_with_format(0, 0, &document.title, &bold)?;
    sheet.write_string(1, 0, &document.lead)?;
    for (row, (name, value)) in (3u32..).zip(&document.facts) {
        sheet.write_string(row, 0, name)?;
        put(sheet, row, 1, value, &text)?;
    }
    for grid in &document.grids {
        let sheet = book.add_worksheet();
        sheet.set_name(&grid.title)?;
        let mut row = 0;
        if let Some(note) = &grid.note {
            sheet.write_string(row, 0, note)?;
            row += 2;
        }
        for (column, heading) in (0u16..).zip(&grid.heading) {
            sheet.write_string_with_format(row, column, heading, &bold)?;
            sheet.set_column_width(column, 24)?;
        }
        for (row, cells) in (row + 1..).zip(&grid.rows) {
            for (column, value) in (0u16..).zip(cells) {
                put(sheet, row, column, value, &text)?;
            }
        }
    }
    book.save(path)
}

/// Texts stay texts: no cell is a formula.
fn put(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Cell,
    text: &Format,
) -> Result<(), XlsxError> {
    match value {
        Cell::Text(value) => sheet.write_string_with_format(row, column, value, text)?,
        Cell::Number(number) => sheet.write_number(row, column, *number)?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_are_called_is_no_markup() {
        let page = html(&Document {
            title: "<script>".into(),
            lead: "a & b".into(),
            facts: vec![("\"x\"".into(), Cell::text("'y'"))],
            grids: Vec::new(),
        });
        assert!(!page.contains("<script"), "a name runs nothing");
        assert!(
            page.contains("a &amp; b") && page.contains("&#39;y&#39;"),
            "every sign is shown as it is"
        );
        assert!(
            !page.contains("http://") && !page.contains("https://"),
            "the page needs nothing but itself"
        );
    }
}
