package inbox_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/contact"
	"kontor/internal/inbox"
	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// house is an inbox on a real database with one workspace and one number.
type house struct {
	*inbox.Inbox
	store  *store.Store
	number *wa.Number
	now    time.Time
}

type sessions struct{}

func (sessions) SessionLength(wa.WorkspaceID) time.Duration { return 24 * time.Hour }

// unsent stands for the outbox: no test here sends anything.
type unsent struct{ t testing.TB }

func (u unsent) Apply(txn.Tx, time.Time, []inbox.Report) error {
	u.t.Error("a status was applied, want none")
	return nil
}

// shelf stands for the media noun and gives every file the same name.
type shelf struct{}

func (shelf) Expect(txn.Tx, *wa.Number, wa.MessageID, *wa.Media) (wa.MediaRef, error) {
	return "med_0000000000001", nil
}

func open(t testing.TB, s *store.Store) *house {
	t.Helper()
	h := &house{store: s, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return h.now }
	h.number = &wa.Number{ID: wa.NumberID(s.NewID()), WorkspaceID: 1, PhoneNumberID: "200000000000001", WABAID: "1", Provider: "cloudapi", State: wa.NumberActive}
	err := s.Write(context.Background(), func(tx txn.Tx) error {
		if _, err := s.Accounts().InsertWorkspace(tx, account.Workspace{ID: 1, Slug: "default", Name: "House", SessionHours: 24, CreatedAt: h.now}); err != nil {
			return err
		}
		return s.Numbers().Insert(tx, h.number, h.now)
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Inbox = inbox.New(inbox.Deps{
		Runner: s, Store: s.Inbox(), Contacts: contact.New(s.Contacts(), s.Journal(), s.NewID, clock), Receipts: unsent{t}, Media: shelf{},
		Journal: s.Journal(), Settings: sessions{}, NewID: s.NewID, Now: clock, Flushes: 2,
	})
	return h
}

func (h *house) take(t *testing.T, received ...wa.Received) {
	t.Helper()
	d := &inbox.Delivery{}
	for _, r := range received {
		d.Received = append(d.Received, inbox.Received{Number: h.number, Received: r})
	}
	if err := h.Take(context.Background(), d); err != nil {
		t.Fatal(err)
	}
}

func (h *house) text(from wa.Identity, wamid, body string) wa.Received {
	return wa.Received{From: from, Wamid: wa.Wamid(wamid), At: h.now, Content: wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: body}}}
}

func (h *house) received(from wa.Identity, wamid string) inbox.Received {
	return inbox.Received{Number: h.number, Received: h.text(from, wamid, "Guten Morgen, ist meine Bestellung schon unterwegs?")}
}

func (h *house) list(t *testing.T, tab inbox.Tab) []inbox.View {
	t.Helper()
	views, err := h.List(context.Background(), inbox.Filter{WorkspaceID: 1, Tab: tab, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return views
}

func (h *house) history(t *testing.T, id wa.ConversationID) []wa.Message {
	t.Helper()
	ms, err := h.Messages(context.Background(), inbox.History{WorkspaceID: 1, Conversation: id, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

func TestAFirstMessageWaitsInTheQueue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		h.take(t, h.text(wa.Identity{Phone: "4915112345678", BSUID: "DE.1", ProfileName: "Katrin"}, "wamid.1", "Guten Morgen"))
		views := h.list(t, inbox.TabUnassigned)
		if len(views) != 1 {
			t.Fatalf("got %d waiting, want 1", len(views))
		}
		v := views[0]
		if v.State != inbox.Waiting || v.Unread != 1 || v.Contact.DisplayName() != "Katrin" || v.Last == nil || v.Last.Content.Text.Body != "Guten Morgen" {
			t.Errorf("got %+v, last %+v", v, v.Last)
		}
		if want := h.now.Add(24 * time.Hour); !v.WindowUntil.Equal(want) {
			t.Errorf("window until %v, want %v", v.WindowUntil, want)
		}
	})
}

func TestTheSameWebhookOnManyConnectionsCountsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		var all sync.WaitGroup
		for n := range 40 {
			for range 4 {
				all.Go(func() {
					h.take(t, h.text(wa.Identity{Phone: wa.Phone(fmt.Sprint(491500000000 + n%10)), BSUID: wa.BSUID(fmt.Sprint("DE.", n%10))}, fmt.Sprint("wamid.", n), fmt.Sprint("message ", n)))
				})
			}
		}
		all.Wait()
		views := h.list(t, inbox.TabUnassigned)
		if len(views) != 10 {
			t.Fatalf("got %d conversations, want 10", len(views))
		}
		for _, v := range views {
			if got := len(h.history(t, v.ID)); got != 4 || v.Unread != 4 {
				t.Errorf("conversation %s: got %d messages, %d unread, want 4 and 4", v.ID, got, v.Unread)
			}
		}
	})
}

