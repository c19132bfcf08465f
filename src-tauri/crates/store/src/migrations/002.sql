-- What of an item went out, and what of it was found to be this run's doing: numbers of attributes, with commas.
ALTER TABLE run_items ADD COLUMN sent TEXT;
ALTER TABLE run_items ADD COLUMN made TEXT;
