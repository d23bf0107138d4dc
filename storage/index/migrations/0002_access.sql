-- Up Migration
-- Who may use the archive.

CREATE TABLE account (
  account_pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  username text NOT NULL,
  -- argon2id, in PHC string format.
  password_hash text NOT NULL,
  roles text[] NOT NULL,
  disabled boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX account_username ON account (lower(username));

CREATE TABLE session (
  -- SHA-256 of the cookie's token: a copy of this table signs nobody in.
  token_digest bytea PRIMARY KEY,
  account_pk bigint NOT NULL REFERENCES account ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX session_account ON session (account_pk);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE api_key (
  api_key_pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key_digest bytea NOT NULL UNIQUE,
  label text NOT NULL,
  account_pk bigint NOT NULL REFERENCES account ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX api_key_account ON api_key (account_pk);

-- Failed sign-ins, counted over all processes, so that guessing is slow wherever it lands.
CREATE TABLE sign_in_failure (
  subject text NOT NULL,
  failed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_in_failure_subject ON sign_in_failure (subject, failed_at);
