package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"kontor/internal/account"
	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/inbox"
	"kontor/internal/journal"
	"kontor/internal/routing"
	"kontor/internal/seal"
	"kontor/internal/wa"
)

// colleague starts another node on the shop's database.
func (s *shop) colleague() *app.App {
	s.t.Helper()
	data := s.t.TempDir()
	key, err := os.ReadFile(filepath.Join(s.app.Config.Data, seal.KeyFileName)) // nodes share it
	if err == nil {
		err = os.WriteFile(filepath.Join(data, seal.KeyFileName), key, 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	environment := append([]string{"KONTOR_DATA=" + data, "KONTOR_LISTEN=127.0.0.1:0"}, s.environment[2:]...)
	c, err := config.Load(config.Flags{}, environment)
	if err != nil {
		s.t.Fatal(err)
	}
	a, err := app.New(context.Background(), app.Options{Config: c, Log: slog.New(slog.DiscardHandler), Version: "test", Web: fstest.MapFS{"index.html": {Data: []byte("<html>")}}})
	if err == nil {
		err = a.Start(context.Background())
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := a.Stop(); err != nil {
			s.t.Error("stop:", err)
		}
	})
	return a
}

// crew makes a team of agents, to which the shop's conversations come, by hand at first.
func (s *shop) crew(count int, nodes ...*app.App) (people []wa.PersonID) {
	s.t.Helper()
	ctx, ws := context.Background(), s.app.Workspace.ID
	team, err := s.app.Accounts.EnsureTeam(ctx, ws, "repairs", "Repairs")
	if err != nil {
		s.t.Fatal(err)
	}
	for n := range count {
		p, err := s.app.Accounts.CreatePerson(ctx, ws, account.NewPerson{Name: fmt.Sprint("Agent ", n), Role: account.Agent})
		if err != nil {
			s.t.Fatal(err)
		}
		people = append(people, p.ID)
	}
	if _, err := s.app.Accounts.SetMembers(ctx, account.Principal{WorkspaceID: ws, PersonID: people[0], Role: account.Owner}, team.ID, people); err != nil {
		s.t.Fatal(err)
	}
	s.rule(map[string]any{"mode": "manual", "numbers": []string{pnid}})
	for n, node := range nodes {
		probe := 0
		s.until("a node knows whose conversations come to the team", func() bool {
			probe++
			s.take(node, 900000+1000*n+probe)
			c := s.list("conversations?tab=unassigned&limit=1")[0]
			s.call("POST", "queue/"+c["conversation_id"].(string)+"/close", nil, 200)
			return c["team"] == "repairs"
		})
	}
	return people
}

func (s *shop) rule(r map[string]any) { s.call("PUT", "routing/repairs", r, 200) }

// take has customers write to a node, in one transaction.
func (s *shop) take(node *app.App, customers ...int) {
	s.t.Helper()
	d := &inbox.Delivery{}
	for _, n := range customers {
		d.Received = append(d.Received, inbox.Received{Number: node.Numbers.All()[0], Received: wa.Received{
			From: wa.Identity{Phone: wa.Phone(fmt.Sprint(4915100000000 + n))}, Wamid: wa.Wamid(fmt.Sprint("wamid.", n)), At: time.Now(),
			Content: wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: "hi"}},
		}})
	}
	if err := node.Inbox.Take(context.Background(), d); err != nil {
		s.t.Error(err)
	}
}

// hall is the overview: how many wait for the team, and what each has.
func (s *shop) hall() (waiting int, open map[string]int, agents map[string]map[string]any) {
	s.t.Helper()
	o := s.call("GET", "queue/overview", nil, 200).body
	open, agents = map[string]int{}, map[string]map[string]any{}
	for _, e := range o["agents"].([]any) {
		g := e.(map[string]any)
		id := g["person"].(map[string]any)["person_id"].(string)
		open[id], agents[id] = int(g["open"].(float64)), g
	}
	return int(o["waiting"].(float64)), open, agents
}

// apart is the difference between who has the most and who has the fewest.
func apart(open map[string]int, people []wa.PersonID) int {
	var counts []int
	for _, p := range people {
		counts = append(counts, open[p.String()])
	}
	return slices.Max(counts) - slices.Min(counts)
}

