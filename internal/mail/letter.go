package mail

import (
	"bytes"
	"crypto/rand"
	_ "embed" // letter.html
	"fmt"
	"html/template"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
)

// envelope is between whom a letter goes.
type envelope struct {
	From mail.Address
	To   string // an address
	At   time.Time
}

// page is what a letter says; each member stands on a line or lines of its own.
type page struct {
	Lang      string
	Subject   string
	Greeting  string
	Body      []string
	Button    string // what the link does
	Link      string
	Until     string
	Footer    []string
	Automatic string
}

//go:embed letter.html
var letterHTML string

// compose writes a letter as it travels (RFC 5322, 2045): text and HTML that say
// the same, in ASCII throughout, so that every server takes it.
func compose(e envelope, p page) ([]byte, error) {
	var b bytes.Buffer
	parts := multipart.NewWriter(&b)
	_, domain, _ := strings.Cut(e.From.Address, "@")
	to := mail.Address{Address: e.To}
	for _, header := range [][2]string{
		{"From", e.From.String()},
		{"To", to.String()},
		{"Subject", fold(mime.QEncoding.Encode("utf-8", p.Subject))},
		{"Date", e.At.UTC().Format(time.RFC1123Z)},
		{"Message-ID", "<" + strings.ToLower(rand.Text()) + "@" + domain + ">"},
		{"Auto-Submitted", "auto-generated"}, // RFC 3834: no answer by a machine, please
		{"Content-Language", p.Lang},
		{"MIME-Version", "1.0"},
		{"Content-Type", `multipart/alternative; boundary="` + parts.Boundary() + `"`},
	} {
		// What stands here was made safe before; this is the last door.
		if strings.ContainsAny(strings.ReplaceAll(header[1], "\r\n ", ""), "\r\n\x00") {
			return nil, fmt.Errorf("the header %s of a letter would break", header[0])
		}
		fmt.Fprintf(&b, "%s: %s\r\n", header[0], header[1])
	}
	b.WriteString("\r\n")
	html, err := template.New("letter").Parse(letterHTML)
	if err != nil {
		return nil, err
	}
	var rich bytes.Buffer
	if err := html.Execute(&rich, p); err != nil {
		return nil, err
	}
	for _, part := range []struct{ kind, text string }{{"text/plain", p.text()}, {"text/html", rich.String()}} {
		if err := add(parts, part.kind, part.text); err != nil {
			return nil, err
		}
	}
	err = parts.Close() // writes the end
	return b.Bytes(), err
}

func add(parts *multipart.Writer, kind, text string) error {
	w, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"}})
	if err != nil {
		return err
	}
	q := quotedprintable.NewWriter(w)
	if _, err := q.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n"))); err != nil {
		return err
	}
	return q.Close()
}

// text is the letter for readers without HTML; the link has a line of its own.
func (p page) text() string {
	paragraphs := []string{p.Greeting, strings.Join(p.Body, "\n\n"), p.Link, strings.Join(append([]string{p.Until}, p.Footer...), "\n"), "-- \n" + p.Automatic}
	return strings.Join(paragraphs, "\n\n") + "\n"
}

// fold breaks a header between its encoded words (RFC 2047 2: at most 76
// characters a line).
func fold(header string) string { return strings.ReplaceAll(header, "?= =?", "?=\r\n =?") }
