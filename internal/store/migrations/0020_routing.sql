-- +goose Up
-- How the queue of a team is handed out. A team without a row hands out nothing.
CREATE TABLE team_routing (
    team_id        BIGINT PRIMARY KEY REFERENCES team (id),
    workspace_id   BIGINT NOT NULL,
    mode           TEXT   NOT NULL CHECK (mode IN ('manual', 'round_robin', 'least_busy')),
    capacity       BIGINT NOT NULL,
    time_zone      TEXT   NOT NULL,
    hours          TEXT   NOT NULL,           -- JSON; []: always
    closed_days    TEXT   NOT NULL,           -- JSON: days of that time zone
    last_person_id BIGINT NOT NULL DEFAULT 0, -- who got the last one: the turn goes on behind them
    updated_at     BIGINT NOT NULL
);
CREATE INDEX team_routing_of_workspace ON team_routing (workspace_id, team_id);

-- Numbers whose conversations come to a team when they begin.
CREATE TABLE routing_number (
    number_id    BIGINT PRIMARY KEY REFERENCES number (id),
    workspace_id BIGINT NOT NULL,
    team_id      BIGINT NOT NULL REFERENCES team (id)
);
CREATE INDEX routing_number_of_team ON routing_number (team_id);

-- Who is there, and how much they take. Whoever has no row is there.
CREATE TABLE agent (
    person_id    BIGINT PRIMARY KEY REFERENCES person (id),
    workspace_id BIGINT NOT NULL,
    available    BIGINT NOT NULL DEFAULT 1,
    changed_at   BIGINT NOT NULL DEFAULT 0, -- when they came or went last
    capacity     BIGINT NOT NULL DEFAULT 0  -- 0: that of the team
);
CREATE INDEX agent_of_workspace ON agent (workspace_id);

-- +goose Down
DROP TABLE agent;
DROP TABLE routing_number;
DROP TABLE team_routing;
