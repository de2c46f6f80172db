package search_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/account"
	"kontor/internal/contact"
	"kontor/internal/desk"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/jobs"
	"kontor/internal/search"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// house is two workspaces with a number each, their inbox, and the index.
type house struct {
	*search.Search
	t       testing.TB
	store   *store.Store
	runner  txn.Runner // of the index
	inbox   *inbox.Inbox
	numbers map[wa.WorkspaceID]*wa.Number
	now     time.Time
	serial  int
}

type settings struct{}

func (settings) SessionLength(wa.WorkspaceID) time.Duration { return 24 * time.Hour }

func (settings) Rules(wa.WorkspaceID) inbox.Rules { return inbox.Rules{} }

func (settings) Home(wa.NumberID) wa.TeamID { return 0 }

func (settings) Gone(wa.PersonID) bool { return false }

func (settings) Ready(txn.Tx, wa.WorkspaceID, []wa.PersonID) (map[wa.PersonID]bool, error) {
	return nil, nil
}

type silent struct{}

func (silent) Apply(txn.Tx, time.Time, []inbox.Report) error { return nil }

func (silent) Expect(txn.Tx, *wa.Number, wa.MessageID, *wa.Media) (wa.MediaRef, error) {
	return "med_0000000000001", nil
}

func open(t testing.TB, s *store.Store) *house {
	t.Helper()
	h := &house{t: t, store: s, runner: s, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), numbers: map[wa.WorkspaceID]*wa.Number{}}
	clock := func() time.Time { return h.now }
	for ws := range wa.WorkspaceID(2) {
		ws++
		n := &wa.Number{ID: wa.NumberID(s.NewID()), WorkspaceID: ws, PhoneNumberID: wa.PhoneNumberID(fmt.Sprint(200000000000000 + int(ws))), WABAID: wa.WABAID(fmt.Sprint(ws)), Provider: "cloudapi", State: wa.NumberActive}
		h.write(func(tx txn.Tx) error {
			if _, err := s.Accounts().InsertWorkspace(tx, account.Workspace{ID: ws, Slug: fmt.Sprint("w", ws), Name: "House", SessionHours: 24, CreatedAt: h.now}); err != nil {
				return err
			}
			return s.Numbers().Insert(tx, n, h.now)
		})
		h.numbers[ws] = n
	}
	h.Search = search.New(s, s.Search(), s.Journal(), clock)
	h.inbox = inbox.New(inbox.Deps{
		Runner: s, Store: s.Inbox(), Contacts: contact.New(s.Contacts(), s.Journal(), s.NewID, clock), Receipts: silent{}, Media: silent{},
		Journal: s.Journal(), Settings: settings{}, Staff: settings{}, Jobs: jobs.New(s, s.Jobs(), jobs.Options{}), NewID: s.NewID, Now: clock, Flushes: 2,
	})
	return h
}

func (h *house) write(f func(tx txn.Tx) error) {
	h.t.Helper()
	if err := h.store.Write(context.Background(), f); err != nil {
		h.t.Fatal(err)
	}
}

// says has somebody write; it returns the wamid.
func (h *house) says(ws wa.WorkspaceID, who string, c wa.Content) wa.Wamid {
	h.t.Helper()
	h.serial++
	id := wa.Wamid(fmt.Sprint("wamid.", h.serial))
	from := wa.Identity{Phone: wa.Phone(who), ProfileName: "Katrin Müller " + who[len(who)-2:]}
	err := h.inbox.Take(context.Background(), &inbox.Delivery{Received: []inbox.Received{{Number: h.numbers[ws], Received: wa.Received{From: from, Wamid: id, At: h.now, Content: c}}}})
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

const katrin, joao = "4915112345678", "5511987654321"

func text(body string) wa.Content { return wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: body}} }

func image(caption string) wa.Content {
	return wa.Content{Type: wa.TypeImage, Image: &wa.Media{ID: "1", Caption: caption, MimeType: "image/jpeg"}}
}

// indexer is a fresh process that keeps the index.
func (h *house) indexer(o search.Options) *search.Indexer {
	return search.NewIndexer(h.runner, h.store.Search(), h.store.Journal(), h.store.NewID, o)
}

