-- Up Migration
-- Objects that others of the same UIDs took the place of (setting ISOCENTER_DUPLICATES=replace): none is lost, none is found by
-- searches and retrievals. They go when their instance is deleted.

CREATE TABLE instance_version (
  instance_version_pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  series_pk bigint NOT NULL REFERENCES series,
  sop_instance_uid text COLLATE "C" NOT NULL,
  -- 1 is the first object that was stored; the current one's number is one more than the last here.
  version integer NOT NULL,
  sop_class_uid text COLLATE "C" NOT NULL,
  transfer_syntax_uid text COLLATE "C" NOT NULL,
  blob_key text COLLATE "C" NOT NULL,
  size_bytes bigint NOT NULL,
  -- SHA-256 of the blob.
  digest bytea NOT NULL,
  stored_at timestamptz NOT NULL,
  replaced_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (series_pk, sop_instance_uid, version)
);
CREATE INDEX instance_version_blob_key ON instance_version (blob_key);

-- Whose object it says it is, as patient.identity has it; null in rows older than this column: the study's patient.
ALTER TABLE instance ADD COLUMN patient_identity text COLLATE "C";
