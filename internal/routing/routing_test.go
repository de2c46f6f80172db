package routing_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/journal"
	"kontor/internal/routing"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

func TestManyNodesGiveEachConversationToOnePerson(t *testing.T) {
	for _, mode := range []routing.Mode{routing.RoundRobin, routing.LeastBusy} {
		t.Run(string(mode), func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				h := open(t, s)
				const agents, customers, capacity = 7, 600, 60
				people := h.member(agents)
				h.rule(mode, capacity, routing.Hours{})
				h.run(3)
				var writing sync.WaitGroup
				for n := range 4 {
					writing.Go(func() {
						for k := range 15 {
							d := &inbox.Delivery{}
							for c := range 10 {
								d.Received = append(d.Received, h.said(1000*n+10*k+c, "hi"))
							}
							if err := h.inbox.Take(context.Background(), d); err != nil {
								t.Error(err)
							}
						}
					})
				}
				writing.Wait()
				has := h.settled(agents * capacity)
				if has[0] != customers-agents*capacity {
					t.Errorf("got %d waiting, want the %d that nobody has room for", has[0], customers-agents*capacity)
				}
				for _, p := range people {
					if has[p] != capacity {
						t.Errorf("%s has %d, want %d: room is used, and never more", p, has[p], capacity)
					}
				}
				// Each was given once.
				given := map[wa.ConversationID]int{}
				for _, f := range storetest.Facts(t, s) {
					if f.Kind == journal.ConversationAssigned {
						given[f.ConversationID]++
						if f.ActorID != 0 || f.Detail != string(mode) {
							t.Errorf("got %+v, want nobody as the actor and the mode", f)
						}
					}
				}
				for id, n := range given {
					if n != 1 {
						t.Errorf("%s was given %d times", id, n)
					}
				}
				if len(given) != agents*capacity {
					t.Errorf("got %d given, want %d", len(given), agents*capacity)
				}
			})
		})
	}
}

// TestTurnsAreFair counts after every few, with new routers as after a restart.
func TestTurnsAreFair(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		people := h.member(5)
		h.rule(routing.RoundRobin, 500, routing.Hours{})
		total := 0
		for _, n := range []int{1, 1, 3, 7, 1, 13, 2, 201, 4} {
			h.write(n)
			total += n
			h.pass()
			has := h.has()
			if has[0] != 0 || spread(has, people) > 1 {
				t.Fatalf("after %d: got %v, want none waiting and a difference of one at most", total, has)
			}
		}
	})
}

func TestWhoWaitsLongestComesFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		for range 6 {
			h.write(1)
			h.ahead.Add(int64(time.Second))
		}
		people := h.member(1)
		h.rule(routing.LeastBusy, 4, routing.Hours{})
		h.pass()
		var late []int
		for _, v := range h.list(inbox.TabUnassigned) {
			n, err := strconv.Atoi(strings.TrimPrefix(string(v.Contact.Phone), "49151"))
			h.must(err)
			late = append(late, n)
		}
		slices.Sort(late)
		if has := h.has(); has[people[0]] != 4 || !slices.Equal(late, []int{5, 6}) {
			t.Errorf("got %v, and %v left, want the last two to wait on", has, late)
		}
	})
}

