package inbox_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/contact"
	"kontor/internal/inbox"
	"kontor/internal/jobs"
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
	clock  *atomic.Int64        // further ahead, for those who look at the time beside the test
	rules  *inbox.Rules         // nil: those that are built in
	away   map[wa.PersonID]bool // who takes nothing
	home   wa.TeamID            // to whose queue its number's conversations come
	gone   map[wa.PersonID]bool // who was deactivated
	asked  int                  // how often somebody asked who is there
	jobs   *jobs.Runner
	about  *atomic.Int64 // what the last transaction said it holds
}

// noting is the store, and notes what transactions are about.
type noting struct {
	*store.Store
	about *atomic.Int64
}

func (n noting) Write(ctx context.Context, f func(txn.Tx) error) error {
	n.about.Store(txn.Subject(ctx))
	return n.Store.Write(ctx, f)
}

// Ready implements inbox.Staff: everybody is there who is not away.
func (h *house) Ready(_ txn.Tx, _ wa.WorkspaceID, people []wa.PersonID) (map[wa.PersonID]bool, error) {
	h.asked++
	ready := map[wa.PersonID]bool{}
	for _, p := range people {
		ready[p] = !h.away[p]
	}
	return ready, nil
}

// settings are the house's.
type settings struct{ h *house }

func (settings) SessionLength(wa.WorkspaceID) time.Duration { return 24 * time.Hour }

func (s settings) Rules(wa.WorkspaceID) inbox.Rules {
	if s.h.rules == nil {
		return inbox.DefaultRules()
	}
	return *s.h.rules
}

func (s settings) Home(wa.NumberID) wa.TeamID { return s.h.home }

func (s settings) Gone(id wa.PersonID) bool { return s.h.gone[id] }

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
	h := &house{now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), clock: &atomic.Int64{}, about: &atomic.Int64{}}
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
	return h.on(t, s)
}

// on gives the house its inbox, on an open database.
func (h *house) on(t testing.TB, s *store.Store) *house {
	clock := func() time.Time { return h.now.Add(time.Duration(h.clock.Load())) }
	h.store = s
	h.jobs = jobs.New(s, s.Jobs(), jobs.Options{Poll: 10 * time.Millisecond})
	h.Inbox = inbox.New(inbox.Deps{
		Runner: noting{s, h.about}, Store: s.Inbox(), Contacts: contact.New(s.Contacts(), s.Journal(), s.NewID, clock), Receipts: unsent{t}, Media: shelf{},
		Journal: s.Journal(), Settings: settings{h}, Staff: h, Jobs: h.jobs, NewID: s.NewID, Now: clock, Flushes: 2,
	})
	return h
}

func (h *house) sent(touched ...inbox.Touched) error {
	return h.store.Write(context.Background(), func(tx txn.Tx) error { return h.Sent(tx, touched) })
}

// until waits for something to become true.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal("waited in vain for: ", what)
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

