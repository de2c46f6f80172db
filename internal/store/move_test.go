package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/media"
	"kontor/internal/outbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/template"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// people is how many customers a filled installation has, each with one
// conversation of one message in and one out.
const people = 400

var moveDay = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// installation is a filled SQLite database that nobody has open, and an empty PostgreSQL beside it.
func installation(t *testing.T) store.MoveOptions {
	t.Helper()
	to := storetest.Options(t, "postgres") // skips without a server
	from := storetest.Options(t, "sqlite")
	s := reopen(t, from)
	fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return store.MoveOptions{File: from.File, To: to, Batch: 100}
}

func reopen(t *testing.T, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() }) // a second time it does nothing
	storetest.Seal(t, s)
	return s
}

func fill(t *testing.T, s *store.Store) {
	t.Helper()
	number := &wa.Number{ID: 11, WorkspaceID: 1, PhoneNumberID: "200000000000001", WABAID: "1", Provider: "cloudapi", State: wa.NumberActive,
		AccessToken: "a token", AppSecret: "a secret", VerifyToken: "a word"}
	write(t, s, func(tx txn.Tx) error {
		for id, slug := range []string{1: "default", 2: "other"} {
			if slug == "" {
				continue
			}
			if _, err := s.Accounts().InsertWorkspace(tx, account.Workspace{ID: wa.WorkspaceID(id), Slug: slug, Name: "Haus " + slug, SessionHours: 24, CreatedAt: moveDay}); err != nil {
				return err
			}
		}
		if _, err := s.Accounts().InsertPerson(tx, account.Person{ID: 5, WorkspaceID: 1, Name: "Jörg", Role: account.Agent, CreatedAt: moveDay}); err != nil {
			return err
		}
		if _, err := s.Accounts().InsertKey(tx, account.Key{ID: 6, WorkspaceID: 1, Name: "shop", Role: account.Admin, Hint: "abcd", CreatedAt: moveDay}, account.Hash{1, 2, 3}); err != nil {
			return err
		}
		if err := s.Numbers().Insert(tx, number, moveDay); err != nil {
			return err
		}
		return s.Templates().Save(tx, []template.Entry{{ID: 7, WorkspaceID: 1, WABAID: "1", SyncedAt: moveDay,
			Definition: wa.TemplateDefinition{Name: "hello_world", Language: "en_US", Status: "APPROVED", Category: "UTILITY"}}})
	})
	write(t, s, func(tx txn.Tx) error { return fillConversations(tx, s) })
	write(t, s, func(tx txn.Tx) error {
		if err := s.Media().Insert(tx, media.File{ID: 8, WorkspaceID: 1, MessageID: 100_000, Origin: media.Inbound, State: media.Fetching, MimeType: "image/jpeg", RemoteID: "m1", CreatedAt: moveDay}); err != nil {
			return err
		}
		if err := s.Jobs().Enqueue(tx, jobs.Job{WorkspaceID: 1, Kind: "media.fetch", Subject: 8, Due: moveDay}, moveDay); err != nil {
			return err
		}
		// A place in the middle, and one fact that a reader could not work on.
		if err := s.Journal().Advance(tx, "greeting", journal.Cursor{Seq: 300}); err != nil {
			return err
		}
		return s.Journal().Park(tx, "greeting", journal.Parked{Fact: journal.Fact{ConversationID: 20_009, Cursor: journal.Cursor{Seq: 10}}, Attempt: 2, Due: moveDay, Error: "not now"})
	})
}