func TestRoomIsUsedWhenItComes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		h := open(t, s)
		ws := h.owner.WorkspaceID
		two := h.member(2)
		ana, ben := two[0], two[1]
		yes, no := true, false
		change := func(id wa.PersonID, c routing.AgentChange) {
			t.Helper()
			_, err := h.ChangeAgent(ctx, h.lead(), id, c)
			h.must(err)
		}
		h.run(1)
		change(ben, routing.AgentChange{Available: &no})
		h.rule(routing.RoundRobin, 1, routing.Hours{})
		h.write(9)
		if has := h.settled(1); has[ana] != 1 || has[ben] != 0 {
			t.Fatalf("got %v, want one for her who is there", has)
		}
		mine := func(of wa.PersonID) inbox.View {
			t.Helper()
			v, err := h.inbox.List(ctx, inbox.Filter{WorkspaceID: ws, Tab: inbox.TabMine, Person: of, Limit: 10})
			h.must(err)
			if len(v) == 0 {
				t.Fatal("nothing is theirs")
			}
			return v[0]
		}
		closed := mine(ana).ID
		h.must(h.inbox.Close(ctx, ws, closed, ana))
		h.settled(1)
		h.must(h.inbox.PutOff(ctx, ws, mine(ana).ID, ana, inbox.Snooze{Reply: true}))
		h.settled(1)
		if snoozed := len(h.list(inbox.TabLater)); snoozed != 1 {
			t.Errorf("got %d for later, want one beside the one that she got instead", snoozed)
		}
		three := 3
		change(ana, routing.AgentChange{Capacity: &three})
		h.settled(3)
		change(ben, routing.AgentChange{Available: &yes})
		has := h.settled(4)
		if has[ana] != 3 || has[ben] != 1 {
			t.Errorf("got %v, want three and one", has)
		}
		h.rule(routing.RoundRobin, 2, routing.Hours{})
		if has = h.settled(5); has[ben] != 2 {
			t.Errorf("got %v, want two for him now", has)
		}
		// Who goes keeps what he has, and gets nothing of what comes.
		change(ben, routing.AgentChange{Available: &no})
		h.must(h.inbox.Close(ctx, ws, mine(ben).ID, ben))
		h.must(h.inbox.Close(ctx, ws, mine(ana).ID, ana))
		h.until("she gets another one", func() bool { has = h.has(); return has[ana] == 3 && h.idle() })
		if has[ben] != 1 {
			t.Errorf("got %v, want him to keep one and get none", has)
		}
		// One who comes into the team, and one who takes over by hand, make room.
		carla := h.member(1)[0]
		h.until("the new one gets the last", func() bool { has = h.has(); return has[carla] == 1 && has[0] == 0 })
		h.write(2)
		h.until("all are full again", func() bool { has = h.has(); return has[carla] == 2 && has[0] == 1 && h.idle() })
		h.must(h.inbox.Assign(ctx, ws, mine(ana).ID, ben, ben, true))
		h.until("she gets what waits", func() bool { has = h.has(); return has[ana] == 3 && has[0] == 0 })
	})
}

func TestOpeningHoursAreWaitedFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		people := h.member(2)
		soon := h.now().UTC().Add(time.Hour).Truncate(time.Minute)
		clock, _ := routing.ParseClock(soon.Format("15:04"))
		to := clock + 60
		if to > 24*60 {
			to = 24 * 60
		}
		h.rule(routing.RoundRobin, 10, routing.Hours{Spans: []routing.Span{{Day: soon.Weekday(), From: clock, To: to}}})
		h.write(4)
		h.pass()
		if has := h.has(); has[0] != 4 {
			t.Fatalf("got %v, want all to wait while nobody is there", has)
		}
		if h.due(soon.Add(-time.Second)) || !h.due(soon.Add(time.Second)) {
			t.Fatalf("want a pass at %v, and none before", soon)
		}
		h.ahead.Store(int64(soon.Sub(time.Now())))
		h.pass()
		if has := h.has(); has[0] != 0 || spread(has, people) != 0 {
			t.Errorf("got %v, want two for each", has)
		}
		if h.due(soon.AddDate(1, 0, 0)) {
			t.Error("a pass is to be made, want none while nobody waits")
		}
	})
}

func TestOnlyItsOwnTeamsQueueIsHandedOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		h := open(t, s)
		h.member(2)
		other, err := h.people.EnsureTeam(ctx, h.owner.WorkspaceID, "sales", "Sales")
		h.must(err)
		h.write(3)
		all := h.list(inbox.TabAll)
		for n, to := range []wa.TeamID{0, other.ID} {
			h.must(h.inbox.Transfer(ctx, h.owner.WorkspaceID, all[n].ID, 1, inbox.Transfer{Team: to}))
		}
		h.rule(routing.LeastBusy, 10, routing.Hours{})
		h.pass()
		for _, v := range h.list(inbox.TabAll) {
			if given := v.State == inbox.Assigned; given != (v.TeamID == h.team) {
				t.Errorf("got %+v, want what is of the team given and nothing else", v.Conversation)
			}
		}
		h.rule(routing.Manual, 10, routing.Hours{})
		h.write(1)
		h.pass()
		if has := h.has(); has[0] != 3 {
			t.Errorf("got %v, want what came later to wait by hand", has)
		}
	})
}

