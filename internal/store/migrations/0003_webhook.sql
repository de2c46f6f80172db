-- +goose Up
-- Webhooks as they came, for some days: what was misread or came for a number
-- that was connected later can be taken in again (kontor journal replay). One
-- row holds all webhooks of one intake transaction, packed: see raw.go.
CREATE TABLE webhook (
    id          BIGINT PRIMARY KEY,
    received_at BIGINT NOT NULL, -- of the first
    last_at     BIGINT NOT NULL, -- of the last
    count       BIGINT NOT NULL, -- their ids are id, id + 1, …
    body_sealed BYTEA  NOT NULL
);

-- +goose Down
DROP TABLE webhook;
