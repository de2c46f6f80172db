package account_test

import (
	"fmt"
	"testing"
	"time"

	"kontor/internal/account"
)

// Whoever manages a house's people hears that an address is taken, and cannot go
// through a list of addresses to learn who works elsewhere.
func TestAddressesOfOtherHousesAreNotTriedOneAfterTheOther(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		other, err := h.EnsureWorkspace(h.ctx(), "other", "Other")
		if err != nil {
			t.Fatal(err)
		}
		for i := range 30 {
			if _, err := h.CreatePerson(h.ctx(), other.ID, account.NewPerson{Name: "Somebody", Email: fmt.Sprintf("p%d@other.example", i), Role: account.Agent}); err != nil {
				t.Fatal(err)
			}
		}
		ben := h.join(t, "ben@example.com", account.Agent).Person
		try := func(email string) string {
			_, _, err := h.Invite(h.ctx(), h.by(), account.Invite{Email: email, Role: account.Agent})
			return code(err)
		}
		move := func(email string) string {
			_, err := h.ChangePerson(h.ctx(), h.by(), ben.ID, account.PersonChange{Email: &email})
			return code(err)
		}
		// What is of one's own house, or nobody's, may be asked for as often as one likes.
		for range 25 {
			if got := try("BEN@example.com"); got != "email_taken" {
				t.Fatalf("a colleague's address: got %q, want email_taken", got)
			}
			if got := try("nobody@example.com"); got != "" {
				t.Fatalf("nobody's address: got %q, want an invitation", got)
			}
			if got := move("Ben@example.com"); got != "" {
				t.Fatalf("one's own address: got %q, want nothing wrong", got)
			}
		}
		for i := range 10 {
			if got := try(fmt.Sprintf("p%d@other.example", i)); got != "email_taken" {
				t.Fatalf("%d: got %q, want email_taken", i, got)
			}
			if got := move(fmt.Sprintf("P%d@other.example", 10+i)); got != "email_taken" {
				t.Fatalf("%d: got %q, want email_taken", 10+i, got)
			}
		}
		// From then on nothing tells one that is taken from one that is free.
		for _, email := range []string{"p20@other.example", "free@example.com"} {
			if got := try(email); got != "too_many_addresses" {
				t.Errorf("%s: got %q, want too_many_addresses", email, got)
			}
			if got := move(email); got != "too_many_addresses" {
				t.Errorf("%s for Ben: got %q, want too_many_addresses", email, got)
			}
		}
		// It keeps nobody from putting somebody out.
		role := account.Auditor
		if _, err := h.ChangePerson(h.ctx(), h.by(), ben.ID, account.PersonChange{Role: &role}); err != nil {
			t.Error(err)
		}
		if _, err := h.Deactivate(h.ctx(), h.by(), ben.ID); err != nil {
			t.Error(err)
		}
		h.clock.pass(10 * time.Minute)
		if got := try("free@example.com"); got != "" {
			t.Errorf("later: got %q, want an invitation", got)
		}
	})
}
