//! Which encoding a text is in, and texts of another encoding as UTF-8.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, Decoder, EUC_JP, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE,
    WINDOWS_1252,
};

use crate::{Error, Result};

/// Looked at to tell what a file is.
pub(crate) const SAMPLE: usize = 64 << 10;
/// A name with an accent may come late: looked through for the first byte that is not ASCII.
const SEARCHED: u64 = 64 << 20;
/// Looked at from there to tell the encoding.
const JUDGED: usize = 1 << 20;

/// How the bytes of a text are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// ASCII means ASCII. Each row is UTF-8 where it can be, and otherwise in this encoding, so that a file put together
    /// from two programs is read rightly.
    Bytes(&'static Encoding),
    /// Has to be decoded before its delimiters can be seen.
    Whole(&'static Encoding),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Text {
    pub(crate) coding: Coding,
    /// Bytes of a byte-order mark.
    pub(crate) skip: u64,
}

/// What other things begin with, and what to say of them.
const NO_TABLES: [(&[u8], &str); 7] = [
    (
        b"%PDF",
        "This is a PDF. Export the list as CSV or XLSX and take that.",
    ),
    (
        b"\x1f\x8b",
        "This is a compressed archive. Take the file out of it first.",
    ),
    (
        b"\x89PNG",
        "This is a picture. Export the list as CSV or XLSX and take that.",
    ),
    (
        b"\xff\xd8\xff",
        "This is a picture. Export the list as CSV or XLSX and take that.",
    ),
    (
        b"{\\rtf",
        "This is a text document. Export the list as CSV or XLSX and take that.",
    ),
    (
        b"SQLite format 3",
        "This is a database. Export the list as CSV or XLSX and take that.",
    ),
    (
        b"7z\xbc\xaf",
        "This is a compressed archive. Take the file out of it first.",
    ),
];

/// # Errors
/// When this is no text.
pub(crate) fn sniff(file: &mut File) -> Result<Text> {
    let mut sample = Vec::with_capacity(SAMPLE);
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(SAMPLE as u64).read_to_end(&mut sample)?;
    if sample.is_empty() {
        return Err(Error::Empty);
    }
    if let Some((_, sentence)) = NO_TABLES
        .iter()
        .find(|(magic, _)| sample.starts_with(magic))
    {
        return Err(Error::NoTable((*sentence).to_owned()));
    }
    if let Some((encoding, skip)) = Encoding::for_bom(&sample) {
        let coding = if encoding == UTF_8 {
            Coding::Bytes(WINDOWS_1252)
        } else {
            Coding::Whole(encoding)
        };
        return Ok(Text {
            coding,
            skip: skip as u64,
        });
    }
    if let Some(encoding) = by_zeros(&sample)? {
        return Ok(Text {
            coding: Coding::Whole(encoding),
            skip: 0,
        });
    }
    let start = String::from_utf8_lossy(&sample[..sample.len().min(512)]).to_lowercase();
    let start = start.trim_start();
    if ["<!doctype html", "<html", "<table", "<head"]
        .iter()
        .any(|tag| start.starts_with(tag))
    {
        return Err(Error::NoTable(
            "This is a web page, whatever its name says. Open it in a spreadsheet, save it as XLSX or CSV and take that."
                .to_owned(),
        ));
    }
    let encoding = judge(file)?;
    let stateful = [SHIFT_JIS, BIG5, GBK, GB18030, EUC_JP, EUC_KR];
    Ok(Text {
        coding: if stateful.contains(&encoding) {
            Coding::Whole(encoding)
        } else {
            Coding::Bytes(encoding)
        },
        skip: 0,
    })
}

/// UTF-16 without a mark shows by the zeros of its ASCII letters; zeros all over show that this is no text.
fn by_zeros(sample: &[u8]) -> Result<Option<&'static Encoding>> {
    let zeros = |from: usize| {
        sample
            .iter()
            .skip(from)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let half = (sample.len() / 2).max(1);
    if odd * 5 >= half * 2 && even * 20 <= odd {
        return Ok(Some(UTF_16LE));
    }
    if even * 5 >= half * 2 && odd * 20 <= even {
        return Ok(Some(UTF_16BE));
    }
    if (even + odd) * 10 > sample.len() * 3 {
        return Err(Error::NoTable(
            "This is no table: it is not text, and no spreadsheet that Muster knows. Take a CSV, TSV, XLSX, ODS or JSON file."
                .to_owned(),
        ));
    }
    Ok(None)
}

/// The encoding of what is not ASCII; UTF-8 rows are found as such whatever this says.
fn judge(file: &mut File) -> Result<&'static Encoding> {
    file.seek(SeekFrom::Start(0))?;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut buffer = vec![0; SAMPLE];
    let (mut searched, mut judged) = (0_u64, 0_usize);
    while searched < SEARCHED && judged < JUDGED {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        searched += read as u64;
        for line in buffer[..read].split_inclusive(|byte| *byte == b'\n') {
            // Rows in UTF-8 say nothing of the others.
            if !line.is_ascii() && std::str::from_utf8(line).is_err() {
                detector.feed(line, false);
                judged += line.len();
            }
        }
    }
    if judged == 0 {
        return Ok(WINDOWS_1252);
    }
    detector.feed(b"", true);
    Ok(detector.guess(None, Utf8Detection::Deny))
}

/// A stream in any encoding as UTF-8; what is malformed becomes U+FFFD.
pub(crate) struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// Decoded and not yet taken.
    ready: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    pub(crate) fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; SAMPLE],
            ready: Vec::new(),
            taken: 0,
            ended: false,
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.taken == self.ready.len() && !self.ended {
            let read = self.inner.read(&mut self.raw)?;
            self.ended = read == 0;
            let most = self
                .decoder
                .max_utf8_buffer_length(read)
                .unwrap_or(read * 3 + 16);
            self.ready.resize(most, 0);
            let (_, _, written, _) =
                self.decoder
                    .decode_to_utf8(&self.raw[..read], &mut self.ready, self.ended);
            self.ready.truncate(written);
            self.taken = 0;
        }
        let give = out.len().min(self.ready.len() - self.taken);
        out[..give].copy_from_slice(&self.ready[self.taken..self.taken + give]);
        self.taken += give;
        Ok(give)
    }
}
