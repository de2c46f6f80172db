package routing_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/contact"
	"kontor/internal/inbox"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/routing"
	"kontor/internal/store"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// house is a workspace with a team, a number whose conversations come to it, and
// the inbox, on a real database.
type house struct {
	*testing.T
	*routing.Router
	inbox  *inbox.Inbox
	store  *store.Store
	jobs   *jobs.Runner
	number *wa.Number
	owner  account.Principal
	team   wa.TeamID
	people *account.Accounts
	signal journal.Signal
	ahead  atomic.Int64 // of the real time, as time.Duration
	wrote  int
	mu     sync.Mutex
	gone   map[wa.PersonID]bool // guarded by mu
}

func (h *house) now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

// settings are the house's.
type settings struct{ h *house }

func (settings) SessionLength(wa.WorkspaceID) time.Duration { return 24 * time.Hour }
func (settings) Rules(wa.WorkspaceID) inbox.Rules           { return inbox.Rules{ReopenHours: 24} }
func (s settings) Home(wa.NumberID) wa.TeamID               { return s.h.team }
func (s settings) Gone(id wa.PersonID) bool {
	s.h.mu.Lock()
	defer s.h.mu.Unlock()
	return s.h.gone[id]
}

// queue is the inbox as it gives away, as package app fits it.
type queue struct{ *inbox.Inbox }

func (q queue) Longest(tx txn.Tx, ws wa.WorkspaceID, asked map[wa.TeamID]int) (out []routing.Waiting, err error) {
	held, err := q.Queued(tx, ws, asked)
	for _, c := range held {
		out = append(out, routing.Waiting{ID: c.ID, Team: c.TeamID, Since: c.WaitingSince})
	}
	return out, err
}

func (q queue) Give(tx txn.Tx, ws wa.WorkspaceID, gifts []routing.Gift) error {
	var out []inbox.Gift
	for _, g := range gifts {
		out = append(out, inbox.Gift{ID: g.ID, Person: g.Person, By: string(g.By)})
	}
	return q.Inbox.Give(tx, ws, out)
}

type numbers struct{ h *house }

func (n numbers) Own(ws wa.WorkspaceID, id wa.NumberID) bool {
	return ws == n.h.number.WorkspaceID && id == n.h.number.ID
}

type unsent struct{}

func (unsent) Apply(txn.Tx, time.Time, []inbox.Report) error { return nil }

type shelf struct{}

func (shelf) Expect(txn.Tx, *wa.Number, wa.MessageID, *wa.Media) (wa.MediaRef, error) { return "", nil }

func open(t *testing.T, s *store.Store) *house {
	t.Helper()
	h := &house{T: t, store: s, gone: map[wa.PersonID]bool{}}
	ctx := context.Background()
	h.jobs = jobs.New(s, s.Jobs(), jobs.Options{})
	s.OnNews(func(store.News) { h.signal.Notify(); h.jobs.Wake() })
	h.people = account.New(s, s.Accounts(), s.NewID, h.now, account.WithJournal(s.Journal()))
	ws, err := h.people.EnsureWorkspace(ctx, "default", "House")
	h.must(err)
	h.owner = account.Principal{WorkspaceID: ws.ID, Role: account.Owner, PersonID: 1}
	h.number = &wa.Number{ID: wa.NumberID(s.NewID()), WorkspaceID: ws.ID, PhoneNumberID: "200000000000001", WABAID: "1", Provider: "cloudapi", State: wa.NumberActive}
	h.must(s.Write(ctx, func(tx txn.Tx) error { return s.Numbers().Insert(tx, h.number, h.now()) }))
	team, err := h.people.EnsureTeam(ctx, ws.ID, "repairs", "Repairs")
	h.must(err)
	h.team = team.ID
	h.inbox = inbox.New(inbox.Deps{
		Runner: s, Store: s.Inbox(), Contacts: contact.New(s.Contacts(), s.Journal(), s.NewID, h.now), Receipts: unsent{}, Media: shelf{},
		Journal: s.Journal(), Settings: settings{h}, Staff: s.Routing(), Jobs: h.jobs, NewID: s.NewID, Now: h.now, Flushes: 2,
	})
	h.Router = routing.New(routing.Parts{
		Runner: s, Store: s.Routing(), Queue: queue{h.inbox}, Numbers: numbers{h}, Jobs: h.jobs, Journal: s.Journal(),
		Staffing: []journal.Kind{account.FactPerson, account.FactTeam}, Now: h.now,
	})
	h.jobs.Handle(h.Work())
	h.jobs.Handle(h.inbox.WakeWork())
	return h
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// run follows the journal and works, on as many nodes as asked.
func (h *house) run(nodes int) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for n := range nodes {
		work := h.jobs
		if n > 0 {
			work = jobs.New(h.store, h.store.Jobs(), jobs.Options{Poll: 10 * time.Millisecond})
			work.Handle(h.Work())
		}
		f := journal.NewFollower(h.store, h.Followed(h.store.Journal()), &h.signal, h.Reader(), journal.Options{Owner: fmt.Sprint("node ", n)})
		all.Go(func() { work.Run(ctx) })
		all.Go(func() { f.Run(ctx) })
		if n == 0 { // it stands at the end before anything happens
			h.until("the reader begins", func() bool { _, began := f.Seen(); return began })
		}
	}
	h.Cleanup(func() { cancel(); all.Wait() })
}

