-- +goose Up
-- Which web origins may show panels of a workspace: JSON list.
CREATE TABLE panel_setting (
    workspace_id BIGINT PRIMARY KEY REFERENCES workspace (id),
    origins      TEXT   NOT NULL,
    updated_at   BIGINT NOT NULL
);

-- Tokens for one order's panel, made by a shop's server with a key.
CREATE TABLE panel_token (
    id           BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    key_id       BIGINT NOT NULL,
    person_id    BIGINT NOT NULL DEFAULT 0, -- in whose name; 0: the key's
    order_id     BIGINT NOT NULL REFERENCES shop_order (id),
    origin       TEXT   NOT NULL,
    may_send     BIGINT NOT NULL,
    hash         BYTEA  NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX panel_token_expires ON panel_token (expires_at);

-- +goose Down
DROP TABLE panel_token;
DROP TABLE panel_setting;
