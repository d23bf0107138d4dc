-- Up Migration
-- Also the first instances of a study or series are stored by one statement.

DROP FUNCTION store_what_says_nothing_new(boolean, text[], bytea[], text[], bytea[], text[], text[], integer[], date[], time[], json[],
  text[], text[], integer[], bytea[], json[], text[], bigint[], bytea[], text[], text[]);

-- Answers the blob keys of the instances that were stored. The others are left to the storing of anything: their study or series is
-- not there, or they say something new of it, or they are duplicates. None is stored where there are searchable attributes (the
-- advisory lock is that of searchable-attributes.ts), unless the caller indexes what it stores.
-- What is not there yet is made first out of `new_studies` and `new_series`, each once: objects with the columns of a row, and beside
-- it whose it is. Both are null where the caller thinks that all are there.
CREATE FUNCTION store_in_one_statement(
  indexes_searchable boolean, study_uids text[], studies_said bytea[], series_uids text[], series_said bytea[], sop_instance_uids text[],
  sop_class_uids text[], instance_numbers integer[], content_dates date[], content_times time[], instance_attributes json[],
  transfer_syntax_uids text[], metadata_texts text[], metadata_lengths integer[], frame_indexes bytea[], bulk_data_texts json[],
  blob_keys text[], sizes_bytes bigint[], digests bytea[], patient_identities text[], modalities text[], new_studies json, new_series json
) RETURNS text[] LANGUAGE plpgsql
-- One plan for all calls, made once a connection: it finds few rows by their keys, however many there will be.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  stored text[];
  new_patients text[];
  made bigint;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7224006);
  IF NOT indexes_searchable AND EXISTS (SELECT FROM searchable_attribute WHERE state <> 'removing') THEN
    RETURN '{}';
  END IF;
  -- The studies' rows first, in one order, as whoever else stores or deletes does; what is read below is as it is afterwards.
  IF new_studies IS NULL THEN
    PERFORM FROM study WHERE study_instance_uid = ANY(study_uids) ORDER BY study_instance_uid FOR NO KEY UPDATE;
  ELSE
    WITH inserted AS (
      INSERT INTO patient (identity, patient_id, issuer_of_patient_id)
      SELECT DISTINCT ON (t.identity) t.identity, (t.study).patient_id, (t.study).issuer_of_patient_id
      FROM json_to_recordset(new_studies) AS t(identity text, study study) ORDER BY t.identity
      ON CONFLICT (identity) DO NOTHING RETURNING identity
    ) SELECT array_agg(identity) INTO new_patients FROM inserted;
    -- Changes no row that is there, but locks it.
    INSERT INTO study (patient_pk, study_instance_uid, study_date, study_time, accession_number, referring_physician_name, referring_physician_name_ideographic,
      referring_physician_name_phonetic, referring_physician_name_words, study_description, patient_name, patient_name_ideographic,
      patient_name_phonetic, patient_name_words, patient_id, issuer_of_patient_id, patient_birth_date, patient_sex, other_patient_ids,
      study_id, attributes, said, modalities_in_study, sop_classes_in_study)
    SELECT patient.patient_pk, (t.study).study_instance_uid, (t.study).study_date, (t.study).study_time, (t.study).accession_number,
      (t.study).referring_physician_name, (t.study).referring_physician_name_ideographic, (t.study).referring_physician_name_phonetic,
      (t.study).referring_physician_name_words, (t.study).study_description, (t.study).patient_name,
      (t.study).patient_name_ideographic, (t.study).patient_name_phonetic, (t.study).patient_name_words, (t.study).patient_id,
      (t.study).issuer_of_patient_id, (t.study).patient_birth_date, (t.study).patient_sex, (t.study).other_patient_ids,
      (t.study).study_id, (t.study).attributes, (t.study).said, (t.study).modalities_in_study, (t.study).sop_classes_in_study
    FROM json_to_recordset(new_studies) AS t(identity text, study study) JOIN patient ON patient.identity = t.identity
    ORDER BY (t.study).study_instance_uid
    ON CONFLICT (study_instance_uid) DO UPDATE SET updated_at = study.updated_at WHERE false;
    GET DIAGNOSTICS made = ROW_COUNT;
    -- Whoever else stored the study meanwhile may have given it another patient.
    IF new_patients IS NOT NULL AND made < json_array_length(new_studies) THEN
      DELETE FROM patient WHERE identity = ANY(new_patients)
        AND NOT EXISTS (SELECT FROM study WHERE study.patient_pk = patient.patient_pk);
    END IF;
    INSERT INTO series (study_pk, series_instance_uid, modality, series_date, series_time, institution_name, station_name, series_description,
      performing_physician_name, performing_physician_name_ideographic, performing_physician_name_phonetic,
      performing_physician_name_words, body_part_examined, protocol_name, series_number, laterality,
      performed_procedure_step_start_date, performed_procedure_step_start_time, scheduled_procedure_step_id, requested_procedure_id,
      attributes, said)
    SELECT study.study_pk, (t.series).series_instance_uid, (t.series).modality, (t.series).series_date, (t.series).series_time, (t.series).institution_name,
      (t.series).station_name, (t.series).series_description, (t.series).performing_physician_name,
      (t.series).performing_physician_name_ideographic, (t.series).performing_physician_name_phonetic,
      (t.series).performing_physician_name_words, (t.series).body_part_examined, (t.series).protocol_name, (t.series).series_number,
      (t.series).laterality, (t.series).performed_procedure_step_start_date, (t.series).performed_procedure_step_start_time,
      (t.series).scheduled_procedure_step_id, (t.series).requested_procedure_id, (t.series).attributes, (t.series).said
    FROM json_to_recordset(new_series) AS t(study_uid text, study_says bytea, series series)
      JOIN study ON study.study_instance_uid = t.study_uid
    WHERE t.study_says = ANY(study.said)
    ORDER BY study.study_pk, (t.series).series_instance_uid
    ON CONFLICT (study_pk, series_instance_uid) DO NOTHING;
  END IF;
  WITH given AS (
    SELECT * FROM unnest(
      study_uids, studies_said, series_uids, series_said, sop_instance_uids, sop_class_uids, instance_numbers, content_dates, content_times,
      instance_attributes, transfer_syntax_uids, metadata_texts, metadata_lengths, frame_indexes, bulk_data_texts, blob_keys, sizes_bytes,
      digests, patient_identities, modalities) WITH ORDINALITY
      AS t(study_uid, study_says, series_uid, series_says, sop_instance_uid, sop_class_uid, instance_number, content_date, content_time,
        attributes, transfer_syntax_uid, metadata, metadata_length, frame_index, bulk_data, blob_key, size_bytes,
        digest, patient_identity, modality, place)
  ), inserted AS (
    INSERT INTO instance (study_pk, series_pk, sop_instance_uid, sop_class_uid, instance_number, content_date, content_time, attributes,
      transfer_syntax_uid, metadata, metadata_length, frame_index, bulk_data, blob_key, size_bytes, digest, patient_identity, modality)
    SELECT study.study_pk, series.series_pk, t.sop_instance_uid, t.sop_class_uid, t.instance_number, t.content_date, t.content_time, t.attributes,
      t.transfer_syntax_uid, t.metadata, t.metadata_length, t.frame_index, t.bulk_data, t.blob_key, t.size_bytes, t.digest,
      t.patient_identity, t.modality
    FROM given AS t JOIN study ON study.study_instance_uid = t.study_uid
      JOIN series ON series.study_pk = study.study_pk AND series.series_instance_uid = t.series_uid
    WHERE t.study_says = ANY(study.said) AND t.series_says = ANY(series.said)
    ORDER BY t.place
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
      number_of_study_related_series = CASE WHEN new_series IS NULL THEN number_of_study_related_series
        ELSE (SELECT count(*) FROM series WHERE series.study_pk = study.study_pk) END,
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