// TestTwoNodesHandOutFairly has customers write to two nodes on one database,
// while some are taken and closed by hand.
func TestTwoNodesHandOutFairly(t *testing.T) {
	s := openShop(t, "postgres")
	other := s.colleague()
	nodes := []*app.App{s.app, other}
	people := s.crew(6, nodes...)
	write := func(first, count int) {
		var writing sync.WaitGroup
		for n := range 4 {
			writing.Go(func() {
				for c := first + 5*n; c < first+count; c += 20 {
					s.take(nodes[n%2], c, c+1, c+2, c+3, c+4)
				}
			})
		}
		writing.Wait()
	}
	s.rule(map[string]any{"mode": "round_robin", "capacity": 500})
	write(0, 400)
	var waiting int
	var open map[string]int
	s.until("all 400 have an owner", func() bool { waiting, open, _ = s.hall(); return waiting == 0 })
	if d := apart(open, people); d > 1 {
		t.Errorf("got %v, want a difference of one at most", open)
	}
	given := s.given(t)
	if len(given) != 400 {
		t.Errorf("%d were given away, want 400", len(given))
	}
	for id, n := range given {
		if n != 1 {
			t.Errorf("%s was given away %d times, want once", id, n)
		}
	}

	// With a capacity there is room for 20 more, and for as many as are closed. Nobody ever has more.
	const capacity = 70
	s.rule(map[string]any{"mode": "round_robin", "capacity": capacity})
	stop, watching := make(chan struct{}), sync.WaitGroup{}
	watching.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			_, open, _ := s.hall()
			for p, n := range open {
				if n > capacity {
					t.Errorf("%s has %d, want %d at most", p, n, capacity)
				}
			}
		}
	})
	var closing sync.WaitGroup
	for _, p := range people {
		closing.Go(func() {
			mine, err := other.Inbox.List(context.Background(), inbox.Filter{WorkspaceID: other.Workspace.ID, Tab: inbox.TabMine, Person: p, Limit: 8})
			if err != nil {
				t.Error(err)
			}
			for _, v := range mine {
				if err := other.Inbox.Close(context.Background(), v.WorkspaceID, v.ID, p); err != nil {
					t.Error(err)
				}
			}
		})
	}
	write(400, 160)
	closing.Wait()
	s.until("all room is used", func() bool {
		waiting, open, _ = s.hall()
		total := 0
		for _, p := range people {
			total += open[p.String()]
		}
		return total == capacity*len(people) && waiting == 560-48-capacity*len(people)
	})
	close(stop)
	watching.Wait()

	s.rule(map[string]any{"mode": "least_busy", "capacity": 500})
	s.until("nobody waits", func() bool { waiting, open, _ = s.hall(); return waiting == 0 })
	if d := apart(open, people); d > 1 {
		t.Errorf("got %v, want as many for each", open)
	}
}

// given is how often a rule gave each conversation away.
func (s *shop) given(t *testing.T) map[string]int {
	t.Helper()
	count := map[string]int{}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	err := s.app.Tail(ctx, app.TailOptions{}, func(f app.Fact) error {
		if f.Kind == journal.ConversationAssigned && f.ActorID == 0 && f.Detail == string(routing.RoundRobin) {
			count[f.ConversationID.String()]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return count
}

func TestWhatWaitsIsGivenWhenTheTeamIsThere(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		people := s.crew(2, s.app)
		soon := time.Now().UTC().Add(2 * time.Hour)
		day := strings.ToLower(soon.Format("Mon"))
		hours := []map[string]any{{"day": day, "from": soon.Format("15:04"), "to": "24:00"}}
		r := s.call("PUT", "routing/repairs", map[string]any{"mode": "least_busy", "hours": hours}, 200).body
		if r["open_now"] != false || r["opens_at"] == nil {
			t.Fatalf("got %v, want a team that opens in two hours", r)
		}
		s.take(s.app, 1, 2, 3, 4)
		s.until("four wait", func() bool { waiting, _, _ := s.hall(); return waiting == 4 })
		s.ahead.Store(int64(2 * time.Hour)) // the sandbox's clock jumps
		var open map[string]int
		s.until("they are given away", func() bool {
			waiting, now, _ := s.hall()
			open = now
			return waiting == 0
		})
		if apart(open, people) != 0 {
			t.Errorf("got %v, want two for each", open)
		}
		o := s.call("GET", "queue/overview", nil, 200).body["teams"].([]any)[0].(map[string]any)
		if o["open_now"] != true || o["members"] != 2.0 || o["available"] != 2.0 || o["assigned"] != 4.0 {
			t.Errorf("got %v, want two there with four", o)
		}
	})
}

// TestWhoIsGoneOrAwayGetsNothing follows conversations of somebody who is put
// out, and of somebody who goes home.
func TestWhoIsGoneOrAwayGetsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		ctx, ws := context.Background(), s.app.Workspace.ID
		_, owner := s.signIn(ws, "Olga", account.Owner)
		people := s.crew(2, s.app)
		left, stays := people[0].String(), people[1].String()
		away := func(id string, available bool) {
			t.Helper()
			s.call("PUT", "agents/"+id, map[string]any{"available": available}, 200)
		}
		away(stays, false)
		s.rule(map[string]any{"mode": "round_robin"})
		s.take(s.app, 1, 2)
		s.until("who is there has both", func() bool { _, open, _ := s.hall(); return open[left] == 2 })
		s.call("POST", "conversations/4915100000001/snooze", map[string]any{"until_reply": true}, 200)
		s.callAs(owner, "POST", "people/"+left+"/deactivate", nil, 200)
		var agents map[string]map[string]any
		s.until("one waits again, and one is put off still", func() bool {
			waiting, _, now := s.hall()
			agents = now
			return waiting == 1 && now[left] != nil && now[left]["snoozed"] == 1.0
		})
		if g := agents[left]; g["state"] != "deactivated" || g["available"] != false || g["open"] != 0.0 {
			t.Errorf("got %v, want the one who is gone with what is held", g)
		}
		if g := agents[stays]; g["available"] != false || g["changed_at"] == nil || fmt.Sprint(g["teams"]) != "[repairs]" {
			t.Errorf("got %v, want somebody away", g)
		}
		again := 0
		s.until("both wait, and nobody is gone any more", func() bool { // the node knows who is gone within a second
			again++
			err := s.app.Inbox.Take(ctx, &inbox.Delivery{Received: []inbox.Received{{Number: s.app.Numbers.All()[0], Received: wa.Received{
				From: wa.Identity{Phone: "4915100000001"}, Wamid: wa.Wamid(fmt.Sprint("wamid.again.", again)), At: time.Now(),
				Content: wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: "hello?"}},
			}}}})
			if err != nil {
				t.Fatal(err)
			}
			waiting, _, now := s.hall()
			return waiting == 2 && now[left] == nil
		})
		away(stays, true)
		s.until("who came back has both", func() bool { waiting, open, _ := s.hall(); return waiting == 0 && open[stays] == 2 })
	})
}
