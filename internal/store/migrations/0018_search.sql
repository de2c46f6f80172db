-- +goose Up
-- The search index (internal/search/DESIGN.md). What a segment knows lies sealed:
-- here it shows how large it is, and no word.
CREATE TABLE search_segment (
    id           BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL,
    kind         TEXT   NOT NULL CHECK (kind IN ('message', 'contact')),
    docs         BIGINT NOT NULL,
    blocks       BIGINT NOT NULL, -- rows of search_block, numbered from 0
    min_id       BIGINT NOT NULL, -- of its messages or contacts
    max_id       BIGINT NOT NULL,
    live         BIGINT NOT NULL, -- 0: its blocks are being written, or removed
    head_sealed  BYTEA  NOT NULL
);
CREATE INDEX search_segment_of_workspace ON search_segment (workspace_id, kind) WHERE live = 1;

CREATE TABLE search_block (
    segment_id BIGINT NOT NULL REFERENCES search_segment (id),
    n          BIGINT NOT NULL,
    sealed     BYTEA  NOT NULL,
    PRIMARY KEY (segment_id, n)
);
ALTER TABLE search_block ALTER COLUMN sealed SET STORAGE EXTERNAL; -- only: postgres (ciphertext cannot be compressed)
ALTER TABLE search_segment ALTER COLUMN head_sealed SET STORAGE EXTERNAL; -- only: postgres (as above)

-- What was changed or erased, and is still in a segment as it was.
CREATE TABLE search_stale (
    workspace_id BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    id           BIGINT NOT NULL,
    mark         BIGINT NOT NULL, -- another one each time
    PRIMARY KEY (workspace_id, kind, id)
);

-- How far the past is indexed: one row.
CREATE TABLE search_progress (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    format     BIGINT NOT NULL,
    messages   BIGINT NOT NULL, -- messages below this id are to come; 0: none
    contacts   BIGINT NOT NULL,
    audited_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE search_progress;
DROP TABLE search_stale;
DROP TABLE search_block;
DROP TABLE search_segment;
