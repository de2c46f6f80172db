package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"kontor/internal/account"
	"kontor/internal/routing"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Routing keeps how queues are handed out, and who is there.
type Routing struct{ s *Store }

// Routing returns the queries of package routing.
func (s *Store) Routing() Routing { return Routing{s} }

var _ routing.Store = Routing{}

// Rules implements routing.Teams.
func (q Routing) Rules(tx txn.Tx, ws wa.WorkspaceID) ([]routing.Team, error) {
	teams, err := list(tx, func(scan func(...any) error) (t routing.Team, err error) {
		var hours, closed string
		if err := scan(&t.TeamID, &t.WorkspaceID, &t.Mode, &t.Capacity, &t.Hours.Zone, &hours, &closed, &t.Last); err != nil {
			return t, err
		}
		if err := json.Unmarshal([]byte(hours), &t.Hours.Spans); err != nil {
			return t, fmt.Errorf("hours of %s: %w", t.TeamID, err)
		}
		if err := json.Unmarshal([]byte(closed), &t.Hours.Closed); err != nil {
			return t, fmt.Errorf("closed days of %s: %w", t.TeamID, err)
		}
		return t, nil
	}, `SELECT team_id, workspace_id, mode, capacity, time_zone, hours, closed_days, last_person_id FROM team_routing WHERE workspace_id = $1 ORDER BY team_id`, int64(ws))
	if err != nil {
		return nil, err
	}
	err = within(tx).query(`SELECT team_id, number_id FROM routing_number WHERE workspace_id = $1 ORDER BY number_id`, func(scan func(...any) error) error {
		var team wa.TeamID
		var number wa.NumberID
		err := scan(&team, &number)
		if i := slices.IndexFunc(teams, func(t routing.Team) bool { return t.TeamID == team }); i >= 0 {
			teams[i].Numbers = append(teams[i].Numbers, number)
		}
		return err
	}, int64(ws))
	return teams, err
}

// SetRule implements routing.Teams.
func (q Routing) SetRule(tx txn.Tx, t routing.Team, now time.Time) (bool, error) {
	hours, err := jsonText(t.Hours.Spans, false)
	if err != nil {
		return false, err
	}
	closed, err := jsonText(t.Hours.Closed, false)
	if err != nil {
		return false, err
	}
	n, err := within(tx).exec(`
		INSERT INTO team_routing (team_id, workspace_id, mode, capacity, time_zone, hours, closed_days, updated_at)
		SELECT id, workspace_id, $3, CAST($4 AS BIGINT), $5, $6, $7, CAST($8 AS BIGINT) FROM team WHERE workspace_id = $1 AND id = $2
		ON CONFLICT (team_id) DO UPDATE SET mode = excluded.mode, capacity = excluded.capacity, time_zone = excluded.time_zone,
			hours = excluded.hours, closed_days = excluded.closed_days, updated_at = excluded.updated_at`,
		int64(t.WorkspaceID), int64(t.TeamID), string(t.Mode), t.Capacity, t.Hours.Zone, hours, closed, ms(now))
	return n == 1, err
}

// SetNumbers implements routing.Teams.
func (q Routing) SetNumbers(tx txn.Tx, ws wa.WorkspaceID, team wa.TeamID, numbers []wa.NumberID) error {
	if _, err := within(tx).exec(`DELETE FROM routing_number WHERE workspace_id = $1 AND team_id = $2`, int64(ws), int64(team)); err != nil {
		return err
	}
	for _, n := range numbers {
		if _, err := within(tx).exec(`
			INSERT INTO routing_number (number_id, workspace_id, team_id)
			SELECT n.id, n.workspace_id, t.id FROM number n JOIN team t ON t.workspace_id = n.workspace_id
			WHERE n.workspace_id = $1 AND t.id = $2 AND n.id = $3
			ON CONFLICT (number_id) DO UPDATE SET team_id = excluded.team_id`, int64(ws), int64(team), int64(n)); err != nil {
			return err
		}
	}
	return nil
}

// Homes are the teams to which numbers' conversations come, of all workspaces.
func (q Routing) Homes(tx txn.Tx) (map[wa.NumberID]wa.TeamID, error) {
	homes := map[wa.NumberID]wa.TeamID{}
	err := within(tx).query(`SELECT number_id, team_id FROM routing_number`, func(scan func(...any) error) error {
		var number wa.NumberID
		var team wa.TeamID
		err := scan(&number, &team)
		homes[number] = team
		return err
	})
	return homes, err
}

// Agents implements routing.Agents.
func (q Routing) Agents(tx txn.Tx, ws wa.WorkspaceID) (map[wa.PersonID]routing.Agent, error) {
	agents := map[wa.PersonID]routing.Agent{}
	err := within(tx).query(`SELECT person_id, workspace_id, available, changed_at, capacity FROM agent WHERE workspace_id = $1`, func(scan func(...any) error) error {
		var a routing.Agent
		var available, changed int64
		err := scan(&a.Person, &a.WorkspaceID, &available, &changed, &a.Capacity)
		a.Available, a.ChangedAt = available == 1, at(changed)
		agents[a.Person] = a
		return err
	}, int64(ws))
	return agents, err
}

// SetAgent implements routing.Agents.
func (q Routing) SetAgent(tx txn.Tx, a routing.Agent) error {
	available := 0
	if a.Available {
		available = 1
	}
	_, err := within(tx).exec(`
		INSERT INTO agent (person_id, workspace_id, available, changed_at, capacity) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (person_id) DO UPDATE SET available = excluded.available, changed_at = excluded.changed_at, capacity = excluded.capacity`,
		int64(a.Person), int64(a.WorkspaceID), available, ms(a.ChangedAt), a.Capacity)
	return err
}

