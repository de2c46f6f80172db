package number_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/number"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// book is a register as one process has it; two on one store are two processes.
func book(t *testing.T, s *store.Store) *number.Book {
	t.Helper()
	b := number.New(number.Deps{Runner: s, Store: s.Numbers(), Journal: s.Journal(), NewID: s.NewID, Now: func() time.Time { return noon }})
	if err := b.Reload(context.Background()); err != nil {
		t.Fatal(err)
	}
	return b
}

func workspaces(t *testing.T, s *store.Store) {
	t.Helper()
	err := s.Write(context.Background(), func(tx txn.Tx) error {
		for id, slug := range map[wa.WorkspaceID]string{1: "one", 2: "two"} {
			if _, err := s.Accounts().InsertWorkspace(tx, account.Workspace{ID: id, Slug: slug, Name: slug, SessionHours: 24, CreatedAt: noon}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func settings(token wa.Secret) wa.Number {
	return wa.Number{WorkspaceID: 1, PhoneNumberID: "200000000000001", WABAID: "1", Provider: "cloudapi", APIVersion: "v25.0", AccessToken: token, AppSecret: "secret", VerifyToken: "verify"}
}

func connect(t *testing.T, b *number.Book, n wa.Number) *wa.Number {
	t.Helper()
	got, err := b.Connect(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestARestartIsNoReasonToGoOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		workspaces(t, s)
		first := settings("token")
		first.TeamID = 7
		n := connect(t, book(t, s), first)
		if err := book(t, s).Stop(ctx, n.ID, "token_invalid"); err != nil {
			t.Fatal(err)
		}
		before := len(storetest.Facts(t, s))
		again := connect(t, book(t, s), settings("token"))
		if again.ID != n.ID || again.State != wa.NumberStopped || again.StateReason != "token_invalid" || again.TeamID != 7 {
			t.Errorf("got %+v, want it as it stood", again)
		}
		if got := len(storetest.Facts(t, s)); got != before {
			t.Errorf("got %d new facts, want none: nothing changed", got-before)
		}
		if again = connect(t, book(t, s), settings("another token")); again.State != wa.NumberActive || again.StateReason != "" || again.AccessToken != "another token" {
			t.Errorf("got %+v, want it to go on with another token", again)
		}
	})
}

func TestAnotherProcessIsNotUndone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		workspaces(t, s)
		running := book(t, s)
		n := connect(t, running, settings("token"))
		connect(t, book(t, s), settings("rotated")) // kontor setup beside it
		if err := running.Pause(ctx, n.ID, noon.Add(time.Minute), "throttled"); err != nil {
			t.Fatal(err)
		}
		got, ok := running.ByID(n.ID)
		if !ok || got.AccessToken != "rotated" || !got.PausedUntil.Equal(noon.Add(time.Minute)) {
			t.Errorf("got %+v, want the pause and the token that the other process set", got)
		}
	})
}

// watched is a store that notes what transactions are about.
type watched struct {
	*store.Store
	about *[]int64
}

func (w watched) Write(ctx context.Context, f func(txn.Tx) error) error {
	*w.about = append(*w.about, txn.Subject(ctx))
	return w.Store.Write(ctx, f)
}

// A refusal may concern several numbers, each of which is changed in a
// transaction that others share: it says which row it holds, so that these are
// taken in one order.
func TestAChangeSaysWhatItHolds(t *testing.T) {
	s := storetest.Open(t, "sqlite")
	workspaces(t, s)
	id := connect(t, book(t, s), settings("token")).ID
	var about []int64
	b := number.New(number.Deps{Runner: watched{s, &about}, Store: s.Numbers(), Journal: s.Journal(), NewID: s.NewID, Now: func() time.Time { return noon }})
	if err := b.Pause(context.Background(), id, noon.Add(time.Minute), "throttled"); err != nil {
		t.Fatal(err)
	}
	if want := []int64{int64(id)}; !slices.Equal(about, want) {
		t.Errorf("got %v, want %v", about, want)
	}
}

func TestANumberHasOneWorkspace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		workspaces(t, s)
		late := book(t, s) // knows of no number yet
		connect(t, book(t, s), settings("token"))
		other := settings("token")
		other.WorkspaceID = 2
		if _, err := late.Connect(context.Background(), other); fault.As(err).Code != "number_taken" {
			t.Errorf("got %v, want number_taken", err)
		}
		facts := 0
		for _, f := range storetest.Facts(t, s) {
			if f.Kind == journal.NumberChanged {
				facts++
			}
		}
		if facts != 1 {
			t.Errorf("got %d facts about numbers, want 1", facts)
		}
	})
}