func fillConversations(tx txn.Tx, s *store.Store) error {
	var contacts []*wa.Contact
	var conversations []*inbox.Conversation
	var received []*wa.Message
	var entries []*outbox.Entry
	var facts []journal.Fact
	for n := range people {
		contact, conversation := wa.ContactID(10_000+n), wa.ConversationID(20_000+n)
		contacts = append(contacts, &wa.Contact{ID: contact, WorkspaceID: 1, ProfileName: fmt.Sprint("Käthe ", n), Phone: wa.Phone(fmt.Sprint(491500000000 + n)), CreatedAt: moveDay})
		conversations = append(conversations, &inbox.Conversation{ID: conversation, WorkspaceID: 1, NumberID: 11, ContactID: contact, State: inbox.Waiting,
			Unread: 1, LastMessageID: wa.MessageID(100_000 + n), LastAt: moveDay.Add(time.Duration(n) * time.Second), CreatedAt: moveDay})
		m := &wa.Message{ID: wa.MessageID(100_000 + n), WorkspaceID: 1, NumberID: 11, ContactID: contact, ConversationID: conversation, Wamid: wa.Wamid(fmt.Sprint("wamid.", n)),
			Status: wa.StatusReceived, At: moveDay, StoredAt: moveDay, Content: wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: fmt.Sprint("Wo ist mein Paket? 📦 ", n)}}}
		received = append(received, m)
		out := *m
		out.ID, out.Wamid, out.Status, out.Author = wa.MessageID(200_000+n), "", wa.StatusAccepted, wa.Author{Kind: wa.AuthorAPI, KeyID: 6}
		entries = append(entries, &outbox.Entry{Message: out, DueAt: moveDay, OnUncertain: outbox.Hold})
		facts = append(facts, journal.Fact{WorkspaceID: 1, Kind: journal.MessageReceived, NumberID: 11, ContactID: contact, ConversationID: conversation, MessageID: m.ID, At: moveDay})
	}
	return errors.Join(s.Contacts().Insert(tx, contacts), s.Inbox().InsertConversations(tx, conversations), second(s.Inbox().InsertReceived(tx, received)),
		s.Outbox().Insert(tx, entries), s.Journal().Append(tx, facts...))
}

func second[T any](_ T, err error) error { return err }

// told is everything that the nouns read of an installation.
type told struct {
	Workspaces []account.Workspace
	People     []account.Person
	Keys       []account.Key
	Numbers    []*wa.Number
	Secrets    []string
	Contact    wa.Contact
	Views      []inbox.View
	Messages   [][]wa.Message
	Pending    []outbox.Pending
	Templates  []template.Entry
	File       media.File
	Jobs       []jobs.Count
	Facts      []journal.Fact
	Place      journal.Cursor
	Rest       []journal.Fact
	Parked     []journal.Parked
}

