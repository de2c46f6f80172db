package premises_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/premises"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// house is a Book over a real database, with a clock of its own.
type house struct {
	*testing.T
	*premises.Book
	now    time.Time
	number *wa.Number
}

const good = "Sec3t!word"

func each(t *testing.T, f func(h *house)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := &house{T: t, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
		h.number = &wa.Number{ID: 10, WorkspaceID: 1, PhoneNumberID: "4711", Provider: "cloudapi", State: wa.NumberActive}
		err := s.Write(context.Background(), func(tx txn.Tx) error {
			if _, err := s.Accounts().InsertWorkspace(tx, account.Workspace{ID: 1, Slug: "one", Name: "One", SessionHours: 24, CreatedAt: h.now}); err != nil {
				return err
			}
			return s.Numbers().Insert(tx, h.number, h.now)
		})
		if err != nil {
			t.Fatal(err)
		}
		h.Book = premises.New(premises.Parts{Runner: s, Store: s.Premises(), Now: func() time.Time { return h.now }, Log: slog.New(slog.DiscardHandler)})
		f(h)
	})
}

func (h *house) enable() premises.Facade {
	h.Helper()
	f, err := h.Enable(context.Background(), h.number, nil)
	if err != nil {
		h.Fatal(err)
	}
	return f
}

func TestATokenEndsAfterSevenDays(t *testing.T) {
	each(t, func(h *house) {
		ctx, f := context.Background(), h.enable()
		s, err := h.Login(ctx, f, "admin", "secret", good, "here")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			after time.Duration
			opens bool
		}{{0, true}, {7*24*time.Hour - time.Second, true}, {7 * 24 * time.Hour, false}} {
			h.now = s.ExpiresAt.Add(c.after - premises.TokenLife)
			if _, err := h.Verify(ctx, s.Token.Reveal()); (err == nil) != c.opens {
				t.Errorf("after %v: got %v, want open %v", c.after, err, c.opens)
			}
		}
		if strings.Contains(s.Token.String(), s.Token.Reveal()) {
			t.Error("the token prints itself")
		}
	})
}

func TestTriesAreForgottenAfterAMinute(t *testing.T) {
	each(t, func(h *house) {
		ctx, f := context.Background(), h.enable()
		for range 10 {
			if _, err := h.Login(ctx, f, "admin", "guess", "", "here"); fault.As(err).Code != premises.CodeLogin {
				t.Fatalf("got %v, want %s", err, premises.CodeLogin)
			}
		}
		if _, err := h.Login(ctx, f, "admin", "secret", good, "elsewhere"); fault.As(err).Code != premises.CodeLoginLimited {
			t.Fatalf("got %v, want %s", err, premises.CodeLoginLimited)
		}
		h.now = h.now.Add(time.Minute)
		if _, err := h.Login(ctx, f, "admin", "secret", good, "elsewhere"); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAnotherWorkspaceSeesNothing(t *testing.T) {
	each(t, func(h *house) {
		ctx, f := context.Background(), h.enable()
		if err := h.Save(ctx, f, premises.DocTwoStep, map[string]bool{"set": true}); err != nil {
			t.Fatal(err)
		}
		stranger := f
		stranger.WorkspaceID = 2
		var v map[string]bool
		if found, err := h.Load(ctx, stranger, premises.DocTwoStep, &v); err != nil || found {
			t.Errorf("a document: got %v, %v", found, err)
		}
		if _, err := h.FindUser(ctx, stranger, "admin"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a user: got %v, want not found", err)
		}
		if _, err := h.Login(ctx, stranger, "admin", "secret", good, "here"); fault.As(err).Code != premises.CodeLogin {
			t.Errorf("a login: got %v", err)
		}
		if err := h.Save(ctx, stranger, premises.DocTwoStep, map[string]bool{"set": false}); err != nil {
			t.Fatal(err)
		}
		if found, err := h.Load(ctx, f, premises.DocTwoStep, &v); err != nil || !found || !v["set"] {
			t.Errorf("a stranger's write reached the document: %v, %v", v, err)
		}
	})
}

func TestPasswords(t *testing.T) {
	each(t, func(h *house) {
		ctx, f := context.Background(), h.enable()
		for password, want := range map[string]bool{
			good: true, "short1!A": true, "sh0rt!A": false, "nodigits!A": false, "NOLOWER1!": false, "noupper1!": false, "NoSpecial1": false, strings.Repeat("aA1!", 17): false,
		} {
			_, err := h.CreateUser(ctx, f, "user-"+password[:4]+"x", password)
			if (err == nil) != want {
				t.Errorf("%q: got %v, want taken %v", password, err, want)
			}
		}
		users, err := h.Users(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range users {
			if !strings.HasPrefix(u.Hash, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(u.Hash, good) {
				t.Errorf("%s: got the hash %q", u.Name, u.Hash)
			}
		}
	})
}

func TestUsedCallsAreCounted(t *testing.T) {
	each(t, func(h *house) {
		ctx, f := context.Background(), h.enable()
		h.Used(f, "POST /v1/messages text", false, []string{"ttl"})
		if err := h.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		h.Used(f, "POST /v1/messages text", true, nil)
		calls, err := h.Calls(ctx, f)
		if err != nil || len(calls) != 2 || calls[0].Count != 2 || calls[0].Failed != 1 || calls[1].Note != "ttl" || calls[1].Count != 1 {
			t.Errorf("got %+v, %v", calls, err)
		}
	})
}
