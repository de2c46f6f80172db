-- +goose Up
-- Every message of a customer moves its conversation up its list, which each
-- index with last_at pays for. One is enough: it serves every tab (the list of
-- all open ones is merged from two states) and has what the tabs count, so that
-- counting reads no rows. Whoever waits is found by a small index that messages
-- do not touch.
DROP INDEX conversation_recent;
DROP INDEX conversation_by_state;
CREATE INDEX conversation_list ON conversation (workspace_id, state, last_at, id, assignee_id, number_id, unread);
CREATE INDEX conversation_queue ON conversation (workspace_id, waiting_since, id) WHERE state = 'waiting';

-- +goose Down
DROP INDEX conversation_queue;
DROP INDEX conversation_list;
CREATE INDEX conversation_by_state ON conversation (workspace_id, state, last_at, id);
CREATE INDEX conversation_recent ON conversation (workspace_id, last_at, id);