func TestABatchWhoseFirstMessageIsKnownKeepsTheRest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		who := wa.Identity{Phone: "4915112345678"}
		h.take(t, h.text(who, "wamid.1", "one"))
		h.take(t, h.text(who, "wamid.1", "one"), h.text(who, "wamid.2", "two"), h.text(who, "wamid.2", "two"))
		id := h.list(t, inbox.TabAll)[0].ID
		if got := bodies(h.history(t, id)); got != "one,two," {
			t.Errorf("got %s, want one,two,", got)
		}
	})
}

func TestAPersonIsNotAPhoneNumber(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		h.take(t, h.text(wa.Identity{Phone: "4915100000001"}, "wamid.1", "by phone alone, as before April 2026"))
		h.take(t, h.text(wa.Identity{Phone: "4915100000001", BSUID: "DE.A"}, "wamid.2", "with both"))
		h.take(t, h.text(wa.Identity{BSUID: "DE.A", Username: "katrin.p"}, "wamid.3", "by BSUID alone"))
		h.take(t, h.text(wa.Identity{Phone: "4915100000001", BSUID: "DE.B"}, "wamid.4", "the number's new owner"))
		h.take(t, h.text(wa.Identity{BSUID: "DE.A"}, "wamid.5", "the first person again"))
		h.take(t, h.text(wa.Identity{}, "wamid.6", "nobody at all"))
		got := map[string]string{}
		for _, v := range h.list(t, inbox.TabAll) {
			got[string(v.Contact.BSUID)+"/"+string(v.Contact.Phone)] = bodies(h.history(t, v.ID))
		}
		want := map[string]string{
			"DE.A/":              "by phone alone, as before April 2026,with both,by BSUID alone,the first person again,",
			"DE.B/4915100000001": "the number's new owner,",
			"/":                  "nobody at all,",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	})
}

func TestANumberChangeKeepsTheConversation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		h.take(t, h.text(wa.Identity{Phone: "4915100000001", BSUID: "DE.A"}, "wamid.1", "hello"))
		h.take(t, wa.Received{From: wa.Identity{Phone: "4915100000001", BSUID: "DE.A"}, Wamid: "wamid.2", At: h.now, Content: wa.Content{
			Type: wa.TypeSystem, System: &wa.System{Type: "user_changed_number", WaID: "4915100000002", UserID: "DE.A2", PreviousUserID: "DE.A"},
		}})
		h.take(t, h.text(wa.Identity{Phone: "4915100000002", BSUID: "DE.A2"}, "wamid.3", "my new number"))
		views := h.list(t, inbox.TabAll)
		if len(views) != 1 {
			t.Fatalf("got %d conversations, want 1", len(views))
		}
		if c := views[0].Contact; c.Phone != "4915100000002" || c.BSUID != "DE.A2" {
			t.Errorf("got %s %s, want the new number and BSUID", c.Phone, c.BSUID)
		}
	})
}

