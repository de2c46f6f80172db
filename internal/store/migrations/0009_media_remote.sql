-- +goose Up
-- Programs that speak Meta's API name what a customer sent by Meta's id of it.
CREATE INDEX media_by_remote ON media (remote_id) WHERE remote_id <> '';

-- +goose Down
DROP INDEX media_by_remote;
