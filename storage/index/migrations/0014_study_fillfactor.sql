-- Up Migration
-- Each group of instances that comes to a study changes its row. With room on the page the row is changed where it lies; without, it
-- moves, and all its indexes get a further entry.
ALTER TABLE study SET (fillfactor = 75);
