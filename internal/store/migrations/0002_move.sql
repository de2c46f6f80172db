-- +goose Up
-- A move from SQLite to PostgreSQL (docs/adr/0007). The mark stands on both
-- sides with the same token. A SQLite file that is opened by the product in
-- between loses its mark, since what it then writes was not copied.
CREATE TABLE move (
    id           BIGINT PRIMARY KEY CHECK (id = 1),
    token        TEXT   NOT NULL,
    installation BYTEA  NOT NULL, -- SHA-256 of the sealed keyset, which no two installations share
    began_at     BIGINT NOT NULL,
    finished_at  BIGINT NOT NULL DEFAULT 0
);

-- On the target: how far each table is, written in the transaction of its rows.
CREATE TABLE move_table (
    name       TEXT   PRIMARY KEY,
    place      TEXT   NOT NULL, -- key of the last row copied, as JSON
    copied     BIGINT NOT NULL,
    checked_at BIGINT NOT NULL DEFAULT 0
);

-- +goose Down
DROP TABLE move_table;
DROP TABLE move;
