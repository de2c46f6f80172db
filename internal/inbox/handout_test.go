package inbox_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"kontor/internal/inbox"
	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// give hands out what some teams' queues have, in one transaction.
func (h *house) give(t *testing.T, ws wa.WorkspaceID, asked map[wa.TeamID]int, to wa.PersonID) (ids []wa.ConversationID) {
	t.Helper()
	err := h.store.Write(context.Background(), func(tx txn.Tx) error {
		held, err := h.Queued(tx, ws, asked)
		if err != nil {
			return err
		}
		ids = nil
		var gifts []inbox.Gift
		for _, c := range held {
			ids, gifts = append(ids, c.ID), append(gifts, inbox.Gift{ID: c.ID, Person: to, By: "round_robin"})
		}
		return h.Give(tx, ws, gifts)
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestARuleGivesOfTheQueueOfATeamAndNothingElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, ctx := open(t, s), context.Background()
		h.home = 5
		var ids []wa.ConversationID
		for n := range 7 {
			ids = append(ids, h.waiting(t, n))
			h.now = h.now.Add(time.Second)
		}
		for n, move := range []func(wa.ConversationID) error{
			func(id wa.ConversationID) error { return h.Assign(ctx, 1, id, 7, 7, false) },
			func(id wa.ConversationID) error { return h.Close(ctx, 1, id, 7) },
			func(id wa.ConversationID) error { return h.PutOff(ctx, 1, id, 7, inbox.Snooze{Reply: true}) },
			func(id wa.ConversationID) error { return h.Transfer(ctx, 1, id, 7, inbox.Transfer{Team: 6}) },
		} {
			if err := move(ids[n]); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.give(t, 2, map[wa.TeamID]int{5: 9, 6: 9}, 8); len(got) != 0 {
			t.Errorf("got %v for another workspace, want nothing", got)
		}
		if got := h.give(t, 1, map[wa.TeamID]int{5: 2}, 8); len(got) != 2 || !slices.Contains(got, ids[4]) || !slices.Contains(got, ids[5]) {
			t.Errorf("got %v, want the two of the team that wait longest: %v", got, ids[4:6])
		}
		for n, id := range ids {
			v := h.view(t, id)
			if mine := v.AssigneeID == 8; mine != (n == 4 || n == 5) || mine && !v.WaitingSince.IsZero() {
				t.Errorf("%d: got %+v", n, v.Conversation)
			}
		}
		facts := storetest.Facts(t, s)
		for _, f := range facts[len(facts)-2:] {
			if f.Kind != journal.ConversationAssigned || f.ActorID != 0 || f.Detail != "round_robin" || f.NumberID != h.number.ID || f.ContactID == 0 {
				t.Errorf("got %+v, want it told who did it", f)
			}
		}
		var load map[wa.PersonID]int
		if err := s.Read(ctx, func(tx txn.Tx) (err error) { load, err = h.Load(tx, 1); return err }); err != nil || fmt.Sprint(load) != fmt.Sprint(map[wa.PersonID]int{7: 1, 8: 2}) {
			t.Errorf("got %v (%v), want one and two", load, err)
		}
	})
}

func TestANumbersConversationsComeToItsTeam(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, ctx := open(t, s), context.Background()
		before := h.waiting(t, 1)
		h.home = 5
		h.take(t, h.text(wa.Identity{Phone: "4915100000001"}, "wamid.2", "still there?"))
		if v := h.view(t, before); v.TeamID != 0 {
			t.Errorf("got team %d, want one that waits already to stay where it is", v.TeamID)
		}
		if err := h.Close(ctx, 1, before, 7); err != nil {
			t.Fatal(err)
		}
		h.take(t, h.text(wa.Identity{Phone: "4915100000001"}, "wamid.3", "again"))
		if v := h.view(t, before); v.TeamID != 5 || v.State != inbox.Waiting {
			t.Errorf("got %+v, want it in the team's queue when it begins again", v.Conversation)
		}
		if fresh := h.waiting(t, 2); h.view(t, fresh).TeamID != 5 {
			t.Error("a new conversation is not in the team's queue")
		}
		if err := h.Transfer(ctx, 1, before, 7, inbox.Transfer{Team: 6}); err != nil {
			t.Fatal(err)
		}
		if err := h.Close(ctx, 1, before, 7); err != nil {
			t.Fatal(err)
		}
		h.take(t, h.text(wa.Identity{Phone: "4915100000001"}, "wamid.4", "and again"))
		if v := h.view(t, before); v.TeamID != 6 {
			t.Errorf("got team %d, want the one that it was handed to", v.TeamID)
		}
	})
}

func TestWhatSomebodyHasWhoIsGoneWaitsAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, ctx := open(t, s), context.Background()
		from := wa.Identity{Phone: "4915100000001"}
		id := h.waiting(t, 1)
		take := func(snooze inbox.Snooze) {
			t.Helper()
			h.gone = nil
			if err := h.Assign(ctx, 1, id, 7, 7, true); err != nil {
				t.Fatal(err)
			}
			if snooze.On() {
				if err := h.PutOff(ctx, 1, id, 7, snooze); err != nil {
					t.Fatal(err)
				}
			}
			h.gone = map[wa.PersonID]bool{7: true}
			h.now = h.now.Add(time.Minute)
		}
		waits := func(why string, want bool) {
			t.Helper()
			v := h.view(t, id)
			if got := v.State == inbox.Waiting && v.AssigneeID == 0 && v.WaitingSince.Equal(h.now) && !v.Snooze.On(); got != want {
				t.Errorf("%s: got %+v", why, v.Conversation)
			}
		}
		take(inbox.Snooze{})
		h.take(t, wa.Received{From: from, Wamid: "wamid.thumb", At: h.now, Content: wa.Content{Type: wa.TypeReaction, Reaction: &wa.Reaction{Emoji: "👍"}}})
		waits("a thumb up is no reason", false)
		h.take(t, h.text(from, "wamid.2", "hello?"))
		waits("the customer wrote", true)
		take(inbox.Snooze{Reply: true})
		h.take(t, h.text(from, "wamid.3", "hello?"))
		waits("the customer woke it", true)
		take(inbox.Snooze{Until: h.now.Add(90 * time.Second)})
		h.now = h.now.Add(time.Minute)
		if err := h.WakeNow(ctx, 1, id); err != nil {
			t.Fatal(err)
		}
		waits("its time came", true)
		if got := details(storetest.Facts(t, s), journal.ConversationReleased); !slices.Equal(got, []string{inbox.ReleasedGone, inbox.ReleasedGone, inbox.ReleasedGone}) {
			t.Errorf("got released %v, want three times, because of who is gone", got)
		}
		take(inbox.Snooze{})
		h.gone = nil
		h.take(t, h.text(from, "wamid.4", "hello?"))
		if v := h.view(t, id); v.AssigneeID != 7 {
			t.Errorf("got %+v, want who is there to keep it", v.Conversation)
		}
	})
}