func (h *house) until(what string, ok func() bool) {
	h.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	h.Fatal("waited in vain for: ", what)
}

// member adds people to the team.
func (h *house) member(count int) (ids []wa.PersonID) {
	h.Helper()
	members, err := h.people.Members(context.Background(), h.owner.WorkspaceID)
	h.must(err)
	for n := range count {
		p, err := h.people.CreatePerson(context.Background(), h.owner.WorkspaceID, account.NewPerson{Name: fmt.Sprint("Agent ", n), Role: account.Agent})
		h.must(err)
		ids = append(ids, p.ID)
	}
	_, err = h.people.SetMembers(context.Background(), h.owner, h.team, append(members[h.team], ids...))
	h.must(err)
	return ids
}

// rule says how the team's queue is handed out.
func (h *house) rule(mode routing.Mode, capacity int, when routing.Hours) {
	h.Helper()
	if when.Zone == "" {
		when.Zone = "UTC"
	}
	h.must(h.SetRule(context.Background(), h.lead(), routing.Team{TeamID: h.team, WorkspaceID: h.owner.WorkspaceID, Mode: mode, Capacity: capacity, Hours: when}, nil))
}

func (h *house) lead() routing.Who { return routing.Who{WorkspaceID: h.owner.WorkspaceID, Leads: true} }

// write has that many new customers write, in one transaction.
func (h *house) write(count int) {
	h.Helper()
	d := &inbox.Delivery{}
	for range count {
		h.wrote++
		d.Received = append(d.Received, h.said(h.wrote, "first"))
	}
	h.must(h.inbox.Take(context.Background(), d))
}

func (h *house) said(customer int, what string) inbox.Received {
	return inbox.Received{Number: h.number, Received: wa.Received{
		From: wa.Identity{Phone: wa.Phone(fmt.Sprint(4915100000000 + customer))}, Wamid: wa.Wamid(fmt.Sprint("wamid.", customer, what)), At: h.now(),
		Content: wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: what}},
	}}
}

func (h *house) list(tab inbox.Tab) (all []inbox.View) {
	h.Helper()
	f := inbox.Filter{WorkspaceID: h.owner.WorkspaceID, Tab: tab, Limit: 1000}
	all, err := h.inbox.List(context.Background(), f)
	h.must(err)
	return all
}

// has is how many open conversations each has, the queue's by 0.
func (h *house) has() map[wa.PersonID]int {
	h.Helper()
	count := map[wa.PersonID]int{}
	for _, v := range h.list(inbox.TabAll) {
		count[v.AssigneeID]++
	}
	return count
}

// settled waits until so many have an owner, and no job is left.
func (h *house) settled(given int) map[wa.PersonID]int {
	h.Helper()
	h.until(fmt.Sprint(given, " are given away"), func() bool {
		n := 0
		for p, c := range h.has() {
			if p != 0 {
				n += c
			}
		}
		return n >= given && h.idle()
	})
	return h.has()
}

// idle reports whether no pass is due.
func (h *house) idle() (idle bool) {
	h.must(h.store.Read(context.Background(), func(tx txn.Tx) error {
		due, err := h.store.Jobs().Due(tx, []jobs.Kind{routing.WorkHandOut}, time.Now())
		if err != nil {
			return err
		}
		counts, err := h.store.Jobs().Counts(tx)
		idle = !due && !slices.ContainsFunc(counts, func(c jobs.Count) bool { return c.Kind == routing.WorkHandOut && c.State != "waiting" })
		return err
	}))
	return idle
}

// spread is the difference between who has the most and who has the fewest of people.
func spread(has map[wa.PersonID]int, people []wa.PersonID) int {
	least, most := has[people[0]], has[people[0]]
	for _, p := range people {
		least, most = min(least, has[p]), max(most, has[p])
	}
	return most - least
}

// pass makes one as the job does, without a runner.
func (h *house) pass() {
	h.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	h.must(h.store.Write(ctx, func(tx txn.Tx) error {
		return h.jobs.Enqueue(tx, jobs.Job{WorkspaceID: h.owner.WorkspaceID, Kind: routing.WorkHandOut, Subject: int64(h.owner.WorkspaceID)})
	}))
	work := jobs.New(h.store, h.store.Jobs(), jobs.Options{Poll: 5 * time.Millisecond})
	work.Handle(h.Work())
	var done sync.WaitGroup
	done.Go(func() { work.Run(ctx) })
	h.until("the pass", h.idle)
	cancel()
	done.Wait()
}

// due reports whether a pass is to be made by a moment.
func (h *house) due(by time.Time) (due bool) {
	h.Helper()
	h.must(h.store.Read(context.Background(), func(tx txn.Tx) (err error) {
		due, err = h.store.Jobs().Due(tx, []jobs.Kind{routing.WorkHandOut}, by)
		return err
	}))
	return due
}