// A claim shares its transaction with others, and says which conversation it
// holds: so these are taken in one order, and two transactions full of claims do
// not wait for each other.
func TestAClaimSaysWhatItHolds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		h.take(t, h.text(wa.Identity{Phone: "4915100000001"}, "wamid.1", "help"))
		id := h.list(t, inbox.TabUnassigned)[0].ID
		if err := h.Assign(context.Background(), 1, id, 100, 100, false); err != nil {
			t.Fatal(err)
		}
		if got := h.about.Load(); got != int64(id) {
			t.Errorf("got %d, want %d", got, id)
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

func TestGesturesAndAsidesCallNobodyBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		ctx := context.Background()
		who := wa.Identity{Phone: "4915100000001"}
		said := func(wamid string, c wa.Content) wa.Received {
			return wa.Received{From: who, Wamid: wa.Wamid(wamid), At: h.now, Content: c}
		}
		reaction := func(emoji string) wa.Content {
			return wa.Content{Type: wa.TypeReaction, Reaction: &wa.Reaction{MessageID: "wamid.1", Emoji: emoji}}
		}
		h.take(t, h.text(who, "wamid.1", "thank you"))
		id := h.list(t, inbox.TabUnassigned)[0].ID
		opened := h.now
		h.now = h.now.Add(time.Hour)
		h.take(t, said("wamid.2", reaction("👍")))
		if v, err := h.View(ctx, 1, id); err != nil || v.Unread != 2 || !v.WindowUntil.Equal(h.now.Add(inbox.Window)) {
			t.Errorf("got %+v, %v; want an unread reaction that prolongs the window", v, err)
		}
		if err := h.Close(ctx, 1, id, 7); err != nil {
			t.Fatal(err)
		}
		h.now = h.now.Add(time.Hour)
		h.take(t, said("wamid.3", reaction("👍")))
		reacted := h.now
		h.now = h.now.Add(time.Hour)
		h.take(t, said("wamid.4", reaction("")),
			said("wamid.5", wa.Content{Type: wa.TypeSystem, System: &wa.System{Type: "customer_identity_changed"}}),
			said("wamid.6", wa.Content{Type: wa.TypeRevoke, Revoke: &wa.Revoke{OriginalMessageID: "wamid.none"}}))
		v, err := h.View(ctx, 1, id)
		if err != nil || v.State != inbox.Closed || v.Unread != 0 || v.SessionID != 1 || !v.WindowUntil.Equal(reacted.Add(inbox.Window)) {
			t.Errorf("got %+v, %v; want it closed, with the reaction's window (opened %v)", v, err, opened)
		}
		if got := len(h.history(t, id)); got != 6 {
			t.Errorf("got %d messages in the history, want all 6", got)
		}
		h.take(t, said("wamid.7", wa.Content{Type: wa.TypeUnsupported, Unsupported: &wa.Unsupported{Type: "poll"}}))
		if v, err := h.View(ctx, 1, id); err != nil || v.State != inbox.Waiting || v.Unread != 1 {
			t.Errorf("got %+v, %v; want what cannot be shown to wait in the queue all the same", v, err)
		}
	})
}

func TestTimesThatCannotBe(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		for n, c := range []struct {
			said, kept, until time.Time
		}{
			{time.Time{}, h.now, h.now.Add(inbox.Window)},
			{h.now.AddDate(100, 0, 0), h.now, h.now.Add(inbox.Window)},
			{h.now.Add(30 * time.Second), h.now.Add(30 * time.Second), h.now.Add(inbox.Window)}, // its clock runs ahead a little
			{h.now.Add(-time.Hour), h.now.Add(-time.Hour), h.now.Add(23 * time.Hour)},
			{h.now.AddDate(0, 0, -6), h.now.AddDate(0, 0, -6), h.now.AddDate(0, 0, -5)}, // delivered after a long outage: the window is over
		} {
			who := wa.Identity{Phone: wa.Phone(fmt.Sprint(4915100000000 + n))}
			m := h.text(who, fmt.Sprint("wamid.", n), "when?")
			m.At = c.said
			h.take(t, m)
			got, _, err := h.MessageByWamid(context.Background(), 1, m.Wamid)
			if err != nil || !got.At.Equal(c.kept) {
				t.Errorf("said %v: got %v, %v; want %v", c.said, got.At, err, c.kept)
			}
			if v, err := h.View(context.Background(), 1, got.ConversationID); err != nil || !v.WindowUntil.Equal(c.until) {
				t.Errorf("said %v: got a window until %v, %v; want %v", c.said, v.WindowUntil, err, c.until)
			}
		}
	})
}

// A BSUID is its portfolio's: the same person has another one at each.
func TestTwoPortfoliosKnowOnePerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		other := *h.number
		other.ID, other.PhoneNumberID, other.WABAID = wa.NumberID(s.NewID()), "200000000000002", "2"
		if err := s.Write(context.Background(), func(tx txn.Tx) error { return s.Numbers().Insert(tx, &other, h.now) }); err != nil {
			t.Fatal(err)
		}
		n := 0
		write := func(to *wa.Number, from wa.Identity) wa.ContactID {
			n++
			m := h.text(from, fmt.Sprint("wamid.", n), "hello")
			if err := h.Take(context.Background(), &inbox.Delivery{Received: []inbox.Received{{Number: to, Received: m}}}); err != nil {
				t.Fatal(err)
			}
			got, _, err := h.MessageByWamid(context.Background(), 1, m.Wamid)
			if err != nil {
				t.Fatal(err)
			}
			return got.ContactID
		}
		const phone wa.Phone = "4915100000001"
		first := write(h.number, wa.Identity{Phone: phone, BSUID: "DE.A1"})
		for _, again := range []struct {
			to   *wa.Number
			from wa.Identity
		}{
			{&other, wa.Identity{Phone: phone, BSUID: "DE.A2"}},
			{h.number, wa.Identity{Phone: phone, BSUID: "DE.A1"}},
			{&other, wa.Identity{BSUID: "DE.A2"}},
		} {
			if got := write(again.to, again.from); got != first {
				t.Errorf("%v to account %s: got contact %s, want %s", again.from, again.to.WABAID, got, first)
			}
		}
		if v := h.list(t, inbox.TabAll); len(v) != 2 || v[0].Contact.Phone != phone || v[0].Contact.BSUID != "DE.A1" {
			t.Errorf("got %+v, want one person with the number and the first BSUID, in a conversation with each number", v)
		}
		next := write(&other, wa.Identity{Phone: phone, BSUID: "DE.B2"})
		if next == first {
			t.Error("the number's new owner got the former one's contact")
		}
		if got := write(h.number, wa.Identity{BSUID: "DE.A1"}); got != first {
			t.Errorf("got %s for the first person, want %s", got, first)
		}
	})
}

