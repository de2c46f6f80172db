package config

import (
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"

	"kontor/internal/wa"
)

// SMTP is by whom mail goes out; without a URL none does.
type SMTP struct {
	URL  wa.Secret // it holds a password; see Server
	From string    // "Kontor <kontor@example.com>"
}

// TLS says how a connection to a mail server is kept secret.
type TLS string

// The ways there are. Whether a server offers STARTTLS is its word in plain
// text, which anybody between can take out; so it is demanded, never a wish.
const (
	TLSFirst    TLS = "tls"      // from the first byte; port 465
	TLSDemanded TLS = "starttls" // STARTTLS before anything else is said; port 587
	TLSNone     TLS = "none"     // none; port 25
)

// MailServer is what SMTP.URL says.
type MailServer struct {
	Host, Port string
	TLS        TLS
	User       string // empty: nobody signs in
	Password   wa.Secret
}

// Server is the mail server; ok is false when none is set.
func (s SMTP) Server() (m MailServer, ok bool) {
	if s.URL == "" {
		return m, false
	}
	return parseMailServer(s.URL.Reveal())
}

// parseMailServer reads smtp:// and smtps:// addresses.
func parseMailServer(text string) (m MailServer, ok bool) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return m, false
	}
	m.Host, m.Port, m.User = u.Hostname(), u.Port(), u.User.Username()
	password, _ := u.User.Password()
	m.Password = wa.Secret(password)
	switch query := u.Query(); {
	case u.Scheme == "smtps" && u.RawQuery == "":
		m.TLS = TLSFirst
	case u.Scheme == "smtp" && u.RawQuery == "":
		m.TLS = TLSDemanded
	case u.Scheme == "smtp" && len(query) == 1 && query.Get("tls") == string(TLSNone):
		m.TLS = TLSNone
	default:
		return m, false
	}
	if m.Port == "" {
		m.Port = map[TLS]string{TLSFirst: "465", TLSDemanded: "587", TLSNone: "25"}[m.TLS]
	}
	if n, err := strconv.Atoi(m.Port); err != nil || n < 1 || n > 65535 {
		return m, false
	}
	return m, (m.User == "") == (m.Password == "")
}

// Address is host and port, to dial.
func (m MailServer) Address() string { return net.JoinHostPort(m.Host, m.Port) }

func mailURL(text string) (string, string) {
	const expected = "smtps://user:password@host, smtp://user:password@host:587 or smtp://host?tls=none; in user and password, signs other than letters and digits are written as %XX"
	if _, ok := parseMailServer(text); !ok {
		return "", expected
	}
	return text, ""
}

// sender is an address that mail can be from, with or without a name.
func sender(text string) (string, string) {
	if a, err := mail.ParseAddress(text); err != nil || strings.ContainsAny(text, "\r\n") || !strings.Contains(a.Address, "@") {
		return "", "an address for mail, for example Kontor <kontor@example.com>"
	}
	return text, ""
}

// contradictions: a letter is from somebody, and its link leads to an address
// that the operator knows. What a request says of where it came is a stranger's
// word, and must not stand in a letter.
func (s SMTP) contradictions(public string) (all []Problem) {
	if s.URL == "" {
		return nil
	}
	if s.From == "" {
		all = append(all, Problem{Setting: "KONTOR_SMTP_FROM", Value: "nothing", Expected: "whom mail is from, since KONTOR_SMTP_URL is set"})
	}
	if public == "" {
		all = append(all, Problem{Setting: "KONTOR_PUBLIC_URL", Value: "nothing", Expected: "the address that links in mail lead to, since KONTOR_SMTP_URL is set"})
	}
	return all
}
