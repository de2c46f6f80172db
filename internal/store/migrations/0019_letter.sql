-- +goose Up
-- Mail that waits to be sent, one row for each job of it: what its link opens
-- with lies sealed, and is gone with the row once the letter was sent.
CREATE TABLE letter (
    kind         TEXT   NOT NULL CHECK (kind IN ('reset', 'invitation')),
    subject      BIGINT NOT NULL, -- a person, or an invitation
    workspace_id BIGINT NOT NULL,
    data_sealed  BYTEA  NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX letter_age ON letter (expires_at);

ALTER TABLE invitation ADD COLUMN mail TEXT NOT NULL DEFAULT '' CHECK (mail IN ('', 'waiting', 'sent', 'failed'));

-- +goose Down
ALTER TABLE invitation DROP COLUMN mail;
DROP INDEX letter_age;
DROP TABLE letter;
