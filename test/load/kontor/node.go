package kontor

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Cluster are several nodes on one PostgreSQL; Node adds one.
type Cluster struct {
	Database string    // URL of the PostgreSQL, as the tests reach it
	DB       *sql.DB   // the same, open
	Nodes    []*Member // in the order in which they were added

	graph  string
	binary string
	env    []string
}

// Member is one node: an installation of its own address and data folder.
type Member struct {
	*Installation
	Owner string // how it names itself in leases ends in this: its data folder
}

// NewCluster makes an empty cluster over a PostgreSQL of which it may use a
// schema; database "" is the server that KONTOR_TEST_POSTGRES names.
func NewCluster(tb testing.TB, binary, database, graph string) *Cluster {
	tb.Helper()
	c := &Cluster{Database: database, graph: graph, binary: binary}
	if database == "" {
		c.Database = Schema(tb)
	}
	var err error
	if c.DB, err = sql.Open("pgx", c.Database); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.DB.Close() })
	key := make([]byte, 32)
	rand.Read(key)
	c.env = append(environment(), "KONTOR_ADMIN_KEY="+Key, "KONTOR_LOG_LEVEL=warn", "MESSAGE_ENCRYPTION_KEY="+base64.StdEncoding.EncodeToString(key))
	return c
}

// Node adds a node that reaches the database at through, a host:port; "": at
// the database's own. The first one brings the numbers.
func (c *Cluster) Node(tb testing.TB, through string, numbers int) *Member {
	tb.Helper()
	folder := tb.TempDir()
	at, err := url.Parse(c.Database)
	if err != nil {
		tb.Fatal(err)
	}
	if through != "" {
		at.Host = through
	}
	data := filepath.Join(folder, "data")
	i := &Installation{Address: freeAddress(tb), binary: c.binary, log: filepath.Join(folder, "log"),
		client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 4}}}
	i.env = append(c.env[:len(c.env):len(c.env)], "KONTOR_DATA="+data, "KONTOR_LISTEN="+i.Address, "KONTOR_DATABASE_URL="+at.String())
	if len(c.Nodes) == 0 {
		i.connectAll(tb, c.graph, numbers)
	} else {
		i.Numbers = c.Nodes[0].Numbers
	}
	tb.Cleanup(func() {
		i.client.CloseIdleConnections()
		if tb.Failed() {
			tb.Logf("what node %d said last:\n%s", len(c.Nodes), i.said())
		}
	})
	m := &Member{Installation: i, Owner: data}
	c.Nodes = append(c.Nodes, m)
	return m
}

// Leases tells which node has each lease that runs.
func (c *Cluster) Leases(ctx context.Context) (map[string]*Member, error) {
	rows, err := c.DB.QueryContext(ctx, `SELECT name, owner FROM lease WHERE expires_at > EXTRACT(EPOCH FROM clock_timestamp()) * 1000`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	leases := map[string]*Member{}
	for rows.Next() {
		var name, owner string
		if err := rows.Scan(&name, &owner); err != nil {
			return nil, err
		}
		for _, m := range c.Nodes {
			if strings.HasSuffix(owner, m.Owner) {
				leases[name] = m
			}
		}
	}
	return leases, rows.Err()
}

// Missing is what /readyz says to be missing, by name; empty: nothing is.
func (i *Installation) Missing(ctx context.Context) (map[string]string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+i.Address+"/readyz", nil)
	if err != nil {
		return nil, err
	}
	resp, err := i.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var answer struct {
		Missing []struct{ Name, Reason string } `json:"missing"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return nil, err
	}
	missing := map[string]string{}
	for _, m := range answer.Missing {
		missing[m.Name] = m.Reason
	}
	return missing, nil
}
