-- Up Migration
-- Fuzzy names, time zones, other patient IDs, and the attributes that an administrator makes searchable.

-- Beginnings and phonetic codes of the words of a name's component groups (see name-words.ts). Null where there is no name, and
-- for rows older than this column until the indexing job has come by.
ALTER TABLE study ADD COLUMN patient_name_words text[];
ALTER TABLE study ADD COLUMN referring_physician_name_words text[];
ALTER TABLE series ADD COLUMN performing_physician_name_words text[];
CREATE INDEX study_patient_name_words ON study USING gin (patient_name_words);
CREATE INDEX study_referring_physician_name_words ON study USING gin (referring_physician_name_words);
CREATE INDEX series_performing_physician_name_words ON series USING gin (performing_physician_name_words);
CREATE INDEX study_without_name_words ON study (study_pk)
  WHERE (patient_name_words IS NULL AND COALESCE(patient_name, patient_name_ideographic, patient_name_phonetic) IS NOT NULL)
    OR (referring_physician_name_words IS NULL
      AND COALESCE(referring_physician_name, referring_physician_name_ideographic, referring_physician_name_phonetic) IS NOT NULL);
CREATE INDEX series_without_name_words ON series (series_pk)
  WHERE performing_physician_name_words IS NULL
    AND COALESCE(performing_physician_name, performing_physician_name_ideographic, performing_physician_name_phonetic) IS NOT NULL;
CREATE INDEX series_performing_physician_name_trigram ON series USING gin (performing_physician_name public.gin_trgm_ops);

-- OtherPatientIDsSequence.PatientID, which PS3.18 10.6.1.2.1 has among its examples.
ALTER TABLE study ADD COLUMN other_patient_ids text[] NOT NULL DEFAULT '{}';
UPDATE study SET other_patient_ids = ARRAY(
    SELECT left(id, 512) FROM json_array_elements(attributes->'00101002'->'Value') AS item, json_array_elements_text(item->'00100020'->'Value') AS id
    WHERE id <> '')
  WHERE attributes::text LIKE '%"00101002"%' AND json_typeof(attributes->'00101002'->'Value') = 'array';
CREATE INDEX study_other_patient_ids ON study USING gin (other_patient_ids);

-- How far the date-times of an object must be moved to be those of a zone `wanted_minutes` from UTC (PS3.4 C.2.2.2.1.3): not at
-- all where the object does not tell its own Timezone Offset From UTC (0008,0201).
CREATE FUNCTION shift_to_zone(attributes json, wanted_minutes integer) RETURNS interval IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN zone ~ '^[+-][0-9]{4}$' THEN make_interval(mins => wanted_minutes
      - (CASE WHEN left(zone, 1) = '-' THEN -1 ELSE 1 END) * (substr(zone, 2, 2)::integer * 60 + substr(zone, 4, 2)::integer))
    ELSE interval '0' END
  FROM (SELECT attributes->'00080201'->'Value'->>0) AS stated(zone)
$$;

CREATE TABLE searchable_attribute (
  searchable_attribute_pk integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Tags from the data set's root, joined by dots. A private one has 10 for its block, whichever an object reserves.
  path text COLLATE "C" NOT NULL,
  private_creator text COLLATE "C" NOT NULL DEFAULT '',
  -- What it is called: its keyword, its keywords joined by dots, or its tags.
  keyword text NOT NULL,
  vr text NOT NULL,
  -- How its values match, see match.ts.
  kind text NOT NULL,
  level text NOT NULL CHECK (level IN ('study', 'series', 'instance')),
  state text NOT NULL DEFAULT 'indexing' CHECK (state IN ('indexing', 'ready', 'removing')),
  -- The background job has looked at all instances up to this one, and is to look at those up to that one; later ones were indexed
  -- as they were stored.
  indexed_to bigint NOT NULL DEFAULT 0,
  to_index_to bigint NOT NULL,
  indexed_instances bigint NOT NULL DEFAULT 0,
  total_instances bigint NOT NULL,
  -- Instances whose value does not fit its VR, and a few of them; what last stopped the job, which goes on by itself.
  unreadable_instances bigint NOT NULL DEFAULT 0,
  unreadable_samples text[] NOT NULL DEFAULT '{}',
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (path, private_creator)
);

-- One row a distinct value of a study, series or instance. `instance_pk` is the instance that said it (first).
CREATE TABLE searchable_value (
  searchable_attribute_pk integer NOT NULL REFERENCES searchable_attribute,
  entity_pk bigint NOT NULL,
  value_key text COLLATE "C" NOT NULL,
  instance_pk bigint NOT NULL REFERENCES instance ON DELETE CASCADE,
  text_value text COLLATE "C",
  text_value_ideographic text COLLATE "C",
  text_value_phonetic text COLLATE "C",
  text_value_words text[],
  number_value double precision,
  date_value date,
  time_value time,
  -- The first moment that a date-time names; UTC where an offset is known.
  moment_value timestamp,
  -- The element that holds the value, as DICOM JSON with its tag, for answers; null where it is long.
  element json,
  PRIMARY KEY (searchable_attribute_pk, entity_pk, value_key)
);
CREATE INDEX searchable_value_instance ON searchable_value (instance_pk);
CREATE INDEX searchable_value_text ON searchable_value (searchable_attribute_pk, text_value);
CREATE INDEX searchable_value_ideographic ON searchable_value (searchable_attribute_pk, text_value_ideographic)
  WHERE text_value_ideographic IS NOT NULL;
CREATE INDEX searchable_value_phonetic ON searchable_value (searchable_attribute_pk, text_value_phonetic)
  WHERE text_value_phonetic IS NOT NULL;
CREATE INDEX searchable_value_trigram ON searchable_value USING gin (text_value public.gin_trgm_ops);
CREATE INDEX searchable_value_words ON searchable_value USING gin (text_value_words);
CREATE INDEX searchable_value_number ON searchable_value (searchable_attribute_pk, number_value) WHERE number_value IS NOT NULL;
CREATE INDEX searchable_value_date ON searchable_value (searchable_attribute_pk, date_value) WHERE date_value IS NOT NULL;
CREATE INDEX searchable_value_time ON searchable_value (searchable_attribute_pk, time_value) WHERE time_value IS NOT NULL;
CREATE INDEX searchable_value_moment ON searchable_value (searchable_attribute_pk, moment_value) WHERE moment_value IS NOT NULL;

-- Where the instance that said a study's or series' value goes, others may say it too: the background job looks at them.
CREATE TABLE searchable_refresh (
  searchable_attribute_pk integer NOT NULL REFERENCES searchable_attribute ON DELETE CASCADE,
  entity_pk bigint NOT NULL,
  -- The job has looked at the instances up to this one.
  indexed_to bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (searchable_attribute_pk, entity_pk)
);
CREATE FUNCTION refresh_searchable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO searchable_refresh (searchable_attribute_pk, entity_pk)
    SELECT DISTINCT searchable_attribute_pk, entity_pk FROM gone JOIN searchable_attribute USING (searchable_attribute_pk)
    WHERE level <> 'instance' AND state <> 'removing'
    ORDER BY searchable_attribute_pk, entity_pk
    ON CONFLICT (searchable_attribute_pk, entity_pk) DO UPDATE SET indexed_to = 0;
  RETURN NULL;
END $$;
CREATE TRIGGER searchable_value_gone AFTER DELETE ON searchable_value REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION refresh_searchable();