func TestEditsAndRevokesFindTheirMessage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		who := wa.Identity{Phone: "4915100000001"}
		h.take(t, h.text(who, "wamid.1", "frist"), h.text(who, "wamid.2", "secret"))
		h.take(t,
			wa.Received{From: who, Wamid: "wamid.3", At: h.now, Content: wa.Content{Type: wa.TypeEdit, Edit: &wa.Edit{OriginalMessageID: "wamid.1", Message: &wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: "first"}}}}},
			wa.Received{From: who, Wamid: "wamid.4", At: h.now, Content: wa.Content{Type: wa.TypeRevoke, Revoke: &wa.Revoke{OriginalMessageID: "wamid.2"}}},
			wa.Received{From: wa.Identity{Phone: "4915100000002"}, Wamid: "wamid.5", At: h.now, Content: wa.Content{Type: wa.TypeRevoke, Revoke: &wa.Revoke{OriginalMessageID: "wamid.1"}}},
		)
		first, _, err := h.MessageByWamid(context.Background(), 1, "wamid.1")
		if err != nil || first.Content.Text.Body != "first" || first.EditedAt.IsZero() || !first.RevokedAt.IsZero() {
			t.Errorf("got %+v, %v; want it edited, and not revoked by a stranger", first, err)
		}
		second, _, err := h.MessageByWamid(context.Background(), 1, "wamid.2")
		if err != nil || second.RevokedAt.IsZero() {
			t.Errorf("got %+v, %v; want it revoked", second, err)
		}
		edit, _, err := h.MessageByWamid(context.Background(), 1, "wamid.3")
		if err != nil || edit.Content.Edit.Previous.Text.Body != "frist" {
			t.Errorf("got %+v, %v; want the edit to keep what was said before", edit.Content.Edit, err)
		}
	})
}

func TestOfTwoClaimsAtOnceOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		h.take(t, h.text(wa.Identity{Phone: "4915100000001"}, "wamid.1", "help"))
		id := h.list(t, inbox.TabUnassigned)[0].ID
		var won, lost int
		var mu sync.Mutex
		var all sync.WaitGroup
		for person := range 20 {
			all.Go(func() {
				err := h.Assign(context.Background(), 1, id, wa.PersonID(100+person), wa.PersonID(100+person), false)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else {
					lost++
				}
			})
		}
		all.Wait()
		if won != 1 || lost != 19 {
			t.Errorf("got %d winners and %d losers, want 1 and 19", won, lost)
		}
	})
}

func TestClosedWakesAssignedStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		ctx := context.Background()
		who := wa.Identity{Phone: "4915100000001"}
		h.take(t, h.text(who, "wamid.1", "help"))
		id := h.list(t, inbox.TabUnassigned)[0].ID
		if err := h.Assign(ctx, 1, id, 7, 7, false); err != nil {
			t.Fatal(err)
		}
		h.take(t, h.text(who, "wamid.2", "are you there?"))
		if v, err := h.View(ctx, 1, id); err != nil || v.State != inbox.Assigned || v.AssigneeID != 7 || v.Unread != 2 {
			t.Errorf("got %+v, %v; want it to stay with person 7", v, err)
		}
		if wamid, err := h.MarkRead(ctx, 1, id, 7); err != nil || wamid != "wamid.2" {
			t.Errorf("got %q, %v; want the newest inbound wamid", wamid, err)
		}
		if err := h.Close(ctx, 1, id, 7); err != nil {
			t.Fatal(err)
		}
		h.now = h.now.Add(time.Hour)
		h.take(t, h.text(who, "wamid.3", "one more thing"))
		v, err := h.View(ctx, 1, id)
		if err != nil || v.State != inbox.Waiting || v.AssigneeID != 0 || !v.WaitingSince.Equal(h.now) || v.SessionID != 2 {
			t.Errorf("got %+v, %v; want it waiting again, in a second session", v, err)
		}
		if _, err := h.View(ctx, 2, id); err == nil {
			t.Error("another workspace saw the conversation")
		}
		kinds := map[journal.Kind]int{}
		for _, f := range storetest.Facts(t, s) {
			kinds[f.Kind]++
		}
		if kinds[journal.ConversationOpened] != 2 || kinds[journal.MessageReceived] != 3 || kinds[journal.ConversationAssigned] != 1 || kinds[journal.ConversationClosed] != 1 {
			t.Errorf("got facts %v", kinds)
		}
	})
}

func bodies(ms []wa.Message) (out string) {
	for _, m := range ms {
		if m.Content.Text != nil {
			out += m.Content.Text.Body + ","
		}
	}
	return out
}
