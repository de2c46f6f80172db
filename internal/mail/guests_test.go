package mail_test

import (
	"fmt"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/mail"
	"kontor/internal/mail/mailtest"
)

// Letters to guests go to whomever an inviter names: neither is somebody buried
// in them, nor does a house send them to everybody.
func TestLettersToGuestsHaveALimit(t *testing.T) {
	var s *mailtest.Server
	each(t, func(t *testing.T) *mail.Post { s = mailtest.Start(t, mailtest.Options{}); return post(t, s, plain) }, func(h *house) {
		t := h.t
		invite := func(email string, send bool) string {
			_, _, err := h.Invite(t.Context(), h.owner, account.Invite{Email: email, Role: account.Agent, Send: send})
			return code(err)
		}
		for range 3 {
			if got := invite("ben@example.com", true); got != "" {
				t.Fatalf("got %q, want a letter", got)
			}
		}
		if got := invite("BEN@example.com", true); got != "too_many_letters" {
			t.Errorf("the fourth letter to Ben: got %q, want too_many_letters", got)
		}
		if got := invite("ben@example.com", false); got != "" {
			t.Errorf("without a letter: got %q, want an invitation", got)
		}
		// One that is refused counts as none.
		for range 5 {
			if got := invite("ida@example.com", true); got != "email_taken" {
				t.Errorf("got %q, want email_taken", got)
			}
		}
		h.idle()          // else a letter under way is taken for one that was forgotten
		h.pass(time.Hour) // the house may send a hundred again
		if got := invite("ben@example.com", true); got != "" {
			t.Errorf("an hour later: got %q, want a letter", got)
		}
		sent := 1
		for sent < 200 && invite(fmt.Sprintf("guest%d@example.com", sent), true) == "" {
			sent++
		}
		if sent != 100 {
			t.Errorf("a house sent %d letters at once, want 100", sent)
		}
		h.idle()
		if all := s.Letters(); len(all) != 103 {
			t.Errorf("%d letters arrived, want 103", len(all))
		}
	})
}
