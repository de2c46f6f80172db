// Package signontest is an OpenID provider for tests: a real one over real HTTP,
// with PKCE, keys of its own and tokens that are really signed. A test may have
// it say what no provider should.
package signontest

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// The client that the provider knows.
const (
	ClientID     = "kontor"
	ClientSecret = "of-the-test-alone"
)

// Person is whom the provider vouches for.
type Person struct {
	Subject  string
	Email    string // empty: the token does not tell it
	Verified any    // true, false, "true"; nil: the token does not tell it
	Name     string
}

// Options say what a provider is like.
type Options struct {
	Redirect string // the only address it sends browsers back to
	Alg      string // RS256 or ES256; empty: RS256
	Page     bool   // people confirm on a page, as in earnest; else they are sent back at once
	Person   Person
	// Told is what the userinfo endpoint tells; nil: there is none.
	Told map[string]any
	// Forge may change what is about to be signed; the header's alg decides how.
	Forge func(header, claims map[string]any)
	// Document may change what the provider says of itself.
	Document func(map[string]any)
	Now      func() time.Time // nil: time.Now
	Address  string           // where to listen; empty: a free port of 127.0.0.1
}

// Provider is an OpenID provider at work.
type Provider struct {
	URL string // also the issuer
	t   testing.TB

	mu       sync.Mutex
	o        Options
	keys     []key // the last one signs
	codes    map[string]code
	accesses map[string]bool
	calls    map[string]int
}

// code is an authorization code that was given out.
type code struct {
	nonce, challenge string
	redirect         string
	person           Person
}

// Start starts a provider that ends with the test.
func Start(t testing.TB, o Options) *Provider {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Alg == "" {
		o.Alg = "RS256"
	}
	p := &Provider{t: t, o: o, codes: map[string]code{}, accesses: map[string]bool{}, calls: map[string]int{}}
	p.keys = []key{newKey(t, o.Alg)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.document)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /confirm", p.confirm)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /keys", p.jwks)
	mux.HandleFunc("GET /userinfo", p.userinfo)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.calls[r.URL.Path]++
		p.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	if o.Address != "" {
		l, err := net.Listen("tcp", o.Address)
		if err != nil {
			t.Fatal(err)
		}
		s.Listener.Close()
		s.Listener = l
	}
	s.Start()
	t.Cleanup(s.Close)
	p.URL = s.URL
	return p
}

// Change changes what the provider is like from now on.
func (p *Provider) Change(f func(*Options)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.o)
}

// Rotate signs with a new key from now on; the former one is published no more.
func (p *Provider) Rotate() {
	fresh := newKey(p.t, p.o.Alg)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = []key{fresh}
}

// Calls is how often a path was called.
func (p *Provider) Calls(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[path]
}

func (p *Provider) options() Options {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.o
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who is gone reads nothing
}

func (p *Provider) document(w http.ResponseWriter, _ *http.Request) {
	o := p.options()
	d := map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "code_challenge_methods_supported": []string{"S256"},
		// Also what nobody should take it at its word for.
		"id_token_signing_alg_values_supported": []string{"RS256", "ES256", "HS256", "none"},
	}
	if o.Told != nil {
		d["userinfo_endpoint"] = p.URL + "/userinfo"
	}
	if o.Document != nil {
		o.Document(d)
	}
	answer(w, http.StatusOK, d)
}

// authorize is where browsers come to (OpenID Connect Core 3.1.2.1).
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q, o := r.URL.Query(), p.options()
	switch {
	case q.Get("client_id") != ClientID || q.Get("redirect_uri") != o.Redirect:
		http.Error(w, "no such client, or not its address: "+q.Get("redirect_uri"), http.StatusBadRequest)
	case q.Get("response_type") != "code" || !strings.Contains(q.Get("scope"), "openid") || q.Get("state") == "" || q.Get("nonce") == "" || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "":
		http.Error(w, "state, nonce or PKCE is missing", http.StatusBadRequest)
	case o.Page:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, map[string]any{"Person": o.Person, "Query": r.URL.RawQuery})
	default:
		p.back(w, r, q)
	}
}

var page = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Provider</title><main><h1>Provider</h1>
<form method="post" action="/confirm"><input type="hidden" name="query" value="{{.Query}}">
<button>Continue as {{.Person.Name}}</button></form></main></html>`))

func (p *Provider) confirm(w http.ResponseWriter, r *http.Request) {
	q, err := url.ParseQuery(r.FormValue("query"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.back(w, r, q)
}

// back sends the browser back with a code.
func (p *Provider) back(w http.ResponseWriter, r *http.Request, q url.Values) {
	o := p.options()
	name := rand.Text()
	p.mu.Lock()
	p.codes[name] = code{nonce: q.Get("nonce"), challenge: q.Get("code_challenge"), redirect: q.Get("redirect_uri"), person: o.Person}
	p.mu.Unlock()
	http.Redirect(w, r, o.Redirect+"?"+url.Values{"code": {name}, "state": {q.Get("state")}, "iss": {p.URL}}.Encode(), http.StatusSeeOther)
}

// token exchanges a code, once, for who proves to be the client and to have begun.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	user, password, basic := r.BasicAuth()
	if !basic {
		user, password = r.FormValue("client_id"), r.FormValue("client_secret")
	} else if plain, err := url.QueryUnescape(password); err == nil {
		password = plain // RFC 6749 2.3.1
	}
	p.mu.Lock()
	c, known := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	switch {
	case user != ClientID || subtle.ConstantTimeCompare([]byte(password), []byte(ClientSecret)) != 1:
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	case !known || r.FormValue("grant_type") != "authorization_code" || r.FormValue("redirect_uri") != c.redirect || challenge != c.challenge:
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": "the code " + r.FormValue("code") + " is not good"})
		return
	}
	access := rand.Text()
	p.mu.Lock()
	p.accesses[access] = true
	p.mu.Unlock()
	answer(w, http.StatusOK, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": p.idToken(c)})
}

// idToken is the provider's word about somebody, signed.
func (p *Provider) idToken(c code) string {
	p.mu.Lock()
	o, k := p.o, p.keys[len(p.keys)-1]
	p.mu.Unlock()
	now := o.Now()
	header := map[string]any{"alg": o.Alg, "typ": "JWT", "kid": k.id}
	claims := map[string]any{"iss": p.URL, "sub": c.person.Subject, "aud": ClientID, "nonce": c.nonce, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "name": c.person.Name}
	if c.person.Email != "" {
		claims["email"] = c.person.Email
	}
	if c.person.Verified != nil {
		claims["email_verified"] = c.person.Verified
	}
	if o.Forge != nil {
		o.Forge(header, claims)
	}
	return k.sign(p.t, header, claims)
}

func (p *Provider) jwks(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := []map[string]any{}
	for _, k := range p.keys {
		all = append(all, k.public())
	}
	answer(w, http.StatusOK, map[string]any{"keys": all})
}

func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	_, access, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	p.mu.Lock()
	known, told := p.accesses[access], p.o.Told
	p.mu.Unlock()
	if !known || told == nil {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_token"})
		return
	}
	answer(w, http.StatusOK, told)
}
