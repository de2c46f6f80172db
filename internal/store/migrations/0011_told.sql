-- +goose Up
-- How WhatsApp told of a message, of a status of it, or of a notice: the webhook
-- that would have told of it alone. Kept only where somebody is told in
-- WhatsApp's own words, and only until they were.
CREATE TABLE told (
    subject      BIGINT NOT NULL,            -- id of the message or notice
    status       TEXT   NOT NULL DEFAULT '', -- empty: of the message or notice itself
    workspace_id BIGINT NOT NULL,
    body_sealed  BYTEA  NOT NULL,
    at           BIGINT NOT NULL,            -- when it came
    PRIMARY KEY (subject, status)
);

-- +goose Down
DROP TABLE told;
