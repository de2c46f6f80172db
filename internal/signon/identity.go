package signon

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"kontor/internal/account"
)

// claims are what the other house says of somebody (OpenID Connect Core 5.1).
type claims struct {
	Party    string `json:"azp"`
	Email    string `json:"email"`
	Verified truth  `json:"email_verified"`
	Name     string `json:"name"`
}

// truth is a boolean, which some houses write in quotes. Whatever else stands
// there is no.
type truth bool

// UnmarshalJSON implements json.Unmarshaler.
func (t *truth) UnmarshalJSON(text []byte) error {
	*t = string(text) == "true" || string(text) == `"true"`
	return nil
}

// identify exchanges a code for the other house's word about somebody, and
// checks it: signature, issuer, audience, end (go-oidc), then nonce, authorised
// party and the hash of the access token (OpenID Connect Core 3.1.3.7, 3.1.3.8).
func (p *Provider) identify(ctx context.Context, d *discovered, code string, s step) (who account.Identity, err error) {
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := d.oauth(p.o).Exchange(ctx, code, oauth2.VerifierOption(s.Verifier))
	if err != nil {
		return who, failed("The other house took the code for nothing.", plainly(err))
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok || raw == "" {
		return who, failed("The other house sent no ID token.", nil)
	}
	id, err := d.verifier.Verify(ctx, raw)
	if err != nil {
		return who, failed("The other house's word could not be verified.", err)
	}
	var c claims
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(s.Nonce)) != 1:
		return who, failed("The other house's word belongs to another sign-on.", errors.New("the nonce is another"))
	case id.Subject == "":
		return who, failed("The other house does not say whom it means.", nil)
	}
	if err := id.Claims(&c); err != nil {
		return who, failed("The other house's word cannot be read.", err)
	}
	if c.Party != "" && c.Party != p.o.ClientID || c.Party == "" && len(id.Audience) > 1 {
		return who, failed("The other house's word is for somebody else.", errors.New("azp is another"))
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return who, failed("The other house's word could not be verified.", err)
		}
	}
	who = account.Identity{Issuer: p.o.Issuer, Subject: id.Subject, Email: strings.TrimSpace(c.Email), Verified: bool(c.Verified), Name: c.Name}
	if who.Email == "" && d.provider.UserInfoEndpoint() != "" {
		return p.more(ctx, d, token, who)
	}
	return who, nil
}

// more asks for the address where the token does not tell it (OpenID Connect
// Core 5.3): some houses tell it there alone. The answer must speak of the same
// subject (5.3.2).
func (p *Provider) more(ctx context.Context, d *discovered, token *oauth2.Token, who account.Identity) (account.Identity, error) {
	info, err := d.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return who, failed("The other house does not tell an address.", err)
	}
	if info.Subject != who.Subject {
		return who, failed("The other house speaks of somebody else.", errors.New("sub is another at the userinfo endpoint"))
	}
	var c claims
	if err := info.Claims(&c); err != nil {
		return who, failed("The other house's word cannot be read.", err)
	}
	who.Email, who.Verified = strings.TrimSpace(c.Email), bool(c.Verified)
	if who.Name == "" {
		who.Name = c.Name
	}
	return who, nil
}

// plainly is why an exchange failed, without the answer's body: whatever stands
// in it is not for a log.
func plainly(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return errors.New("the token endpoint answered " + refused.Response.Status + " " + word(refused.ErrorCode))
	}
	return err
}
