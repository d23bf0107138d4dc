-- Up Migration
-- Instances of a study and series that are there, and of which they say nothing new, are stored by one statement.

-- Digests of what instances said of the study, or series, and the row has taken in: to take it in once more would change nothing.
-- The latest few; empty in rows older than this column, and when the row is made anew out of what is left of it.
ALTER TABLE study ADD COLUMN said bytea[] NOT NULL DEFAULT '{}';
ALTER TABLE series ADD COLUMN said bytea[] NOT NULL DEFAULT '{}';

-- Answers the blob keys of the instances that were stored. The others are left to the storing of anything: their study or series is
-- not there, or they say something new of it, or they are duplicates. None is stored where there are searchable attributes (the
-- advisory lock is that of searchable-attributes.ts), unless the caller indexes what it stores.
CREATE FUNCTION store_what_says_nothing_new(
  indexes_searchable boolean, study_uids text[], studies_said bytea[], series_uids text[], series_said bytea[], sop_instance_uids text[],
  sop_class_uids text[], instance_numbers integer[], content_dates date[], content_times time[], instance_attributes json[],
  transfer_syntax_uids text[], metadata_texts text[], metadata_lengths integer[], frame_indexes bytea[], bulk_data_texts json[],
  blob_keys text[], sizes_bytes bigint[], digests bytea[], patient_identities text[], modalities text[]
) RETURNS text[] LANGUAGE plpgsql
-- One plan for all calls, made once a connection: it finds few rows by their keys, however many there will be.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  stored text[];
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7224006);
  IF NOT indexes_searchable AND EXISTS (SELECT FROM searchable_attribute WHERE state <> 'removing') THEN
    RETURN '{}';
  END IF;
  -- The studies' rows first, in one order, as whoever else stores or deletes does; what is read below is as it is afterwards.
  PERFORM FROM study WHERE study_instance_uid = ANY(study_uids) ORDER BY study_instance_uid FOR NO KEY UPDATE;
  WITH given AS (
    SELECT * FROM unnest(
      study_uids, studies_said, series_uids, series_said, sop_instance_uids, sop_class_uids, instance_numbers, content_dates, content_times,
      instance_attributes, transfer_syntax_uids, metadata_texts, metadata_lengths, frame_indexes, bulk_data_texts, blob_keys, sizes_bytes,
      digests, patient_identities, modalities)
      AS t(study_uid, study_says, series_uid, series_says, sop_instance_uid, sop_class_uid, instance_number, content_date, content_time,
        attributes, transfer_syntax_uid, metadata, metadata_length, frame_index, bulk_data, blob_key, size_bytes,
        digest, patient_identity, modality)
  ), inserted AS (
    INSERT INTO instance (study_pk, series_pk, sop_instance_uid, sop_class_uid, instance_number, content_date, content_time, attributes,
      transfer_syntax_uid, metadata, metadata_length, frame_index, bulk_data, blob_key, size_bytes, digest, patient_identity, modality)
    SELECT study.study_pk, series.series_pk, t.sop_instance_uid, t.sop_class_uid, t.instance_number, t.content_date, t.content_time, t.attributes,
      t.transfer_syntax_uid, t.metadata, t.metadata_length, t.frame_index, t.bulk_data, t.blob_key, t.size_bytes, t.digest,
      t.patient_identity, t.modality
    FROM given AS t JOIN study ON study.study_instance_uid = t.study_uid
      JOIN series ON series.study_pk = study.study_pk AND series.series_instance_uid = t.series_uid
    WHERE t.study_says = ANY(study.said) AND t.series_says = ANY(series.said)
    ON CONFLICT (series_pk, sop_instance_uid) DO NOTHING
    RETURNING study_pk, series_pk, blob_key, sop_class_uid, modality
  ), counted_series AS (
    UPDATE series SET number_of_series_related_instances = number_of_series_related_instances + n.count,
      updated_at = GREATEST(clock_timestamp(), series.updated_at + interval '1 microsecond')
    FROM (SELECT series_pk AS pk, count(*) FROM inserted GROUP BY series_pk) AS n WHERE series.series_pk = n.pk
  ), counted_studies AS (
    UPDATE study SET number_of_study_related_instances = number_of_study_related_instances + n.count,
      modalities_in_study = CASE WHEN modalities_in_study @> n.modalities THEN modalities_in_study
        ELSE ARRAY(SELECT DISTINCT m FROM unnest(modalities_in_study || n.modalities) AS m ORDER BY m) END,
      sop_classes_in_study = CASE WHEN sop_classes_in_study @> n.classes THEN sop_classes_in_study
        ELSE ARRAY(SELECT DISTINCT c FROM unnest(sop_classes_in_study || n.classes) AS c ORDER BY c) END,
      updated_at = GREATEST(clock_timestamp(), study.updated_at + interval '1 microsecond')
    FROM (
      SELECT study_pk AS pk, count(*), COALESCE(array_agg(modality) FILTER (WHERE modality <> ''), '{}') AS modalities,
        array_agg(sop_class_uid) AS classes
      FROM inserted GROUP BY study_pk
    ) AS n WHERE study.study_pk = n.pk
  )
  SELECT array_agg(blob_key) INTO stored FROM inserted;
  -- What is stored again is not deleted any more; see forgetDeleted.
  IF EXISTS (SELECT FROM deleted_resource WHERE study_instance_uid = ANY(study_uids)) THEN
    DELETE FROM deleted_resource USING unnest(study_uids, series_uids, sop_instance_uids, blob_keys) AS t(study, series, sop, blob_key)
      WHERE t.blob_key = ANY(stored) AND study_instance_uid = study AND (
        (series_instance_uid = '' AND sop_instance_uid = '') OR (series_instance_uid = series AND sop_instance_uid IN ('', sop)));
  END IF;
  RETURN COALESCE(stored, '{}');
END $$;
