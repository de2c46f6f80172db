-- +goose Up
-- Texts that are often needed, for all, a team or one person.
CREATE TABLE quick_reply (
    id           BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    team_id      BIGINT NOT NULL DEFAULT 0, -- 0: of no team alone
    person_id    BIGINT NOT NULL DEFAULT 0, -- 0: of no person alone
    shortcut     TEXT   NOT NULL,
    text_sealed  BYTEA  NOT NULL,
    updated_at   BIGINT NOT NULL,
    UNIQUE (workspace_id, team_id, person_id, shortcut),
    CHECK (team_id = 0 OR person_id = 0)
);

-- What somebody has begun to write.
CREATE TABLE draft (
    person_id       BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    workspace_id    BIGINT NOT NULL,
    mode            TEXT   NOT NULL CHECK (mode IN ('reply', 'note')),
    text_sealed     BYTEA  NOT NULL,
    reply_to        BIGINT NOT NULL DEFAULT 0,
    updated_at      BIGINT NOT NULL,
    PRIMARY KEY (person_id, conversation_id)
);
CREATE INDEX draft_recent ON draft (person_id, updated_at);

-- +goose Down
DROP TABLE draft;
DROP TABLE quick_reply;
