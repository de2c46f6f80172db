package account_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

const good = "four-blue-herons-at-noon"

// join invites somebody and has them accept.
func (h *house) join(t *testing.T, email string, role account.Role, teams ...wa.TeamID) account.Session {
	t.Helper()
	_, token, err := h.Invite(h.ctx(), h.by(), account.Invite{Email: email, Role: role, Teams: teams})
	if err != nil {
		t.Fatal(err)
	}
	s, err := h.Accept(h.ctx(), account.Acceptance{Token: token.Reveal(), Name: "Somebody", Password: good}, account.Arrival{Device: "Firefox on Linux", Address: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (h *house) principalOf(t *testing.T, s account.Session) account.Principal {
	t.Helper()
	p, _, err := h.Session(h.ctx(), s.Token.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSetUpMakesOneOwner(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := &clock{}
		c.ms.Store(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC).UnixMilli())
		a := account.New(s, s.Accounts(), s.NewID, c.now)
		ctx := context.Background()
		if _, err := a.EnsureWorkspace(ctx, "default", "Default"); err != nil {
			t.Fatal(err)
		}
		if needed, err := a.SetupNeeded(ctx); err != nil || !needed {
			t.Fatalf("got %v, %v, want an empty house to need it", needed, err)
		}
		in := account.Setup{Name: "Ida Hansen", Email: "ida@example.com", Password: good, WorkspaceName: "Hansen & Sohn"}
		for _, guess := range []string{"", "x"} {
			in.Code = guess
			if _, err := a.SetUp(ctx, in, account.Arrival{}); code(err) != "setup_code_wrong" {
				t.Fatalf("code %q: got %v, want setup_code_wrong", guess, err)
			}
		}
		var codes []string
		for range 8 { // so many nodes start at once
			code, needed, err := a.NewSetupCode(ctx)
			if err != nil || !needed {
				t.Fatal(needed, err)
			}
			codes = append(codes, code.Reveal())
		}
		bad := in
		bad.Code, bad.Password, bad.Email, bad.WorkspaceName = codes[0], "short", "", " "
		_, err := a.SetUp(ctx, bad, account.Arrival{})
		names := ""
		for _, f := range fault.As(err).Fields {
			names += f.Name + " "
		}
		if names != "email password workspace_name " {
			t.Errorf("got %v about %q, want email, password and workspace_name", err, names)
		}
		var in1, refused atomic.Int32
		var all sync.WaitGroup
		for _, c := range codes {
			all.Go(func() {
				mine := in
				mine.Code = c
				switch _, err := a.SetUp(ctx, mine, account.Arrival{}); code(err) {
				case "":
					in1.Add(1)
				case "setup_done", "setup_code_wrong":
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if in1.Load() != 1 || refused.Load() != 7 {
			t.Fatalf("%d set it up and %d were refused, want 1 and 7", in1.Load(), refused.Load())
		}
		if _, needed, err := a.NewSetupCode(ctx); err != nil || needed {
			t.Errorf("got %v, %v, want no code for a house with an owner", needed, err)
		}
		e, err := a.SignInPassword(ctx, " IDA@example.com ", good, account.Arrival{})
		if err != nil || e.Session.Person.Role != account.Owner {
			t.Errorf("got %+v, %v, want the owner in", e, err)
		}
	})
}

func TestPasswordsThatAreTriedFirstAreRefused(t *testing.T) {
	h := open(t, storetest.Open(t, "sqlite"))
	_, token, err := h.Invite(h.ctx(), h.by(), account.Invite{Email: "karla.brandt@example.com", Role: account.Agent})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"", "elevenchars", "password1234", "Passw0rd!2026", "passwordpassword", "aaaaaaaaaaaa", "abcabcabcabc", "123456789012", "qwertyuiop12345", "asdfghjklqwertz",
		"karla.brandt1", "Karla Brandt!", "KarlaBrandt2026", "hansen & sohn", "Willkommen2026!", "000000000000000", "abcdefghijklm", strings.Repeat("ü9", 129),
	} {
		_, err := h.Accept(h.ctx(), account.Acceptance{Token: token.Reveal(), Name: "Karla Brandt", Password: bad}, account.Arrival{})
		if f := fault.As(err); f.Code != "invalid_person" || len(f.Fields) != 1 || f.Fields[0].Name != "password" {
			t.Errorf("%q: got %v, want it refused", bad, err)
		}
	}
	for _, fine := range []string{"k7#vQ2pX9!mz", "drei Reiher am Mittag", "咖啡和书在雨天的窗边读完了", "zithern-klingen-leise"} {
		_, token, err := h.Invite(h.ctx(), h.by(), account.Invite{Email: "x" + wa.PersonID(h.store.NewID()).String() + "@example.com", Role: account.Agent})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Accept(h.ctx(), account.Acceptance{Token: token.Reveal(), Name: "Karla Brandt", Password: fine}, account.Arrival{}); err != nil {
			t.Errorf("%q: got %v, want it taken", fine, err)
		}
	}
}

func TestSignInByPasswordTellsNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := h.join(t, "ben@example.com", account.Agent)
		if _, err := h.SignInPassword(h.ctx(), "BEN@example.com", good, account.Arrival{}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Deactivate(h.ctx(), h.by(), h.join(t, "gone@example.com", account.Agent).Person.ID); err != nil {
			t.Fatal(err)
		}
		for _, c := range [][2]string{{"ben@example.com", good + "!"}, {"nobody@example.com", good}, {"gone@example.com", good}, {"", good}, {"ben@example.com", ""}} {
			if _, err := h.SignInPassword(h.ctx(), c[0], c[1], account.Arrival{}); !errors.Is(err, account.ErrRefused) {
				t.Errorf("%v: got %v, want the one answer", c, err)
			}
		}
		// What is wrong is counted by address, whether somebody has it or not.
		for _, email := range []string{"ben@example.com", "nobody2@example.com"} {
			var last error
			for range 12 {
				_, last = h.SignInPassword(h.ctx(), email, "wrong", account.Arrival{})
			}
			var wait interface{ RetryIn() time.Duration }
			if code(last) != "too_many_sign_ins" || !errors.As(last, &wait) || wait.RetryIn() <= 0 {
				t.Errorf("%s: got %v, want too_many_sign_ins and how long to wait", email, last)
			}
		}
		if _, err := h.SignInPassword(h.ctx(), "ben@example.com", good, account.Arrival{}); code(err) != "too_many_sign_ins" {
			t.Errorf("got %v, want the right password not looked at either", err)
		}
		h.clock.pass(2 * time.Minute)
		if _, err := h.SignInPassword(h.ctx(), "ben@example.com", good, account.Arrival{}); err != nil {
			t.Errorf("got %v, want it to open after a while", err)
		}
		_ = s
	})
}

func TestChangingThePasswordEndsOtherSessions(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		first := h.join(t, "ben@example.com", account.Agent)
		e, err := h.SignInPassword(h.ctx(), "ben@example.com", good, account.Arrival{})
		if err != nil {
			t.Fatal(err)
		}
		p := h.principalOf(t, first)
		all, err := h.Sessions(h.ctx(), p, first.Token.Reveal())
		if err != nil || len(all) != 2 || all[0].Current == all[1].Current {
			t.Fatalf("got %+v, %v, want two sessions, one of them current", all, err)
		}
		if err := h.ChangePassword(h.ctx(), p, first.Token.Reveal(), "not this one", "seven-green-lamps-hum"); !errors.Is(err, account.ErrPassword) {
			t.Errorf("got %v, want the present password asked for", err)
		}
		if err := h.ChangePassword(h.ctx(), p, first.Token.Reveal(), good, "seven-green-lamps-hum"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Session(h.ctx(), e.Session.Token.Reveal()); !errors.Is(err, account.ErrSession) {
			t.Errorf("got %v, want the other session ended", err)
		}
		if _, _, err := h.Session(h.ctx(), first.Token.Reveal()); err != nil {
			t.Errorf("got %v, want the own session to stay", err)
		}
		if _, err := h.SignInPassword(h.ctx(), "ben@example.com", good, account.Arrival{}); !errors.Is(err, account.ErrRefused) {
			t.Errorf("got %v, want the former password refused", err)
		}
	})
}

func TestTheSecondStep(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := h.join(t, "ben@example.com", account.Agent)
		p := h.principalOf(t, s)
		if _, err := h.EnrolTOTP(h.ctx(), p, "wrong"); !errors.Is(err, account.ErrPassword) {
			t.Errorf("got %v, want the password asked for", err)
		}
		e, err := h.EnrolTOTP(h.ctx(), p, good)
		if err != nil || !strings.HasPrefix(e.URL.Reveal(), "otpauth://totp/Kontor:ben@example.com?") || len(e.QR) == 0 {
			t.Fatalf("got %+v, %v, want a secret for an authenticator", e, err)
		}
		now := func() string {
			c, err := totp.GenerateCode(e.Secret.Reveal(), h.clock.now())
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		if entry, err := h.SignInPassword(h.ctx(), "ben@example.com", good, account.Arrival{}); err != nil || entry.Second != "" {
			t.Fatalf("got %+v, %v, want no second step before the first code was right", entry, err)
		}
		if _, err := h.ConfirmTOTP(h.ctx(), p, "000000"); !errors.Is(err, account.ErrCode) && now() != "000000" {
			t.Errorf("got %v, want a wrong code refused", err)
		}
		codes, err := h.ConfirmTOTP(h.ctx(), p, now())
		if err != nil || len(codes) != 10 {
			t.Fatalf("got %d codes, %v, want ten", len(codes), err)
		}
		begin := func() string {
			t.Helper()
			entry, err := h.SignInPassword(h.ctx(), "ben@example.com", good, account.Arrival{})
			if err != nil || entry.Second == "" || entry.Session.Token != "" {
				t.Fatalf("got %+v, %v, want the second step and no session", entry, err)
			}
			return entry.Second.Reveal()
		}
		second := begin()
		if _, err := h.SignInSecond(h.ctx(), second, now(), account.Arrival{}); code(err) != "code_wrong" {
			t.Errorf("got %v, want the code that was used refused", err)
		}
		h.clock.pass(30 * time.Second)
		in, err := h.SignInSecond(h.ctx(), second, now(), account.Arrival{})
		if err != nil || in.Person.ID != s.Person.ID {
			t.Fatalf("got %+v, %v, want to be in", in, err)
		}
		if _, err := h.SignInSecond(h.ctx(), second, now(), account.Arrival{}); !errors.Is(err, account.ErrSecond) {
			t.Errorf("got %v, want the ticket used up", err)
		}
		recovery := strings.ToUpper(strings.ReplaceAll(codes[3].Reveal(), "-", " "))
		if _, err := h.SignInSecond(h.ctx(), begin(), recovery, account.Arrival{}); err != nil {
			t.Errorf("got %v, want a recovery code to open, however it is typed", err)
		}
		if _, err := h.SignInSecond(h.ctx(), begin(), codes[3].Reveal(), account.Arrival{}); code(err) != "code_wrong" {
			t.Errorf("got %v, want a recovery code to open once", err)
		}
		if sec, err := h.Security(h.ctx(), p.WorkspaceID, p.PersonID); err != nil || sec != (account.Security{Password: true, TOTP: true, RecoveryCodes: 9}) {
			t.Errorf("got %+v, %v, want nine codes left", sec, err)
		}
		h.clock.pass(time.Hour)
		token := begin()
		for range 5 {
			if _, err := h.SignInSecond(h.ctx(), token, "no", account.Arrival{}); code(err) != "code_wrong" {
				t.Errorf("got %v, want code_wrong", err)
			}
		}
		if _, err := h.SignInSecond(h.ctx(), token, now(), account.Arrival{}); !errors.Is(err, account.ErrSecond) {
			t.Errorf("got %v, want the step over after five wrong codes", err)
		}
		token = begin()
		h.clock.pass(account.SecondLife)
		if _, err := h.SignInSecond(h.ctx(), token, now(), account.Arrival{}); !errors.Is(err, account.ErrSecond) {
			t.Errorf("got %v, want the step over after ten minutes", err)
		}
		h.clock.pass(time.Hour)
		if err := h.RemoveTOTP(h.ctx(), p, now()); err != nil {
			t.Fatal(err)
		}
		if entry, err := h.SignInPassword(h.ctx(), "ben@example.com", good, account.Arrival{}); err != nil || entry.Second != "" {
			t.Errorf("got %+v, %v, want no second step any more", entry, err)
		}
	})
}

func TestAResetOpensOnceForAnHour(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := h.join(t, "ben@example.com", account.Agent)
		if err := h.RequestReset(h.ctx(), "ben@example.com", ""); code(err) != "mail_not_configured" {
			t.Errorf("got %v, want mail_not_configured", err)
		}
		r, err := h.NewReset(h.ctx(), h.ws.ID, s.Person.ID)
		if err != nil {
			t.Fatal(err)
		}
		late, err := h.NewReset(h.ctx(), h.ws.ID, s.Person.ID)
		if err != nil {
			t.Fatal(err)
		}
		// Whoever has forgotten it has tried; nor does a stranger who tries keep them out.
		for range 12 {
			_, _ = h.SignInPassword(h.ctx(), "ben@example.com", "not it at all", account.Arrival{})
		}
		token := r.Link.Token.Reveal()
		if err := h.ResetPassword(h.ctx(), token, "too short"); code(err) != "invalid_password" {
			t.Errorf("got %v, want invalid_password and the link kept", err)
		}
		if err := h.ResetPassword(h.ctx(), token, "seven-green-lamps-hum"); err != nil {
			t.Fatal(err)
		}
		for _, spent := range []string{token, late.Link.Token.Reveal(), "", "x"} {
			if err := h.ResetPassword(h.ctx(), spent, "nine-red-kites-circle"); !errors.Is(err, account.ErrSpent) {
				t.Errorf("got %v, want used and other links to open no more", err)
			}
		}
		if _, _, err := h.Session(h.ctx(), s.Token.Reveal()); !errors.Is(err, account.ErrSession) {
			t.Errorf("got %v, want all sessions ended", err)
		}
		if _, err := h.SignInPassword(h.ctx(), "ben@example.com", "seven-green-lamps-hum", account.Arrival{}); err != nil {
			t.Error(err)
		}
		r, _ = h.NewReset(h.ctx(), h.ws.ID, s.Person.ID)
		h.clock.pass(account.ResetLife)
		if _, _, err := h.LookReset(h.ctx(), r.Link.Token.Reveal()); !errors.Is(err, account.ErrSpent) {
			t.Errorf("got %v, want the link over after an hour", err)
		}
	})
}
