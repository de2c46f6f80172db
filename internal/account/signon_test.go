package account_test

import (
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

const issuer = "https://id.example.com"

func (h *house) vouched(subject, email string, verified bool, newcomer account.Role) (account.Session, error) {
	return h.SignOn(h.ctx(), account.Identity{Issuer: issuer, Subject: subject, Email: email, Verified: verified, Name: "Somebody Else"}, newcomer, account.Arrival{})
}

func TestSignOnKnowsPeopleByTheirSubject(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ida := h.join(t, "ida@example.com", account.Admin).Person
		if _, err := h.vouched("1", "ida@example.com", false, ""); code(err) != "sso_unverified" {
			t.Errorf("an address that nobody checked: got %v, want sso_unverified", err)
		}
		s, err := h.vouched("1", " IDA@Example.com ", true, "")
		if err != nil || s.Person.ID != ida.ID {
			t.Fatalf("got %+v, %v, want Ida by her address", s.Person, err)
		}
		// From then on by the subject, whatever address it tells.
		if s, err := h.vouched("1", "new@example.com", false, ""); err != nil || s.Person.ID != ida.ID {
			t.Errorf("got %+v, %v, want Ida by her subject", s.Person, err)
		}
		// Who has her address there later is somebody else.
		if _, err := h.vouched("2", "ida@example.com", true, account.Agent); code(err) != "sso_other" {
			t.Errorf("her address at another's hands: got %v, want sso_other", err)
		}
		// Another house's subject of the same name is nobody's.
		other := account.Identity{Issuer: "https://evil.example", Subject: "1"}
		if _, err := h.SignOn(h.ctx(), other, account.Agent, account.Arrival{}); code(err) != "sso_unverified" {
			t.Errorf("another issuer: got %v, want sso_unverified", err)
		}
		ben := h.principalOf(t, h.join(t, "ben@example.com", account.Agent))
		if err := h.LinkSignOn(h.ctx(), ben, account.Identity{Issuer: issuer, Subject: "1"}); code(err) != "sso_taken" {
			t.Errorf("Ida's subject for Ben: got %v, want sso_taken", err)
		}
		if err := h.LinkSignOn(h.ctx(), ben, account.Identity{Issuer: issuer, Subject: "3"}); err != nil {
			t.Fatal(err)
		}
		if err := h.LinkSignOn(h.ctx(), ben, account.Identity{Issuer: issuer, Subject: "3"}); err != nil {
			t.Errorf("the same again: %v", err)
		}
		if err := h.LinkSignOn(h.ctx(), ben, account.Identity{Issuer: issuer, Subject: "4"}); code(err) != "sso_linked" {
			t.Errorf("a second one: got %v, want sso_linked", err)
		}
		if s, err := h.vouched("3", "", false, ""); err != nil || s.Person.ID != ben.PersonID {
			t.Errorf("got %+v, %v, want Ben in", s.Person, err)
		}
		if _, err := h.Deactivate(h.ctx(), h.by(), ben.PersonID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.vouched("3", "", false, ""); code(err) != "sso_deactivated" {
			t.Errorf("got %v, want sso_deactivated", err)
		}
	})
}

func TestWhoNobodyKnows(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if _, err := h.vouched("1", "eve@example.com", true, ""); code(err) != "sso_no_account" {
			t.Errorf("a stranger: got %v, want sso_no_account", err)
		}
		s, err := h.vouched("1", "eve@example.com", true, account.Agent)
		if err != nil || s.Person.Role != account.Agent || s.Person.Name != "Somebody Else" {
			t.Fatalf("got %+v, %v, want a new agent", s.Person, err)
		}
		// They have no password, so nothing else lets them in, and it cannot be taken away.
		eve := h.principalOf(t, s)
		if err := h.UnlinkSignOn(h.ctx(), eve); code(err) != "last_way_in" {
			t.Errorf("got %v, want last_way_in", err)
		}
		if _, err := h.SignInPassword(h.ctx(), "eve@example.com", "", account.Arrival{}); code(err) != "sign_in_refused" {
			t.Errorf("no password: got %v, want sign_in_refused", err)
		}
		if err := h.ChangePassword(h.ctx(), eve, s.Token.Reveal(), "", good); err != nil {
			t.Fatal(err)
		}
		if err := h.BeginLink(h.ctx(), eve, "wrong"); code(err) != "password_wrong" {
			t.Errorf("got %v, want password_wrong", err)
		}
		if err := h.UnlinkSignOn(h.ctx(), eve); err != nil {
			t.Error(err)
		}
		if sec, err := h.Security(h.ctx(), h.ws.ID, eve.PersonID); err != nil || sec.SignOn || !sec.Password {
			t.Errorf("got %+v, %v, want a password alone", sec, err)
		}
		if _, err := h.vouched("1", "eve@example.com", false, account.Agent); code(err) != "sso_unverified" {
			t.Errorf("after unlinking: got %v, want sso_unverified", err)
		}
	})
}

func TestAGuestMayComeBySignOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team, err := h.CreateTeam(h.ctx(), h.by(), "Werkstatt", "")
		if err != nil {
			t.Fatal(err)
		}
		i, token, err := h.Invite(h.ctx(), h.by(), account.Invite{Email: "Ben@Example.com", Role: account.Supervisor, Teams: []wa.TeamID{team.ID}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.vouched("1", "ben@example.com", false, ""); code(err) != "sso_unverified" {
			t.Errorf("got %v, want sso_unverified", err)
		}
		s, err := h.vouched("1", "ben@example.com", true, account.Agent)
		if err != nil || s.Person.Role != account.Supervisor || s.Person.WorkspaceID != i.WorkspaceID {
			t.Fatalf("got %+v, %v, want what the invitation says", s.Person, err)
		}
		members, err := h.Members(h.ctx(), h.ws.ID)
		if err != nil || len(members[team.ID]) != 1 {
			t.Errorf("got %v, %v, want Ben in the team", members, err)
		}
		if _, err := h.LookInvitation(h.ctx(), token.Reveal()); code(err) != "link_expired" {
			t.Errorf("the link: got %v, want it used up", err)
		}
		_, _, err = h.Invite(h.ctx(), h.by(), account.Invite{Email: "late@example.com", Role: account.Agent})
		if err != nil {
			t.Fatal(err)
		}
		h.clock.pass(account.InvitationLife)
		if _, err := h.vouched("2", "late@example.com", true, ""); code(err) != "sso_no_account" {
			t.Errorf("too late: got %v, want sso_no_account", err)
		}
	})
}

// An invitation of a stranger's house does not take somebody away from the one
// that they are expected in.
func TestAGuestOfSeveralHousesChooses(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		other, err := h.EnsureWorkspace(h.ctx(), "other", "Other")
		if err != nil {
			t.Fatal(err)
		}
		guest := account.Invite{Email: "ben@example.com", Role: account.Agent}
		_, token, err := h.Invite(h.ctx(), h.by(), guest)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Invite(h.ctx(), h.by(), guest); err != nil { // a second letter of the same house
			t.Fatal(err)
		}
		stranger := account.Principal{WorkspaceID: other.ID, Role: account.Owner}
		if _, _, err := h.Invite(h.ctx(), stranger, guest); err != nil {
			t.Fatal(err)
		}
		if s, err := h.vouched("1", "ben@example.com", true, account.Agent); code(err) != "sso_invited" {
			t.Fatalf("got %+v, %v, want sso_invited", s.Person, err)
		}
		s, err := h.Accept(h.ctx(), account.Acceptance{Token: token.Reveal(), Name: "Ben", Password: good}, account.Arrival{})
		if err != nil || s.Person.WorkspaceID != h.ws.ID {
			t.Fatalf("got %+v, %v, want Ben where he said", s.Person, err)
		}
		if in, err := h.vouched("1", "ben@example.com", true, ""); err != nil || in.Person.ID != s.Person.ID {
			t.Errorf("got %+v, %v, want Ben by the sign-on", in.Person, err)
		}
	})
}

// Nobody comes into a house before its owner: they would keep the owner out.
func TestSignOnOpensNoEmptyHouse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := account.New(s, s.Accounts(), s.NewID, time.Now)
		if _, err := a.EnsureWorkspace(t.Context(), "default", "Default"); err != nil {
			t.Fatal(err)
		}
		who := account.Identity{Issuer: issuer, Subject: "1", Email: "eve@example.com", Verified: true}
		if _, err := a.SignOn(t.Context(), who, account.Agent, account.Arrival{}); code(err) != "sso_no_account" {
			t.Errorf("got %v, want sso_no_account", err)
		}
		if needed, err := a.SetupNeeded(t.Context()); err != nil || !needed {
			t.Errorf("got %v, %v, want that the house still needs its owner", needed, err)
		}
	})
}
