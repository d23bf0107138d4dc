-- Up Migration
-- A try is noted before the password is looked at, so that many at once are counted too; one that succeeds is taken back.

ALTER TABLE sign_in_failure ADD COLUMN try_id uuid;
CREATE INDEX sign_in_failure_try ON sign_in_failure (try_id);
