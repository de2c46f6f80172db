-- +goose Up
-- The schema of both engines. Times are milliseconds of Unix time, 0 for "has
-- not happened"; text is never NULL; ids are made in Go and rise with time.
-- Columns named *_sealed hold AEAD ciphertext bound to workspace and column.

CREATE TABLE keyset (
    id         BIGINT PRIMARY KEY,
    sealed     BYTEA  NOT NULL, -- data keys, sealed under MESSAGE_ENCRYPTION_KEY
    created_at BIGINT NOT NULL
);

CREATE TABLE workspace (
    id            BIGINT PRIMARY KEY,
    slug          TEXT   NOT NULL UNIQUE,
    name          TEXT   NOT NULL,
    greeting      TEXT   NOT NULL DEFAULT '', -- sent when a conversation opens; empty: none
    session_hours BIGINT NOT NULL DEFAULT 24 CHECK (session_hours > 0),
    created_at    BIGINT NOT NULL
);

CREATE TABLE team (
    id           BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    slug         TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    UNIQUE (workspace_id, slug)
);

CREATE TABLE person (
    id           BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    name         TEXT   NOT NULL,
    email        TEXT   NOT NULL DEFAULT '',
    role         TEXT   NOT NULL CHECK (role IN ('owner', 'admin', 'supervisor', 'agent', 'technician', 'marketer', 'auditor')),
    locale       TEXT   NOT NULL DEFAULT '',
    created_at   BIGINT NOT NULL
);
CREATE INDEX person_of_workspace ON person (workspace_id, id);

