package mail_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/jobs"
	"kontor/internal/mail"
	"kontor/internal/mail/mailtest"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const phrase = "four-blue-herons-at-noon"

// house is a workspace with an owner, whose letters are really sent by real jobs
// over a real database. Its time stands until a test moves it.
type house struct {
	*account.Accounts
	t       *testing.T
	store   *store.Store
	options store.Options
	jobs    *jobs.Runner
	ws      account.Workspace
	owner   account.Principal
	log     *log
	ahead   atomic.Int64 // of the house's beginning, as time.Duration
	failed  chan string  // jobs that were given up
}

// log keeps what is logged.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (h *house) now() time.Time { return now().Add(time.Duration(h.ahead.Load())) }

func (h *house) pass(d time.Duration) {
	h.ahead.Add(int64(d))
	h.jobs.Wake()
}

func each(t *testing.T, p func(t *testing.T) *mail.Post, f func(h *house)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			o := storetest.Options(t, engine)
			s, err := store.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			storetest.Seal(t, s)
			begin(t, s, o, p(t), f)
		})
	}
}

func begin(t *testing.T, s *store.Store, o store.Options, p *mail.Post, f func(h *house)) {
	h := &house{t: t, store: s, options: o, log: &log{}, failed: make(chan string, 10)}
	h.jobs = jobs.New(s, s.Jobs(), jobs.Options{Now: h.now, Poll: 5 * time.Millisecond, Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	h.Accounts = account.New(s, s.Accounts(), s.NewID, h.now, account.WithMail(h.jobs, p), account.WithJournal(s.Journal()))
	for _, w := range h.LetterWorks() {
		failed := w.Failed
		w.Failed = func(tx txn.Tx, job jobs.Job, cause error) error {
			h.failed <- string(job.Kind)
			return failed(tx, job, cause)
		}
		h.jobs.Handle(w)
	}
	var err error
	if h.ws, err = h.EnsureWorkspace(t.Context(), "default", "Fahrradladen Lübeck"); err != nil {
		t.Fatal(err)
	}
	ida := h.person("Ida Hansen", "ida@example.com", account.Owner)
	h.owner = account.Principal{WorkspaceID: h.ws.ID, PersonID: ida.ID, Role: account.Owner}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.jobs.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	f(h)
}

func (h *house) person(name, email string, role account.Role) account.Person {
	h.t.Helper()
	p, err := h.CreatePerson(h.t.Context(), h.ws.ID, account.NewPerson{Name: name, Email: email, Role: role})
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// idle waits until no job is left.
func (h *house) idle() {
	h.t.Helper()
	h.until("no job waits or runs", func(counts []jobs.Count) bool {
		for _, c := range counts {
			if c.State != "failed" && c.Jobs > 0 {
				return false
			}
		}
		return true
	})
}

func (h *house) until(what string, right func([]jobs.Count) bool) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		var counts []jobs.Count
		err := h.store.Read(ctx, func(tx txn.Tx) (err error) {
			counts, err = h.store.Jobs().Counts(tx)
			return err
		})
		if err != nil {
			h.t.Fatalf("%s: %v; %+v\n%s", what, err, counts, h.log)
		}
		if right(counts) {
			return
		}
		<-tick.C
	}
}

func (h *house) ask(email string) {
	h.t.Helper()
	if err := h.RequestReset(h.t.Context(), email, "de"); err != nil {
		h.t.Fatal(err)
	}
	h.jobs.Wake()
}

func tokenOf(t *testing.T, l mailtest.Letter) string {
	t.Helper()
	u, err := url.Parse(l.Read(t).Link(t))
	if err != nil || !strings.HasPrefix(u.String(), public+"/") {
		t.Fatalf("got the link %v, %v, want one of %s", u, err, public)
	}
	return u.Query().Get("token")
}

func code(err error) string {
	if err == nil {
		return ""
	}
	return fault.As(err).Code
}

func TestAForgottenPasswordComesByMail(t *testing.T) {
	var s *mailtest.Server
	each(t, func(t *testing.T) *mail.Post { s = mailtest.Start(t, mailtest.Options{}); return post(t, s, plain) }, func(h *house) {
		t := h.t
		h.ask(" IDA@example.com ")
		l := s.Wait(t, 1)[0]
		if m := l.Read(t); l.To != "ida@example.com" || m.Subject != "Ein neues Passwort für Kontor" {
			t.Errorf("got %q to %s, want Ida's in the language she asked in", m.Subject, l.To)
		}
		h.idle()
		token := tokenOf(t, l)
		if strings.Contains(h.log.String(), token) {
			t.Error("the log holds the link")
		}
		if p, _, err := h.LookReset(t.Context(), token); err != nil || p.ID != h.owner.PersonID {
			t.Fatalf("got %+v, %v, want Ida", p, err)
		}
		if err := h.ResetPassword(t.Context(), token, phrase); err != nil {
			t.Fatal(err)
		}
		if err := h.ResetPassword(t.Context(), token, phrase+"!"); !errors.Is(err, account.ErrSpent) {
			t.Errorf("the second time: got %v, want a link that is spent", err)
		}
		if e, err := h.SignInPassword(t.Context(), "ida@example.com", phrase, account.Arrival{}); err != nil || e.Session.Token == "" {
			t.Errorf("got %v, want Ida in", err)
		}
		h.ask("ida@example.com")
		late := tokenOf(t, s.Wait(t, 2)[1])
		h.pass(account.ResetLife)
		if err := h.ResetPassword(t.Context(), late, phrase); !errors.Is(err, account.ErrSpent) {
			t.Errorf("an hour later: got %v, want a link that is spent", err)
		}
	})
}

// Nobody learns who is here: the answer is the same, a job is done for each, and
// only people who may come in get letters, three an hour.
func TestAskingTellsNothing(t *testing.T) {
	var s *mailtest.Server
	each(t, func(t *testing.T) *mail.Post { s = mailtest.Start(t, mailtest.Options{}); return post(t, s, plain) }, func(h *house) {
		t := h.t
		gone := h.person("Gone", "gone@example.com", account.Agent)
		if _, err := h.Deactivate(t.Context(), h.owner, gone.ID); err != nil {
			t.Fatal(err)
		}
		for _, email := range []string{"nobody@example.com", "gone@example.com", "", "no address", strings.Repeat("x", 300) + "@example.com"} {
			h.ask(email)
		}
		h.idle()
		for range 5 {
			h.ask("ida@example.com")
			h.idle()
		}
		if all := s.Letters(); len(all) != 3 {
			t.Errorf("got %d letters, want three to Ida in one hour", len(all))
		}
		h.pass(account.ResetLife + time.Second)
		h.ask("ida@example.com")
		h.idle()
		if all := s.Letters(); len(all) != 4 {
			t.Errorf("got %d letters, want another an hour later", len(all))
		}
	})
}

// A server that is down gets the letter when it is up again: one, however often
// it was asked for, with a link that opens.
func TestLettersWaitForTheirServer(t *testing.T) {
	var s *mailtest.Server
	each(t, func(t *testing.T) *mail.Post {
		s = mailtest.Start(t, mailtest.Options{})
		p := post(t, s, plain)
		s.Stop()
		return p
	}, func(h *house) {
		t := h.t
		h.ask("ida@example.com")
		_, token, err := h.Invite(t.Context(), h.owner, account.Invite{Email: "ben@example.com", Role: account.Agent, Send: true})
		if err != nil {
			t.Fatal(err)
		}
		h.tried(2, 1)
		h.sealed(token.Reveal())
		for range 3 {
			h.ask("ida@example.com") // who asks again while the server is away
		}
		h.pass(20 * time.Second)
		h.tried(2, 2)
		if state := h.mailOf("ben@example.com"); state != account.MailWaiting {
			t.Errorf("got %q, want it to be shown as waiting", state)
		}
		again := mailtest.Start(t, mailtest.Options{Address: s.Addr})
		h.pass(time.Minute)
		letters := again.Wait(t, 2)
		h.idle()
		if letters = again.Letters(); len(letters) != 2 {
			t.Fatalf("got %d letters, want two", len(letters))
		}
		for _, l := range letters {
			if l.To == "ida@example.com" {
				if _, _, err := h.LookReset(t.Context(), tokenOf(t, l)); err != nil {
					t.Errorf("got %v, want a link that opens", err)
				}
				continue
			}
			if got := tokenOf(t, l); got != token.Reveal() {
				t.Error("the letter brings another link than was shown")
			}
		}
		if state := h.mailOf("ben@example.com"); state != account.MailSent {
			t.Errorf("got %q, want it to be shown as sent", state)
		}
		if n := len(storetest.Letters(t, h.options)); n != 0 {
			t.Errorf("%d letters are kept after they were sent, want none", n)
		}
		for _, secret := range []string{token.Reveal(), tokenOf(t, letters[0]), tokenOf(t, letters[1])} {
			if strings.Contains(h.log.String(), secret) {
				t.Error("the log holds a link")
			}
		}
	})
}

// tried waits until so many letters were tried n times.
func (h *house) tried(letters, n int) {
	h.t.Helper()
	h.until(fmt.Sprintf("every letter was tried %d times", n), func([]jobs.Count) bool {
		return strings.Count(h.log.String(), fmt.Sprintf("attempt=%d ", n)) >= letters
	})
	h.until("nothing runs", func(counts []jobs.Count) bool {
		for _, c := range counts {
			if c.State == "running" && c.Jobs > 0 {
				return false
			}
		}
		return true
	})
}

// sealed fails when a secret can be read in the database as it lies there.
func (h *house) sealed(secret string) {
	h.t.Helper()
	columns := storetest.Letters(h.t, h.options)
	if len(columns) != 2 {
		h.t.Fatalf("%d letters wait, want two", len(columns))
	}
	for _, c := range columns {
		if bytes.Contains(c, []byte(secret)) {
			h.t.Error("a letter lies open in the database")
		}
	}
}

func (h *house) mailOf(email string) account.MailState {
	h.t.Helper()
	all, err := h.Invitations(h.t.Context(), h.ws.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, i := range all {
		if i.Email == email {
			return i.Mail
		}
	}
	h.t.Fatalf("nobody invited %s", email)
	return ""
}

func TestAnInvitationComesByMail(t *testing.T) {
	var s *mailtest.Server
	var refuse atomic.Bool
	each(t, func(t *testing.T) *mail.Post {
		s = mailtest.Start(t, mailtest.Options{Refuse: func(command string) string {
			if strings.HasPrefix(command, "RCPT") && strings.Contains(command, "unknown@") {
				return "550 5.1.1 no such mailbox"
			}
			if strings.HasPrefix(command, "RCPT") && refuse.Load() {
				return "450 4.2.0 later"
			}
			return ""
		}})
		return post(t, s, plain)
	}, func(h *house) {
		t := h.t
		_, token, err := h.Invite(t.Context(), h.owner, account.Invite{Email: "ben@example.com", Name: "Ben", Role: account.Agent, Send: true, Locale: "pt-BR"})
		if err != nil {
			t.Fatal(err)
		}
		h.jobs.Wake()
		l := s.Wait(t, 1)[0]
		if m := l.Read(t); m.Subject != "Convite para o Kontor de Fahrradladen Lübeck" || !strings.Contains(m.Text, "Ida Hansen convida") || tokenOf(t, l) != token.Reveal() {
			t.Errorf("got %q:\n%s", m.Subject, m.Text)
		}
		if _, err := h.Accept(t.Context(), account.Acceptance{Token: tokenOf(t, l), Name: "Ben", Password: phrase}, account.Arrival{}); err != nil {
			t.Errorf("the link: %v", err)
		}

		if _, _, err := h.Invite(t.Context(), h.owner, account.Invite{Email: "unknown@example.com", Role: account.Agent, Send: true}); err != nil {
			t.Fatal(err)
		}
		h.jobs.Wake()
		if kind := <-h.failed; kind != "mail.invitation" {
			t.Errorf("%s was given up", kind)
		}
		h.idle()
		if state := h.mailOf("unknown@example.com"); state != account.MailFailed {
			t.Errorf("got %q, want it to be shown that the mail failed", state)
		}

		refuse.Store(true)
		i, _, err := h.Invite(t.Context(), h.owner, account.Invite{Email: "late@example.com", Role: account.Agent, Send: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.RevokeInvitation(t.Context(), h.owner, i.ID); err != nil {
			t.Fatal(err)
		}
		if n := len(storetest.Letters(t, h.options)); n != 0 {
			t.Errorf("%d letters wait, want none of an invitation that was revoked", n)
		}
		refuse.Store(false)
		h.pass(time.Minute)
		h.idle()
		if all := s.Letters(); len(all) != 1 {
			t.Errorf("got %d letters, want none for what was revoked", len(all))
		}
	})
}

func TestAServerThatIsAwayTooLongIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T) *mail.Post {
		s := mailtest.Start(t, mailtest.Options{Refuse: func(string) string { return "421 4.3.2 closed" }})
		return post(t, s, plain)
	}, func(h *house) {
		t := h.t
		h.ask("ida@example.com")
		for n := 1; n < 12; n++ {
			h.tried(1, n)
			h.pass(min(5*time.Second<<(n-1), 15*time.Minute) * 3 / 2) // the longest wait there is
		}
		if kind := <-h.failed; kind != "mail.reset" {
			t.Errorf("%s was given up", kind)
		}
		h.idle()
		if n := len(storetest.Letters(t, h.options)); n != 0 {
			t.Errorf("%d letters are kept of those that were given up, want none", n)
		}
		if err := h.Sweep(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestWithoutMailNothingIsPromised(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := account.New(s, s.Accounts(), s.NewID, now)
		if err := a.RequestReset(t.Context(), "ida@example.com", ""); code(err) != "mail_not_configured" || a.Mails() {
			t.Errorf("got %v, want mail_not_configured", err)
		}
		owner := account.Principal{WorkspaceID: wa.WorkspaceID(1), Role: account.Owner}
		if _, _, err := a.Invite(t.Context(), owner, account.Invite{Email: "ben@example.com", Role: account.Agent, Send: true}); code(err) != "mail_not_configured" {
			t.Errorf("got %v, want mail_not_configured", err)
		}
	})
}
