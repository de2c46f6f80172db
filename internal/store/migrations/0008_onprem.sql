-- +goose Up
-- The drop-in for the On-Premises API (package premises): which numbers are
-- served that way, who may log in there, and what those programs set.

CREATE TABLE premises (
    number_id    BIGINT PRIMARY KEY REFERENCES number (id),
    workspace_id BIGINT NOT NULL,
    enabled      BIGINT NOT NULL CHECK (enabled IN (0, 1)),
    hosts        TEXT   NOT NULL DEFAULT '', -- host names that select this number, separated by spaces
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);

-- People and programs of the old API: they belong to one number, and the same
-- name may stand at several.
CREATE TABLE premises_user (
    number_id    BIGINT NOT NULL REFERENCES premises (number_id),
    name         TEXT   NOT NULL,
    workspace_id BIGINT NOT NULL,
    role         TEXT   NOT NULL CHECK (role IN ('admin', 'user')),
    password     TEXT   NOT NULL, -- argon2id, with its parameters and salt
    must_change  BIGINT NOT NULL CHECK (must_change IN (0, 1)),
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (number_id, name)
);

CREATE TABLE premises_token (
    token_hash   BYTEA  PRIMARY KEY, -- SHA-256
    number_id    BIGINT NOT NULL,
    workspace_id BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    FOREIGN KEY (number_id, name) REFERENCES premises_user (number_id, name)
);
CREATE INDEX premises_token_of_user ON premises_token (number_id, name);
CREATE INDEX premises_token_age ON premises_token (expires_at);

-- What clients set, each a small document of its own: application settings,
-- media providers, certificates, …
CREATE TABLE premises_document (
    number_id    BIGINT NOT NULL REFERENCES premises (number_id),
    name         TEXT   NOT NULL,
    workspace_id BIGINT NOT NULL,
    body_sealed  BYTEA  NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (number_id, name)
);

-- A message that was answered with an id and refused by a rule afterwards, as
-- the old client did it: the program learns of it by a callback.
CREATE TABLE premises_refusal (
    id           BIGINT PRIMARY KEY, -- in the form of a message id
    workspace_id BIGINT NOT NULL,
    number_id    BIGINT NOT NULL,
    body_sealed  BYTEA  NOT NULL, -- recipient and error, JSON
    created_at   BIGINT NOT NULL
);
CREATE INDEX premises_refusal_age ON premises_refusal (created_at);

-- Files that a client deleted: gone for it, though the history may still show them.
CREATE TABLE premises_gone (
    number_id    BIGINT NOT NULL,
    media_id     BIGINT NOT NULL,
    workspace_id BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (number_id, media_id)
);

-- Which calls were used, for kontor doctor --onprem. No contents.
CREATE TABLE premises_call (
    number_id    BIGINT NOT NULL,
    name         TEXT   NOT NULL, -- "POST /v1/messages text"
    note         TEXT   NOT NULL, -- "" or what had no effect: "ttl"
    workspace_id BIGINT NOT NULL,
    count        BIGINT NOT NULL,
    failed       BIGINT NOT NULL,
    first_at     BIGINT NOT NULL,
    last_at      BIGINT NOT NULL,
    PRIMARY KEY (number_id, name, note)
);

-- +goose Down
DROP TABLE premises_call;
DROP TABLE premises_gone;
DROP TABLE premises_refusal;
DROP TABLE premises_document;
DROP TABLE premises_token;
DROP TABLE premises_user;
DROP TABLE premises;
