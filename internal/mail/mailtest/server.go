// Package mailtest is a mail server for tests: a real one on a real socket, with
// TLS and sign-in, that keeps what it is handed instead of sending it on.
package mailtest

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options say what a server is like. The zero value has neither TLS nor sign-in.
type Options struct {
	Implicit bool     // TLS from the first byte
	STARTTLS bool     // offered
	Auth     []string // PLAIN, LOGIN; offered, after TLS where there is STARTTLS, and then demanded
	User     string
	Password string
	UTF8     bool   // SMTPUTF8 is offered
	Address  string // where to listen; empty: a free port of 127.0.0.1
	// Refuse may answer a command in the server's place: "550 5.1.1 no such
	// mailbox". command is a whole line; "." asks about a letter that has come.
	// Empty: the server answers.
	Refuse func(command string) string
}

// Server is a mail server at work.
type Server struct {
	Addr  string // host:port
	o     Options
	tls   *tls.Config
	roots *x509.CertPool

	listener net.Listener
	open     sync.WaitGroup
	mu       sync.Mutex
	conns    map[net.Conn]bool
	letters  []Letter
	said     []string // every line of every client, passwords too
	news     chan struct{}
}

// Letter is what a client handed over.
type Letter struct {
	From, To string
	Raw      string
	TLS      bool   // it came by a secured connection
	User     string // who had signed in; empty: nobody
}

// Start starts a server that ends with the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	s := &Server{o: o, conns: map[net.Conn]bool{}, news: make(chan struct{}, 1)}
	s.certify(t)
	var err error
	if s.listener, err = net.Listen("tcp", o.Address); err != nil {
		t.Fatal(err)
	}
	s.Addr = s.listener.Addr().String()
	s.open.Go(s.accept)
	t.Cleanup(s.Stop)
	return s
}

// Roots are whom to trust to trust this server, whose name is 127.0.0.1 and localhost.
func (s *Server) Roots() *x509.CertPool { return s.roots }

// Stop ends the server; it may be called twice.
func (s *Server) Stop() {
	s.listener.Close()
	s.mu.Lock()
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.open.Wait()
}

// Letters are all that came so far.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.letters...)
}

// Said are the lines of all clients so far.
func (s *Server) Said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.said...)
}

// Wait returns the letters as soon as there are so many.
func (s *Server) Wait(t testing.TB, n int) []Letter {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		if all := s.Letters(); len(all) >= n {
			return all
		}
		select {
		case <-s.news:
		case <-ctx.Done():
			t.Fatalf("got %d letters, want %d; the clients said:\n%s", len(s.Letters()), n, strings.Join(s.Said(), "\n"))
		}
	}
}

func (s *Server) certify(t testing.TB) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail server of a test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(parsed)
	s.tls = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func (s *Server) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[c] = true
		s.mu.Unlock()
		s.open.Go(func() {
			defer func() {
				c.Close()
				s.mu.Lock()
				delete(s.conns, c)
				s.mu.Unlock()
			}()
			s.serve(c)
		})
	}
}

// visit is one client.
type visit struct {
	*Server
	conn     net.Conn
	in       *bufio.Reader
	secure   bool
	user     string
	from, to string
}

func (s *Server) serve(c net.Conn) {
	v := &visit{Server: s, conn: c, secure: s.o.Implicit}
	if s.o.Implicit {
		v.conn = tls.Server(c, s.tls)
	}
	v.in = bufio.NewReader(v.conn)
	v.say("220 test ESMTP")
	for {
		line, err := v.line()
		if err != nil || !v.answer(line) {
			return
		}
	}
}

func (v *visit) say(lines ...string) {
	_, _ = io.WriteString(v.conn, strings.Join(lines, "\r\n")+"\r\n") // who is gone hears nothing
}

func (v *visit) line() (string, error) {
	line, err := v.in.ReadString('\n')
	line = strings.TrimRight(line, "\r\n")
	if err == nil {
		v.mu.Lock()
		v.said = append(v.said, line)
		v.mu.Unlock()
	}
	return line, err
}

func (v *visit) refused(command string) bool {
	if v.o.Refuse == nil {
		return false
	}
	text := v.o.Refuse(command)
	if text != "" {
		v.say(text)
	}
	return text != ""
}

// answer answers a command, and tells whether the client may go on.
func (v *visit) answer(line string) bool {
	if v.refused(line) {
		return true
	}
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO", "HELO":
		v.greet()
	case "STARTTLS":
		v.say("220 go ahead")
		secured := tls.Server(v.conn, v.tls)
		if secured.Handshake() != nil {
			return false
		}
		v.conn, v.in, v.secure = secured, bufio.NewReader(secured), true
	case "AUTH":
		return v.auth(rest)
	case "MAIL":
		if len(v.o.Auth) > 0 && v.user == "" {
			v.say("530 5.7.0 sign in first")
			return true
		}
		v.from = between(rest)
		v.say("250 ok")
	case "RCPT":
		v.to = between(rest)
		v.say("250 ok")
	case "DATA":
		v.say("354 go on")
		return v.letter()
	case "NOOP", "RSET":
		v.say("250 ok")
	case "QUIT":
		v.say("221 bye")
		return false
	default:
		v.say("500 what")
	}
	return true
}

func (v *visit) greet() {
	offers := []string{"test"}
	if v.o.STARTTLS && !v.secure {
		offers = append(offers, "STARTTLS")
	} else if len(v.o.Auth) > 0 {
		offers = append(offers, "AUTH "+strings.Join(v.o.Auth, " "))
	}
	if v.o.UTF8 {
		offers = append(offers, "SMTPUTF8")
	}
	for i := range offers {
		dash := "-"
		if i == len(offers)-1 {
			dash = " "
		}
		offers[i] = "250" + dash + offers[i]
	}
	v.say(offers...)
}

func (v *visit) auth(rest string) bool {
	how, first, _ := strings.Cut(rest, " ")
	var user, password string
	switch how {
	case "PLAIN":
		text, err := base64.StdEncoding.DecodeString(first)
		parts := strings.Split(string(text), "\x00")
		if err != nil || len(parts) != 3 {
			v.say("501 what")
			return true
		}
		user, password = parts[1], parts[2]
	case "LOGIN":
		for _, ask := range []struct{ what, into string }{{"Username:", "user"}, {"Password:", "password"}} {
			v.say("334 " + base64.StdEncoding.EncodeToString([]byte(ask.what)))
			line, err := v.line()
			text, derr := base64.StdEncoding.DecodeString(line)
			if errors.Join(err, derr) != nil {
				return false
			}
			if ask.into == "user" {
				user = string(text)
			} else {
				password = string(text)
			}
		}
	}
	if user != v.o.User || password != v.o.Password {
		v.say("535 5.7.8 wrong")
		return true
	}
	v.user = user
	v.say("235 come in")
	return true
}

func (v *visit) letter() bool {
	raw, err := io.ReadAll(textproto.NewReader(v.in).DotReader())
	if err != nil {
		return false
	}
	if v.refused(".") {
		return true
	}
	v.mu.Lock()
	v.letters = append(v.letters, Letter{From: v.from, To: v.to, Raw: string(raw), TLS: v.secure, User: v.user})
	n := len(v.letters)
	v.mu.Unlock()
	select {
	case v.news <- struct{}{}:
	default:
	}
	v.say(fmt.Sprintf("250 kept as %d", n))
	return true
}

func between(text string) string {
	_, after, _ := strings.Cut(text, "<")
	inside, _, _ := strings.Cut(after, ">")
	return inside
}
