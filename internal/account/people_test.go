package account_test

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/wa"
)

func TestAnInvitationOpensOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		team, err := h.CreateTeam(h.ctx(), h.by(), "Werkstatt Süd", "")
		if err != nil || team.Slug != "werkstatt-sud" {
			t.Fatalf("got %+v, %v, want a team with a slug", team, err)
		}
		_, token, err := h.Invite(h.ctx(), h.by(), account.Invite{Email: "Ben@Example.com", Role: account.Supervisor, Teams: []wa.TeamID{team.ID}})
		if err != nil {
			t.Fatal(err)
		}
		if g, err := h.LookInvitation(h.ctx(), token.Reveal()); err != nil || g.InvitedBy != "Ida Hansen" || g.Workspace.ID != h.ws.ID || len(g.Teams) != 1 {
			t.Fatalf("got %+v, %v, want what it is for", g, err)
		}
		var in, refused atomic.Int32
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				switch _, err := h.Accept(h.ctx(), account.Acceptance{Token: token.Reveal(), Name: "Ben", Password: good}, account.Arrival{}); code(err) {
				case "":
					in.Add(1)
				case "link_expired", "email_taken":
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if in.Load() != 1 || refused.Load() != 5 {
			t.Fatalf("%d came in and %d were refused, want 1 and 5", in.Load(), refused.Load())
		}
		ben, err := h.PersonByEmail(h.ctx(), h.ws.ID, "ben@example.com")
		if err != nil || ben.Role != account.Supervisor {
			t.Fatalf("got %+v, %v, want a supervisor", ben, err)
		}
		members, err := h.Members(h.ctx(), h.ws.ID)
		if err != nil || !slices.Equal(members[team.ID], []wa.PersonID{ben.ID}) {
			t.Errorf("got %v, %v, want the guest in the team", members, err)
		}
		if _, _, err := h.Invite(h.ctx(), h.by(), account.Invite{Email: "BEN@example.com", Role: account.Agent}); code(err) != "email_taken" {
			t.Errorf("got %v, want email_taken", err)
		}
		i, revoked, _ := h.Invite(h.ctx(), h.by(), account.Invite{Email: "a@example.com", Role: account.Agent})
		if err := h.RevokeInvitation(h.ctx(), h.by(), i.ID); err != nil {
			t.Fatal(err)
		}
		_, late, _ := h.Invite(h.ctx(), h.by(), account.Invite{Email: "b@example.com", Role: account.Agent})
		h.clock.pass(account.InvitationLife)
		for _, spent := range []wa.Secret{revoked, late, ""} {
			if _, err := h.LookInvitation(h.ctx(), spent.Reveal()); !errors.Is(err, account.ErrSpent) {
				t.Errorf("got %v, want revoked and late ones to open no more", err)
			}
		}
	})
}

