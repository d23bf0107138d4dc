-- Up Migration
-- What was done, by whom, to what: rows are only ever added. Resources are named by UID, never by a patient's name.
CREATE TABLE audit_event (
  audit_event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  -- Username, or the name of an API key's owner; null: nobody had shown who they are.
  actor text COLLATE "C",
  roles text[] NOT NULL DEFAULT '{}',
  address text COLLATE "C",
  -- As the route table calls it: Store, Search, Retrieve Metadata, Delete …
  transaction text COLLATE "C" NOT NULL,
  method text COLLATE "C" NOT NULL,
  -- Status of the answer.
  status smallint NOT NULL,
  study_instance_uid text COLLATE "C",
  series_instance_uid text COLLATE "C",
  sop_instance_uid text COLLATE "C",
  -- Of other resources: a work item's UID, a user's name.
  resource text COLLATE "C",
  -- Instances that a deletion took, that a store request stored and refused …
  detail jsonb,
  request_id text COLLATE "C"
);
CREATE INDEX audit_event_at ON audit_event (at);
CREATE INDEX audit_event_study ON audit_event (study_instance_uid, at) WHERE study_instance_uid IS NOT NULL;
CREATE INDEX audit_event_actor ON audit_event (actor, at);

CREATE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit events are never changed or removed';
END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only();

-- Studies, series and instances that were deleted: their URLs answer 410, not 404. UIDs and nothing else.
CREATE TABLE deleted_resource (
  study_instance_uid text COLLATE "C" NOT NULL,
  -- Empty: the study itself.
  series_instance_uid text COLLATE "C" NOT NULL DEFAULT '',
  -- Empty: the series itself.
  sop_instance_uid text COLLATE "C" NOT NULL DEFAULT '',
  deleted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (study_instance_uid, series_instance_uid, sop_instance_uid)
);
