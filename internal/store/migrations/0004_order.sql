-- +goose Up
-- A place in the journal is seq alone, on both engines. PostgreSQL gives out seq
-- while the rows that a fact is about are held, so it is the order in which they
-- happened; the transaction's id, by which readers went until now, is not
-- (internal/journal/DESIGN.md). A reader begins with the first fact it had not
-- seen: what overlapped with that one it may see again.
UPDATE reader SET seq = COALESCE( -- only: postgres
    (SELECT MIN(f.seq) - 1 FROM fact f WHERE (f.tx, f.seq) > (reader.tx, reader.seq)), -- only: postgres
    (SELECT MAX(f.seq) FROM fact f), seq); -- only: postgres
ALTER TABLE reader DROP COLUMN tx;

ALTER TABLE fact DROP CONSTRAINT fact_pkey; -- only: postgres
ALTER TABLE fact DROP COLUMN tx;
ALTER TABLE fact ADD PRIMARY KEY (seq); -- only: postgres

CREATE TABLE parked_fact (
    reader          TEXT   NOT NULL,
    conversation_id BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    attempt         BIGINT NOT NULL,
    due_at          BIGINT NOT NULL,
    error           TEXT   NOT NULL,
    PRIMARY KEY (reader, seq)
);
INSERT INTO parked_fact (reader, conversation_id, seq, attempt, due_at, error)
SELECT reader, conversation_id, seq, attempt, due_at, error FROM parked;
DROP TABLE parked;
ALTER TABLE parked_fact RENAME TO parked;
CREATE INDEX parked_conversation ON parked (reader, conversation_id, seq);

-- +goose Down
-- All that there is gets the id of this one transaction: seq orders it as before.
ALTER TABLE reader ADD COLUMN tx BIGINT NOT NULL DEFAULT 0; -- only: sqlite
ALTER TABLE reader ADD COLUMN tx BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint); -- only: postgres
ALTER TABLE reader ALTER COLUMN tx DROP DEFAULT; -- only: postgres
ALTER TABLE fact ADD COLUMN tx BIGINT NOT NULL DEFAULT 0; -- only: sqlite
ALTER TABLE fact ADD COLUMN tx BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint); -- only: postgres
ALTER TABLE fact DROP CONSTRAINT fact_pkey; -- only: postgres
ALTER TABLE fact ADD PRIMARY KEY (tx, seq); -- only: postgres
CREATE TABLE parked_fact (
    reader          TEXT   NOT NULL,
    conversation_id BIGINT NOT NULL,
    tx              BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    attempt         BIGINT NOT NULL,
    due_at          BIGINT NOT NULL,
    error           TEXT   NOT NULL,
    PRIMARY KEY (reader, tx, seq)
);
INSERT INTO parked_fact (reader, conversation_id, tx, seq, attempt, due_at, error)
SELECT p.reader, p.conversation_id, f.tx, p.seq, p.attempt, p.due_at, p.error FROM parked p JOIN fact f ON f.seq = p.seq;
DROP TABLE parked;
ALTER TABLE parked_fact RENAME TO parked;
CREATE INDEX parked_conversation ON parked (reader, conversation_id);
