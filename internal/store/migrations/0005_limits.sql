-- +goose Up
-- Whom a business wrote to outside the customer service window: each user counts
-- for 24 hours against the messaging limit of the portfolio (cloud-api.md 4.3).
CREATE TABLE opened (
    scope      TEXT   NOT NULL, -- whose limit it is: "waba:…"
    contact_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL, -- the message that counts; 0: several did
    until      BIGINT NOT NULL, -- counts until then
    PRIMARY KEY (scope, contact_id)
) WITHOUT ROWID; -- only: sqlite (the key is the row: one tree, not two)
); -- only: postgres
CREATE INDEX opened_until ON opened (scope, until);

-- How many rows opened has for each limit, so that nobody counts them while
-- sending. Whoever changes it has its row locked.
CREATE TABLE messaging_limit (
    scope TEXT   PRIMARY KEY,
    used  BIGINT NOT NULL
);

ALTER TABLE outbox ADD COLUMN opens BIGINT NOT NULL DEFAULT 0;     -- 1: a template, which may open a conversation
ALTER TABLE outbox ADD COLUMN fail_fast BIGINT NOT NULL DEFAULT 0; -- 1: a limit fails the message instead of delaying it
UPDATE outbox SET opens = 1 WHERE message_id IN (SELECT id FROM message WHERE type = 'template');

-- What an operator must look at. The index is partial, so that it costs the
-- messages that go well nothing.
CREATE INDEX message_trouble ON message (workspace_id, status, id) WHERE status IN ('uncertain', 'held', 'failed');

-- +goose Down
DROP INDEX message_trouble;
UPDATE outbox SET lane = lane - 2 WHERE lane >= 2;
ALTER TABLE outbox DROP COLUMN fail_fast;
ALTER TABLE outbox DROP COLUMN opens;
DROP TABLE messaging_limit;
DROP TABLE opened;