// label puts a label on the conversation with somebody.
func (h *house) label(id wa.LabelID, who string) {
	h.t.Helper()
	with := h.conversation(who)
	h.write(func(tx txn.Tx) error {
		if _, err := h.store.Desk().InsertLabel(tx, desk.Label{ID: id, WorkspaceID: 1, Name: "VIP", Colour: "#112233", CreatedAt: h.now}); err != nil {
			return err
		}
		return h.store.Desk().Relabel(tx, 1, with, []wa.LabelID{id}, nil)
	})
}

// conversation is the one with somebody of the first workspace.
func (h *house) conversation(who string) wa.ConversationID {
	h.t.Helper()
	found, err := h.FindPeople(context.Background(), 1, who, 1)
	if err != nil || len(found) != 1 {
		h.t.Fatal(found, err)
	}
	return found[0].ConversationID
}

// settle brings the index up to date. On PostgreSQL a fact may wait for one in
// front of it, so it waits until all that is committed is seen.
func (h *house) settle() {
	h.t.Helper()
	storetest.Facts(h.t, h.store)
	i := h.indexer(search.Options{})
	if err := i.Settle(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	i.Release(context.Background())
}

// find returns what messages say that answer, each match in brackets.
func (h *house) find(q search.Query) []string {
	h.t.Helper()
	out := []string{}
	for {
		a, err := h.Find(context.Background(), q)
		if err != nil {
			h.t.Fatalf("%+v: %v", q, err)
		}
		for _, m := range a.Messages {
			out = append(out, shown(m.Excerpt))
		}
		if a.Next == 0 {
			return out
		}
		q.Before = a.Next
	}
}

func shown(parts []search.Part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Match {
			b.WriteString("[" + p.Text + "]")
			continue
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

func (h *house) want(q search.Query, want ...string) {
	h.t.Helper()
	if q.WorkspaceID == 0 {
		q.WorkspaceID = 1
	}
	if q.Limit == 0 {
		q.Limit = 2 // more than one page
	}
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, h.find(q)); diff != "" {
		h.t.Errorf("%q: %s", q.Text, diff)
	}
}

func TestMessagesAreFoundNewestFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		h.says(1, katrin, text("Ist meine Rechnung fertig?"))
		h.says(1, joao, text("Informação sobre o pedido R-2402"))
		h.settle()
		h.says(1, katrin, text("我的订单号是 R-2402 👍"))
		h.says(2, katrin, text("Die Rechnung eines anderen Hauses"))
		h.says(1, joao, image("Die Rechnungen der Straße, Herr Müller"))
		h.settle()

		h.want(search.Query{Text: "rechnung"}, "Die [Rechnungen] der Straße, Herr Müller", "Ist meine [Rechnung] fertig?")
		h.want(search.Query{Text: "STRASSE mueller"}, "Die Rechnungen der [Straße], Herr [Müller]")
		h.want(search.Query{Text: "informacao"}, "[Informação] sobre o pedido R-2402")
		h.want(search.Query{Text: "r2402"}, "我的订单号是 [R-2402] 👍", "Informação sobre o pedido [R-2402]")
		h.want(search.Query{Text: "订单"}, "我的[订单]号是 R-2402 👍")
		h.want(search.Query{Text: "👍"}, "我的订单号是 R-2402 [👍]")
		h.want(search.Query{Text: "nichts davon"})
		h.want(search.Query{WorkspaceID: 2, Text: "rechnung"}, "Die [Rechnung] eines anderen Hauses")
		h.want(search.Query{WorkspaceID: 2, Text: "r2402"})
		h.want(search.Query{WorkspaceID: 3, Text: "rechnung"})

		h.want(search.Query{Text: "rechnung", Has: search.HasImage}, "Die [Rechnungen] der Straße, Herr Müller")
		h.want(search.Query{Has: search.HasMedia}, "Die Rechnungen der Straße, Herr Müller")
		h.want(search.Query{Text: "rechnung", Direction: wa.Outbound})
		h.want(search.Query{Text: "fertig", Direction: wa.Inbound}, "Ist meine Rechnung [fertig]?")
		h.want(search.Query{Text: "fertig", NumberID: h.numbers[1].ID}, "Ist meine Rechnung [fertig]?")
		h.want(search.Query{Text: "fertig", NumberID: h.numbers[2].ID})
		h.want(search.Query{Text: "fertig", PersonID: 7})
		h.want(search.Query{Text: "fertig", From: h.now, To: h.now.Add(time.Second)}, "Ist meine Rechnung [fertig]?")
		h.want(search.Query{Text: "fertig", From: h.now.Add(time.Second)})
		h.want(search.Query{Text: "fertig", To: h.now})
		h.want(search.Query{Text: "fertig", To: h.now.AddDate(0, 0, -3)})
		h.want(search.Query{Text: "fertig", LabelID: 7})
		h.label(7, katrin)
		h.want(search.Query{Text: "fertig", LabelID: 7}, "Ist meine Rechnung [fertig]?")
		h.want(search.Query{WorkspaceID: 2, Text: "rechnung", LabelID: 7})
	})
}

