package signon

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"kontor/internal/fault"
)

// discoveryLife is how long we believe what the other house said of itself. Keys
// that it has taken back count no longer than that; new ones are asked for as
// soon as a token names one (OpenID Connect Core 10.1.1).
const discoveryLife = time.Hour

// discovered is what the other house says of itself.
type discovered struct {
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
	style    oauth2.AuthStyle // how we prove to be the client
	at       time.Time
}

// algorithms are those by which a token may be signed: with a key that only the
// other house has. "none" and the shared secret of HS256 are not among them.
func algorithms() []string {
	return []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}
}

// discover asks the other house what it says of itself, once an hour; while it
// does not answer, its former word counts.
func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	known := p.found
	p.mu.Unlock()
	if known != nil && p.o.Now().Sub(known.at) < discoveryLife {
		return known, nil
	}
	fresh, err := p.ask(ctx)
	switch {
	case err == nil:
		p.mu.Lock()
		p.found = fresh
		p.mu.Unlock()
		return fresh, nil
	case known != nil:
		return known, nil
	}
	return nil, err
}

func (p *Provider) ask(ctx context.Context) (*discovered, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.o.Issuer)
	var style oauth2.AuthStyle
	if err == nil {
		style, err = p.complete(provider)
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "sso_unavailable", "The sign-on of "+p.o.Issuer+" cannot be used: "+short(err)+".", "See KONTOR_OIDC_ISSUER.").Because(err)
	}
	return &discovered{
		provider: provider, style: style, at: p.o.Now(),
		verifier: provider.VerifierContext(oidc.ClientContext(context.WithoutCancel(ctx), p.client), &oidc.Config{ClientID: p.o.ClientID, SupportedSigningAlgs: algorithms(), Now: p.o.Now}),
	}, nil
}

// complete refuses addresses to which nothing secret should be sent, and finds
// out how we prove to be the client: by trying, a code might be used up.
func (p *Provider) complete(provider *oidc.Provider) (oauth2.AuthStyle, error) {
	var more struct {
		JWKS    string   `json:"jwks_uri"`
		Methods []string `json:"token_endpoint_auth_methods_supported"` // none: client_secret_basic
	}
	if err := provider.Claims(&more); err != nil {
		return 0, err
	}
	at := provider.Endpoint()
	for name, address := range map[string]string{"authorization_endpoint": at.AuthURL, "token_endpoint": at.TokenURL, "jwks_uri": more.JWKS, "userinfo_endpoint": provider.UserInfoEndpoint()} {
		if address == "" && name == "userinfo_endpoint" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !(p.o.Private && u.Scheme == "http") {
			return 0, fmt.Errorf("its %s is no address that begins with https://", name)
		}
	}
	if p.o.Secret == "" || len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		return oauth2.AuthStyleInParams, nil
	}
	return oauth2.AuthStyleInHeader, nil
}

// oauth is how codes are asked for and exchanged.
func (d *discovered) oauth(o Options) *oauth2.Config {
	at := d.provider.Endpoint()
	at.AuthStyle = d.style
	return &oauth2.Config{ClientID: o.ClientID, ClientSecret: o.Secret.Reveal(), Endpoint: at, RedirectURL: o.Redirect, Scopes: []string{oidc.ScopeOpenID, "email", "profile"}}
}

// short is an error on one line, without the pages that servers answer.
func short(err error) string {
	text := []rune(err.Error())
	for i, r := range text {
		if r == '\n' || r == '\r' || r == '<' || i >= 200 {
			text = append(text[:i:i], '…')
			break
		}
	}
	return string(text)
}
