-- Up Migration
-- What is left of a study tells what it is, after some of it was deleted or replaced.

-- What the instance says its modality is, empty where it says none; null in rows older than this column: that of its series.
ALTER TABLE instance ADD COLUMN modality text COLLATE "C";

-- now() is when a transaction began: one that waited for another's lock would write an earlier time than that.
ALTER TABLE study ALTER COLUMN updated_at SET DEFAULT clock_timestamp();
ALTER TABLE series ALTER COLUMN updated_at SET DEFAULT clock_timestamp();
ALTER TABLE instance ALTER COLUMN created_at SET DEFAULT clock_timestamp();
ALTER TABLE instance_version ALTER COLUMN replaced_at SET DEFAULT clock_timestamp();

-- Of what was stored again.
DELETE FROM deleted_resource USING study
  WHERE deleted_resource.study_instance_uid = study.study_instance_uid AND (
    (deleted_resource.series_instance_uid = '' AND deleted_resource.sop_instance_uid = '')
    OR EXISTS (
      SELECT 1 FROM series LEFT JOIN instance USING (series_pk)
      WHERE series.study_pk = study.study_pk AND series.series_instance_uid = deleted_resource.series_instance_uid
        AND deleted_resource.sop_instance_uid IN ('', instance.sop_instance_uid)));