func tell(t *testing.T, s *store.Store) (got told) {
	t.Helper()
	all := storetest.Facts(t, s) // waits until readers may see everything
	err := s.Read(context.Background(), func(tx txn.Tx) (err error) {
		fail := func(e error) { err = errors.Join(err, e) }
		keep := func(e error) { fail(e) }
		var e error
		got.Workspaces, e = s.Accounts().Workspaces(tx)
		keep(e)
		got.People, e = s.Accounts().People(tx, 1)
		keep(e)
		got.Keys, e = s.Accounts().Keys(tx, 1)
		keep(e)
		got.Numbers, e = s.Numbers().All(tx)
		keep(e)
		for _, n := range got.Numbers {
			got.Secrets = append(got.Secrets, n.AccessToken.Reveal(), n.AppSecret.Reveal(), n.VerifyToken.Reveal())
		}
		got.Contact, _, e = s.Contacts().ByID(tx, 1, 10_007)
		keep(e)
		got.Views, e = s.Inbox().List(tx, inbox.Filter{WorkspaceID: 1, Tab: inbox.TabUnassigned, Limit: people})
		keep(e)
		for n := range people {
			ms, e := s.Inbox().Messages(tx, inbox.History{WorkspaceID: 1, Conversation: wa.ConversationID(20_000 + n), Limit: 10})
			keep(e)
			got.Messages = append(got.Messages, ms)
		}
		got.Pending, e = s.Outbox().Pending(tx, 1)
		keep(e)
		got.Templates, e = s.Templates().Load(tx, 1)
		keep(e)
		got.File, _, e = s.Media().Get(tx, 1, 8)
		keep(e)
		got.Jobs, e = s.Jobs().Counts(tx)
		keep(e)
		got.Place, _, e = s.Journal().Position(tx, "greeting")
		keep(e)
		got.Parked, e = s.Journal().ParkedAll(tx, "greeting", 10)
		keep(e)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got.Facts = all
	for _, f := range all {
		if got.Place.Before(f.Cursor) {
			got.Rest = append(got.Rest, f)
		}
	}
	return got
}

// read opens a database, tells what is in it and closes it.
func read(t *testing.T, o store.Options) told {
	t.Helper()
	s := reopen(t, o)
	got := tell(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return got
}

func code(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	return fmt.Sprint(err)
}

func TestAMovedInstallationReadsTheSame(t *testing.T) {
	ctx := context.Background()
	o := installation(t)
	want := read(t, store.Options{File: o.File})
	if len(want.Views) != people || len(want.Rest) != people-300 || len(want.Parked) != 1 || len(want.Pending) != 1 {
		t.Fatalf("the installation to move has %d views, %d facts ahead, %d parked, %d pending", len(want.Views), len(want.Rest), len(want.Parked), len(want.Pending))
	}
	last := want.Facts[len(want.Facts)-1].Cursor
	steps := map[string]store.MoveStep{}
	o.Told = func(s store.MoveStep) { steps[fmt.Sprint(s.Table, s.Checking)] = s }
	moved, err := store.Move(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if moved.Rows < 5*people || moved.Tables < 20 || moved.Resumed || moved.Already {
		t.Errorf("got %+v, want all rows of a new move", moved)
	}
	for _, key := range []string{"messagefalse", "messagetrue"} {
		if s := steps[key]; s.Done != 2*people || s.Of != 2*people {
			t.Errorf("%s: got %+v as the last step, want all of %d", key, s, 2*people)
		}
	}
	s := reopen(t, o.To)
	if diff := cmp.Diff(want, tell(t, s)); diff != "" {
		t.Errorf("PostgreSQL reads (-SQLite +PostgreSQL):\n%s", diff)
	}
	facts := storetest.Facts(t, s)
	write(t, s, func(tx txn.Tx) error {
		return s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: journal.ContactChanged, At: moveDay})
	})
	facts = storetest.Facts(t, s)
	if next := facts[len(facts)-1]; next.Kind != journal.ContactChanged || !last.Before(next.Cursor) || next.Cursor.Seq <= last.Seq {
		t.Errorf("the next fact is %+v, want one behind %v", next, last)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	// From here on the file is not used by mistake.
	if _, err := store.Open(ctx, store.Options{File: o.File}); code(err) != "moved" {
		t.Errorf("opening the moved file: got %v, want it refused", err)
	}
	if again, err := store.Move(ctx, o); err != nil || !again.Already {
		t.Errorf("moving again: got %+v, %v, want the news that it was done", again, err)
	}
	elsewhere := o
	elsewhere.To = storetest.Options(t, "postgres")
	if _, err := store.Move(ctx, elsewhere); code(err) != "moved_elsewhere" {
		t.Errorf("moving to a second database: got %v, want it refused", err)
	}
	if was, err := store.Unmove(ctx, o.File); !was || err != nil {
		t.Errorf("taking the move back: got %v, %v", was, err)
	}
	if diff := cmp.Diff(want.Messages, read(t, store.Options{File: o.File}).Messages); diff != "" {
		t.Errorf("the file reads differently after a move (-before +after):\n%s", diff)
	}
}

func TestAMoveThatWasInterruptedGoesOn(t *testing.T) {
	o := installation(t)
	want := read(t, store.Options{File: o.File})
	fresh := map[string]int64{} // rows copied by all runs together
	runs := 0
	for done := false; !done; runs++ {
		if runs > 100 {
			t.Fatal("the move comes to no end")
		}
		ctx, cancel := context.WithCancel(context.Background())
		batches, run := 0, map[string]int64{}
		o.Told = func(s store.MoveStep) {
			if !s.Checking {
				run[s.Table] = s.Fresh
			}
			if !s.Checking && (s.Table == "message" || s.Table == "fact") {
				batches++
				if batches == 2 {
					cancel()
				}
			}
		}
		moved, err := store.Move(ctx, o)
		cancel()
		for table, n := range run {
			fresh[table] += n
		}
		switch {
		case err == nil:
			done = true
		case !errors.Is(err, context.Canceled):
			t.Fatal(err)
		}
		if runs > 0 && !moved.Resumed && err == nil {
			t.Errorf("run %d: got %+v, want it to go on", runs, moved)
		}
		if !done {
			if _, err := store.Open(context.Background(), o.To); code(err) != "move_unfinished" {
				t.Fatalf("opening a half-moved database: got %v, want it refused", err)
			}
		}
	}
	if runs < 3 {
		t.Errorf("the move was done after %d runs, want some that were interrupted", runs)
	}
	if fresh["message"] != 2*people || fresh["fact"] != people+1 { // one is written by storetest.Facts
		t.Errorf("%d messages and %d facts were copied in all runs, want each once", fresh["message"], fresh["fact"])
	}
	if diff := cmp.Diff(want, read(t, o.To)); diff != "" {
		t.Errorf("after %d runs PostgreSQL reads (-SQLite +PostgreSQL):\n%s", runs, diff)
	}
}

// interrupt ends a move behind the second batch of messages.
func interrupt(t *testing.T, o store.MoveOptions) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o.Told = func(s store.MoveStep) {
		if s.Table == "message" && s.Done >= int64(2*o.Batch) {
			cancel()
		}
	}
	if _, err := store.Move(ctx, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the interruption", err)
	}
}

func TestAMoveBeginsAnewWhenTheFileWasUsedSince(t *testing.T) {
	o := installation(t)
	interrupt(t, o)
	s := reopen(t, store.Options{File: o.File})
	write(t, s, func(tx txn.Tx) error { // a row that was copied already changes
		_, err := s.Accounts().InsertWorkspace(tx, account.Workspace{ID: 3, Slug: "third", Name: "Third", SessionHours: 24, CreatedAt: moveDay})
		return err
	})
	want := tell(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	moved, err := store.Move(context.Background(), o)
	if err != nil || !moved.Anew || moved.Resumed {
		t.Fatalf("got %+v, %v, want a new beginning", moved, err)
	}
	if diff := cmp.Diff(want, read(t, o.To)); diff != "" {
		t.Errorf("PostgreSQL reads (-SQLite +PostgreSQL):\n%s", diff)
	}
}

func TestAMoveComparesBothSides(t *testing.T) {
	o := installation(t)
	interrupt(t, o)
	if err := store.Exec(context.Background(), o.To, `UPDATE conversation SET unread = 7 WHERE id = 20003`); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Move(context.Background(), o); code(err) != "move_differs" {
		t.Fatalf("got %v, want the difference", err)
	}
	if _, err := store.Open(context.Background(), o.To); code(err) != "move_unfinished" {
		t.Errorf("opening the target: got %v, want it refused", err)
	}
	reopen(t, store.Options{File: o.File}) // and SQLite goes on
}

func TestAMoveRefusesWhatItMustNotTouch(t *testing.T) {
	ctx := context.Background()
	o := installation(t)
	t.Run("a target of another installation", func(t *testing.T) {
		other := storetest.Options(t, "postgres")
		s := reopen(t, other)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		wrong := o
		wrong.To = other
		if _, err := store.Move(ctx, wrong); code(err) != "move_target_in_use" {
			t.Errorf("got %v, want it refused", err)
		}
	})
	t.Run("a target with another installation's unfinished move", func(t *testing.T) {
		other := installation(t)
		interrupt(t, other)
		wrong := o
		wrong.To = other.To
		if _, err := store.Move(ctx, wrong); code(err) != "move_target_in_use" {
			t.Errorf("got %v, want it refused", err)
		}
	})
	t.Run("a file that is in use", func(t *testing.T) {
		s := reopen(t, store.Options{File: o.File})
		if _, err := store.Move(ctx, o); code(err) != "move_source_in_use" {
			t.Errorf("got %v, want it refused", err)
		}
		write(t, s, func(tx txn.Tx) error { return s.Journal().Advance(tx, "still", journal.Cursor{Seq: 1}) })
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("a file that is not there, and one that was never used", func(t *testing.T) {
		missing := o
		missing.File += ".missing"
		if _, err := store.Move(ctx, missing); code(err) != "move_source_missing" {
			t.Errorf("got %v, want it refused", err)
		}
		empty := storetest.Options(t, "sqlite")
		s, err := store.Open(ctx, empty)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Move(ctx, store.MoveOptions{File: empty.File, To: o.To}); code(err) != "move_source_empty" {
			t.Errorf("got %v, want it refused", err)
		}
	})
	t.Run("to open the file meanwhile", func(t *testing.T) {
		tried := false
		o.Told = func(store.MoveStep) {
			if !tried {
				tried = true
				if s, err := store.Open(ctx, store.Options{File: o.File}); err == nil {
					s.Close()
					t.Error("the file could be opened during the move")
				}
			}
		}
		if _, err := store.Move(ctx, o); err != nil || !tried {
			t.Errorf("got %v (tried: %v)", err, tried)
		}
	})
}
