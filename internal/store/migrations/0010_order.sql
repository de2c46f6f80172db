-- +goose Up
-- A job that a shop does for a customer. ref is the shop's own id of it.
CREATE TABLE shop_order (
    id                  BIGINT PRIMARY KEY,
    workspace_id        BIGINT NOT NULL REFERENCES workspace (id),
    ref                 TEXT   NOT NULL,
    number_id           BIGINT NOT NULL,
    contact_id          BIGINT NOT NULL,
    technician_id       BIGINT NOT NULL DEFAULT 0, -- 0: nobody yet
    status              TEXT   NOT NULL,
    details_sealed      BYTEA  NOT NULL,           -- name, language and fields, JSON
    appointment_at      BIGINT NOT NULL DEFAULT 0,
    appointment_minutes BIGINT NOT NULL DEFAULT 0,
    version             BIGINT NOT NULL,           -- rises with each change
    closed_at           BIGINT NOT NULL DEFAULT 0,
    created_at          BIGINT NOT NULL,
    updated_at          BIGINT NOT NULL,
    UNIQUE (workspace_id, ref)
);
CREATE INDEX shop_order_recent ON shop_order (workspace_id, id);
CREATE INDEX shop_order_by_status ON shop_order (workspace_id, status, id);
CREATE INDEX shop_order_of_technician ON shop_order (workspace_id, technician_id, id);
CREATE INDEX shop_order_of_contact ON shop_order (contact_id, id);

-- Which order a message belongs to: at most one.
CREATE TABLE order_message (
    message_id   BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL,
    order_id     BIGINT NOT NULL REFERENCES shop_order (id),
    how          TEXT   NOT NULL, -- sent, notice, reply, only_open, hand
    at           BIGINT NOT NULL
);
CREATE INDEX order_message_of_order ON order_message (order_id, message_id);

-- What the customer is to be told because of one change, once.
CREATE TABLE order_notice (
    id             BIGINT PRIMARY KEY,
    workspace_id   BIGINT NOT NULL,
    order_id       BIGINT NOT NULL REFERENCES shop_order (id),
    kind           TEXT   NOT NULL CHECK (kind IN ('status', 'appointment', 'reminder')),
    version        BIGINT NOT NULL, -- of the order, whose change caused it
    status         TEXT   NOT NULL, -- of the order, at that version
    appointment_at BIGINT NOT NULL,
    state          TEXT   NOT NULL CHECK (state IN ('waiting', 'sent', 'problem', 'dropped')),
    due_at         BIGINT NOT NULL,
    message_id     BIGINT NOT NULL DEFAULT 0,
    created_at     BIGINT NOT NULL,
    UNIQUE (order_id, kind, version)
);
CREATE INDEX order_notice_due ON order_notice (due_at, id) WHERE state = 'waiting';

-- An order's timeline.
CREATE TABLE order_event (
    id           BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL,
    order_id     BIGINT NOT NULL REFERENCES shop_order (id),
    kind         TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    status       TEXT   NOT NULL DEFAULT '',
    notice       TEXT   NOT NULL DEFAULT '', -- which kind of notice it is about
    message_id   BIGINT NOT NULL DEFAULT 0,
    author_kind  TEXT   NOT NULL DEFAULT '',
    author_id    BIGINT NOT NULL DEFAULT 0,
    code         TEXT   NOT NULL DEFAULT '', -- of a problem, or what changed
    detail       TEXT   NOT NULL DEFAULT '', -- of a problem, in words that name nobody
    due_at       BIGINT NOT NULL DEFAULT 0,
    at           BIGINT NOT NULL
);
CREATE INDEX order_event_of_order ON order_event (order_id, id);

-- Statuses, their messages and the reminder of a workspace, JSON; without a row those that are built in.
CREATE TABLE order_setting (
    workspace_id BIGINT PRIMARY KEY REFERENCES workspace (id),
    settings     TEXT   NOT NULL,
    updated_at   BIGINT NOT NULL
);

-- +goose Down
DROP TABLE order_setting;
DROP TABLE order_event;
DROP TABLE order_notice;
DROP TABLE order_message;
DROP TABLE shop_order;
