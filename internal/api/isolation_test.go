package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"kontor/internal/account"
)

// TestEveryCallKeepsTenantsApart asks every call of the OpenAPI document that
// names something in its path for what is another tenant's, with a key that may
// do everything in its own house; and every list. A new call below these
// addresses, and a new list, is tried without a word here.
func TestEveryCallKeepsTenantsApart(t *testing.T) {
	h := open(t, openSQLite(t))
	ctx := context.Background()
	one, two := h.tenants[0], h.tenants[1]
	h.write(one, "494515550100", "wamid.1", "a secret of the first house")
	owner := account.Principal{WorkspaceID: one.ws.ID, PersonID: one.owner.ID, Role: account.Owner}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	team, err := h.accounts.CreateTeam(ctx, owner, "Secret team", "")
	must(err)
	invitation, _, err := h.accounts.Invite(ctx, owner, account.Invite{Email: "guest@example.com", Role: account.Agent})
	must(err)
	key, _, err := h.accounts.CreateKey(ctx, owner, "secret key", account.Agent)
	must(err)
	list := h.call(one.keys[account.Admin], "GET", base+"/conversations", "").data()[0].(map[string]any)
	message := list["last_message"].(map[string]any)["message_id"].(string)

	// What is the first house's, by the beginning of the path that names it.
	foreign := []struct{ path, id string }{
		{"/people/", one.owner.ID.String()}, {"/teams/", team.ID.String()}, {"/invitations/", invitation.ID.String()}, {"/keys/", key.ID.String()},
		{"/messages/", message}, {"/conversations/", list["contact"].(map[string]any)["contact_id"].(string)}, {"/queue/", list["contact"].(map[string]any)["contact_id"].(string)},
		{"/numbers/", string(one.number.PhoneNumberID)},
	}
	_, secret, err := h.accounts.CreateKey(ctx, account.Principal{WorkspaceID: two.ws.ID, PersonID: two.owner.ID, Role: account.Owner}, "stranger", account.Owner)
	must(err)
	var d document
	must(json.Unmarshal(h.api.OpenAPI(), &d))
	before, tried := h.world(one), 0
	for path, item := range d.Paths {
		rest := strings.TrimPrefix(path, base)
		for method, op := range item {
			method = strings.ToUpper(method)
			for _, f := range foreign {
				if !strings.HasPrefix(rest, f.path+"{") {
					continue
				}
				tried++
				name, tail, _ := strings.Cut(strings.TrimPrefix(rest, f.path), "}")
				if strings.Contains(tail, "{") {
					tail = strings.NewReplacer("{note}", "0", "{label}", "0").Replace(tail)
				}
				got := h.call(secret.Reveal(), method, base+f.path+f.id+tail, validBody(method+" "+rest))
				if got.status < 400 || got.status >= 500 {
					t.Errorf("%s %s (%s, %v): got %d %s with another tenant's %s, want a refusal", method, rest, name, op["operationId"], got.status, got.raw, f.id)
				}
				if strings.Contains(string(got.raw), "secret of the first") || strings.Contains(string(got.raw), "Secret team") || strings.Contains(string(got.raw), "Ida of default") {
					t.Errorf("%s %s: got %s, which is another tenant's", method, rest, got.raw)
				}
			}
			if method == http.MethodGet && !strings.Contains(rest, "{") && !strings.HasSuffix(rest, "/events") {
				got := h.call(secret.Reveal(), method, path, "")
				for _, theirs := range []string{"secret of the first", "Secret team", "Ida of default", one.ws.ID.String(), message, key.ID.String(), team.ID.String()} {
					if strings.Contains(string(got.raw), theirs) {
						t.Errorf("%s %s: got %s, which shows another tenant's %s", method, rest, got.raw, theirs)
					}
				}
			}
		}
	}
	if tried < 20 {
		t.Errorf("only %d calls were tried: does the document still name them?", tried)
	}
	if after := h.world(one); after != before {
		t.Errorf("another tenant changed the first house:\n%s\nwas\n%s", after, before)
	}
}

// world is what a tenant sees of its own, as text.
func (h *house) world(n *tenant) string {
	var b strings.Builder
	for _, path := range []string{"/people?state=all", "/teams", "/invitations", "/conversations", "/queue/pending", "/workspace"} {
		b.Write(h.call(n.keys[account.Admin], "GET", base+path, "").raw)
		b.WriteByte('\n')
	}
	return b.String()
}
