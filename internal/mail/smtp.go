package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/smtp"
	"net/textproto"
	"slices"
	"strings"
	"time"
	"unicode"

	"kontor/internal/fault"
	"kontor/internal/jobs"
	"kontor/internal/wa"
)

const (
	dialTime = 10 * time.Second
	// talkTime is for a whole letter. RFC 5321 4.5.3.2 lets a server think for
	// ten minutes after the last byte; nobody waits so long for a few kilobytes,
	// and the job tries again.
	talkTime = time.Minute
)

// Server is who takes our mail.
type Server struct {
	Host, Port string
	// Implicit: TLS from the first byte. Plain: none at all. Neither: STARTTLS,
	// and nothing is said to a server that does not offer it.
	Implicit, Plain bool
	User            string // empty: nobody signs in
	Password        wa.Secret
	Roots           *x509.CertPool // whom to trust; nil: the system's authorities
	Hello           string         // how we greet; empty: by the host of the public address
}

// Errors of a server that cannot be used as the settings say.
var (
	errNoTLS  = errors.New("the mail server offers no STARTTLS, and nothing is said to it in the clear; use smtps://, or ?tls=none for a relay on this machine")
	errNoAuth = errors.New("the mail server offers no sign-in by PLAIN or LOGIN")
	errPlain  = errors.New("a password is not told to another machine without TLS")
)

// send hands one letter to the server; secret is what no error may hold. A
// refusal of the reader or the letter is permanent, anything else may pass.
func (s Server) send(ctx context.Context, from, to string, message []byte, secret string) error {
	return s.talk(ctx, func(c *smtp.Client) error {
		if ok, _ := c.Extension("SMTPUTF8"); !ok && !ascii(to) {
			return jobs.Permanent(errors.New("the mail server cannot write to addresses with other letters than A to Z (SMTPUTF8)"))
		}
		if err := c.Mail(from); err != nil {
			return fmt.Errorf("the mail server refuses the sender: %w", told(err, secret))
		}
		if err := c.Rcpt(to); err != nil {
			return refused("the mail server refuses the reader", err, secret)
		}
		w, err := c.Data()
		if err != nil {
			return fmt.Errorf("the mail server takes no letter: %w", told(err, secret))
		}
		if _, err := w.Write(message); err != nil {
			return fmt.Errorf("hand over the letter: %w", told(err, secret))
		}
		if err := w.Close(); err != nil {
			return refused("the mail server refuses the letter", err, secret)
		}
		return nil
	})
}

// check signs in and leaves.
func (s Server) check(ctx context.Context) error {
	if err := s.talk(ctx, func(c *smtp.Client) error { return c.Noop() }); err != nil {
		return fault.New(fault.Unavailable, "mail_unavailable", "The mail server "+net.JoinHostPort(s.Host, s.Port)+" cannot be used: "+err.Error()+".", "See KONTOR_SMTP_URL.").Because(err)
	}
	return nil
}

// talk connects, secures, signs in, and has do speak.
func (s Server) talk(ctx context.Context, do func(*smtp.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, talkTime)
	defer cancel()
	conn, err := (&net.Dialer{Timeout: dialTime}).DialContext(ctx, "tcp", net.JoinHostPort(s.Host, s.Port))
	if err != nil {
		return fmt.Errorf("reach the mail server: %w", err)
	}
	wire := conn
	defer wire.Close()
	defer context.AfterFunc(ctx, func() { _ = wire.Close() })() // whoever waits for the server then waits no more
	secure := &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	if s.Implicit {
		conn = tls.Client(conn, secure)
	}
	c, err := smtp.NewClient(conn, s.Host)
	if err != nil {
		return fmt.Errorf("greet the mail server: %w", told(err, ""))
	}
	if err := c.Hello(cmp.Or(s.Hello, "localhost")); err != nil {
		return fmt.Errorf("greet the mail server: %w", told(err, ""))
	}
	if !s.Implicit && !s.Plain {
		if offered, _ := c.Extension("STARTTLS"); !offered {
			return errNoTLS
		}
		if err := c.StartTLS(secure); err != nil {
			return fmt.Errorf("secure the connection to the mail server: %w", told(err, ""))
		}
	}
	if err := s.signIn(c); err != nil {
		return err
	}
	if err := do(c); err != nil {
		return err
	}
	_ = c.Quit() // the letter is theirs; how they say goodbye changes nothing
	return nil
}

func (s Server) signIn(c *smtp.Client) error {
	if s.User == "" {
		return nil
	}
	_, offered := c.Extension("AUTH") // which ways
	var by smtp.Auth
	switch offers := strings.Fields(strings.ToUpper(offered)); {
	case s.Plain && !loopback(s.Host):
		return errPlain
	case slices.Contains(offers, "PLAIN"):
		by = plainAuth{s.User, s.Password}
	case slices.Contains(offers, "LOGIN"):
		by = &loginAuth{user: s.User, password: s.Password}
	default:
		return errNoAuth
	}
	if err := c.Auth(by); err != nil {
		return fmt.Errorf("sign in at the mail server as %s: %w", s.User, told(err, s.Password.Reveal()))
	}
	return nil
}

// plainAuth is PLAIN (RFC 4616). The one of net/smtp decides by the server's
// name whether TLS is needed; here signIn has decided.
type plainAuth struct {
	user     string
	password wa.Secret
}

func (a plainAuth) Start(*smtp.ServerInfo) (string, []byte, error) {
	return "PLAIN", []byte("\x00" + a.user + "\x00" + a.password.Reveal()), nil
}

func (a plainAuth) Next(_ []byte, more bool) ([]byte, error) {
	if more {
		return nil, errors.New("the server asks for more than PLAIN has")
	}
	return nil, nil
}

// loginAuth is LOGIN, which some servers have alone: the server asks for the
// name, then for the password.
type loginAuth struct {
	user     string
	password wa.Secret
	asked    int
}

func (a *loginAuth) Start(*smtp.ServerInfo) (string, []byte, error) { return "LOGIN", nil, nil }

func (a *loginAuth) Next(_ []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	a.asked++
	switch a.asked {
	case 1:
		return []byte(a.user), nil
	case 2:
		return []byte(a.password.Reveal()), nil
	}
	return nil, errors.New("the server asks for more than LOGIN has")
}

// refused is an answer to one reader or letter: 5xx is their last word (RFC 5321
// 4.2.1), anything else may change.
func refused(what string, err error, secret string) error {
	out := fmt.Errorf("%s: %w", what, told(err, secret))
	var answer *textproto.Error
	if errors.As(err, &answer) && answer.Code >= 500 {
		return jobs.Permanent(out)
	}
	return out
}

// told is an error that may be logged and stored. Servers quote from letters
// ("blocked: https://…"), so whatever looks like an address, or is the secret,
// takes the server's words along with it.
func told(err error, secret string) error {
	var answer *textproto.Error
	if !errors.As(err, &answer) {
		return err // of the network: it has not seen the letter
	}
	words := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, answer.Msg)
	if r := []rune(words); len(r) > 200 {
		words = string(r[:200]) + "…"
	}
	if strings.Contains(words, "://") || strings.Contains(answer.Msg, "token") || secret != "" && strings.Contains(answer.Msg, secret) {
		words = "(what it said is left out)"
	}
	return &textproto.Error{Code: answer.Code, Msg: words}
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// literal is a host as EHLO has it: addresses of numbers in brackets (RFC 5321 4.1.3).
func literal(host string) string {
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return host
	case ip.Is4():
		return "[" + host + "]"
	}
	return "[IPv6:" + host + "]"
}
