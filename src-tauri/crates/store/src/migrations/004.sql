-- The words of the index of words themselves: which of them begin with what somebody typed.
CREATE VIRTUAL TABLE history_terms USING fts5vocab ('history_text', 'instance');
