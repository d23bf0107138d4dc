-- Up Migration
-- How far the reading of each study is: (0032,000A) Study Status ID, with the values NEW, OPENED and REPORTED, whose order is that of
-- the letters. It is of the archive, not of the objects: storing, replacing and rebuilding leave it alone, and it goes with the study.
ALTER TABLE study
  ADD COLUMN study_status_id text COLLATE "C" NOT NULL DEFAULT 'NEW',
  ADD COLUMN study_status_changed_at timestamptz,
  -- A user's name; null: nobody has set it yet.
  ADD COLUMN study_status_changed_by text COLLATE "C";
ALTER TABLE study ADD CONSTRAINT study_status_id_known CHECK (study_status_id IN ('NEW', 'OPENED', 'REPORTED')) NOT VALID;
ALTER TABLE study VALIDATE CONSTRAINT study_status_id_known;
CREATE INDEX study_study_status_id ON study (study_status_id);
