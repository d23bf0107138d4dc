-- Up Migration
-- What searches match on and no index served: a rare value was looked for in every row. Columns whose values change while a study
-- grows (the counts) stay without, so that the row can be changed where it lies.

CREATE INDEX study_sop_classes ON study USING gin (sop_classes_in_study);
CREATE INDEX study_issuer_of_patient_id ON study (issuer_of_patient_id);
CREATE INDEX study_patient_sex ON study (patient_sex);
CREATE INDEX series_start ON series (series_date, series_time);
CREATE INDEX series_institution_name ON series (institution_name);
CREATE INDEX series_station_name ON series (station_name);
CREATE INDEX series_body_part_examined ON series (body_part_examined);
CREATE INDEX series_protocol_name ON series (protocol_name);
CREATE INDEX series_laterality ON series (laterality) WHERE laterality IS NOT NULL;
-- A date and its time of day are one range of moments (PS3.4 C.2.2.2.5.4).
CREATE INDEX series_performed_start_time ON series (performed_procedure_step_start_date, performed_procedure_step_start_time);
DROP INDEX series_performed_start;
