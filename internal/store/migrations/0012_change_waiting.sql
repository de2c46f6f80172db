-- +goose Up
-- An edit or revoke that came before the message it speaks of. Both are in one
-- conversation, which says whether anything waits in it (0 or 1).
CREATE TABLE change_waiting (
    conversation_id BIGINT NOT NULL,
    wamid           TEXT   NOT NULL, -- of the message that it speaks of
    message_id      BIGINT NOT NULL, -- of the edit or revoke
    stored_at       BIGINT NOT NULL,
    PRIMARY KEY (conversation_id, wamid, message_id)
);
ALTER TABLE conversation ADD COLUMN changes_wait BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE conversation DROP COLUMN changes_wait;
DROP TABLE change_waiting;
