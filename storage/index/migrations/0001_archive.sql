-- Up Migration
-- Patient, study, series, instance. Columns that searches match on carry their attribute's keyword; what else QIDO answers
-- with is kept as DICOM JSON (PS3.18 Annex F) beside them. Text is compared by bytes (COLLATE "C"), so that prefixes use
-- the index; folded columns (see fold-text.ts) give case- and accent-insensitive matching.

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

CREATE TABLE patient (
  patient_pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Issuer and ID; a study whose patient has no ID makes a patient of its own: two unknowns are never one person.
  identity text COLLATE "C" NOT NULL UNIQUE,
  patient_id text COLLATE "C",
  issuer_of_patient_id text COLLATE "C",
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE study (
  study_pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  patient_pk bigint NOT NULL REFERENCES patient,
  study_instance_uid text COLLATE "C" NOT NULL UNIQUE,
  study_date date,
  study_time time,
  accession_number text COLLATE "C",
  referring_physician_name text COLLATE "C",
  referring_physician_name_ideographic text COLLATE "C",
  referring_physician_name_phonetic text COLLATE "C",
  study_description text COLLATE "C",
  patient_name text COLLATE "C",
  patient_name_ideographic text COLLATE "C",
  patient_name_phonetic text COLLATE "C",
  patient_id text COLLATE "C",
  issuer_of_patient_id text COLLATE "C",
  patient_birth_date date,
  patient_sex text COLLATE "C",
  study_id text COLLATE "C",
  -- Patient and study attributes as DICOM JSON, as the first object of the study had them.
  attributes json NOT NULL,
  -- Computed by the transactions that store and delete.
  modalities_in_study text[] NOT NULL DEFAULT '{}',
  sop_classes_in_study text[] NOT NULL DEFAULT '{}',
  number_of_study_related_series integer NOT NULL DEFAULT 0,
  number_of_study_related_instances integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX study_patient ON study (patient_pk);
CREATE INDEX study_latest ON study (study_date DESC NULLS LAST, study_time DESC NULLS LAST, study_pk DESC);
CREATE INDEX study_accession_number ON study (accession_number);
CREATE INDEX study_study_id ON study (study_id);
CREATE INDEX study_patient_id ON study (patient_id);
CREATE INDEX study_patient_birth_date ON study (patient_birth_date);
CREATE INDEX study_patient_name ON study (patient_name);
CREATE INDEX study_patient_name_ideographic ON study (patient_name_ideographic) WHERE patient_name_ideographic IS NOT NULL;
CREATE INDEX study_patient_name_phonetic ON study (patient_name_phonetic) WHERE patient_name_phonetic IS NOT NULL;
CREATE INDEX study_patient_name_trigram ON study USING gin (patient_name public.gin_trgm_ops);
CREATE INDEX study_referring_physician_name ON study (referring_physician_name);
CREATE INDEX study_referring_physician_name_trigram ON study USING gin (referring_physician_name public.gin_trgm_ops);
CREATE INDEX study_study_description ON study (study_description);
CREATE INDEX study_study_description_trigram ON study USING gin (study_description public.gin_trgm_ops);
CREATE INDEX study_modalities ON study USING gin (modalities_in_study);

CREATE TABLE series (
  series_pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  study_pk bigint NOT NULL REFERENCES study,
  series_instance_uid text COLLATE "C" NOT NULL,
  modality text COLLATE "C",
  series_date date,
  series_time time,
  institution_name text COLLATE "C",
  station_name text COLLATE "C",
  series_description text COLLATE "C",
  performing_physician_name text COLLATE "C",
  performing_physician_name_ideographic text COLLATE "C",
  performing_physician_name_phonetic text COLLATE "C",
  body_part_examined text COLLATE "C",
  protocol_name text COLLATE "C",
  series_number integer,
  laterality text COLLATE "C",
  performed_procedure_step_start_date date,
  performed_procedure_step_start_time time,
  scheduled_procedure_step_id text[] NOT NULL DEFAULT '{}',
  requested_procedure_id text[] NOT NULL DEFAULT '{}',
  attributes json NOT NULL,
  number_of_series_related_instances integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  -- Real archives hold one Series Instance UID in two studies; each keeps its own.
  UNIQUE (study_pk, series_instance_uid)
);
CREATE INDEX series_series_instance_uid ON series (series_instance_uid);
CREATE INDEX series_modality ON series (modality);
CREATE INDEX series_series_description ON series (series_description);
CREATE INDEX series_performed_start ON series (performed_procedure_step_start_date);
CREATE INDEX series_scheduled_procedure_step_id ON series USING gin (scheduled_procedure_step_id);
CREATE INDEX series_requested_procedure_id ON series USING gin (requested_procedure_id);

CREATE TABLE instance (
  instance_pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  study_pk bigint NOT NULL REFERENCES study,
  series_pk bigint NOT NULL REFERENCES series,
  sop_instance_uid text COLLATE "C" NOT NULL,
  sop_class_uid text COLLATE "C" NOT NULL,
  instance_number integer,
  content_date date,
  content_time time,
  transfer_syntax_uid text COLLATE "C" NOT NULL,
  -- Instance attributes that searches answer with, as DICOM JSON.
  attributes json NOT NULL,
  -- All attributes, as DICOM JSON text; each BulkDataURI relative to the instance.
  metadata text NOT NULL,
  metadata_length integer NOT NULL,
  -- Where the pixel data's frames and other bulk values lie in the blob; null where there are none.
  frame_index bytea,
  bulk_data json,
  blob_key text COLLATE "C" NOT NULL,
  size_bytes bigint NOT NULL,
  -- SHA-256 of the blob.
  digest bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (series_pk, sop_instance_uid)
);
CREATE INDEX instance_sop_instance_uid ON instance (sop_instance_uid);
CREATE INDEX instance_study ON instance (study_pk, series_pk, instance_pk);
CREATE INDEX instance_series_order ON instance (series_pk, instance_number, instance_pk);
CREATE INDEX instance_sop_class_uid ON instance (sop_class_uid);
CREATE INDEX instance_blob_key ON instance (blob_key);
