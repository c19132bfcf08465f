//! What readers of files rely on: the right rows, or a sentence, whatever the file holds.

mod hostile;
mod texts;
mod workbooks;

use std::{fs::File, io::Write, ops::ControlFlow, path::PathBuf};

use sheets::{Book, Layout, Limits, Result, Row, Taker};
use tempfile::TempDir;

/// A file in a folder of its own.
struct Lying {
    _folder: TempDir,
    path: PathBuf,
}

fn lying(name: &str, bytes: &[u8]) -> Lying {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    File::create(&path)
        .and_then(|mut file| file.write_all(bytes))
        .expect("the file can be written");
    Lying {
        _folder: folder,
        path,
    }
}

/// Everything that was read.
#[derive(Debug, Default)]
struct Kept(Vec<Row>);

impl Taker for Kept {
    fn row(&mut self, row: &Row) -> ControlFlow<()> {
        self.0.push(row.clone());
        ControlFlow::Continue(())
    }
}

fn open(lying: &Lying) -> Result<Book> {
    Book::open(&lying.path, Limits::default(), &mut |_| true)
}

fn rows_of(book: &mut Book, sheet: Option<&str>) -> Vec<Row> {
    let mut kept = Kept::default();
    book.read(sheet, &mut kept).expect("the file is read");
    kept.0
}

/// The layout, and the cells of the rows below the heading.
fn table(bytes: &[u8], name: &str) -> (Layout, Vec<Vec<String>>) {
    let lying = lying(name, bytes);
    let mut book = open(&lying).expect("the file opens");
    let layout = book.layout(None, &mut |_| true).expect("it has columns");
    let rows = rows_of(&mut book, None)
        .into_iter()
        .filter(|row| row.number > layout.heading && !row.is_blank())
        .map(|row| row.cells().map(str::to_owned).collect())
        .collect();
    (layout, rows)
}

fn sentence(bytes: &[u8], name: &str) -> String {
    let lying = lying(name, bytes);
    let outcome = open(&lying).and_then(|mut book| {
        book.layout(None, &mut |_| true)?;
        book.read(None, &mut Kept::default())
    });
    outcome.expect_err("this can't be read").to_string()
}
