// Package mail writes letters to people and hands them to a mail server by SMTP.
//
//	mail.go     Post: which letters there are
//	words.go    what stands in them, in the languages of the web app
//	letter.go   a letter as it travels: MIME, text and HTML
//	smtp.go     the mail server: TLS, sign-in, what its refusals mean
//
// When and how often a letter is sent is package account's, by a job; here one
// try is made. Links lead to the public address that the operator has set, never
// to one that a request named. No error and no log holds a letter's link.
package mail

import (
	"context"
	"net/mail"
	"net/url"
	"time"

	"kontor/internal/account"
)

// Post writes and sends letters. Safe for concurrent use.
type Post struct {
	server Server
	from   mail.Address
	public string
	now    func() time.Time
}

var _ account.Mailer = (*Post)(nil)

// Options are what a Post is made of; all are required.
type Options struct {
	Server Server
	From   string // "Kontor <kontor@example.com>"
	// PublicURL is where people reach Kontor, without a slash at the end.
	PublicURL string
	Now       func() time.Time
}

// New makes a Post; it calls nobody yet.
func New(o Options) (*Post, error) {
	from, err := mail.ParseAddress(o.From)
	if err != nil {
		return nil, err
	}
	if o.Server.Hello == "" {
		o.Server.Hello = helloFor(o.PublicURL)
	}
	return &Post{server: o.Server, from: *from, public: o.PublicURL, now: o.Now}, nil
}

// helloFor is the name by which we greet a mail server: that of the public
// address. Servers turn away greetings that are no name with a dot.
func helloFor(public string) string {
	if u, err := url.Parse(public); err == nil && u.Hostname() != "" {
		return literal(u.Hostname())
	}
	return "localhost"
}

// Reset implements account.Mailer.
func (p *Post) Reset(ctx context.Context, l account.ResetLetter) error {
	w := wordsOf(l.Locale)
	return p.send(ctx, l.To, w, page{
		Subject: w.resetSubject, Greeting: w.greeting(l.Name), Body: []string{w.resetWhy},
		Button: w.resetButton, Link: p.link("/reset", l.Token.Reveal()), Until: w.until(l.ExpiresAt), Footer: []string{w.once, w.resetIgnore},
	}, l.Token.Reveal())
}

// Invitation implements account.Mailer.
func (p *Post) Invitation(ctx context.Context, l account.InvitationLetter) error {
	w := wordsOf(l.Locale)
	house := plain(l.House)
	why := fill(w.inviteWhy, "{house}", house)
	if l.InvitedBy != "" {
		why = fill(w.inviteBy, "{house}", house, "{name}", plain(l.InvitedBy))
	}
	return p.send(ctx, l.To, w, page{
		Subject: fill(w.inviteSubject, "{house}", house), Greeting: w.greeting(l.Name), Body: []string{why},
		Button: w.inviteButton, Link: p.link("/invite", l.Token.Reveal()), Until: w.until(l.ExpiresAt), Footer: []string{w.once, w.inviteIgnore},
	}, l.Token.Reveal())
}

func (p *Post) link(path, token string) string {
	return p.public + path + "?token=" + url.QueryEscape(token)
}

func (p *Post) send(ctx context.Context, to string, w words, content page, secret string) error {
	content.Lang, content.Automatic = w.lang, fill(w.automatic, "{address}", p.public)
	message, err := compose(envelope{From: p.from, To: to, At: p.now()}, content)
	if err != nil {
		return err
	}
	return p.server.send(ctx, p.from.Address, to, message, secret)
}

// Check signs in at the mail server and sends nothing.
func (p *Post) Check(ctx context.Context) error { return p.server.check(ctx) }
