package panel_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/order"
	"kontor/internal/panel"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

func TestParseOrigin(t *testing.T) {
	for text, want := range map[string]string{
		"https://erp.shop.example":        "https://erp.shop.example",
		"HTTPS://ERP.Shop.Example:443/":   "https://erp.shop.example",
		"http://erp.local:8080":           "http://erp.local:8080",
		"http://127.0.0.1:80":             "http://127.0.0.1",
		" https://a.example ":             "https://a.example",
		"https://a.example/path":          "",
		"https://a.example?x":             "",
		"https://user@a.example":          "",
		"https://*.example":               "",
		"https://a.example; script-src *": "",
		"https://[::1]":                   "",
		"https://a.example:99999":         "",
		"javascript:alert(1)":             "",
		"null":                            "",
		"*":                               "",
		"":                                "",
	} {
		got, problem := panel.ParseOrigin(text)
		if got != want || (problem == "") != (want != "") {
			t.Errorf("%q: got %q (%s), want %q", text, got, problem, want)
		}
	}
}

// desk is two workspaces with a key and an order each, and a time that stands.
type desk struct {
	t        *testing.T
	panels   *panel.Panels
	accounts *account.Accounts
	now      time.Time
	ws       [2]account.Workspace
	key      [2]account.Key
	order    [2]wa.OrderID
}

func each(t *testing.T, f func(d *desk)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := &desk{t: t, now: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)}
		now := func() time.Time { return d.now }
		d.panels, d.accounts = panel.New(s, s.Panels(), s.NewID, now), account.New(s, s.Accounts(), s.NewID, now)
		for i, slug := range []string{"one", "two"} {
			var err error
			if d.ws[i], err = d.accounts.EnsureWorkspace(t.Context(), slug, slug); err != nil {
				t.Fatal(err)
			}
			if d.key[i], _, err = d.accounts.CreateKey(t.Context(), account.Principal{WorkspaceID: d.ws[i].ID, Role: account.Owner}, "shop", account.Agent); err != nil {
				t.Fatal(err)
			}
			o := &order.Order{ID: wa.OrderID(s.NewID()), WorkspaceID: d.ws[i].ID, Ref: "R-1", NumberID: 1, ContactID: 1, Status: "received", Version: 1, CreatedAt: d.now, UpdatedAt: d.now}
			err = s.Write(t.Context(), func(tx txn.Tx) error { _, err := s.Orders().Insert(tx, o); return err })
			if err != nil {
				t.Fatal(err)
			}
			d.order[i] = o.ID
			d.list(i, "https://erp.example", "https://shop.example")
		}
		f(d)
	})
}

func (d *desk) list(i int, origins ...string) {
	d.t.Helper()
	if _, err := d.panels.SetOrigins(context.Background(), d.ws[i].ID, origins); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) issue(i int, life time.Duration) (panel.Token, string) {
	d.t.Helper()
	made, secret, err := d.panels.Issue(context.Background(), panel.Token{WorkspaceID: d.ws[i].ID, KeyID: d.key[i].ID, OrderID: d.order[i], Origin: "https://erp.example", Send: true}, life)
	if err != nil {
		d.t.Fatal(err)
	}
	return made, secret.Reveal()
}

func (d *desk) want(token, origin, code string) {
	d.t.Helper()
	_, err := d.panels.Verify(context.Background(), token, origin)
	got := ""
	if err != nil {
		got = fault.As(err).Code
	}
	if got != code {
		d.t.Errorf("got %q, want %q", got, code)
	}
}

func (d *desk) frame(id wa.PanelTokenID, want string) {
	d.t.Helper()
	if got, err := d.panels.Frame(context.Background(), id); err != nil || got != want {
		d.t.Errorf("frame: got %q, %v, want %q", got, err, want)
	}
}

func TestATokenOpensOneOrderUntilItEnds(t *testing.T) {
	each(t, func(d *desk) {
		made, token := d.issue(0, 0)
		got, err := d.panels.Verify(t.Context(), token, "https://erp.example")
		if err != nil || got.OrderID != d.order[0] || got.WorkspaceID != d.ws[0].ID || !got.Send || got.Role() != "agent" {
			t.Fatalf("got %+v, %v, want the order of the first workspace, with the key's role", got, err)
		}
		d.want(token, "https://shop.example", "panel_origin_refused")
		d.want(token, "", "panel_origin_refused")
		d.want(token+"x", "https://erp.example", "panel_token_invalid")
		d.want(token[:len(token)-1], "https://erp.example", "panel_token_invalid")
		d.want("kontor_panel_", "https://erp.example", "panel_token_invalid")
		_, other := d.issue(1, 0)
		mixed := token[:strings.LastIndex(token[:30], "_")] + other[strings.LastIndex(other[:30], "_"):]
		d.want(mixed, "https://erp.example", "panel_token_invalid")

		d.now = made.ExpiresAt.Add(-time.Millisecond)
		d.want(token, "https://erp.example", "")
		d.now = made.ExpiresAt
		d.want(token, "https://erp.example", "panel_token_expired")
		d.frame(made.ID, "https://erp.example") // its page may bring a new one
		d.now = made.ExpiresAt.Add(25 * time.Hour)
		if err := d.panels.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.want(token, "https://erp.example", "panel_token_invalid")
		d.frame(made.ID, "")
	})
}