func TestRulesAreChecked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		h := open(t, s)
		good := routing.Team{TeamID: h.team, WorkspaceID: h.owner.WorkspaceID, Mode: routing.RoundRobin, Capacity: 1, Hours: routing.Hours{Zone: "UTC"}}
		for name, c := range map[string]struct {
			change func(*routing.Team)
			code   string
		}{
			"mode":            {func(r *routing.Team) { r.Mode = "random" }, "invalid_routing"},
			"no capacity":     {func(r *routing.Team) { r.Capacity = 0 }, "invalid_routing"},
			"much capacity":   {func(r *routing.Team) { r.Capacity = 501 }, "invalid_routing"},
			"zone":            {func(r *routing.Team) { r.Hours.Zone = "Berlin" }, "invalid_routing"},
			"the machine's":   {func(r *routing.Team) { r.Hours.Zone = "Local" }, "invalid_routing"},
			"over midnight":   {func(r *routing.Team) { r.Hours.Spans = []routing.Span{{Day: 1, From: 22 * 60, To: 6 * 60}} }, "invalid_routing"},
			"an empty part":   {func(r *routing.Team) { r.Hours.Spans = []routing.Span{{Day: 1, From: 60, To: 60}} }, "invalid_routing"},
			"no such day":     {func(r *routing.Team) { r.Hours.Closed = []string{"2026-02-30"} }, "invalid_routing"},
			"another's team":  {func(r *routing.Team) { r.TeamID++ }, "team_not_found"},
			"another tenant":  {func(r *routing.Team) { r.WorkspaceID++ }, "team_not_found"},
			"too many parts":  {func(r *routing.Team) { r.Hours.Spans = slices.Repeat([]routing.Span{{Day: 1, From: 1, To: 2}}, 71) }, "invalid_routing"},
			"too many closed": {func(r *routing.Team) { r.Hours.Closed = slices.Repeat([]string{"2026-01-01"}, 401) }, "invalid_routing"},
		} {
			bad := good
			c.change(&bad)
			if err := h.SetRule(ctx, h.lead(), bad, nil); err == nil || fault.As(err).Code != c.code {
				t.Errorf("%s: got %v, want %s", name, err, c.code)
			}
		}
		strange := []wa.NumberID{h.number.ID + 1}
		if err := h.SetRule(ctx, h.lead(), good, &strange); err == nil || fault.As(err).Code != "number_unknown" {
			t.Errorf("another's number: got %v, want number_unknown", err)
		}
		for _, f := range storetest.Facts(t, s) {
			if f.Kind == routing.TeamRouting {
				t.Errorf("got %+v, want nothing told of what was refused", f)
			}
		}
		own := []wa.NumberID{h.number.ID}
		h.must(h.SetRule(ctx, routing.Who{WorkspaceID: h.owner.WorkspaceID, Person: 7, Leads: true}, good, &own))
		rules, err := h.Router.Rules(ctx, h.owner.WorkspaceID)
		h.must(err)
		if got := rules[h.team]; got.Mode != routing.RoundRobin || !slices.Equal(got.Numbers, own) {
			t.Errorf("got %+v, want what was said", got)
		}
		facts := storetest.Facts(t, s)
		if f := facts[len(facts)-1]; f.Kind != routing.TeamRouting || f.Detail != h.team.String() || f.ActorID != 7 {
			t.Errorf("got %+v, want it told", f)
		}
		if err := h.people.RemoveTeam(ctx, h.owner, h.team); err == nil || fault.As(err).Code != "team_in_use" {
			t.Errorf("got %v, want that a team with a number stays", err)
		}
		h.must(h.SetRule(ctx, h.lead(), good, &[]wa.NumberID{}))
		h.must(h.people.RemoveTeam(ctx, h.owner, h.team))
		if rules, err = h.Router.Rules(ctx, h.owner.WorkspaceID); err != nil || len(rules) != 0 {
			t.Errorf("got %v (%v), want the rule gone with its team", rules, err)
		}
	})
}