-- A sign-in link is good for one use; only its SHA-256 is kept.
CREATE TABLE signin_link (
    token_hash BYTEA  PRIMARY KEY,
    person_id  BIGINT NOT NULL REFERENCES person (id),
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE session (
    token_hash   BYTEA  PRIMARY KEY,
    person_id    BIGINT NOT NULL REFERENCES person (id),
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);

CREATE TABLE api_key (
    id           BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    name         TEXT   NOT NULL,
    hash         BYTEA  NOT NULL UNIQUE,
    hint         TEXT   NOT NULL, -- last four characters, to recognise it
    role         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    revoked_at   BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE number (
    id                  BIGINT PRIMARY KEY,
    workspace_id        BIGINT NOT NULL REFERENCES workspace (id),
    team_id             BIGINT NOT NULL DEFAULT 0,
    phone_number_id     TEXT   NOT NULL UNIQUE, -- a number belongs to one workspace
    waba_id             TEXT   NOT NULL,
    display_phone       TEXT   NOT NULL DEFAULT '',
    verified_name       TEXT   NOT NULL DEFAULT '',
    provider            TEXT   NOT NULL,
    base_url            TEXT   NOT NULL,
    api_version         TEXT   NOT NULL,
    throughput          TEXT   NOT NULL DEFAULT 'STANDARD',
    quality             TEXT   NOT NULL DEFAULT 'UNKNOWN',
    messaging_tier      TEXT   NOT NULL DEFAULT '',
    state               TEXT   NOT NULL CHECK (state IN ('active', 'stopped')),
    state_reason        TEXT   NOT NULL DEFAULT '',
    paused_until        BIGINT NOT NULL DEFAULT 0,
    access_token_sealed BYTEA  NOT NULL,
    app_secret_sealed   BYTEA  NOT NULL,
    verify_token_sealed BYTEA  NOT NULL,
    created_at          BIGINT NOT NULL,
    updated_at          BIGINT NOT NULL
);
CREATE INDEX number_of_workspace ON number (workspace_id, id);

CREATE TABLE contact (
    id           BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    name         TEXT   NOT NULL DEFAULT '', -- given by the house; wins over the profile's
    profile_name TEXT   NOT NULL DEFAULT '',
    phone        TEXT   NOT NULL DEFAULT '',
    bsuid        TEXT   NOT NULL DEFAULT '',
    username     TEXT   NOT NULL DEFAULT '',
    language     TEXT   NOT NULL DEFAULT '',
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
CREATE INDEX contact_of_workspace ON contact (workspace_id, id);

-- Every name by which WhatsApp may speak of a person (law 7).
CREATE TABLE contact_identity (
    workspace_id BIGINT NOT NULL,
    kind         TEXT   NOT NULL CHECK (kind IN ('phone', 'bsuid', 'parent_bsuid', 'username')),
    value        TEXT   NOT NULL,
    contact_id   BIGINT NOT NULL REFERENCES contact (id),
    waba_id      TEXT   NOT NULL DEFAULT '', -- the account through which it was first seen: a BSUID is its portfolio's
    PRIMARY KEY (workspace_id, kind, value)
) WITHOUT ROWID; -- only: sqlite (the key is the row: one tree, not two)
); -- only: postgres
CREATE INDEX identity_of_contact ON contact_identity (contact_id);

CREATE TABLE conversation (
    id               BIGINT PRIMARY KEY,
    workspace_id     BIGINT NOT NULL REFERENCES workspace (id),
    number_id        BIGINT NOT NULL REFERENCES number (id),
    contact_id       BIGINT NOT NULL REFERENCES contact (id),
    team_id          BIGINT NOT NULL DEFAULT 0,
    state            TEXT   NOT NULL CHECK (state IN ('waiting', 'assigned', 'closed')),
    assignee_id      BIGINT NOT NULL DEFAULT 0,
    unread           BIGINT NOT NULL DEFAULT 0,
    window_until     BIGINT NOT NULL DEFAULT 0, -- customer service window; 0: never open
    session_id       BIGINT NOT NULL DEFAULT 0, -- rises with each new session
    session_until    BIGINT NOT NULL DEFAULT 0,
    context_sealed   BYTEA,                     -- what the session remembers, JSON; NULL: nothing
    last_message_id  BIGINT NOT NULL DEFAULT 0,
    last_inbound_id  BIGINT NOT NULL DEFAULT 0,
    last_at          BIGINT NOT NULL DEFAULT 0,
    waiting_since    BIGINT NOT NULL DEFAULT 0,
    closed_at        BIGINT NOT NULL DEFAULT 0,
    created_at       BIGINT NOT NULL,
    UNIQUE (number_id, contact_id),
    CHECK ((state = 'assigned') = (assignee_id <> 0))
);
CREATE INDEX conversation_recent ON conversation (workspace_id, last_at, id);
CREATE INDEX conversation_by_state ON conversation (workspace_id, state, last_at, id);
CREATE INDEX conversation_of_contact ON conversation (contact_id);

CREATE TABLE message (
    id              BIGINT PRIMARY KEY,
    workspace_id    BIGINT NOT NULL,
    number_id       BIGINT NOT NULL,
    contact_id      BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL REFERENCES conversation (id),
    direction       TEXT   NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    type            TEXT   NOT NULL,
    wamid           TEXT   NOT NULL DEFAULT '', -- empty until WhatsApp has given one
    status          TEXT   NOT NULL,
    content_sealed  BYTEA  NOT NULL,            -- wa.Content as JSON
    author_kind     TEXT   NOT NULL DEFAULT '',
    author_id       BIGINT NOT NULL DEFAULT 0,
    opaque          TEXT   NOT NULL DEFAULT '', -- the caller's own biz_opaque_callback_data
    at              BIGINT NOT NULL,            -- inbound: WhatsApp's time; outbound: when accepted
    stored_at       BIGINT NOT NULL,
    sent_at         BIGINT NOT NULL DEFAULT 0,
    delivered_at    BIGINT NOT NULL DEFAULT 0,
    read_at         BIGINT NOT NULL DEFAULT 0,
    played_at       BIGINT NOT NULL DEFAULT 0,
    failed_at       BIGINT NOT NULL DEFAULT 0,
    edited_at       BIGINT NOT NULL DEFAULT 0,
    revoked_at      BIGINT NOT NULL DEFAULT 0,
    problems        TEXT   NOT NULL DEFAULT '', -- []wa.Problem as JSON
    pricing         TEXT   NOT NULL DEFAULT ''  -- wa.Pricing as JSON
);
-- Law 2: a webhook counts once. The index is partial because what we send has no wamid at first.
CREATE UNIQUE INDEX message_wamid ON message (number_id, wamid) WHERE wamid <> '';
CREATE INDEX message_of_conversation ON message (conversation_id, id);

-- A status that came before the message it speaks of (law 3: it waits).
CREATE TABLE status_waiting (
    number_id  BIGINT NOT NULL,
    wamid      TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    report     TEXT   NOT NULL, -- the rest of wa.StatusReport as JSON
    stored_at  BIGINT NOT NULL,
    PRIMARY KEY (number_id, wamid, status)
);

CREATE INDEX status_waiting_age ON status_waiting (number_id, stored_at);

-- What waits to be sent. The row leaves when WhatsApp has answered.
CREATE TABLE outbox (
    message_id      BIGINT PRIMARY KEY REFERENCES message (id),
    workspace_id    BIGINT NOT NULL,
    number_id       BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    lane            BIGINT NOT NULL, -- 0 interactive, 1 bulk
    state           TEXT   NOT NULL CHECK (state IN ('queued', 'claimed', 'uncertain', 'held')),
    attempt         BIGINT NOT NULL DEFAULT 0,
    due_at          BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL DEFAULT 0, -- 0: never
    on_uncertain    TEXT   NOT NULL DEFAULT 'hold' CHECK (on_uncertain IN ('hold', 'resend')),
    owner_epoch     BIGINT NOT NULL DEFAULT 0, -- who claimed it; an older epoch may write nothing
    last_problem    TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX outbox_due ON outbox (number_id, state, lane, due_at, message_id);
CREATE INDEX outbox_of_conversation ON outbox (conversation_id, message_id);

CREATE TABLE idempotency (
    workspace_id BIGINT NOT NULL,
    key          TEXT   NOT NULL,
    fingerprint  BYTEA  NOT NULL, -- SHA-256 of the request, to refuse the same key for another one
    message_id   BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, key)
);

-- How many messages a customer was sent on a day of the workspace (UTC).
CREATE TABLE customer_usage (
    number_id  BIGINT NOT NULL,
    contact_id BIGINT NOT NULL,
    day        BIGINT NOT NULL, -- days since 1970
    sent       BIGINT NOT NULL,
    PRIMARY KEY (number_id, contact_id, day)
);

CREATE TABLE media (
    id           BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    message_id   BIGINT NOT NULL DEFAULT 0, -- the inbound message it came with
    origin       TEXT   NOT NULL CHECK (origin IN ('upload', 'inbound')),
    state        TEXT   NOT NULL CHECK (state IN ('fetching', 'stored', 'failed')),
    reason       TEXT   NOT NULL DEFAULT '', -- stable code of why it failed
    mime_type    TEXT   NOT NULL,
    filename     TEXT   NOT NULL DEFAULT '',
    size         BIGINT NOT NULL DEFAULT 0,
    sha256       TEXT   NOT NULL DEFAULT '', -- hex
    blob         TEXT   NOT NULL DEFAULT '', -- key in the blob store
    remote_id    TEXT   NOT NULL DEFAULT '', -- Meta's id, inbound
    created_at   BIGINT NOT NULL
);
CREATE INDEX media_of_message ON media (message_id) WHERE message_id <> 0;

-- Meta's id of a file of ours, for one number, until it expires.
CREATE TABLE media_remote (
    media_id   BIGINT NOT NULL REFERENCES media (id),
    number_id  BIGINT NOT NULL,
    remote_id  TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (media_id, number_id)
);

CREATE TABLE template (
    id               BIGINT PRIMARY KEY,
    workspace_id     BIGINT NOT NULL REFERENCES workspace (id),
    waba_id          TEXT   NOT NULL,
    meta_id          TEXT   NOT NULL,
    name             TEXT   NOT NULL,
    language         TEXT   NOT NULL,
    category         TEXT   NOT NULL,
    status           TEXT   NOT NULL,
    quality          TEXT   NOT NULL DEFAULT '',
    definition       TEXT   NOT NULL, -- wa.TemplateDefinition as JSON
    synced_at        BIGINT NOT NULL,
    UNIQUE (workspace_id, waba_id, name, language)
);

-- Webhooks for numbers that nobody here knows: answered 200, kept for an admin.
CREATE TABLE quarantine (
    id              BIGINT PRIMARY KEY,
    phone_number_id TEXT   NOT NULL,
    waba_id         TEXT   NOT NULL,
    reason          TEXT   NOT NULL,
    body_hash       BYTEA  NOT NULL UNIQUE, -- a retry is the same event
    body_sealed     BYTEA  NOT NULL,
    received_at     BIGINT NOT NULL
);

-- Changes of a webhook that are not messages or statuses, as they came.
CREATE TABLE notice (
    id              BIGINT PRIMARY KEY,
    workspace_id    BIGINT NOT NULL,
    number_id       BIGINT NOT NULL DEFAULT 0,
    waba_id         TEXT   NOT NULL,
    field           TEXT   NOT NULL,
    body_hash       BYTEA  NOT NULL,
    body_sealed     BYTEA  NOT NULL,
    at              BIGINT NOT NULL,
    UNIQUE (workspace_id, body_hash)
);

-- The journal: what happened, in the order of commits. Ids and enumerations
-- only, never names, numbers or text, so that erasure is row work.
CREATE TABLE fact (
    -- Commit order. SQLite has one writer, so seq alone is it and tx stays 0.
    -- PostgreSQL hands out sequence numbers before commits: a reader there stops
    -- below the oldest transaction still running, and orders by (tx, seq).
    tx              BIGINT NOT NULL DEFAULT 0, -- only: sqlite
    tx              BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint), -- only: postgres
    seq             INTEGER PRIMARY KEY, -- only: sqlite (the rowid: it rises)
    seq             BIGINT GENERATED ALWAYS AS IDENTITY, -- only: postgres
    workspace_id    BIGINT NOT NULL,
    kind            TEXT   NOT NULL,
    number_id       BIGINT NOT NULL DEFAULT 0,
    contact_id      BIGINT NOT NULL DEFAULT 0,
    conversation_id BIGINT NOT NULL DEFAULT 0,
    message_id      BIGINT NOT NULL DEFAULT 0,
    actor_id        BIGINT NOT NULL DEFAULT 0,
    detail          TEXT   NOT NULL DEFAULT '', -- an enumeration value, or Meta's error code
    PRIMARY KEY (tx, seq), -- only: postgres
    at              BIGINT NOT NULL
);

-- Who took a conversation, and when: asked when somebody else comes second.
CREATE INDEX fact_assigned ON fact (conversation_id, at) WHERE kind = 'conversation.assigned';

CREATE TABLE reader (
    name       TEXT   PRIMARY KEY,
    tx         BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- A fact that a reader could not work on: later facts of the same conversation
-- wait behind it, all others go on.
CREATE TABLE parked (
    reader          TEXT   NOT NULL,
    conversation_id BIGINT NOT NULL,
    tx              BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    attempt         BIGINT NOT NULL,
    due_at          BIGINT NOT NULL,
    error           TEXT   NOT NULL,
    PRIMARY KEY (reader, tx, seq)
);
CREATE INDEX parked_conversation ON parked (reader, conversation_id);

CREATE TABLE job (
    id           BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    subject      BIGINT NOT NULL, -- what it works on: a media id, a number id
    state        TEXT   NOT NULL CHECK (state IN ('waiting', 'running', 'failed')),
    attempt      BIGINT NOT NULL DEFAULT 0,
    due_at       BIGINT NOT NULL,
    leased_until BIGINT NOT NULL DEFAULT 0,
    error        TEXT   NOT NULL DEFAULT '',
    created_at   BIGINT NOT NULL,
    UNIQUE (kind, subject)
);
CREATE INDEX job_due ON job (state, due_at, id);

-- One row per thing that one node at a time may do ("number:…"); the epoch
-- rises with each owner, so a stalled former owner can write nothing.
CREATE TABLE lease (
    name       TEXT   PRIMARY KEY,
    owner      TEXT   NOT NULL,
    epoch      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE lease;
DROP TABLE job;
DROP TABLE parked;
DROP TABLE reader;
DROP TABLE fact;
DROP TABLE notice;
DROP TABLE quarantine;
DROP TABLE template;
DROP TABLE media_remote;
DROP TABLE media;
DROP TABLE customer_usage;
DROP TABLE idempotency;
DROP TABLE outbox;
DROP TABLE status_waiting;
DROP TABLE message;
DROP TABLE conversation;
DROP TABLE contact_identity;
DROP TABLE contact;
DROP TABLE number;
DROP TABLE api_key;
DROP TABLE session;
DROP TABLE signin_link;
DROP TABLE person;
DROP TABLE team;
DROP TABLE workspace;
DROP TABLE keyset;
