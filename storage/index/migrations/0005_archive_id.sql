-- Up Migration
-- Which archive this is: the same identifier lies in the object store, so that neither is ever used with a stranger.

CREATE TABLE archive (
  archive_id uuid NOT NULL DEFAULT gen_random_uuid(),
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row)
);
INSERT INTO archive DEFAULT VALUES;
