-- +goose Up
-- Who is told of what happens, and how. generation rises with every change that
-- a reader or sender must know of; what a sender notes of its own does not count.
CREATE TABLE callback (
    id                  BIGINT PRIMARY KEY,
    workspace_id        BIGINT NOT NULL REFERENCES workspace (id),
    number_id           BIGINT NOT NULL DEFAULT 0, -- 0: of all numbers
    name                TEXT   NOT NULL DEFAULT '',
    dialect             TEXT   NOT NULL,
    events              TEXT   NOT NULL,           -- patterns, JSON
    url_sealed          BYTEA  NOT NULL,           -- an address may hold a secret
    secret_sealed       BYTEA  NOT NULL,
    previous_sealed     BYTEA  NOT NULL,           -- the secret before, while both count
    previous_until      BIGINT NOT NULL DEFAULT 0,
    verify_token_sealed BYTEA  NOT NULL,
    verified_at         BIGINT NOT NULL DEFAULT 0,
    state               TEXT   NOT NULL CHECK (state IN ('active', 'paused')),
    generation          BIGINT NOT NULL DEFAULT 1,
    failures            BIGINT NOT NULL DEFAULT 0, -- in a row
    opened_at           BIGINT NOT NULL DEFAULT 0, -- since when the breaker is open; 0: closed
    probe_at            BIGINT NOT NULL DEFAULT 0, -- when one delivery is tried again
    succeeded_at        BIGINT NOT NULL DEFAULT 0,
    failed_at           BIGINT NOT NULL DEFAULT 0,
    last_error          TEXT   NOT NULL DEFAULT '',
    created_at          BIGINT NOT NULL,
    updated_at          BIGINT NOT NULL
);
CREATE INDEX callback_of_workspace ON callback (workspace_id, id);

-- One event for one subscription: waiting, and afterwards the log. It holds
-- ids; the body is made when it is sent, and then kept sealed.
CREATE TABLE callback_delivery (
    id              BIGINT PRIMARY KEY, -- rises in the order of the journal
    workspace_id    BIGINT NOT NULL,
    callback_id     BIGINT NOT NULL,
    event           TEXT   NOT NULL,
    number_id       BIGINT NOT NULL DEFAULT 0,
    contact_id      BIGINT NOT NULL DEFAULT 0,
    conversation_id BIGINT NOT NULL DEFAULT 0,
    message_id      BIGINT NOT NULL DEFAULT 0,
    actor_id        BIGINT NOT NULL DEFAULT 0,
    notice_id       BIGINT NOT NULL DEFAULT 0,
    detail          TEXT   NOT NULL DEFAULT '',
    at              BIGINT NOT NULL, -- when it happened
    state           TEXT   NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    attempt         BIGINT NOT NULL DEFAULT 0,
    due_at          BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL, -- when it is given up
    created_at      BIGINT NOT NULL,
    tried_at        BIGINT NOT NULL DEFAULT 0,
    ended_at        BIGINT NOT NULL DEFAULT 0,
    status          BIGINT NOT NULL DEFAULT 0, -- HTTP status of the last try; 0: no answer
    duration        BIGINT NOT NULL DEFAULT 0, -- of the last try, milliseconds
    error           TEXT   NOT NULL DEFAULT '', -- stable code of why the last try failed
    size            BIGINT NOT NULL DEFAULT 0, -- of the body, bytes
    body_sealed     BYTEA,                     -- as it was sent
    answer_sealed   BYTEA                      -- the beginning of the last answer, when it was no success
);
-- What waits: few rows, since a row leaves the index when it was delivered.
CREATE INDEX callback_delivery_waiting ON callback_delivery (callback_id, id) WHERE state = 'pending';
CREATE INDEX callback_delivery_dead ON callback_delivery (callback_id, id) WHERE state = 'dead';
CREATE INDEX callback_delivery_log ON callback_delivery (callback_id, id);
-- The next of a conversation, and everything of one that is to be forgotten.
CREATE INDEX callback_delivery_of_conversation ON callback_delivery (conversation_id, callback_id, id) WHERE conversation_id <> 0;

-- +goose Down
DROP TABLE callback_delivery;
DROP TABLE callback;
