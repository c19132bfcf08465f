/// One row: its cells as text, one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// As the sheet's program counts: the first line of a file is 1. Of JSON, the line or the element.
    pub number: u64,
    /// Why the row could not be read, as a sentence; it has no cells then.
    pub trouble: Option<String>,
    pub(crate) text: String,
    /// Where each cell ends in `text`.
    pub(crate) ends: Vec<usize>,
}

impl Row {
    /// Empty for a cell that is not there.
    pub fn cell(&self, column: usize) -> &str {
        let Some(&end) = self.ends.get(column) else {
            return "";
        };
        let start = column.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..end]
    }

    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|column| self.cell(column))
    }

    /// How many cells there are.
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    /// Whether nothing is written in it.
    pub fn is_blank(&self) -> bool {
        self.trouble.is_none() && self.text.trim().is_empty()
    }

    pub(crate) fn clear(&mut self, number: u64) {
        self.number = number;
        self.trouble = None;
        self.text.clear();
        self.ends.clear();
    }

    pub(crate) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// Fills up with empty cells, so that the next one pushed is this column.
    pub(crate) fn skip_to(&mut self, column: usize) {
        while self.ends.len() < column {
            self.ends.push(self.text.len());
        }
    }

    pub(crate) fn spoil(&mut self, why: String) {
        self.text.clear();
        self.ends.clear();
        self.trouble = Some(why);
    }
}
