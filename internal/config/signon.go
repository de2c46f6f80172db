package config

import (
	"net/url"
	"regexp"
	"strings"

	"kontor/internal/wa"
)

// OIDC is who vouches for people by OpenID Connect; without an issuer nobody does.
type OIDC struct {
	Issuer       string // with its slash at the end, if it has one: it is compared to the letter
	ClientID     string
	ClientSecret wa.Secret // empty: a public client
	Name         string    // what people call the provider
	Domains      string    // separated by commas; see AllowedDomains
	Role         string    // of whom nobody has invited; empty: they stay out
	AllowPrivate bool
}

// AllowedDomains are those of the addresses that may come in, in lower case; none: all.
func (o OIDC) AllowedDomains() (all []string) {
	for part := range strings.SplitSeq(o.Domains, ",") {
		if part = strings.ToLower(strings.TrimSpace(part)); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// issuer is an address without a question mark (OpenID Connect Discovery 1.0, 2).
func issuer(text string) (string, string) {
	kept, expected := webURL(text)
	if expected == "" && strings.ContainsRune(text, '?') {
		expected = "an address without a question mark, as the provider's tokens say it in iss"
	}
	return kept, expected
}

var domainForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)

func domains(text string) (string, string) {
	all := OIDC{Domains: text}.AllowedDomains()
	for _, d := range all {
		if !domainForm.MatchString(d) {
			all = nil
			break
		}
	}
	if len(all) == 0 {
		return "", "domains separated by commas, without @, for example example.com,example.de"
	}
	return strings.Join(all, ","), ""
}

func (o OIDC) contradictions(public string) (all []Problem) {
	if o.Issuer == "" {
		return nil
	}
	need := func(env, expected string) {
		all = append(all, Problem{Setting: env, Value: "nothing", Expected: expected})
	}
	if o.ClientID == "" {
		need("KONTOR_OIDC_CLIENT_ID", "Kontor's name at the provider, since KONTOR_OIDC_ISSUER is set")
	}
	if public == "" {
		need("KONTOR_PUBLIC_URL", "the address that the provider sends people back to, since KONTOR_OIDC_ISSUER is set")
	}
	if o.Role != "" && o.Domains == "" {
		need("KONTOR_OIDC_DOMAINS", "whose people KONTOR_OIDC_ROLE lets in, since a provider may know the whole world")
	}
	if u, err := url.Parse(o.Issuer); err == nil && u.Scheme == "http" && !o.AllowPrivate {
		all = append(all, Problem{Setting: "KONTOR_OIDC_ISSUER", Value: quote(o.Issuer), Expected: "an https address, or KONTOR_OIDC_ALLOW_PRIVATE=1 for a provider of your own network"})
	}
	return all
}
