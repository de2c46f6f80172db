package inbox_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

// waiting has somebody write, and answers the conversation that waits then.
func (h *house) waiting(t *testing.T, n int) wa.ConversationID {
	t.Helper()
	h.take(t, h.text(wa.Identity{Phone: wa.Phone(fmt.Sprint(4915100000000 + n))}, fmt.Sprint("wamid.first.", n), "help"))
	return h.list(t, inbox.TabUnassigned)[0].ID
}

func (h *house) view(t *testing.T, id wa.ConversationID) *inbox.View {
	t.Helper()
	v, err := h.View(context.Background(), 1, id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// details are those of the facts of a kind, in order.
func details(facts []journal.Fact, kind journal.Kind) (out []string) {
	for _, f := range facts {
		if f.Kind == kind {
			out = append(out, f.Detail)
		}
	}
	return out
}

func (h *house) counts(t *testing.T) inbox.Counts {
	t.Helper()
	c, err := h.Count(context.Background(), 1, 7)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatIsSnoozedIsOutOfSightUntilTheCustomerWrites(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, ctx := open(t, s), context.Background()
		id := h.waiting(t, 1)
		if err := h.PutOff(ctx, 1, id, 7, inbox.Snooze{Reply: true}); err != nil {
			t.Fatal(err)
		}
		if c := h.counts(t); c != (inbox.Counts{Later: 1}) {
			t.Errorf("got %+v, want one for later and nothing else", c)
		}
		if n := len(h.list(t, inbox.TabUnassigned)) + len(h.list(t, inbox.TabAll)); n != 0 {
			t.Errorf("got %d in the other lists, want none", n)
		}
		if later := h.list(t, inbox.TabLater); len(later) != 1 || !later[0].Snooze.Reply {
			t.Errorf("got %+v, want it for later", later)
		}
		pending, err := h.Pending(ctx, 1, inbox.Place{}, 10)
		if err != nil || len(pending) != 0 {
			t.Errorf("got %d in the queue (%v), want none", len(pending), err)
		}
		h.now = h.now.Add(time.Hour)
		h.take(t, wa.Received{From: wa.Identity{Phone: "4915100000001"}, Wamid: "wamid.thumb", At: h.now, Content: wa.Content{Type: wa.TypeReaction, Reaction: &wa.Reaction{Emoji: "👍"}}})
		if v := h.view(t, id); !v.Snooze.On() {
			t.Error("a reaction woke it, want it to sleep on")
		}
		h.take(t, h.text(wa.Identity{Phone: "4915100000001"}, "wamid.2", "hello?"))
		if v := h.view(t, id); v.Snooze.On() || v.State != inbox.Waiting || !v.WaitingSince.Equal(h.now) {
			t.Errorf("got %+v, want it waiting since now", v.Conversation)
		}
		if c := h.counts(t); c.Later != 0 || c.Unassigned != 1 || c.All != 1 {
			t.Errorf("got %+v, want it in the queue again", c)
		}
		if got := details(storetest.Facts(t, s), journal.ConversationWoken); !slices.Equal(got, []string{inbox.WokenByMessage}) {
			t.Errorf("got woken %v, want once, by a message", got)
		}
	})
}

func TestASnoozedConversationWakesOnceAtItsTime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		const many = 20
		var ids []wa.ConversationID
		for n := range many {
			ids = append(ids, h.waiting(t, n))
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var nodes sync.WaitGroup
		for range 3 { // nodes that share the database
			r := jobs.New(s, s.Jobs(), jobs.Options{Poll: 5 * time.Millisecond})
			r.Handle(h.WakeWork())
			nodes.Go(func() { r.Run(ctx) })
		}
		defer nodes.Wait()
		defer cancel()
		for _, id := range ids {
			if err := h.PutOff(ctx, 1, id, 7, inbox.Snooze{Until: h.now.Add(30 * time.Millisecond)}); err != nil {
				t.Fatal(err)
			}
		}
		// One is put off further: its job comes at the first time, and finds it asleep.
		if err := h.PutOff(ctx, 1, ids[0], 7, inbox.Snooze{Until: h.now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		awake := func() int64 { return h.counts(t).Unassigned }
		if awake() == many {
			t.Error("all are awake before their time")
		}
		h.clock.Add(int64(time.Minute)) // jobs go by the real time, rules by this one
		until(t, "all but one are awake", func() bool { return awake() == many-1 })
		h.clock.Add(int64(time.Hour))
		if err := h.Hurry(ctx); err != nil {
			t.Fatal(err)
		}
		until(t, "the last one is awake", func() bool { return awake() == many })
		if got := len(details(storetest.Facts(t, s), journal.ConversationWoken)); got != many {
			t.Errorf("got %d woken, want %d: each once", got, many)
		}
	})
}

func TestWhoMovesASnoozedConversationWakesIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, ctx := open(t, s), context.Background()
		id := h.waiting(t, 1)
		for name, move := range map[string]func() error{
			"wake":     func() error { return h.Wake(ctx, 1, id, 7) },
			"assign":   func() error { return h.Assign(ctx, 1, id, 7, 7, true) },
			"release":  func() error { return h.Release(ctx, 1, id, 7) },
			"transfer": func() error { return h.Transfer(ctx, 1, id, 7, inbox.Transfer{Team: 5, Force: true}) },
		} {
			for _, f := range []func() error{
				func() error { return h.Assign(ctx, 1, id, 9, 9, true) },
				func() error { return h.PutOff(ctx, 1, id, 9, inbox.Snooze{Until: h.now.Add(time.Hour)}) },
				move,
			} {
				if err := f(); err != nil {
					t.Fatal(name, err)
				}
			}
			if v := h.view(t, id); v.Snooze.On() {
				t.Errorf("%s: it sleeps on", name)
			}
		}
		if err := h.Close(ctx, 1, id, 7); err != nil {
			t.Fatal(err)
		}
		if err := h.PutOff(ctx, 1, id, 7, inbox.Snooze{Reply: true}); fault.As(err).Code != "conversation_closed" {
			t.Errorf("got %v, want conversation_closed", err)
		}
		for _, s := range []inbox.Snooze{{}, {Until: h.now}, {Until: h.now.Add(2 * inbox.MaxSnooze)}, {Until: h.now.Add(time.Hour), Reply: true}} {
			if err := h.PutOff(ctx, 1, id, 7, s); fault.As(err).Code != "invalid_snooze" {
				t.Errorf("%+v: got %v, want invalid_snooze", s, err)
			}
		}
	})
}