func TestOneConversationIsReadWithoutTheIndex(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		h.says(1, katrin, text("Die erste Rechnung"))
		h.says(1, joao, text("Die Rechnung eines anderen"))
		h.settle()
		with := h.conversation(katrin)
		for n := range 3 {
			h.says(1, katrin, text(fmt.Sprint("Rechnung ", n)))
			h.says(1, katrin, text("Danke"))
		}
		h.want(search.Query{Text: "rechnung", ConversationID: with}, "[Rechnung] 2", "[Rechnung] 1", "[Rechnung] 0", "Die erste [Rechnung]")
		h.want(search.Query{Text: "rechnung", ConversationID: with, Direction: wa.Outbound})
		h.want(search.Query{Text: "rechnung", ConversationID: h.conversation(joao)}, "Die [Rechnung] eines anderen")
		h.want(search.Query{WorkspaceID: 2, Text: "rechnung", ConversationID: with})
	})
}

func TestPeopleAreFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		h.says(1, katrin, text("hallo"))
		h.now = h.now.Add(time.Minute)
		h.says(1, joao, text("oi"))
		h.says(2, katrin, text("hallo"))
		h.settle()
		people := func(q string) (out []string) {
			found, err := h.FindPeople(context.Background(), 1, q, 5)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range found {
				if p.Contact.WorkspaceID != 1 || p.ConversationID == 0 {
					t.Errorf("%q: got %+v", q, p.Person)
				}
				out = append(out, shown(p.Name)+" "+shown(p.Phone))
			}
			return out
		}
		for q, want := range map[string][]string{
			"müll":        {"Katrin [Müller] 21 5511987654321", "Katrin [Müller] 78 4915112345678"}, // the latest first
			"muller 78":   {"Katrin [Müller] [78] 4915112345678"},
			"0151 12 345": {"Katrin Müller 78 49[15112345]678"},
			"+491511":     {"Katrin Müller 78 [491511]2345678"},
			"5678":        {"Katrin Müller 78 491511234[5678]"},
			"niemand":     nil,
			"654":         {"Katrin Müller 21 5511987[654]321"},
			"katrin 4915": {"[Katrin] Müller 78 4915112345678"},
		} {
			if diff := cmp.Diff(want, people(q)); diff != "" {
				t.Errorf("%q: %s", q, diff)
			}
		}
	})
}

func TestChangedMessagesAreFoundAsTheyAre(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		first, second := h.says(1, katrin, text("Der Termin ist Montag")), h.says(1, katrin, text("Der Termin ist geheim"))
		h.settle()
		content := text("Der Termin ist Dienstag")
		h.says(1, katrin, wa.Content{Type: wa.TypeEdit, Edit: &wa.Edit{OriginalMessageID: first, Message: &content}})
		h.says(1, katrin, wa.Content{Type: wa.TypeRevoke, Revoke: &wa.Revoke{OriginalMessageID: second}})
		// Even while the index knows nothing of it.
		h.want(search.Query{Text: "montag"})
		h.want(search.Query{Text: "geheim"})
		h.settle()
		h.want(search.Query{Text: "montag"})
		h.want(search.Query{Text: "geheim"})
		h.want(search.Query{Text: "dienstag"}, "Der Termin ist [Dienstag]")
		h.want(search.Query{Text: "termin"}, "Der [Termin] ist Dienstag")
		if plain := h.plain(); bytes.Contains(plain, []byte("montag")) || bytes.Contains(plain, []byte("geheim")) {
			t.Errorf("the index still has what was changed: %q", plain)
		}
	})
}

