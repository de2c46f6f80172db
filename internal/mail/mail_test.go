package mail_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/jobs"
	"kontor/internal/mail"
	"kontor/internal/mail/mailtest"
)

const (
	public = "https://wa.example.com"
	token  = "0123456789-not-a-token"
)

func now() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }

// post is a Post for a server of the test; change may alter how it is used.
func post(t *testing.T, s *mailtest.Server, change func(*mail.Server)) *mail.Post {
	t.Helper()
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	server := mail.Server{Host: host, Port: port, Roots: s.Roots()}
	if change != nil {
		change(&server)
	}
	p, err := mail.New(mail.Options{Server: server, From: "Kontor <kontor@example.com>", PublicURL: public, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func plain(s *mail.Server) { s.Plain = true }

func reset(to, name, locale string) account.ResetLetter {
	return account.ResetLetter{To: to, Name: name, Locale: locale, Token: token, ExpiresAt: now().Add(time.Hour)}
}

// permanent tells what the job runner will make of an error.
func permanent(err error) bool { return jobs.IsPermanent(err) }

func TestLettersSpeakTheReadersLanguage(t *testing.T) {
	s := mailtest.Start(t, mailtest.Options{})
	p := post(t, s, plain)
	for i, c := range []struct{ locale, lang, subject, greeting, until string }{
		{"en", "en", "A new password for Kontor", "Hello Zoë 王,", "21 Nov 2026, 10:00 UTC"},
		{"", "en", "A new password for Kontor", "Hello Zoë 王,", "21 Nov 2026"},
		{"fr", "en", "A new password for Kontor", "Hello Zoë 王,", "21 Nov 2026"},
		{"de-AT", "de", "Ein neues Passwort für Kontor", "Guten Tag, Zoë 王,", "21.11.2026, 10:00 UTC"},
		{"pt", "pt-BR", "Uma nova senha para o Kontor", "Olá, Zoë 王,", "21/11/2026"},
		{"zh-CN", "zh-CN", "设置新的 Kontor 密码", "Zoë 王，您好！", "2026年11月21日 10:00 UTC"},
	} {
		if err := p.Reset(t.Context(), reset("zoe@example.com", "Zoë 王", c.locale)); err != nil {
			t.Fatal(err)
		}
		l := s.Wait(t, i+1)[i]
		m := l.Read(t)
		if m.Subject != c.subject || m.Header.Get("Content-Language") != c.lang {
			t.Errorf("%q: got %q in %s, want %q in %s", c.locale, m.Subject, m.Header.Get("Content-Language"), c.subject, c.lang)
		}
		want := public + "/reset?token=" + token
		for kind, text := range map[string]string{"text": m.Text, "HTML": m.HTML} {
			if !strings.Contains(text, c.greeting) || !strings.Contains(text, c.until) || !strings.Contains(text, want) {
				t.Errorf("%q: the %s lacks the greeting, the end or the link:\n%s", c.locale, kind, text)
			}
		}
		if strings.Contains(m.Text, "{") || strings.Contains(m.HTML, "{") {
			t.Errorf("%q: a name was left unfilled:\n%s", c.locale, m.Text)
		}
		if m.Link(t) != want || l.To != "zoe@example.com" || l.From != "kontor@example.com" {
			t.Errorf("got %s from %s to %s, want %s", m.Link(t), l.From, l.To, want)
		}
		if m.Header.Get("Auto-Submitted") != "auto-generated" || m.Header.Get("Message-Id") == "" || m.Header.Get("Date") != "Sat, 21 Nov 2026 09:00:00 +0000" {
			t.Errorf("got the headers %v", m.Header)
		}
		for line := range strings.Lines(l.Raw) {
			if len(strings.TrimRight(line, "\r\n")) > 200 || strings.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
				t.Errorf("%q: a line is too long, or no ASCII: %q", c.locale, line)
			}
		}
	}
}

// What people are called must not become headers, HTML or lines of their own.
func TestNamesShapeNoLetter(t *testing.T) {
	s := mailtest.Start(t, mailtest.Options{})
	p := post(t, s, plain)
	hostile := "Eve\r\nBcc: all@example.com\r\n\r\n<script>alert(1)</script>\u202e{name}\u2028x"
	err := p.Invitation(t.Context(), account.InvitationLetter{
		To: "ben@example.com", Name: hostile, House: hostile, InvitedBy: hostile, Token: token, ExpiresAt: now().Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	l := s.Wait(t, 1)[0]
	m := l.Read(t)
	if got := m.Header.Get("Bcc"); got != "" || len(m.Header["To"]) != 1 || m.Header.Get("To") != "<ben@example.com>" {
		t.Errorf("got Bcc %q and To %q, want no reader but Ben", got, m.Header["To"])
	}
	if strings.ContainsAny(m.Subject, "\r\n\u202e\u2028") || !strings.HasPrefix(m.Subject, "You are invited to Kontor of Eve Bcc:") {
		t.Errorf("got the subject %q, want one line that begins as ours", m.Subject)
	}
	if strings.Contains(m.HTML, "<script") || !strings.Contains(m.HTML, "&lt;script&gt;") {
		t.Errorf("got HTML with somebody else's tags:\n%s", m.HTML)
	}
	if first, _, _ := strings.Cut(m.Text, "\n"); !strings.HasPrefix(first, "Hello Eve Bcc:") {
		t.Errorf("got the first line %q, want the whole name on it", first)
	}
	for _, to := range []string{"a@example.com>\r\nRCPT TO:<b@example.com", "a@example.com\nDATA", "a b@example.com\r\n"} {
		if err := p.Reset(t.Context(), reset(to, "Eve", "")); err == nil {
			t.Errorf("a letter to %q was sent", to)
		}
	}
	if all := s.Letters(); len(all) != 1 {
		t.Errorf("got %d letters, want 1", len(all))
	}
	for _, line := range s.Said() {
		if strings.HasPrefix(line, "RCPT") && !strings.Contains(line, "ben@example.com") {
			t.Errorf("the server was told %q", line)
		}
	}
}

func TestTLSAndSignIn(t *testing.T) {
	secret := strings.Repeat("pass:wörd ", 3)
	signIn := func(s *mail.Server) { s.User, s.Password = "kontor", "pass:wörd pass:wörd pass:wörd " }
	for name, c := range map[string]struct {
		server mailtest.Options
		use    func(*mail.Server)
		want   string // part of the error; empty: it is sent
		tls    bool
	}{
		"from the first byte":    {mailtest.Options{Implicit: true, Auth: []string{"PLAIN"}}, func(s *mail.Server) { s.Implicit = true; signIn(s) }, "", true},
		"STARTTLS":               {mailtest.Options{STARTTLS: true, Auth: []string{"LOGIN", "PLAIN"}}, signIn, "", true},
		"LOGIN alone":            {mailtest.Options{STARTTLS: true, Auth: []string{"LOGIN"}}, signIn, "", true},
		"STARTTLS not offered":   {mailtest.Options{Auth: []string{"PLAIN"}}, signIn, "offers no STARTTLS", false},
		"not trusted":            {mailtest.Options{STARTTLS: true}, func(s *mail.Server) { s.Roots = nil }, "certificate", false},
		"no TLS on this machine": {mailtest.Options{Auth: []string{"PLAIN"}}, func(s *mail.Server) { s.Plain = true; signIn(s) }, "", false},
		"wrong password":         {mailtest.Options{STARTTLS: true, Auth: []string{"PLAIN"}}, func(s *mail.Server) { s.User, s.Password = "kontor", "wrong" }, "535", false},
		"sign-in unknown":        {mailtest.Options{STARTTLS: true, Auth: []string{"CRAM-MD5"}}, signIn, "no sign-in", false},
	} {
		t.Run(name, func(t *testing.T) {
			c.server.User, c.server.Password = "kontor", secret
			s := mailtest.Start(t, c.server)
			p := post(t, s, c.use)
			err := p.Reset(t.Context(), reset("ben@example.com", "Ben", ""))
			if cerr := p.Check(t.Context()); (cerr == nil) != (err == nil) {
				t.Errorf("the check says %v, the letter %v", cerr, err)
			} else if cerr != nil && (fault.As(cerr).Code != "mail_unavailable" || !strings.Contains(fault.As(cerr).Detail, c.want)) {
				t.Errorf("got %v, want mail_unavailable with %q", cerr, c.want)
			}
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) || permanent(err) {
					t.Fatalf("got %v, want one that may pass, with %q", err, c.want)
				}
				for _, line := range s.Said() {
					if strings.HasPrefix(line, "AUTH") && c.want != "535" || strings.HasPrefix(line, "MAIL") {
						t.Errorf("the server was told %q", line)
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if l := s.Wait(t, 1)[0]; l.TLS != c.tls || l.User != c.server.User && len(c.server.Auth) > 0 {
				t.Errorf("got TLS %v and user %q, want %v and kontor", l.TLS, l.User, c.tls)
			}
		})
	}
}

// What the server says decides whether another try makes sense; what it quotes
// from the letter is not repeated.
func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		at, answer string
		last       bool
	}{
		"unknown reader":    {"RCPT", "550 5.1.1 no such mailbox", true},
		"full":              {"RCPT", "452 4.2.2 full", false},
		"greylisted":        {"RCPT", "451 4.7.1 come later", false},
		"sender":            {"MAIL", "553 5.7.1 not yours", false}, // the operator can put it right
		"spam":              {".", "554 5.7.1 blocked: " + public + "/reset?token=" + token, true},
		"broken, for now":   {".", "451 4.3.0 blocked because of " + token, false},
		"no letters at all": {"DATA", "554 no", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := mailtest.Start(t, mailtest.Options{Refuse: func(command string) string {
				if strings.HasPrefix(command, c.at) {
					return c.answer
				}
				return ""
			}})
			err := post(t, s, plain).Reset(t.Context(), reset("ben@example.com", "Ben", ""))
			if err == nil || permanent(err) != c.last {
				t.Fatalf("got %v, permanent %v, want permanent %v", err, permanent(err), c.last)
			}
			if strings.Contains(err.Error(), token) || !strings.Contains(err.Error(), c.answer[:3]) {
				t.Errorf("got %q, want the code %s and nothing of the letter", err, c.answer[:3])
			}
		})
	}
}

func TestOtherLettersNeedAServerThatKnowsThem(t *testing.T) {
	s := mailtest.Start(t, mailtest.Options{})
	if err := post(t, s, plain).Reset(t.Context(), reset("jörg@example.com", "Jörg", "de")); !permanent(err) {
		t.Errorf("got %v, want that it cannot be sent", err)
	}
	able := mailtest.Start(t, mailtest.Options{UTF8: true})
	if err := post(t, able, plain).Reset(t.Context(), reset("jörg@example.com", "Jörg", "de")); err != nil {
		t.Fatal(err)
	}
	if l := able.Wait(t, 1)[0]; l.To != "jörg@example.com" {
		t.Errorf("got a letter to %q", l.To)
	}
}

// A server that answers nothing is waited for no longer than the context.
func TestTheWaitEndsWithItsContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	silent := &mailtest.Server{Addr: l.Addr().String()}
	done := make(chan error, 1)
	p := post(t, silent, plain)
	go func() { done <- p.Reset(ctx, reset("ben@example.com", "Ben", "")) }()
	c, err := l.Accept() // it has come, and now waits for our greeting
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	cancel()
	if err := <-done; err == nil || permanent(err) {
		t.Errorf("got %v, want one that may pass", err)
	}
}