func TestOwnersAreAnOwnersMatter(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.principalOf(t, h.join(t, "admin@example.com", account.Admin))
		agent := h.principalOf(t, h.join(t, "agent@example.com", account.Agent))
		owner, role := account.Owner, account.Agent
		refused := func(what string, err error, want string) {
			t.Helper()
			if code(err) != want {
				t.Errorf("%s: got %v, want %s", what, err, want)
			}
		}
		_, err := h.ChangePerson(h.ctx(), admin, agent.PersonID, account.PersonChange{Role: &owner})
		refused("an admin makes an owner", err, "owner_only")
		_, err = h.ChangePerson(h.ctx(), admin, h.owner.ID, account.PersonChange{Role: &role})
		refused("an admin unmakes an owner", err, "owner_only")
		email := "mine@example.com"
		_, err = h.ChangePerson(h.ctx(), admin, h.owner.ID, account.PersonChange{Email: &email})
		refused("an admin takes an owner's address", err, "owner_only")
		_, err = h.Deactivate(h.ctx(), admin, h.owner.ID)
		refused("an admin puts an owner out", err, "owner_only")
		_, _, err = h.Invite(h.ctx(), admin, account.Invite{Email: "o@example.com", Role: account.Owner})
		refused("an admin invites an owner", err, "owner_only")
		_, err = h.Deactivate(h.ctx(), agent, admin.PersonID)
		refused("an agent puts somebody out", err, "forbidden")
		_, err = h.ChangePerson(h.ctx(), h.by(), h.owner.ID, account.PersonChange{Role: &role})
		refused("the last owner steps down", err, "last_owner")
		_, err = h.Deactivate(h.ctx(), h.by(), h.owner.ID)
		refused("somebody puts themselves out", err, "yourself")

		// Of two owners who unmake each other at once, one stays.
		second := h.principalOf(t, h.join(t, "two@example.com", account.Owner))
		var wait sync.WaitGroup
		var stayed atomic.Int32
		for _, c := range []struct {
			by account.Principal
			of wa.PersonID
		}{{h.by(), second.PersonID}, {second, h.owner.ID}} {
			wait.Go(func() {
				if _, err := h.ChangePerson(h.ctx(), c.by, c.of, account.PersonChange{Role: &role}); code(err) == "last_owner" {
					stayed.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		people, err := h.People(h.ctx(), h.ws.ID)
		owners := 0
		for _, p := range people {
			if p.Role == account.Owner {
				owners++
			}
		}
		if err != nil || owners != 1 || stayed.Load() != 1 {
			t.Errorf("got %d owners and %d refusals, %v, want one of each", owners, stayed.Load(), err)
		}
	})
}

// Whoever has somebody's address has a new password mailed: a key with the right
// to manage people alone would become an admin by it.
func TestAnAddressIsNoWayToMoreRights(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.join(t, "admin@example.com", account.Admin).Person
		agent := h.join(t, "agent@example.com", account.Agent).Person
		key := func(role account.Role, rights ...string) account.Principal {
			_, secret, err := h.MakeKey(h.ctx(), h.by(), account.NewKey{Name: "directory", Role: role, Rights: rights})
			if err != nil {
				t.Fatal(err)
			}
			p, err := h.Verify(h.ctx(), secret.Reveal())
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		for i, c := range []struct {
			by   account.Principal
			of   wa.PersonID
			role account.Role // with which the address comes; empty: their own
			want string
		}{
			{key(account.Admin, "manage_people"), admin.ID, "", "forbidden"},
			{key(account.Admin, "manage_people"), agent.ID, "", "forbidden"},
			{key(account.Owner, "manage_people"), h.owner.ID, "", "forbidden"},
			{key(account.Admin, "read", "manage_people"), agent.ID, account.Auditor, ""},
			{key(account.Admin, "read", "send", "assign", "manage_people"), agent.ID, account.Agent, ""},
			{key(account.Admin), admin.ID, "", ""},
			{h.by(), admin.ID, "", ""},
		} {
			email := string(rune('a'+i)) + "@evil.example"
			change := account.PersonChange{Email: &email}
			if c.role != "" {
				change.Role = &c.role
			}
			if _, err := h.ChangePerson(h.ctx(), c.by, c.of, change); code(err) != c.want {
				t.Errorf("%d: got %v, want %q", i, err, c.want)
			}
			_, err := h.PersonByEmail(h.ctx(), h.ws.ID, email)
			if came := err == nil; came != (c.want == "") {
				t.Errorf("%d: the address is theirs: got %v (%v), want %v", i, came, err, c.want == "")
			}
		}
		// What does not let anybody in is theirs to change.
		name := "Ada"
		if _, err := h.ChangePerson(h.ctx(), key(account.Admin, "manage_people"), admin.ID, account.PersonChange{Name: &name}); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoIsPutOutIsOutAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := h.join(t, "ben@example.com", account.Agent)
		link, err := h.NewLink(h.ctx(), h.ws.ID, s.Person.ID)
		if err != nil {
			t.Fatal(err)
		}
		role := account.Auditor
		if _, err := h.ChangePerson(h.ctx(), h.by(), s.Person.ID, account.PersonChange{Role: &role}); err != nil {
			t.Fatal(err)
		}
		if p := h.principalOf(t, s); p.Can(account.Send) || !p.Can(account.Read) {
			t.Errorf("got %+v, want the new role with the next call", p)
		}
		if _, err := h.Deactivate(h.ctx(), h.by(), s.Person.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Session(h.ctx(), s.Token.Reveal()); !errors.Is(err, account.ErrSession) {
			t.Errorf("got %v, want the session ended", err)
		}
		if _, err := h.SignIn(h.ctx(), link.Token.Reveal(), account.Arrival{}); !errors.Is(err, account.ErrLink) {
			t.Errorf("got %v, want the link closed", err)
		}
		if _, err := h.NewLink(h.ctx(), h.ws.ID, s.Person.ID); code(err) != "deactivated" {
			t.Errorf("got %v, want no link that opens nothing", err)
		}
		if names, err := h.Names(h.ctx(), h.ws.ID); err != nil || names.People[s.Person.ID] != "Somebody" {
			t.Errorf("got %v, %v, want what they wrote to keep its author", names, err)
		}
		if _, err := h.Reactivate(h.ctx(), h.by(), s.Person.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SignInPassword(h.ctx(), "ben@example.com", good, account.Arrival{}); err != nil {
			t.Errorf("got %v, want them in again", err)
		}
		if _, _, err := h.Session(h.ctx(), s.Token.Reveal()); !errors.Is(err, account.ErrSession) {
			t.Errorf("got %v, want the former session ended for good", err)
		}
	})
}

// Whoever is put out does not come in again by a door that they left open.
func TestInvitationsEndWithTheRightToInvite(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ada := h.join(t, "ada@example.com", account.Admin)
		ben := h.join(t, "ben@example.com", account.Owner)
		invite := func(by account.Principal, email string, role account.Role) string {
			t.Helper()
			_, token, err := h.Invite(h.ctx(), by, account.Invite{Email: email, Role: role})
			if err != nil {
				t.Fatal(err)
			}
			return token.Reveal()
		}
		kept := invite(h.by(), "x0@example.com", account.Admin)
		gone := []string{invite(h.principalOf(t, ada), "x1@example.com", account.Admin), invite(h.principalOf(t, ada), "x2@example.com", account.Agent), invite(h.principalOf(t, ben), "x3@example.com", account.Owner)}
		lesser := invite(h.principalOf(t, ben), "x4@example.com", account.Agent)

		role, name := account.Admin, "Ben Carter"
		if _, err := h.ChangePerson(h.ctx(), h.by(), ada.Person.ID, account.PersonChange{Name: &name}); err != nil {
			t.Fatal(err)
		}
		for _, token := range gone {
			if _, err := h.LookInvitation(h.ctx(), token); err != nil {
				t.Fatalf("got %v, want it open while who made it may invite", err)
			}
		}
		if _, err := h.Deactivate(h.ctx(), h.by(), ada.Person.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.ChangePerson(h.ctx(), h.by(), ben.Person.ID, account.PersonChange{Role: &role}); err != nil {
			t.Fatal(err)
		}
		for i, token := range gone {
			if _, err := h.Accept(h.ctx(), account.Acceptance{Token: token, Name: "X", Password: good}, account.Arrival{}); !errors.Is(err, account.ErrSpent) {
				t.Errorf("%d: got %v, want it revoked", i, err)
			}
		}
		if s, err := h.vouched("1", "x1@example.com", true, ""); code(err) != "sso_no_account" {
			t.Errorf("by sign-on: got %+v, %v, want sso_no_account", s.Person, err)
		}
		for _, token := range []string{kept, lesser} {
			if _, err := h.LookInvitation(h.ctx(), token); err != nil {
				t.Errorf("got %v, want those that may still be made kept", err)
			}
		}
		if all, err := h.Invitations(h.ctx(), h.ws.ID); err != nil || len(all) != 2 {
			t.Errorf("got %v, %v, want two open", all, err)
		}
	})
}

func TestAKeyHasItsRightsAndItsTime(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		k, secret, err := h.MakeKey(h.ctx(), h.by(), account.NewKey{Name: "erp", Role: account.Admin, Rights: []string{"read", "manage_keys", "manage_people"}, ExpiresAt: h.clock.now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		p, err := h.Verify(h.ctx(), secret.Reveal())
		if err != nil || !p.Can(account.Read) || p.Can(account.Send) || p.Can(account.ManageWorkspace) {
			t.Fatalf("got %+v, %v, want the three rights alone", p, err)
		}
		// A key with few rights makes no key, and no person, with more.
		for _, n := range []account.NewKey{{Name: "more", Role: account.Admin}, {Name: "more", Role: account.Agent}, {Name: "more", Role: account.Agent, Rights: []string{"send"}}} {
			if _, _, err := h.MakeKey(h.ctx(), p, n); code(err) != "forbidden" {
				t.Errorf("%+v: got %v, want forbidden", n, err)
			}
		}
		if _, _, err := h.Invite(h.ctx(), p, account.Invite{Email: "x@example.com", Role: account.Admin}); code(err) != "forbidden" {
			t.Errorf("got %v, want forbidden", err)
		}
		if _, _, err := h.MakeKey(h.ctx(), p, account.NewKey{Name: "less", Role: account.Agent, Rights: []string{"read"}, ExpiresAt: p.Until}); err != nil {
			t.Errorf("got %v, want what it has given on", err)
		}
		// Nor one that opens when it is over.
		for _, until := range []time.Time{{}, p.Until.Add(time.Second)} {
			if _, _, err := h.MakeKey(h.ctx(), p, account.NewKey{Name: "longer", Role: account.Agent, Rights: []string{"read"}, ExpiresAt: until}); code(err) != "forbidden" {
				t.Errorf("until %v: got %v, want forbidden", until, err)
			}
		}
		for _, n := range []account.NewKey{
			{Name: "k", Role: account.Agent, Rights: []string{"manage_keys"}}, {Name: "k", Rights: []string{"fly"}}, {Name: "k", ExpiresAt: h.clock.now()}, {Name: "k", Rights: []string{"read", "read"}},
		} {
			if _, _, err := h.MakeKey(h.ctx(), h.by(), n); code(err) != "invalid_key" {
				t.Errorf("%+v: got %v, want invalid_key", n, err)
			}
		}
		keys, err := h.Keys(h.ctx(), h.ws.ID)
		if err != nil || keys[0].ID != k.ID || !keys[0].LastUsedAt.Equal(h.clock.now()) || len(keys[0].Scope.Rights(account.Admin)) != 3 {
			t.Errorf("got %+v, %v, want when it was used and its rights", keys, err)
		}
		h.clock.pass(time.Hour)
		if _, err := h.Verify(h.ctx(), secret.Reveal()); !errors.Is(err, account.ErrKeyExpired) {
			t.Errorf("got %v, want the key over after its time", err)
		}
	})
}

func TestTeams(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ben := h.join(t, "ben@example.com", account.Agent).Person
		team, err := h.CreateTeam(h.ctx(), h.by(), "Sales", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.CreateTeam(h.ctx(), h.by(), "sales", ""); code(err) != "team_taken" {
			t.Errorf("got %v, want team_taken", err)
		}
		if _, err := h.SetMembers(h.ctx(), h.by(), team.ID, []wa.PersonID{ben.ID, h.owner.ID, ben.ID}); err != nil {
			t.Fatal(err)
		}
		members, err := h.Members(h.ctx(), h.ws.ID)
		if err != nil || !slices.Equal(members[team.ID], []wa.PersonID{h.owner.ID, ben.ID}) {
			t.Errorf("got %v, %v, want both, once", members, err)
		}
		if _, err := h.Deactivate(h.ctx(), h.by(), ben.ID); err != nil {
			t.Fatal(err)
		}
		if members, _ = h.Members(h.ctx(), h.ws.ID); !slices.Equal(members[team.ID], []wa.PersonID{h.owner.ID}) {
			t.Errorf("got %v, want nobody in it who is deactivated", members)
		}
		other, err := h.EnsureWorkspace(h.ctx(), "other", "Other")
		if err != nil {
			t.Fatal(err)
		}
		stranger := account.Principal{WorkspaceID: other.ID, PersonID: 1, Role: account.Owner}
		if _, err := h.RenameTeam(h.ctx(), stranger, team.ID, "Mine"); code(err) != "team_not_found" {
			t.Errorf("got %v, want team_not_found for another tenant", err)
		}
		if _, err := h.ChangePerson(h.ctx(), stranger, ben.ID, account.PersonChange{}); code(err) != "person_not_found" {
			t.Errorf("got %v, want person_not_found for another tenant", err)
		}
		if err := h.RemoveTeam(h.ctx(), h.by(), team.ID); err != nil {
			t.Fatal(err)
		}
		if teams, err := h.Teams(h.ctx(), h.ws.ID); err != nil || len(teams) != 0 {
			t.Errorf("got %v, %v, want it gone", teams, err)
		}
	})
}