// plain is everything in the index, unsealed.
func (h *house) plain() (all []byte) {
	h.t.Helper()
	err := h.store.Read(context.Background(), func(tx txn.Tx) error {
		segments, err := h.store.Search().All(tx)
		if err != nil {
			return err
		}
		for _, g := range segments {
			head, err := h.store.Search().Head(tx, g)
			if err != nil {
				return err
			}
			all = append(all, head...)
			if g.Blocks > 0 {
				blocks, err := h.store.Search().Blocks(tx, g, 0, g.Blocks-1)
				if err != nil {
					return err
				}
				all = append(all, bytes.Join(blocks, nil)...)
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func TestErasedMessagesLeaveTheIndex(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, told := range []bool{true, false} {
			t.Run(fmt.Sprint(engine, " told ", told), func(t *testing.T) {
				o := storetest.Options(t, engine)
				s, err := store.Open(context.Background(), o)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				storetest.Seal(t, s)
				h := open(t, s)
				erased := h.says(1, katrin, text("Streng geheimniskraemerisch"))
				for n := range 20 { // so that there are merged segments
					h.says(1, joao, text(fmt.Sprint("Plauderei ", n)))
					if n%2 == 0 {
						h.settle()
					}
				}
				h.settle()
				m, found, err := h.inbox.MessageByWamid(context.Background(), 1, erased)
				if err != nil || !found {
					t.Fatal(found, err)
				}
				if told {
					h.write(func(tx txn.Tx) error { return h.Forget(tx, 1, m.ID) })
				}
				storetest.Erase(t, o, m.ID)
				h.want(search.Query{Text: "geheimniskraemerisch"})
				if told {
					h.settle()
				} else { // somebody removed it and said nothing: the daily look finds out
					h.audit()
				}
				if bytes.Contains(h.plain(), []byte("geheimniskr")) {
					t.Error("the index still has the word")
				}
				h.want(search.Query{Text: "plauderei 7"}, "[Plauderei] [7]")
				if dump := storetest.Dump(t, o); len(dump) < 100 || bytes.Contains(dump, []byte("plauderei")) {
					t.Errorf("got an index of %d bytes, want it sealed", len(dump))
				}
			})
		}
	}
}

func TestErasedPeopleLeaveTheIndex(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			o := storetest.Options(t, engine)
			s, err := store.Open(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			storetest.Seal(t, s)
			h := open(t, s)
			h.says(1, katrin, text("Guten Tag"))
			h.says(1, joao, text("Bom dia"))
			h.settle()
			ctx := context.Background()
			found, err := h.FindPeople(ctx, 1, katrin, 5)
			if err != nil || len(found) != 1 {
				t.Fatal(found, err)
			}
			digits := []byte(katrin[3:]) // a term that begins like no other, so it stands there whole
			if !bytes.Contains(h.plain(), digits) {
				t.Fatal("the index never had the number")
			}
			h.write(func(tx txn.Tx) error { return h.ForgetContacts(tx, 1, found[0].Contact.ID) })
			storetest.Unname(t, o, found[0].Contact.ID)
			if again, err := h.FindPeople(ctx, 1, katrin, 5); err != nil || len(again) != 0 {
				t.Errorf("got %v, %v at once; want nobody", again, err)
			}
			h.settle()
			if bytes.Contains(h.plain(), digits) {
				t.Error("the index still has the number")
			}
			if others, err := h.FindPeople(ctx, 1, joao, 5); err != nil || len(others) != 1 {
				t.Errorf("got %v, %v; want the other person", others, err)
			}
		})
	}
}

func (h *house) audit() {
	h.t.Helper()
	i := h.indexer(search.Options{Audit: time.Nanosecond, Renew: time.Nanosecond})
	for range 200 { // each turn is one piece of work, and with such an interval there is always another
		if err := i.Turn(context.Background()); err != nil {
			h.t.Fatal(err)
		}
	}
	i.Release(context.Background())
}

// errKilled is what the process gets from its database once it is dead.
var errKilled = errors.New("killed")

// dying passes so many transactions that write, and none after that.
type dying struct {
	txn.Runner
	left atomic.Int64
}

func (d *dying) Write(ctx context.Context, f func(tx txn.Tx) error) error {
	if d.left.Add(-1) < 0 {
		return errKilled
	}
	return d.Runner.Write(ctx, f)
}

// Whenever the process that keeps the index dies, the next one misses nothing
// and has nothing twice.
func TestTheIndexSurvivesItsProcess(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		said, deaths := 0, 0
		ahead := &dying{Runner: s}
		for life := range 60 {
			for range 1 + life%3 {
				said++
				h.says(1, katrin, text(fmt.Sprintf("Nachricht nummer%d", said)))
			}
			storetest.Facts(t, s)
			ahead.left.Store(int64(life % 7))
			h.runner = ahead
			i := h.indexer(search.Options{Batch: 5})
			if err := i.Settle(context.Background()); errors.Is(err, errKilled) {
				deaths++
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if deaths < 20 {
			t.Errorf("the process died %d times, want it often", deaths)
		}
		h.runner = s
		h.settle()
		if got := h.find(search.Query{WorkspaceID: 1, Text: "nachricht", Limit: 100}); len(got) != said {
			t.Errorf("got %d messages, want %d", len(got), said)
		}
		for n := 1; n <= said; n += 7 {
			h.want(search.Query{Text: fmt.Sprintf("nummer%d ", n)}, fmt.Sprintf("Nachricht [nummer%d]", n))
		}
		var docs int64
		var segments []search.Segment
		err := s.Read(context.Background(), func(tx txn.Tx) (err error) {
			segments, err = s.Search().All(tx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range segments {
			if !g.Live {
				t.Errorf("segment %d was left behind", g.ID)
			}
			if g.Kind == search.Messages {
				docs += g.Docs
			}
		}
		if docs != int64(said) || len(segments) > 30 {
			t.Errorf("the index has %d documents in %d segments, want %d in a few", docs, len(segments), said)
		}
	})
}

func TestThePastIsIndexedToo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		for n := range 50 {
			h.says(1+wa.WorkspaceID(n%2), katrin, text(fmt.Sprint("Vergangenes ", n)))
		}
		if st, err := h.State(context.Background()); err != nil || !st.Past || !st.Until.IsZero() {
			t.Errorf("got %+v, %v; want nothing indexed", st, err)
		}
		storetest.Facts(t, s)
		i := h.indexer(search.Options{Past: 7})
		if err := i.Settle(context.Background()); err != nil {
			t.Fatal(err)
		}
		if st, err := h.State(context.Background()); err != nil || st.Past || !st.Until.Equal(h.now) {
			t.Errorf("got %+v, %v; want all indexed until now", st, err)
		}
		if got := h.find(search.Query{WorkspaceID: 1, Text: "vergangen", Limit: 10}); len(got) != 25 {
			t.Errorf("got %d, want 25", len(got))
		}
		if found, err := h.FindPeople(context.Background(), 2, "müller", 5); err != nil || len(found) != 1 {
			t.Errorf("got %v, %v; want one", found, err)
		}
		// What came meanwhile is behind, and State says since when.
		came := h.now
		h.says(1, katrin, text("Neues"))
		h.now = h.now.Add(time.Hour)
		storetest.Facts(t, s)
		if st, err := h.State(context.Background()); err != nil || !st.Until.Equal(came) {
			t.Errorf("got %+v, %v; want until %v", st, err, came)
		}
	})
}

func TestWrongQuestionsSayWhatIsWrong(t *testing.T) {
	h := open(t, storetest.Open(t, "sqlite"))
	for _, q := range []string{"", "   ", "…!?", strings.Repeat("x", 201)} {
		_, err := h.Find(context.Background(), search.Query{WorkspaceID: 1, Text: q, Limit: 10})
		if f := fault.As(err); f.Code != "search_invalid" || len(f.Fields) != 1 || f.Fields[0].Name != "q" {
			t.Errorf("%.10q: got %v", q, err)
		}
	}
}