func TestWhatEndsATokenAtOnce(t *testing.T) {
	each(t, func(d *desk) {
		made, token := d.issue(0, time.Hour)
		if err := d.panels.End(t.Context(), d.ws[1].ID, made.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("ended by another workspace: got %v, want not found", err)
		}
		d.want(token, "https://erp.example", "")
		d.list(0, "https://shop.example")
		d.want(token, "https://erp.example", "panel_origin_refused")
		d.frame(made.ID, "")
		d.list(0, "https://erp.example")
		for range 2 {
			if err := d.panels.End(t.Context(), d.ws[0].ID, made.ID); err != nil {
				t.Error(err)
			}
		}
		d.want(token, "https://erp.example", "panel_token_invalid")
		d.frame(made.ID, "")

		made, token = d.issue(0, time.Hour)
		if err := d.accounts.RevokeKey(t.Context(), d.ws[0].ID, d.key[0].ID, 0); err != nil {
			t.Fatal(err)
		}
		d.want(token, "https://erp.example", "panel_token_invalid")
		d.frame(made.ID, "")
	})
}

// A token is no longer good than whom it speaks for.
func TestATokenEndsWithItsKeyAndItsPerson(t *testing.T) {
	each(t, func(d *desk) {
		by := account.Principal{WorkspaceID: d.ws[0].ID, Role: account.Owner}
		key, _, err := d.accounts.MakeKey(t.Context(), by, account.NewKey{Name: "for a minute", ExpiresAt: d.now.Add(time.Minute)})
		if err != nil {
			t.Fatal(err)
		}
		tom, err := d.accounts.CreatePerson(t.Context(), d.ws[0].ID, account.NewPerson{Name: "Tom", Role: account.Technician})
		if err != nil {
			t.Fatal(err)
		}
		d.key[0] = key
		made, token := d.issue(0, time.Hour)
		named, secret, err := d.panels.Issue(t.Context(), panel.Token{WorkspaceID: d.ws[0].ID, KeyID: d.key[0].ID, PersonID: tom.ID, OrderID: d.order[0], Origin: "https://erp.example"}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := d.panels.Verify(t.Context(), secret.Reveal(), named.Origin); err != nil || got.Role() != string(account.Technician) {
			t.Fatalf("got %q, %v, want the person's role", got.Role(), err)
		}
		if _, err := d.accounts.Deactivate(t.Context(), by, tom.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := d.panels.Verify(t.Context(), secret.Reveal(), named.Origin); err != nil || got.Role() != "" {
			t.Errorf("got %q, %v of somebody who is deactivated, want no role", got.Role(), err)
		}
		d.want(token, "https://erp.example", "")
		d.now = d.now.Add(time.Minute)
		d.want(token, "https://erp.example", "panel_token_invalid")
		d.frame(made.ID, "")
	})
}

func TestWhatIsNotIssued(t *testing.T) {
	each(t, func(d *desk) {
		for name, c := range map[string]struct {
			origin string
			life   time.Duration
			code   string
		}{
			"another origin": {"https://other.example", 0, "panel_origin_unlisted"},
			"no origin":      {"", 0, "invalid_panel_token"},
			"too long":       {"https://erp.example", 25 * time.Hour, "invalid_panel_token"},
			"too short":      {"https://erp.example", time.Second, "invalid_panel_token"},
		} {
			_, secret, err := d.panels.Issue(t.Context(), panel.Token{WorkspaceID: d.ws[0].ID, KeyID: d.key[0].ID, OrderID: d.order[0], Origin: c.origin}, c.life)
			if err == nil || secret != "" || fault.As(err).Code != c.code {
				t.Errorf("%s: got %v, want %s", name, err, c.code)
			}
		}
		if _, err := d.panels.SetOrigins(t.Context(), d.ws[0].ID, []string{"https://a.example", "ftp://b.example"}); err == nil || fault.As(err).Fields[0].Name != "origins[1]" {
			t.Errorf("got %v, want the second origin refused", err)
		}
		if got, err := d.panels.Origins(t.Context(), d.ws[0].ID); err != nil || len(got) != 2 {
			t.Errorf("got %v, %v, want the list as it was", got, err)
		}
	})
}
