package routing

import (
	"slices"
	"time"

	"kontor/internal/wa"
)

// Waiting is a conversation in a team's queue.
type Waiting struct {
	ID    wa.ConversationID
	Team  wa.TeamID
	Since time.Time
}

// Gift is a conversation for somebody, by a rule.
type Gift struct {
	ID     wa.ConversationID
	Person wa.PersonID
	By     Mode
}

// Member is somebody of a team who is there.
type Member struct {
	Team     wa.TeamID
	Person   wa.PersonID
	Capacity int // their own; 0: that of the team
}

// crew are those of a team who can be given something now.
type crew struct {
	Team
	members []Member // by person
}

// room is how many a member may still get, who has that many.
func (c *crew) room(m Member, has int) int {
	limit := c.Capacity
	if m.Capacity > 0 {
		limit = m.Capacity
	}
	return max(limit-has, 0)
}

// rooms is how many the crew can take in all. Who is in two teams counts in
// both: it is no promise, only how many it is worth to look at.
func (c *crew) rooms(load map[wa.PersonID]int) (n int) {
	for _, m := range c.members {
		n += c.room(m, load[m.Person])
	}
	return n
}

// next is whose turn it is: behind who was last, in the order of ids, the first
// with room; of the least busy those alone who have the fewest. 0: nobody's.
func (c *crew) next(load map[wa.PersonID]int) (who wa.PersonID) {
	behind := slices.IndexFunc(c.members, func(m Member) bool { return m.Person > c.Last })
	for n := range c.members {
		m := c.members[(max(behind, 0)+n)%len(c.members)]
		has := load[m.Person]
		if c.room(m, has) == 0 {
			continue
		}
		if c.Mode == RoundRobin {
			return m.Person
		}
		if who == 0 || has < load[who] {
			who = m.Person
		}
	}
	return who
}

// deal says who gets what: whoever waits longest first. It adds what is given
// to load and moves the turns of the crews on. Who finds nobody waits on.
func deal(waiting []Waiting, crews map[wa.TeamID]*crew, load map[wa.PersonID]int) (gifts []Gift) {
	slices.SortFunc(waiting, func(a, b Waiting) int {
		if d := a.Since.Compare(b.Since); d != 0 {
			return d
		}
		return int(min(max(a.ID-b.ID, -1), 1))
	})
	for _, w := range waiting {
		c := crews[w.Team]
		if c == nil {
			continue
		}
		who := c.next(load)
		if who == 0 {
			continue
		}
		load[who]++
		c.Last = who
		gifts = append(gifts, Gift{ID: w.ID, Person: who, By: c.Mode})
	}
	return gifts
}
