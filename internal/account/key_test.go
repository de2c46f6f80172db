package account_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/wa"
)

func TestKeyOpensItsWorkspaceUntilRevoked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		key, secret, err := h.CreateKey(h.ctx(), h.by(), "erp", "")
		if err != nil {
			t.Fatal(err)
		}
		p, err := h.Verify(h.ctx(), secret.Reveal())
		if err != nil || p.WorkspaceID != h.ws.ID || p.KeyID != key.ID || p.Role != account.Agent || p.PersonID != 0 {
			t.Fatalf("got %+v, %v, want the key with the role agent", p, err)
		}
		if _, err := h.Verify(h.ctx(), secret.Reveal()+"x"); !errors.Is(err, account.ErrKey) {
			t.Errorf("got %v, want ErrKey for another key", err)
		}
		other := h.node()
		if _, err := other.Verify(h.ctx(), secret.Reveal()); err != nil {
			t.Fatal(err)
		}
		if err := h.RevokeKey(h.ctx(), h.ws.ID, key.ID, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Verify(h.ctx(), secret.Reveal()); !errors.Is(err, account.ErrKey) {
			t.Errorf("got %v, want the key closed at once where it was revoked", err)
		}
		h.clock.pass(5 * time.Second)
		if _, err := other.Verify(h.ctx(), secret.Reveal()); !errors.Is(err, account.ErrKey) {
			t.Errorf("got %v, want the key closed on another node after 5 s", err)
		}
		if keys, err := h.Keys(h.ctx(), h.ws.ID); err != nil || len(keys) != 0 {
			t.Errorf("got %v, %v, want no open key", keys, err)
		}
	})
}

func TestKeysOfATenantAreItsOwn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		key, secret, err := h.CreateKey(h.ctx(), h.by(), "erp", account.Agent)
		if err != nil {
			t.Fatal(err)
		}
		other, err := h.EnsureWorkspace(h.ctx(), "other", "Other")
		if err != nil {
			t.Fatal(err)
		}
		if err := h.RevokeKey(h.ctx(), other.ID, key.ID, 0); code(err) != "key_not_found" {
			t.Errorf("got %v, want key_not_found from another workspace", err)
		}
		if _, err := h.Verify(h.ctx(), secret.Reveal()); err != nil {
			t.Errorf("got %v, want the key to open still", err)
		}
		if keys, err := h.Keys(h.ctx(), other.ID); err != nil || len(keys) != 0 {
			t.Errorf("got %v, %v, want none of another workspace's keys", keys, err)
		}
		if people, err := h.People(h.ctx(), other.ID); err != nil || len(people) != 0 {
			t.Errorf("got %v, %v, want none of another workspace's people", people, err)
		}
		if _, err := h.Person(h.ctx(), other.ID, h.owner.ID); code(err) != "person_not_found" {
			t.Errorf("got %v, want person_not_found", err)
		}
	})
}

func TestOnlyOwnersMakeOwners(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.by()
		for _, c := range []struct {
			by, role account.Role
			want     string
		}{
			{account.Owner, account.Owner, ""},
			{account.Admin, account.Admin, ""},
			{account.Admin, account.Owner, "forbidden"},
			{account.Agent, account.Auditor, "forbidden"},
			{account.Owner, "king", "invalid_key"},
		} {
			by.Role = c.by
			if _, _, err := h.CreateKey(h.ctx(), by, "k", c.role); code(err) != c.want {
				t.Errorf("%s makes %s: got %v, want %q", c.by, c.role, err, c.want)
			}
		}
	})
}

func TestInstallAdminKey(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if err := h.InstallAdminKey(h.ctx(), h.ws.ID, strings.Repeat("k", 31)); code(err) != "admin_key_too_short" {
			t.Errorf("got %v, want admin_key_too_short", err)
		}
		if err := h.InstallAdminKey(h.ctx(), h.ws.ID, strings.Repeat("k", 31)+"\n"); code(err) != "admin_key_characters" {
			t.Errorf("got %v, want admin_key_characters", err)
		}
		first, second := strings.Repeat("a", 32), strings.Repeat("b", 40)
		for range 2 { // every start does it
			if err := h.InstallAdminKey(h.ctx(), h.ws.ID, first); err != nil {
				t.Fatal(err)
			}
		}
		p, err := h.Verify(h.ctx(), first)
		if err != nil || p.Role != account.Admin || !p.Can(account.SeeQuarantine) {
			t.Fatalf("got %+v, %v, want an admin of the operator's workspace", p, err)
		}
		if keys, err := h.Keys(h.ctx(), h.ws.ID); err != nil || len(keys) != 1 {
			t.Fatalf("got %v, %v, want one key after two starts", keys, err)
		}
		if err := h.InstallAdminKey(h.ctx(), h.ws.ID, second); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Verify(h.ctx(), first); !errors.Is(err, account.ErrKey) {
			t.Errorf("got %v, want the former key closed", err)
		}
		if _, err := h.Verify(h.ctx(), second); err != nil {
			t.Errorf("got %v, want the new key to open", err)
		}
		if err := h.InstallAdminKey(h.ctx(), h.ws.ID, first); code(err) != "admin_key_spent" {
			t.Errorf("got %v, want a revoked key refused", err)
		}
	})
}

func TestRights(t *testing.T) {
	all := []account.Right{account.Read, account.Send, account.Assign, account.ManageWorkspace, account.ManageKeys, account.ManagePeople, account.ManageNumbers, account.ManageSubscriptions, account.SeeQuarantine}
	for role, want := range map[account.Role]string{
		account.Owner:      "111111111",
		account.Admin:      "111111111",
		account.Supervisor: "111000000",
		account.Agent:      "111000000",
		account.Technician: "111000000",
		account.Marketer:   "110000000",
		account.Auditor:    "100000000",
		"":                 "000000000",
		"king":             "000000000",
	} {
		got := ""
		for _, right := range all {
			p := account.Principal{WorkspaceID: 1, PersonID: wa.PersonID(1), Role: role, Operator: true}
			if p.Can(right) {
				got += "1"
			} else {
				got += "0"
			}
		}
		if got != want {
			t.Errorf("%q: got %s, want %s in the order %v", role, got, want, all)
		}
	}
	tenant := account.Principal{WorkspaceID: 2, Role: account.Owner}
	if tenant.Can(account.SeeQuarantine) {
		t.Error("the owner of another workspace sees webhooks that belong to no tenant")
	}
	if (account.Principal{Role: account.Owner}).Can(account.Read) {
		t.Error("somebody of no workspace may read")
	}
}