func TestAClosedConversationGoesBackToWhomItHad(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, ctx := open(t, s), context.Background()
		h.rules = &inbox.Rules{ReopenHours: 24}
		who := wa.Identity{Phone: "4915100000001"}
		id := h.waiting(t, 1)
		closed := func() {
			t.Helper()
			if err := h.Assign(ctx, 1, id, 7, 7, true); err != nil {
				t.Fatal(err)
			}
			if err := h.Close(ctx, 1, id, 7); err != nil {
				t.Fatal(err)
			}
		}
		if h.asked != 0 {
			t.Errorf("asked %d times who is there, want never while nothing comes back", h.asked)
		}
		for n, c := range []struct {
			name  string
			after time.Duration
			away  bool
			want  inbox.State
		}{
			{"within the time", 24 * time.Hour, false, inbox.Assigned},
			{"too late", 24*time.Hour + time.Second, false, inbox.Waiting},
			{"not there", time.Hour, true, inbox.Waiting},
		} {
			closed()
			h.now = h.now.Add(c.after)
			h.away = map[wa.PersonID]bool{7: c.away}
			// Two at once: the second finds it open.
			h.take(t, h.text(who, fmt.Sprint("wamid.again.", n), "one more thing"), h.text(who, fmt.Sprint("wamid.and.", n), "and another"))
			v := h.view(t, id)
			if v.State != c.want || v.Unread != 2 || (v.State == inbox.Assigned) != (v.AssigneeID == 7) || (v.State == inbox.Waiting) != v.WaitingSince.Equal(h.now) {
				t.Errorf("%s: got %+v, want it %s", c.name, v.Conversation, c.want)
			}
		}
		if got := details(storetest.Facts(t, s), journal.ConversationAssigned); !slices.Equal(got, []string{"", inbox.AssignedReopened, ""}) {
			t.Errorf("got assigned %q, want one by the rule", got)
		}
		// Closed by nobody in particular, there is nobody to go back to.
		if err := h.Release(ctx, 1, id, 7); err != nil {
			t.Fatal(err)
		}
		if err := h.Close(ctx, 1, id, 7); err != nil {
			t.Fatal(err)
		}
		h.away, h.asked = nil, 0
		h.take(t, h.text(who, "wamid.last", "hm"))
		if v := h.view(t, id); v.State != inbox.Waiting || h.asked != 0 {
			t.Errorf("got %s after asking %d times, want it waiting without a question", v.State, h.asked)
		}
		if err := h.Close(ctx, 1, id, 7); err != nil {
			t.Fatal(err)
		}
		if err := h.Reopen(ctx, 1, id, 9); err != nil {
			t.Fatal(err)
		}
		if v := h.view(t, id); v.AssigneeID != 9 || !v.ClosedAt.IsZero() {
			t.Errorf("got %+v, want it with who opened it again", v.Conversation)
		}
	})
}

func TestHandingOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, ctx := open(t, s), context.Background()
		id := h.waiting(t, 1)
		if err := h.Transfer(ctx, 1, id, 7, inbox.Transfer{Person: 8}); err != nil {
			t.Fatal(err)
		}
		if err := h.Transfer(ctx, 1, id, 7, inbox.Transfer{Team: 5}); fault.As(err).Code != "already_assigned" {
			t.Errorf("got %v, want already_assigned: 8 has it", err)
		}
		if err := h.Transfer(ctx, 1, id, 8, inbox.Transfer{Team: 5}); err != nil {
			t.Fatal(err)
		}
		if v := h.view(t, id); v.State != inbox.Waiting || v.TeamID != 5 || v.AssigneeID != 0 {
			t.Errorf("got %+v, want it waiting for team 5", v.Conversation)
		}
		for team, want := range map[wa.TeamID]int{5: 1, 6: 0, inbox.NoTeam: 0, 0: 1} {
			views, err := h.List(ctx, inbox.Filter{WorkspaceID: 1, Tab: inbox.TabAll, Team: team, Limit: 10})
			if err != nil || len(views) != want {
				t.Errorf("team %d: got %d (%v), want %d", team, len(views), err, want)
			}
		}
		if err := h.Transfer(ctx, 2, id, 8, inbox.Transfer{Team: 6}); fault.As(err).Code != "conversation_unknown" {
			t.Errorf("got %v, want another workspace not to find it", err)
		}
	})
}

func TestAPersonsMessageSilencesPrograms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, ctx := open(t, s), context.Background()
		h.rules = &inbox.Rules{PauseMinutes: 60}
		id := h.waiting(t, 1)
		sent := func(person wa.PersonID) {
			t.Helper()
			if err := h.sent(inbox.Touched{ConversationID: id, MessageID: wa.MessageID(s.NewID()), Person: person, At: h.now}); err != nil {
				t.Fatal(err)
			}
		}
		state := func() inbox.Robot { return h.view(t, id).Automation.State(h.now) }
		sent(0)
		if state() != inbox.RobotAuto {
			t.Errorf("got %s after a program's message, want auto", state())
		}
		sent(7)
		sent(7)
		if a := h.view(t, id).Automation; a.State(h.now) != inbox.RobotPaused || a.By != 7 || !a.Until.Equal(h.now.Add(time.Hour)) {
			t.Errorf("got %+v, want a pause of an hour by 7", a)
		}
		h.now = h.now.Add(30 * time.Minute)
		sent(8)
		if a := h.view(t, id).Automation; a.By != 8 || !a.Until.Equal(h.now.Add(time.Hour)) {
			t.Errorf("got %+v, want the pause to go on from the last message", a)
		}
		h.now = h.now.Add(time.Hour)
		if state() != inbox.RobotAuto {
			t.Errorf("got %s when the pause is over, want auto", state())
		}
		if err := h.SetAutomation(ctx, 1, id, 7, inbox.RobotOff, time.Time{}); err != nil {
			t.Fatal(err)
		}
		sent(7)
		if err := h.Close(ctx, 1, id, 7); err != nil {
			t.Fatal(err)
		}
		if state() != inbox.RobotOff {
			t.Errorf("got %s, want it off until somebody says otherwise", state())
		}
		if err := h.SetAutomation(ctx, 1, id, 7, inbox.RobotAuto, time.Time{}); err != nil {
			t.Fatal(err)
		}
		sent(7)
		if err := h.Reopen(ctx, 1, id, 7); err != nil {
			t.Fatal(err)
		}
		if err := h.Close(ctx, 1, id, 7); err != nil {
			t.Fatal(err)
		}
		if state() != inbox.RobotAuto {
			t.Errorf("got %s, want the pause to end with the conversation", state())
		}
		if got := details(storetest.Facts(t, s), journal.ConversationRobot); !slices.Equal(got, []string{"paused", "off", "auto", "paused"}) {
			t.Errorf("got %v, want a fact for each change of the state and none else", got)
		}
	})
}

func TestAMomentInALongConversationIsFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, ctx := open(t, s), context.Background()
		start := h.now
		const many = 50
		for n := range many {
			h.now = start.Add(time.Duration(n) * time.Hour)
			h.take(t, h.text(wa.Identity{Phone: "4915100000001"}, fmt.Sprint("wamid.", n), fmt.Sprint(n)))
		}
		id := h.list(t, inbox.TabAll)[0].ID
		all := h.history(t, id)
		for n := range many {
			for _, before := range []time.Duration{0, time.Minute} {
				got, err := h.Since(ctx, 1, id, start.Add(time.Duration(n)*time.Hour-before))
				if err != nil || got != all[n].ID {
					t.Errorf("%d, %v before: got %s, %v; want %s", n, before, got, err, all[n].ID)
				}
			}
		}
		for _, m := range []time.Time{start.Add(-time.Hour), {}} {
			if got, err := h.Since(ctx, 1, id, m); err != nil || got != all[0].ID {
				t.Errorf("got %s, %v; want the first", got, err)
			}
		}
		for ws, m := range map[wa.WorkspaceID]time.Time{1: h.now.Add(time.Minute), 2: start} {
			if got, err := h.Since(ctx, ws, id, m); err != nil || got != 0 {
				t.Errorf("workspace %d: got %s, %v; want none", ws, got, err)
			}
		}
	})
}