// takers is the SQL for somebody, p, who may have conversations.
var takers = func() string {
	var roles []string
	for _, r := range account.Roles() {
		if r.May(account.Assign) {
			roles = append(roles, "'"+string(r)+"'")
		}
	}
	return `p.deactivated_at = 0 AND p.role IN (` + strings.Join(roles, ", ") + `)`
}()

// MayTake implements routing.Agents.
func (q Routing) MayTake(tx txn.Tx, ws wa.WorkspaceID, id wa.PersonID) (known, may bool, err error) {
	var takes int64
	known, err = within(tx).one(`SELECT CASE WHEN `+takers+` THEN 1 ELSE 0 END FROM person p WHERE p.workspace_id = $1 AND p.id = $2`, []any{int64(ws), int64(id)}, &takes)
	return known, takes == 1, err
}

// Ready returns those of these people that are of the workspace, may have
// conversations, and are there.
func (q Routing) Ready(tx txn.Tx, ws wa.WorkspaceID, people []wa.PersonID) (map[wa.PersonID]bool, error) {
	ready := map[wa.PersonID]bool{}
	err := within(tx).many(`
		SELECT p.id, p.workspace_id FROM ({rows}) v JOIN person p ON p.id = v.id LEFT JOIN agent a ON a.person_id = p.id
		WHERE `+takers+` AND COALESCE(a.available, 1) = 1`, []column{ints("id", people)}, func(scan func(...any) error) error {
		var id wa.PersonID
		var of wa.WorkspaceID
		err := scan(&id, &of)
		ready[id] = of == ws
		return err
	})
	return ready, err
}

// Gone are the people of all workspaces who are deactivated.
func (q Routing) Gone(tx txn.Tx) (map[wa.PersonID]bool, error) {
	gone := map[wa.PersonID]bool{}
	err := within(tx).query(`SELECT id FROM person WHERE deactivated_at <> 0`, func(scan func(...any) error) error {
		var id wa.PersonID
		err := scan(&id)
		gone[id] = true
		return err
	})
	return gone, err
}

// HoldRules implements routing.Passes.
func (q Routing) HoldRules(tx txn.Tx, ws wa.WorkspaceID) error {
	return within(tx).query(`SELECT team_id FROM team_routing WHERE workspace_id = $1 ORDER BY team_id
		FOR UPDATE -- only: postgres (SQLite has one writer)`, func(scan func(...any) error) error { return scan(new(int64)) }, int64(ws))
}

// Present implements routing.Passes.
func (q Routing) Present(tx txn.Tx, ws wa.WorkspaceID) ([]routing.Member, error) {
	return list(tx, func(scan func(...any) error) (m routing.Member, err error) {
		err = scan(&m.Team, &m.Person, &m.Capacity)
		return m, err
	}, `
		SELECT r.team_id, m.person_id, COALESCE(a.capacity, 0)
		FROM team_routing r JOIN team_member m ON m.team_id = r.team_id JOIN person p ON p.id = m.person_id LEFT JOIN agent a ON a.person_id = p.id
		WHERE r.workspace_id = $1 AND r.mode <> 'manual' AND m.workspace_id = $1 AND p.workspace_id = $1
			AND `+takers+` AND COALESCE(a.available, 1) = 1
		ORDER BY r.team_id, m.person_id
		FOR SHARE OF p -- only: postgres (SQLite has one writer)`, int64(ws))
}

// SetTurns implements routing.Passes.
func (q Routing) SetTurns(tx txn.Tx, ws wa.WorkspaceID, turns map[wa.TeamID]wa.PersonID) error {
	var workspaces, teams, people []int64
	for _, id := range sortedIDs(turns) {
		workspaces, teams, people = append(workspaces, int64(ws)), append(teams, int64(id)), append(people, int64(turns[id]))
	}
	return within(tx).many(`
		UPDATE team_routing SET last_person_id = v.person_id FROM ({rows}) v
		WHERE team_routing.workspace_id = v.workspace_id AND team_routing.team_id = v.team_id`,
		[]column{ints("workspace_id", workspaces), ints("team_id", teams), ints("person_id", people)}, nil)
}

// Waiting implements routing.Passes.
func (q Routing) Waiting(tx txn.Tx, workspaces []wa.WorkspaceID) (queued []routing.Queued, err error) {
	err = within(tx).many(`
		SELECT r.workspace_id, r.team_id FROM ({rows}) v JOIN team_routing r ON r.workspace_id = v.id
		WHERE r.mode <> 'manual' AND (
			SELECT c.id FROM conversation c
			WHERE c.workspace_id = r.workspace_id AND c.team_id = r.team_id AND c.state = 'waiting' AND c.snoozed_until = 0
			LIMIT 1) IS NOT NULL`, // with EXISTS, PostgreSQL may read all that waits into a table of its own
		[]column{ints("id", workspaces)}, func(scan func(...any) error) error {
			var one routing.Queued
			err := scan(&one.WorkspaceID, &one.TeamID)
			queued = append(queued, one)
			return err
		})
	return queued, err
}

// Routed implements routing.Passes.
func (q Routing) Routed(tx txn.Tx) ([]wa.WorkspaceID, error) {
	return list(tx, func(scan func(...any) error) (ws wa.WorkspaceID, err error) { return ws, scan(&ws) },
		`SELECT DISTINCT workspace_id FROM team_routing WHERE mode <> 'manual' ORDER BY workspace_id`)
}
