package account_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// house is one workspace with an owner, on a clock of its own.
type house struct {
	*account.Accounts
	store *store.Store
	clock *clock
	ws    account.Workspace
	owner account.Person
}

type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time        { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) pass(by time.Duration) { c.ms.Add(by.Milliseconds()) }
func (h *house) by() account.Principal { return h.principal(h.ws, h.owner) }
func (h *house) ctx() context.Context  { return context.Background() }
func (h *house) node() *account.Accounts {
	return account.New(h.store, h.store.Accounts(), h.store.NewID, h.clock.now)
}

func (h *house) principal(ws account.Workspace, p account.Person) account.Principal {
	return account.Principal{WorkspaceID: ws.ID, PersonID: p.ID, Name: p.Name, Role: p.Role}
}

func open(t *testing.T, s *store.Store) *house {
	t.Helper()
	h := &house{store: s, clock: &clock{}}
	h.clock.ms.Store(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC).UnixMilli())
	h.Accounts = h.node()
	var err error
	if h.ws, err = h.EnsureWorkspace(h.ctx(), "default", "Hansen & Sohn"); err != nil {
		t.Fatal(err)
	}
	if h.owner, err = h.CreatePerson(h.ctx(), h.ws.ID, account.NewPerson{Name: "Ida Hansen", Role: account.Owner}); err != nil {
		t.Fatal(err)
	}
	return h
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store) { f(t, open(t, s)) })
}

func code(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestEnsureWorkspaceMakesOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		again, err := h.EnsureWorkspace(h.ctx(), "default", "Another name")
		if err != nil || again != h.ws {
			t.Fatalf("got %+v, %v, want the first one %+v", again, err, h.ws)
		}
		if h.ws.SessionHours != 24 || h.ws.Greeting != "" {
			t.Errorf("got session %d and greeting %q, want 24 hours and none", h.ws.SessionHours, h.ws.Greeting)
		}
		var all sync.WaitGroup
		ids := make([]wa.WorkspaceID, 16)
		for i := range ids {
			all.Go(func() {
				w, err := h.EnsureWorkspace(h.ctx(), "second", "Second")
				if err != nil {
					t.Error(err)
				}
				ids[i] = w.ID
			})
		}
		all.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Fatalf("got workspaces %v for one slug, want the same", ids)
			}
		}
		if _, err := h.EnsureWorkspace(h.ctx(), "Not a slug", "x"); code(err) != "invalid_workspace" {
			t.Errorf("got %v, want invalid_workspace", err)
		}
	})
}

func TestAWorkspaceIsMadeOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w, err := h.CreateWorkspace(h.ctx(), "nord", " Fahrradladen Nord ")
		if err != nil || w.Slug != "nord" || w.Name != "Fahrradladen Nord" {
			t.Fatalf("got %+v, %v, want it made", w, err)
		}
		if kept, err := h.Workspace(h.ctx(), w.ID); err != nil || kept != w {
			t.Errorf("got %+v, %v, want %+v", kept, err, w)
		}
		for slug, want := range map[string]string{"nord": "workspace_taken", "default": "workspace_taken", "Nord": "invalid_workspace", "": "invalid_workspace"} {
			if got, err := h.CreateWorkspace(h.ctx(), slug, "Another"); code(err) != want || got != (account.Workspace{}) {
				t.Errorf("%q: got %+v, %v, want %s", slug, got, err, want)
			}
		}
		if all, err := h.Workspaces(h.ctx()); err != nil || len(all) != 2 {
			t.Errorf("got %v, %v, want two", all, err)
		}
	})
}

func TestWorkspaceSettingsAreChecked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		text := func(s string) *string { return &s }
		hours := func(n int) *int { return &n }
		for name, c := range map[string]struct {
			change account.WorkspaceChange
			field  string
			length int
		}{
			"greeting too long": {account.WorkspaceChange{Greeting: text(strings.Repeat("ü", 4097))}, "greeting", 4097},
			"no hour":           {account.WorkspaceChange{SessionHours: hours(0)}, "session_hours", 0},
			"over a month":      {account.WorkspaceChange{SessionHours: hours(721)}, "session_hours", 721},
			"empty name":        {account.WorkspaceChange{Name: text("  ")}, "name", 0},
		} {
			_, err := h.UpdateWorkspace(h.ctx(), h.ws.ID, c.change)
			f := fault.As(err)
			if f.Code != "invalid_workspace" || len(f.Fields) != 1 || f.Fields[0].Name != c.field || f.Fields[0].Length != c.length {
				t.Errorf("%s: got %v %+v, want the field %s with length %d", name, err, f.Fields, c.field, c.length)
			}
		}
		if _, err := h.UpdateWorkspace(h.ctx(), h.ws.ID, account.WorkspaceChange{Greeting: text(strings.Repeat("ü", 4096)), SessionHours: hours(720)}); err != nil {
			t.Fatal(err)
		}
		w, err := h.Workspace(h.ctx(), h.ws.ID)
		if err != nil || w.SessionHours != 720 || len([]rune(w.Greeting)) != 4096 || w.Name != h.ws.Name {
			t.Errorf("got %d hours, greeting of %d, name %q, %v", w.SessionHours, len(w.Greeting), w.Name, err)
		}
	})
}

func TestLinkOpensOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		link, err := h.NewLink(h.ctx(), h.ws.ID, h.owner.ID)
		if err != nil {
			t.Fatal(err)
		}
		var in, refused atomic.Int32
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				switch _, err := h.SignIn(h.ctx(), link.Token.Reveal(), account.Arrival{}); code(err) {
				case "":
					in.Add(1)
				case "link_expired":
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if in.Load() != 1 || refused.Load() != 15 {
			t.Fatalf("%d came in and %d were refused, want 1 and 15", in.Load(), refused.Load())
		}
	})
}

func TestLinkExpires(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		link, err := h.NewLink(h.ctx(), h.ws.ID, h.owner.ID)
		if err != nil {
			t.Fatal(err)
		}
		h.clock.pass(30 * time.Minute)
		if _, err := h.SignIn(h.ctx(), link.Token.Reveal(), account.Arrival{}); !errors.Is(err, account.ErrLink) {
			t.Errorf("got %v, want ErrLink after 30 minutes", err)
		}
		if _, err := h.SignIn(h.ctx(), "", account.Arrival{}); !errors.Is(err, account.ErrLink) {
			t.Errorf("got %v, want ErrLink for no token", err)
		}
		other, err := h.EnsureWorkspace(h.ctx(), "other", "Other")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.NewLink(h.ctx(), other.ID, h.owner.ID); code(err) != "person_not_found" {
			t.Errorf("got %v, want no link for a person of another workspace", err)
		}
	})
}

func TestSessionSlides(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		link, _ := h.NewLink(h.ctx(), h.ws.ID, h.owner.ID)
		s, err := h.SignIn(h.ctx(), link.Token.Reveal(), account.Arrival{})
		if err != nil {
			t.Fatal(err)
		}
		token := s.Token.Reveal()
		p, renewed, err := h.Session(h.ctx(), token)
		if err != nil || p.PersonID != h.owner.ID || p.WorkspaceID != h.ws.ID || p.Role != account.Owner || !p.Operator {
			t.Fatalf("got %+v, %v, want the owner", p, err)
		}
		if !renewed.IsZero() {
			t.Error("a session used at once was extended: that is a write a request")
		}
		h.clock.pass(29 * 24 * time.Hour)
		if _, renewed, err = h.Session(h.ctx(), token); err != nil || !renewed.Equal(h.clock.now().Add(account.SessionLife)) {
			t.Fatalf("got %v, %v, want 30 days from now", renewed, err)
		}
		h.clock.pass(29 * 24 * time.Hour)
		if _, _, err = h.Session(h.ctx(), token); err != nil {
			t.Fatalf("got %v, want the session extended by its use", err)
		}
		h.clock.pass(30 * 24 * time.Hour)
		if _, _, err = h.Session(h.ctx(), token); !errors.Is(err, account.ErrSession) {
			t.Fatalf("got %v, want the session ended after 30 unused days", err)
		}
	})
}

func TestSignOutEndsTheSession(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		link, _ := h.NewLink(h.ctx(), h.ws.ID, h.owner.ID)
		s, err := h.SignIn(h.ctx(), link.Token.Reveal(), account.Arrival{})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // twice: the second is no error
			if err := h.SignOut(h.ctx(), s.Token.Reveal()); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := h.Session(h.ctx(), s.Token.Reveal()); !errors.Is(err, account.ErrSession) {
			t.Errorf("got %v, want ErrSession", err)
		}
	})
}

func TestSweepTakesWhatEnded(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		link, _ := h.NewLink(h.ctx(), h.ws.ID, h.owner.ID)
		s, err := h.SignIn(h.ctx(), link.Token.Reveal(), account.Arrival{})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Sweep(h.ctx()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Session(h.ctx(), s.Token.Reveal()); err != nil {
			t.Fatalf("got %v, want the session to stay", err)
		}
		h.clock.pass(32 * 24 * time.Hour)
		if err := h.Sweep(h.ctx()); err != nil {
			t.Fatal(err)
		}
		h.clock.pass(-32 * 24 * time.Hour) // only a deleted row stays away now
		if _, _, err := h.Session(h.ctx(), s.Token.Reveal()); !errors.Is(err, account.ErrSession) {
			t.Errorf("got %v, want the row gone", err)
		}
	})
}

// TestSecretsAreNotKept looks through the whole database for what was handed out.
func TestSecretsAreNotKept(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, secret, err := h.CreateKey(h.ctx(), h.by(), "erp", account.Agent)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(secret.Reveal(), "kontor_") || len(secret.Reveal()) < 39 {
			t.Errorf("got a key of %d characters, want kontor_ and at least 32", len(secret.Reveal()))
		}
		keys, err := h.Keys(h.ctx(), h.ws.ID)
		if err != nil || len(keys) != 1 || keys[0].Hint != secret.Reveal()[len(secret.Reveal())-4:] {
			t.Fatalf("got %+v, %v, want one key with the last four characters as hint", keys, err)
		}
		if s := secret.String(); strings.Contains(s, "kontor_") {
			t.Errorf("a printed key shows itself: %s", s)
		}
		err = h.store.Read(h.ctx(), func(tx txn.Tx) error {
			_, _, found, err := h.store.Accounts().KeyByHash(tx, account.Hash([]byte(secret.Reveal())[:32]))
			if found {
				t.Error("the key was found by its own characters: it is stored in the clear")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
