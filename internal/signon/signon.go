// Package signon lets people come in whom another house vouches for, by OpenID
// Connect: authorization code with PKCE (RFC 7636), as OpenID Connect Core 1.0
// section 3.1 has it.
//
//	signon.go    Provider: leading somebody there, and taking them in again
//	discover.go  what the other house says of itself, kept for an hour
//	identity.go  its word about somebody, checked
//	client.go    how we call it: no redirects, guarded addresses, bounded answers
//
// Whoever begins is remembered as a step of package account: state, nonce and the
// PKCE verifier lie sealed in the database, once, for ten minutes, and the secret
// that brings them back lies in a cookie of that browser. So nobody can be signed
// in by a link that somebody else began, and no answer counts twice.
//
// It decides nothing about people: whom an identity stands for is package
// account's.
package signon

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// stepLife is how long somebody may take at the other house.
const stepLife = 10 * time.Minute

// Options are what a Provider is made of. All are required but Secret, Domains
// and Newcomer.
type Options struct {
	Issuer   string // as its tokens say it, to the letter
	ClientID string
	Secret   wa.Secret // empty: a public client, which PKCE alone proves
	Name     string    // what the button says
	// Domains are those of the addresses that may come in, in lower case; none: all.
	Domains []string
	// Newcomer is the role of whoever nobody has invited; empty: they stay out.
	Newcomer account.Role
	// Redirect is where the other house sends browsers back to.
	Redirect string
	// Private lets the other house be without TLS; Control is asked about every
	// address that is dialled.
	Private bool
	Control func(network, address string, c syscall.RawConn) error
	Steps   Steps
	Now     func() time.Time
}

// Steps remember who has begun; *account.Accounts fulfils it.
type Steps interface {
	KeepStep(ctx context.Context, data []byte, life time.Duration) (token wa.Secret, err error)
	TakeStep(ctx context.Context, token string) (data []byte, found bool, err error)
}

// Provider is the other house. Safe for concurrent use.
type Provider struct {
	o      Options
	client *http.Client

	mu    sync.Mutex
	found *discovered // guarded by mu
}

// New makes a Provider; it calls nobody yet, so that Kontor starts also while
// the other house is away.
func New(o Options) *Provider { return &Provider{o: o, client: newClient(o)} }

// Close ends connections that are kept open.
func (p *Provider) Close() { p.client.CloseIdleConnections() }

// Name is what the button says.
func (p *Provider) Name() string { return p.o.Name }

// Newcomer is the role of whoever nobody has invited; empty: they stay out.
func (p *Provider) Newcomer() account.Role { return p.o.Newcomer }

// step is what is remembered of somebody who has gone to the other house.
type step struct {
	State    string        `json:"state"`
	Nonce    string        `json:"nonce"`
	Verifier string        `json:"verifier"`
	Visit    account.Visit `json:"visit"`
}

// Begin answers the address to go to, and a secret that the browser must bring
// back to Finish.
func (p *Provider) Begin(ctx context.Context, v account.Visit) (address string, secret wa.Secret, err error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", "", err
	}
	s := step{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Visit: v}
	data, err := json.Marshal(s)
	if err != nil {
		return "", "", err
	}
	if secret, err = p.o.Steps.KeepStep(ctx, data, stepLife); err != nil {
		return "", "", err
	}
	return d.oauth(p.o).AuthCodeURL(s.State, oidc.Nonce(s.Nonce), oauth2.S256ChallengeOption(s.Verifier)), secret, nil
}

// Finish reads what the other house sent the browser back with, and answers whom
// it vouches for. The visit is known as soon as the browser is, also when it
// ends in an error; errors are faults.
func (p *Provider) Finish(ctx context.Context, secret string, query url.Values) (who account.Identity, v account.Visit, err error) {
	data, found, err := p.o.Steps.TakeStep(ctx, secret)
	if err != nil {
		return who, v, err
	}
	var s step
	if !found {
		return who, v, failed("This browser did not begin the sign-on, took too long, or has finished it already.", nil)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return who, v, err
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(s.State)) != 1:
		return who, s.Visit, failed("The answer belongs to another sign-on.", nil)
	case query.Has("iss") && query.Get("iss") != p.o.Issuer: // RFC 9207
		return who, s.Visit, failed("The answer comes from another house.", nil)
	case query.Get("error") != "":
		return who, s.Visit, failed("The other house refused: "+word(query.Get("error"))+".", nil)
	case query.Get("code") == "":
		return who, s.Visit, failed("The other house sent no code.", nil)
	}
	d, err := p.discover(ctx)
	if err != nil {
		return who, s.Visit, err
	}
	who, err = p.identify(ctx, d, query.Get("code"), s)
	if err == nil {
		err = p.admits(who)
	}
	return who, s.Visit, err
}

// admits refuses addresses of foreign domains. Where domains are set, an address
// that the other house has not checked is of none.
func (p *Provider) admits(who account.Identity) error {
	if len(p.o.Domains) == 0 {
		return nil
	}
	if !who.Verified || who.Email == "" {
		return account.ErrSignOnUnverified
	}
	_, domain, _ := strings.Cut(who.Email, "@")
	if !slices.Contains(p.o.Domains, strings.ToLower(domain)) {
		return account.ErrSignOnDomain
	}
	return nil
}

// Check asks the other house what it says of itself.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.ask(ctx)
	return err
}

// failed is a sign-on that came to nothing; the web app explains it by its code.
func failed(what string, cause error) error {
	f := fault.New(fault.Unauthorized, "sso_failed", what, "Begin again.")
	if cause != nil {
		return f.Because(cause)
	}
	return f
}

// word keeps of a stranger's text what a code of OAuth may hold (RFC 6749 4.1.2.1).
func word(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, text)
	return text[:min(len(text), 60)]
}