func TestPeopleSayWhetherTheyAreThere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		h := open(t, s)
		ws := h.owner.WorkspaceID
		two := h.member(2)
		marketer, err := h.people.CreatePerson(ctx, ws, account.NewPerson{Name: "Mia", Role: account.Marketer})
		h.must(err)
		elsewhere, err := h.people.EnsureWorkspace(ctx, "other", "Other")
		h.must(err)
		stranger, err := h.people.CreatePerson(ctx, elsewhere.ID, account.NewPerson{Name: "Xi", Role: account.Agent})
		h.must(err)
		yes, no, one, much := true, false, 1, 501
		me := routing.Who{WorkspaceID: ws, Person: two[0]}
		for name, c := range map[string]struct {
			who    routing.Who
			id     wa.PersonID
			change routing.AgentChange
			code   string
		}{
			"for somebody else":   {me, two[1], routing.AgentChange{Available: &no}, "forbidden"},
			"an own capacity":     {me, two[0], routing.AgentChange{Capacity: &one}, "forbidden"},
			"too much":            {h.lead(), two[0], routing.AgentChange{Capacity: &much}, "invalid_agent"},
			"takes nothing":       {h.lead(), marketer.ID, routing.AgentChange{Available: &yes}, "not_an_agent"},
			"of another tenant":   {h.lead(), stranger.ID, routing.AgentChange{Available: &no}, "person_not_found"},
			"nobody":              {h.lead(), 12345, routing.AgentChange{Available: &no}, "person_not_found"},
			"a program of itself": {routing.Who{WorkspaceID: ws}, 0, routing.AgentChange{Available: &no}, "person_not_found"},
		} {
			if _, err := h.ChangeAgent(ctx, c.who, c.id, c.change); err == nil || fault.As(err).Code != c.code {
				t.Errorf("%s: got %v, want %s", name, err, c.code)
			}
		}
		a, err := h.ChangeAgent(ctx, me, two[0], routing.AgentChange{Available: &no})
		if err != nil || a.Available || a.ChangedAt.IsZero() {
			t.Errorf("got %+v, %v, want that she is away", a, err)
		}
		since := a.ChangedAt
		if a, err = h.ChangeAgent(ctx, h.lead(), two[0], routing.AgentChange{Available: &no, Capacity: &one}); err != nil || !a.ChangedAt.Equal(since) || a.Capacity != 1 {
			t.Errorf("got %+v, %v, want her away since then, with a capacity", a, err)
		}
		if _, err := h.ChangeAgent(ctx, h.lead(), two[0], routing.AgentChange{Available: &no}); err != nil {
			t.Error(err)
		}
		told := 0
		for _, f := range storetest.Facts(t, s) {
			if f.Kind == routing.AgentChanged && f.Detail == two[0].String() {
				told++
			}
		}
		if told != 2 {
			t.Errorf("told %d times, want twice: what changes nothing is no news", told)
		}
		ready := map[wa.PersonID]bool{}
		h.must(s.Read(ctx, func(tx txn.Tx) (err error) {
			ready, err = s.Routing().Ready(tx, ws, []wa.PersonID{two[0], two[1], marketer.ID, stranger.ID})
			return err
		}))
		if ready[two[0]] || !ready[two[1]] || ready[marketer.ID] || ready[stranger.ID] {
			t.Errorf("got %v, want the second alone", ready)
		}
	})
}

// TestAMessageToWhoIsGoneWaitsAgain is the rule of the inbox, seen from here: it
// is handed out to somebody else.
func TestAMessageToWhoIsGoneWaitsAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		h := open(t, s)
		two := h.member(2)
		h.rule(routing.RoundRobin, 5, routing.Hours{})
		h.run(1)
		h.write(1)
		has := h.settled(1)
		left, stays := two[0], two[1]
		if has[left] == 0 {
			left, stays = stays, left
		}
		if _, err := h.people.Deactivate(ctx, h.owner, left); err != nil {
			t.Fatal(err)
		}
		h.mu.Lock()
		h.gone[left] = true
		h.mu.Unlock()
		h.must(h.inbox.Take(ctx, &inbox.Delivery{Received: []inbox.Received{h.said(1, "second")}}))
		h.until("somebody else has it", func() bool { return h.has()[stays] == 1 })
	})
}
