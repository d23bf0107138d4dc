-- Up Migration
-- How each user wants the viewer to be: keys, mouse, language, layouts. Never anything of a patient.

CREATE TABLE user_preference (
  -- Null: of whoever uses an archive without accounts.
  account_pk bigint REFERENCES account ON DELETE CASCADE,
  name text COLLATE "C" NOT NULL,
  value json NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE NULLS NOT DISTINCT (account_pk, name)
);
