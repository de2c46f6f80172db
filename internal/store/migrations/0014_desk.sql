-- +goose Up
-- What an agent does with a conversation beside answering it.
ALTER TABLE conversation ADD COLUMN snoozed_until    BIGINT NOT NULL DEFAULT 0; -- 0: not snoozed; -1: until the customer writes
ALTER TABLE conversation ADD COLUMN last_assignee_id BIGINT NOT NULL DEFAULT 0; -- who had it when it was closed
ALTER TABLE conversation ADD COLUMN bot_until        BIGINT NOT NULL DEFAULT 0; -- automation: 0: answers; -1: off; else silent until then
ALTER TABLE conversation ADD COLUMN bot_by           BIGINT NOT NULL DEFAULT 0; -- who made it silent

-- The one index of the lists gets what they are narrowed by and what the tabs
-- leave out; the queue's leaves the snoozed out, and there is one for each team.
DROP INDEX conversation_list;
DROP INDEX conversation_queue;
CREATE INDEX conversation_list ON conversation (workspace_id, state, last_at, id, assignee_id, number_id, unread, team_id, snoozed_until);
CREATE INDEX conversation_queue ON conversation (workspace_id, waiting_since, id) WHERE state = 'waiting' AND snoozed_until = 0;
CREATE INDEX conversation_of_team ON conversation (workspace_id, team_id, waiting_since, id) WHERE state = 'waiting' AND snoozed_until = 0;
CREATE INDEX conversation_snoozed ON conversation (workspace_id, last_at, id) WHERE snoozed_until <> 0;
CREATE INDEX conversation_wakes ON conversation (snoozed_until) WHERE snoozed_until > 0;

-- Which files a conversation has, newest first.
CREATE INDEX message_files ON message (conversation_id, id) WHERE type IN ('image', 'video', 'audio', 'document', 'sticker');

-- A workspace's rules for its conversations, JSON; without a row those that are built in.
CREATE TABLE inbox_setting (
    workspace_id BIGINT PRIMARY KEY REFERENCES workspace (id),
    settings     TEXT   NOT NULL,
    updated_at   BIGINT NOT NULL
);

CREATE TABLE label (
    id           BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    name         TEXT   NOT NULL,
    folded       TEXT   NOT NULL, -- the name in lower case, which is there once
    colour       TEXT   NOT NULL, -- #rrggbb
    created_at   BIGINT NOT NULL,
    UNIQUE (workspace_id, folded)
);

CREATE TABLE conversation_label (
    conversation_id BIGINT NOT NULL,
    label_id        BIGINT NOT NULL REFERENCES label (id),
    workspace_id    BIGINT NOT NULL,
    PRIMARY KEY (conversation_id, label_id)
);
CREATE INDEX conversation_label_of ON conversation_label (label_id, conversation_id);

-- What colleagues write for each other. It stands apart from messages, so that
-- nothing which sends, calls or exports messages can ever meet it.
CREATE TABLE note (
    id              BIGINT PRIMARY KEY,
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    conversation_id BIGINT NOT NULL REFERENCES conversation (id),
    author_id       BIGINT NOT NULL,
    text_sealed     BYTEA  NOT NULL,
    created_at      BIGINT NOT NULL,
    edited_at       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX note_of_conversation ON note (conversation_id, id);

CREATE TABLE note_mention (
    person_id    BIGINT NOT NULL,
    note_id      BIGINT NOT NULL REFERENCES note (id),
    workspace_id BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (person_id, note_id)
);
CREATE INDEX note_mention_of_note ON note_mention (note_id);

-- +goose Down
DROP TABLE note_mention;
DROP TABLE note;
DROP TABLE conversation_label;
DROP TABLE label;
DROP TABLE inbox_setting;
DROP INDEX message_files;
DROP INDEX conversation_wakes;
DROP INDEX conversation_snoozed;
DROP INDEX conversation_of_team;
DROP INDEX conversation_queue;
DROP INDEX conversation_list;
ALTER TABLE conversation DROP COLUMN bot_by;
ALTER TABLE conversation DROP COLUMN bot_until;
ALTER TABLE conversation DROP COLUMN last_assignee_id;
ALTER TABLE conversation DROP COLUMN snoozed_until;
CREATE INDEX conversation_list ON conversation (workspace_id, state, last_at, id, assignee_id, number_id, unread);
CREATE INDEX conversation_queue ON conversation (workspace_id, waiting_since, id) WHERE state = 'waiting';
