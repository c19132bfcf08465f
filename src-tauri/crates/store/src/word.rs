//! Enums that are stored as a word.

/// How an enum is written and read. A word that is none of its own is damage, and said to be: an audit record
/// must not take it for something else.
macro_rules! stored_as_word {
    ($name:ident, $what:literal, $($variant:ident => $word:literal),+ $(,)?) => {
        impl $name {
            /// In the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As it is stored.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl rusqlite::types::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(
                value: rusqlite::types::ValueRef<'_>,
            ) -> rusqlite::types::FromSqlResult<Self> {
                let word = value.as_str()?;
                Self::ALL
                    .iter()
                    .copied()
                    .find(|known| known.as_str() == word)
                    .ok_or_else(|| {
                        let detail = format!("“{word}” is none of the words it may hold");
                        rusqlite::types::FromSqlError::other($crate::Error::damaged($what, detail))
                    })
            }
        }
    };
}

pub(crate) use stored_as_word;
