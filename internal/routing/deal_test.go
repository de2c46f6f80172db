package routing

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kontor/internal/wa"
)

// crewOf is a team of members that take up to capacity; own ones as {person: capacity}.
func crewOf(mode Mode, team wa.TeamID, last wa.PersonID, capacity int, own map[wa.PersonID]int, people ...wa.PersonID) *crew {
	c := &crew{Team: Team{TeamID: team, Mode: mode, Capacity: capacity, Last: last}}
	for _, p := range people {
		c.members = append(c.members, Member{Team: team, Person: p, Capacity: own[p]})
	}
	return c
}

func waits(team wa.TeamID, first, count int) (w []Waiting) {
	for n := first; n < first+count; n++ {
		w = append(w, Waiting{ID: wa.ConversationID(n), Team: team, Since: time.UnixMilli(int64(n))})
	}
	return w
}

func shown(gifts []Gift) string {
	var out []string
	for _, g := range gifts {
		out = append(out, fmt.Sprintf("%d>%d", int64(g.ID), int64(g.Person)))
	}
	return strings.Join(out, " ")
}

func TestDealing(t *testing.T) {
	for name, c := range map[string]struct {
		crews   []*crew
		waiting []Waiting
		load    map[wa.PersonID]int
		want    string
		last    wa.PersonID // of team 1
	}{
		"one after the other":            {[]*crew{crewOf(RoundRobin, 1, 0, 10, nil, 5, 6, 7)}, waits(1, 1, 5), nil, "1>5 2>6 3>7 4>5 5>6", 6},
		"the turn goes on":               {[]*crew{crewOf(RoundRobin, 1, 5, 10, nil, 5, 6, 7)}, waits(1, 1, 2), nil, "1>6 2>7", 7},
		"behind somebody who left":       {[]*crew{crewOf(RoundRobin, 1, 6, 10, nil, 5, 7)}, waits(1, 1, 2), nil, "1>7 2>5", 5},
		"who is full is passed over":     {[]*crew{crewOf(RoundRobin, 1, 0, 2, nil, 5, 6, 7)}, waits(1, 1, 6), map[wa.PersonID]int{5: 1, 6: 2}, "1>5 2>7 3>7", 7},
		"an own capacity counts":         {[]*crew{crewOf(RoundRobin, 1, 0, 1, map[wa.PersonID]int{6: 3}, 5, 6)}, waits(1, 1, 9), nil, "1>5 2>6 3>6 4>6", 6},
		"more than fits by hand":         {[]*crew{crewOf(RoundRobin, 1, 0, 2, nil, 5)}, waits(1, 1, 2), map[wa.PersonID]int{5: 9}, "", 0},
		"the fewest":                     {[]*crew{crewOf(LeastBusy, 1, 0, 10, nil, 5, 6, 7)}, waits(1, 1, 4), map[wa.PersonID]int{5: 3, 6: 1, 7: 2}, "1>6 2>7 3>6 4>7", 7},
		"as few: in turn":                {[]*crew{crewOf(LeastBusy, 1, 6, 10, nil, 5, 6, 7)}, waits(1, 1, 4), nil, "1>7 2>5 3>6 4>7", 7},
		"nobody is there":                {[]*crew{crewOf(LeastBusy, 1, 0, 10, nil)}, waits(1, 1, 2), nil, "", 0},
		"longest waiting first":          {[]*crew{crewOf(RoundRobin, 1, 0, 1, nil, 5, 6)}, append(waits(1, 7, 2), waits(1, 3, 1)...), nil, "3>5 7>6", 6},
		"a person of two teams is one":   {[]*crew{crewOf(RoundRobin, 1, 0, 2, nil, 5, 6), crewOf(LeastBusy, 2, 0, 2, nil, 6)}, append(waits(1, 1, 4), waits(2, 2, 4)...), nil, "1>5 2>6 2>6 3>5", 5},
		"a team that is not there waits": {[]*crew{crewOf(RoundRobin, 1, 0, 9, nil, 5)}, append(waits(2, 1, 2), waits(1, 3, 1)...), nil, "3>5", 5},
	} {
		t.Run(name, func(t *testing.T) {
			crews := map[wa.TeamID]*crew{}
			for _, one := range c.crews {
				crews[one.TeamID] = one
			}
			load := map[wa.PersonID]int{}
			for p, n := range c.load {
				load[p] = n
			}
			if got := shown(deal(c.waiting, crews, load)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if got := crews[1].Last; got != c.last && c.last != 0 {
				t.Errorf("got %d as the last, want %d", got, c.last)
			}
		})
	}
}
