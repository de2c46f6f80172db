package mailtest

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
)

// Message is a letter as its reader's program shows it.
type Message struct {
	Header     mail.Header
	Subject    string
	Text, HTML string
}

// Read reads a letter as strictly as net/mail does; what it cannot read fails the test.
func (l Letter) Read(t testing.TB) Message {
	t.Helper()
	m, err := l.read()
	if err != nil {
		t.Fatalf("%v in\n%s", err, l.Raw)
	}
	return m
}

func (l Letter) read() (m Message, err error) {
	read, err := mail.ReadMessage(strings.NewReader(l.Raw))
	if err != nil {
		return m, err
	}
	m.Header = read.Header
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject")); err != nil {
		return m, err
	}
	_, params, err := mime.ParseMediaType(read.Header.Get("Content-Type"))
	if err != nil {
		return m, err
	}
	parts := multipart.NewReader(read.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return m, err
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			return m, err
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			m.HTML = string(text)
		} else {
			m.Text = strings.ReplaceAll(string(text), "\r\n", "\n")
		}
	}
}

// Link is the address on a line of its own in the text; it fails the test when
// there is none.
func (m Message) Link(t testing.TB) string {
	t.Helper()
	for line := range strings.Lines(m.Text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "http") {
			return line
		}
	}
	t.Fatalf("there is no link in\n%s", m.Text)
	return ""
}
