-- +goose Up
-- The business portfolio that owns a number's account; empty while it is not
-- known. Messaging limits are its (cloud-api.md 4.3).
ALTER TABLE number ADD COLUMN portfolio_id TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE number DROP COLUMN portfolio_id;
