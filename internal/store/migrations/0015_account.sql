-- +goose Up
-- How people come in, beside sign-in links: passwords, second factors, passkeys,
-- invitations, the sign-on of another house; and their teams.

ALTER TABLE person ADD COLUMN email_key TEXT NOT NULL DEFAULT ''; -- the address as it is compared, in lower case
ALTER TABLE person ADD COLUMN deactivated_at BIGINT NOT NULL DEFAULT 0;
UPDATE person SET email_key = lower(email)
WHERE email <> '' AND NOT EXISTS (SELECT 1 FROM person o WHERE o.id < person.id AND lower(o.email) = lower(person.email));
-- One address is one person of the installation: who signs in names no workspace.
CREATE UNIQUE INDEX person_of_email ON person (email_key) WHERE email_key <> '';

ALTER TABLE session ADD COLUMN method TEXT NOT NULL DEFAULT 'link';
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT ''; -- "Firefox on Windows"
ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN last_seen_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX session_of_person ON session (person_id);

ALTER TABLE api_key ADD COLUMN rights TEXT NOT NULL DEFAULT ''; -- separated by spaces; empty: all of the role
ALTER TABLE api_key ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0; -- 0: never
ALTER TABLE api_key ADD COLUMN last_used_at BIGINT NOT NULL DEFAULT 0;

CREATE TABLE person_password (
    person_id    BIGINT PRIMARY KEY REFERENCES person (id),
    workspace_id BIGINT NOT NULL,
    hash         TEXT   NOT NULL, -- argon2id, with its parameters and salt
    changed_at   BIGINT NOT NULL
);

CREATE TABLE person_totp (
    person_id     BIGINT PRIMARY KEY REFERENCES person (id),
    workspace_id  BIGINT NOT NULL,
    secret_sealed BYTEA  NOT NULL,
    confirmed_at  BIGINT NOT NULL DEFAULT 0, -- 0: enrolled, not asked for yet
    last_step     BIGINT NOT NULL DEFAULT 0, -- of the last code that counted: none counts twice
    created_at    BIGINT NOT NULL
);

CREATE TABLE recovery_code (
    person_id    BIGINT NOT NULL REFERENCES person (id),
    code_hash    BYTEA  NOT NULL,
    workspace_id BIGINT NOT NULL,
    used_at      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (person_id, code_hash)
);

CREATE TABLE passkey (
    id            BIGINT PRIMARY KEY,
    workspace_id  BIGINT NOT NULL,
    person_id     BIGINT NOT NULL REFERENCES person (id),
    credential_id BYTEA  NOT NULL UNIQUE,
    record_sealed BYTEA  NOT NULL, -- public key, counter, flags; JSON
    name          TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    last_used_at  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX passkey_of_person ON passkey (person_id, id);

-- A person as another house's sign-on (OpenID Connect) knows them.
CREATE TABLE external_login (
    issuer       TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    workspace_id BIGINT NOT NULL,
    person_id    BIGINT NOT NULL REFERENCES person (id),
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);

-- A secret that is good for one step, once: only its SHA-256 is kept.
CREATE TABLE ticket (
    token_hash   BYTEA  PRIMARY KEY,
    kind         TEXT   NOT NULL CHECK (kind IN ('setup', 'second', 'reset', 'passkey_new', 'passkey_in', 'signon')),
    workspace_id BIGINT NOT NULL,
    person_id    BIGINT NOT NULL DEFAULT 0, -- 0: nobody yet
    data_sealed  BYTEA  NOT NULL,
    tries        BIGINT NOT NULL DEFAULT 0,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX ticket_age ON ticket (expires_at);
CREATE INDEX ticket_of_person ON ticket (person_id, kind);

CREATE TABLE invitation (
    id           BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    token_hash   BYTEA  NOT NULL UNIQUE,
    email        TEXT   NOT NULL,
    name         TEXT   NOT NULL DEFAULT '',
    role         TEXT   NOT NULL CHECK (role IN ('owner', 'admin', 'supervisor', 'agent', 'technician', 'marketer', 'auditor')),
    invited_by   BIGINT NOT NULL DEFAULT 0, -- 0: a program or the operator
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL DEFAULT 0, -- accepted or revoked
    person_id    BIGINT NOT NULL DEFAULT 0  -- who accepted it
);
CREATE INDEX invitation_of_workspace ON invitation (workspace_id, id);

CREATE TABLE invitation_team (
    invitation_id BIGINT NOT NULL REFERENCES invitation (id),
    team_id       BIGINT NOT NULL REFERENCES team (id),
    workspace_id  BIGINT NOT NULL,
    PRIMARY KEY (invitation_id, team_id)
);

CREATE TABLE team_member (
    team_id      BIGINT NOT NULL REFERENCES team (id),
    person_id    BIGINT NOT NULL REFERENCES person (id),
    workspace_id BIGINT NOT NULL,
    PRIMARY KEY (team_id, person_id)
);
CREATE INDEX team_member_of_person ON team_member (person_id);

-- +goose Down
DROP TABLE team_member;
DROP TABLE invitation_team;
DROP TABLE invitation;
DROP TABLE ticket;
DROP TABLE external_login;
DROP TABLE passkey;
DROP TABLE recovery_code;
DROP TABLE person_totp;
DROP TABLE person_password;
ALTER TABLE api_key DROP COLUMN last_used_at;
ALTER TABLE api_key DROP COLUMN expires_at;
ALTER TABLE api_key DROP COLUMN rights;
DROP INDEX session_of_person;
ALTER TABLE session DROP COLUMN last_seen_at;
ALTER TABLE session DROP COLUMN address;
ALTER TABLE session DROP COLUMN device;
ALTER TABLE session DROP COLUMN method;
DROP INDEX person_of_email;
ALTER TABLE person DROP COLUMN deactivated_at;
ALTER TABLE person DROP COLUMN email_key;