func TestANumberThatWasGivenUpIsNotWrittenToAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		h.take(t, h.text(wa.Identity{Phone: "4915100000001", BSUID: "DE.A"}, "wamid.1", "hello"))
		h.take(t, wa.Received{From: wa.Identity{BSUID: "DE.A"}, Wamid: "wamid.2", At: h.now, Content: wa.Content{
			Type: wa.TypeSystem, System: &wa.System{Type: "user_changed_user_id", UserID: "DE.A2", PreviousUserID: "DE.A"},
		}})
		h.take(t, h.text(wa.Identity{BSUID: "DE.A2"}, "wamid.3", "still me"))
		views := h.list(t, inbox.TabAll)
		if len(views) != 1 || views[0].Contact.Phone != "" || views[0].Contact.BSUID != "DE.A2" {
			t.Errorf("got %+v, want one person, by the new BSUID alone", views)
		}
	})
}

// What the house changes of a person while WhatsApp tells something stays.
func TestNewsOverwritesOnlyWhatItIsAbout(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		var all sync.WaitGroup
		for n := range 60 {
			all.Go(func() {
				id := wa.Identity{Phone: "4915100000001", BSUID: "DE.A"}
				switch n % 3 {
				case 0:
					id.ProfileName = "Katrin"
				case 1:
					id.Username = "katrin.p"
				}
				h.take(t, h.text(id, fmt.Sprint("wamid.", n), "hello"))
			})
		}
		all.Wait()
		views := h.list(t, inbox.TabAll)
		if len(views) != 1 || views[0].Contact.ProfileName != "Katrin" || views[0].Contact.Username != "katrin.p" || views[0].Contact.Phone != "4915100000001" {
			t.Errorf("got %+v, want one person with everything that was told", views)
		}
	})
}

func TestTheAnswerToANumberWhatsAppWritesOtherwise(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		book := contact.New(s.Contacts(), s.Journal(), s.NewID, func() time.Time { return h.now })
		place := func(phone wa.Phone) *inbox.Placement {
			p := &inbox.Placement{Number: h.number, To: wa.Recipient{Phone: phone}}
			if err := s.Write(context.Background(), func(tx txn.Tx) error { return h.Place(tx, []*inbox.Placement{p}) }); err != nil || p.Err != nil {
				t.Fatal(err, p.Err)
			}
			return p
		}
		alias := func(written, waID wa.Phone) {
			if err := s.Write(context.Background(), func(tx txn.Tx) error { return book.Alias(tx, 1, written, waID) }); err != nil {
				t.Fatal(err)
			}
		}
		asked := place("5511987654321").Conversation.ID
		alias("5511987654321", "551187654321")
		h.take(t, h.text(wa.Identity{Phone: "551187654321", BSUID: "BR.A"}, "wamid.1", "sim"))
		if got := h.list(t, inbox.TabAll); len(got) != 1 || got[0].ID != asked {
			t.Errorf("got %+v, want the answer in the conversation that asked", got)
		}
		h.take(t, h.text(wa.Identity{Phone: "5215512345678"}, "wamid.2", "hola"))
		wrote, _, _ := h.MessageByWamid(context.Background(), 1, "wamid.2")
		place("525512345678")
		alias("525512345678", "5215512345678")
		if got := place("525512345678").Conversation.ID; got != wrote.ConversationID {
			t.Errorf("got conversation %s, want that of the person who wrote before, %s", got, wrote.ConversationID)
		}
	})
}
