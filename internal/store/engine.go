package store

import (
	"regexp"
	"strings"
)

// engine names the database and knows how texts differ for it.
type engine string

const (
	sqlite   engine = "sqlite"
	postgres engine = "postgres"
)

var parameter = regexp.MustCompile(`\$(\d+)`)

// adapt turns a common text into this engine's: it drops lines marked for the
// other engine and, for SQLite, rewrites $N to ?N, since a SQLite driver may
// bind $N by first appearance instead of by number.
func (e engine) adapt(query string) string {
	if strings.Contains(query, "-- only:") {
		lines := strings.Split(query, "\n")
		kept := lines[:0]
		for _, line := range lines {
			if only, marked := marker(line); marked && only != e {
				continue
			}
			kept = append(kept, line)
		}
		query = strings.Join(kept, "\n")
	}
	if e == sqlite {
		query = parameter.ReplaceAllString(query, "?$1")
	}
	return query
}

// marker finds "-- only: engine" at the end of a line.
func marker(line string) (engine, bool) {
	_, rest, found := strings.Cut(line, "-- only:")
	if !found {
		return "", false
	}
	name, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	return engine(name), true
}
