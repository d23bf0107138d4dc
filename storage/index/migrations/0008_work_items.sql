-- Up Migration
-- Unified Procedure Steps (PS3.4 Annex CC), who is told of them, and what they are told.

CREATE TABLE work_item (
  work_item_pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sop_instance_uid text COLLATE "C" NOT NULL UNIQUE,
  procedure_step_state text COLLATE "C" NOT NULL
    CHECK (procedure_step_state IN ('SCHEDULED', 'IN PROGRESS', 'COMPLETED', 'CANCELED')),
  -- (0008,1195): the lock of whoever performs it. Kept out of the attributes, so that no answer can show it.
  transaction_uid text COLLATE "C",
  -- DICOM JSON, in full.
  attributes json NOT NULL,
  -- Characters of their text.
  attributes_length integer NOT NULL,
  -- The same values as they are compared: tag -> values; sequences: tag -> items.
  keys jsonb NOT NULL,
  -- Scheduled Procedure Step Start DateTime, as text that sorts by time.
  scheduled_start text COLLATE "C",
  created_at timestamptz NOT NULL DEFAULT now(),
  modified_at timestamptz NOT NULL DEFAULT now(),
  -- When it was completed or canceled.
  ended_at timestamptz
);
CREATE INDEX work_item_order ON work_item (scheduled_start, work_item_pk);
CREATE INDEX work_item_state_order ON work_item (procedure_step_state, scheduled_start, work_item_pk);
CREATE INDEX work_item_keys ON work_item USING gin (keys jsonb_path_ops);
CREATE INDEX work_item_ended ON work_item (ended_at) WHERE ended_at IS NOT NULL;

-- Work items that are gone: their URLs answer 410, not 404.
CREATE TABLE removed_work_item (
  sop_instance_uid text COLLATE "C" PRIMARY KEY,
  removed_at timestamptz NOT NULL DEFAULT now()
);

-- UPS Subscription State (PS3.4 CC.2.3): who is told of the events of one work item.
CREATE TABLE work_item_subscription (
  work_item_pk bigint NOT NULL REFERENCES work_item ON DELETE CASCADE,
  ae_title text COLLATE "C" NOT NULL,
  deletion_lock boolean NOT NULL,
  PRIMARY KEY (work_item_pk, ae_title)
);
CREATE INDEX work_item_subscription_ae_title ON work_item_subscription (ae_title);

-- Global Subscription State: who is subscribed to work items as they are created.
CREATE TABLE work_item_global_subscription (
  ae_title text COLLATE "C" NOT NULL,
  -- True: only to those that match the filter, the search's parameters.
  filtered boolean NOT NULL,
  filter jsonb NOT NULL DEFAULT '[]',
  deletion_lock boolean NOT NULL,
  PRIMARY KEY (ae_title, filtered)
);

-- Event reports, as DICOM JSON; those of a while ago are removed.
CREATE TABLE work_item_report (
  report_pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  report json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX work_item_report_created ON work_item_report (created_at);

-- To whom each is to be sent, in this order.
CREATE TABLE work_item_event (
  event_pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ae_title text COLLATE "C" NOT NULL,
  report_pk bigint NOT NULL REFERENCES work_item_report ON DELETE CASCADE
);
CREATE INDEX work_item_event_ae_title ON work_item_event (ae_title, event_pk);
CREATE INDEX work_item_event_report ON work_item_event (report_pk);

-- Up to which event a subscriber's channel has sent.
CREATE TABLE work_item_event_sent (
  ae_title text COLLATE "C" PRIMARY KEY,
  event_pk bigint NOT NULL
);
