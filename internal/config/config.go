// Package config reads the settings of Kontor: from the command line, the
// environment and a file, in this order of precedence, then from defaults.
//
// settings.go is the one table of all settings; flags, help texts, the file's
// keys and docs/configuration.md follow from it, and tests hold them together.
// A setting is text until its row has checked it, so that Load can report every
// problem at once instead of the first.
//
//	config.go    Config and Load
//	settings.go  the table
//	parse.go     what a value may look like
//	flags.go     the same settings as flags for kong
//	source.go    where a value comes from: flag, environment, file, default
//	file.go      the configuration file, YAML or JSON
//	mail.go      the server that takes our mail
//	signon.go    the OpenID provider that vouches for people
//	answers.go   the answers file of `kontor setup`
//	problem.go   how a wrong value is told
//
// The package starts nothing and writes nothing. Secrets are wa.Secret: no way
// of printing a Config shows them.
package config

import (
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"kontor/internal/wa"
)

// Config is what the operator decided. Every member has passed its row's check.
type Config struct {
	Listen        string // host:port of the product
	SandboxListen string // host:port of the sandbox
	OnPremListen  string // host:port of the On-Premises API's own TLS listener; empty: none
	// OnPremMonitorKey opens health, metrics and stats of the On-Premises API;
	// empty: only API keys of Kontor do.
	OnPremMonitorKey wa.Secret

	Data        string // folder for database, media and keys
	DatabaseURL wa.Secret
	// TrustedProxies are whose word about a client's address is believed.
	TrustedProxies []netip.Prefix

	PublicURL  string // where people and Meta reach the product, without a slash at the end; may be empty
	WebhookURL string // what WHATSAPP_WEBHOOK_URL says; see Callback

	AdminKey              wa.Secret     // empty: none is installed
	DailyLimit            int           // messages a day per business number; 0: Meta's limits govern
	CustomerDailyLimit    int           // messages a day per customer; 0: none
	UncertainAfter        time.Duration // how long a message whose fate is unknown waits for a status; 1 s to 24 h
	WebhookDays           int           // how long webhooks are kept as they came; 0: they are not
	FactDays              int           // how long facts are kept that every reader has passed; 0: for ever
	QuarantineDays        int           // how long webhooks for unknown numbers are kept; 0: for ever
	CallbackDays          int           // how long the log of outgoing webhooks is kept; 0: for ever
	AllowPrivateCallbacks bool
	EncryptionKey         wa.Secret // base64 of 32 bytes; empty: the one in Data

	LogLevel  slog.Level
	LogFormat string // text, json

	WhatsApp WhatsApp
	SMTP     SMTP
	OIDC     OIDC

	sources map[string]string // key → where its value came from
}

// WhatsApp is the first number, as Meta's dashboard shows it.
type WhatsApp struct {
	AccessToken       wa.Secret
	PhoneNumberID     wa.PhoneNumberID
	BusinessAccountID wa.WABAID
	VerifyToken       wa.Secret
	AppSecret         wa.Secret
	APIVersion        string // "v25.0"
	APIBaseURL        string // without version and without a slash at the end
}

// Load merges flags, environment ("NAME=value" as in os.Environ) and the file
// that --config or KONTOR_CONFIG names. Its error is a fault.Invalid with code
// "config_invalid" and one field for every problem found.
func Load(flags Flags, environ []string) (*Config, error) {
	src, problems := openSources(flags, environ)
	c := &Config{sources: map[string]string{}}
	for _, s := range settings {
		given, found, bad := src.find(s)
		problems = append(problems, bad...)
		if !found {
			given = value{text: s.Default, from: "default"}
		}
		c.sources[s.Key] = given.from
		if given.text == "" {
			continue
		}
		kept, expected := s.check(given.text)
		if expected != "" {
			problems = append(problems, s.problem(given, expected))
			continue
		}
		s.store(c, kept)
	}
	c.settleVersion()
	problems = append(problems, c.contradictions()...)
	if err := refuse(problems); err != nil {
		return nil, err
	}
	return c, nil
}

// settleVersion moves the version out of the base URL. One that is set on its
// own wins, since it is the more explicit of the two.
func (c *Config) settleVersion() {
	base, fromURL := splitVersion(c.WhatsApp.APIBaseURL)
	c.WhatsApp.APIBaseURL = base
	switch {
	case c.WhatsApp.APIVersion != "":
	case fromURL != "":
		c.WhatsApp.APIVersion = fromURL
	default:
		c.WhatsApp.APIVersion = DefaultAPIVersion
	}
}

// contradictions are values that are right alone and wrong together.
func (c *Config) contradictions() []Problem {
	var all []Problem
	if c.Listen != "" && c.Listen == c.SandboxListen && !strings.HasSuffix(c.Listen, ":0") {
		all = append(all, Problem{Setting: "KONTOR_SANDBOX_LISTEN", Value: quote(c.SandboxListen),
			Expected: "another address than KONTOR_LISTEN, since both listen at the same time in kontor dev"})
	}
	all = append(all, c.SMTP.contradictions(c.PublicURL)...)
	return append(all, c.OIDC.contradictions(c.PublicURL)...)
}

// Given reports whether the operator set the value; key is its name in the file ("whatsapp.api_base_url").
func (c *Config) Given(key string) bool { return c.Source(key) != "default" }

// Source is where the value came from: "--listen", "KONTOR_LISTEN", "kontor.yaml:3" or "default".
func (c *Config) Source(key string) string {
	from, known := c.sources[key]
	if !known {
		panic("config: no setting has the key " + key)
	}
	return from
}

// webhookPath is where intake listens (design.md 5).
const webhookPath = "/api/v1/whatsapp/webhook"

// Callback is the address to give to Meta, or empty when neither
// WHATSAPP_WEBHOOK_URL nor KONTOR_PUBLIC_URL is set. A WHATSAPP_WEBHOOK_URL
// without a path means the product's own.
func (c *Config) Callback() string {
	if c.WebhookURL == "" {
		if c.PublicURL == "" {
			return ""
		}
		return c.PublicURL + webhookPath
	}
	u, err := url.Parse(c.WebhookURL)
	if err == nil && strings.Trim(u.Path, "/") == "" {
		return strings.TrimRight(c.WebhookURL, "/") + webhookPath
	}
	return c.WebhookURL
}

// ForMeta reports what keeps the number in c from being connected at all: no
// token, no id, or a callback that Meta would not call. It is asked by `kontor
// setup`, and by `kontor serve` when WHATSAPP_* are set. What is only missing
// for receiving is told by Unfinished.
func (c *Config) ForMeta() error {
	var all []Problem
	w := c.WhatsApp
	for _, need := range []struct{ key, value string }{
		{"whatsapp.access_token", w.AccessToken.Reveal()},
		{"whatsapp.phone_number_id", string(w.PhoneNumberID)},
	} {
		if need.value == "" {
			s := byKey(need.key)
			all = append(all, Problem{Setting: s.Env, Value: "nothing", Expected: s.Help})
		}
	}
	meta, err := url.Parse(w.APIBaseURL)
	callback := c.Callback()
	if err == nil && strings.HasSuffix(meta.Hostname(), "facebook.com") && strings.HasPrefix(callback, "http://") {
		all = append(all, Problem{Setting: "KONTOR_PUBLIC_URL", Value: quote(callback), Expected: "an https address, since Meta calls no other"})
	}
	return refuse(all)
}

// Unfinished says, in sentences for the operator, what is missing for webhooks
// to arrive. The number can send without; a file in the form of S1 has no app
// secret, for example, and is to be completed, not refused.
func (c *Config) Unfinished() []string {
	var all []string
	if c.WhatsApp.AppSecret == "" {
		all = append(all, "WHATSAPP_APP_SECRET is not set: every webhook is refused with 401 until it is, since its signature cannot be checked.")
	}
	if c.WhatsApp.VerifyToken == "" {
		all = append(all, "WHATSAPP_WEBHOOK_VERIFY_TOKEN is not set: Meta's verification of the webhook is refused with 403 until it is.")
	}
	if c.Callback() == "" {
		all = append(all, "KONTOR_PUBLIC_URL is not set: the webhook cannot be subscribed until it is.")
	}
	return all
}

// String lists every setting, its value and its source, one a line; secrets are masked.
func (c *Config) String() string {
	var b strings.Builder
	for _, s := range settings {
		fmt.Fprintf(&b, "%s = %s (%s)\n", s.Env, s.show(c), c.sources[s.Key])
	}
	return b.String()
}

// LogValue is String for slog, as attributes.
func (c *Config) LogValue() slog.Value {
	attrs := make([]slog.Attr, 0, len(settings))
	for _, s := range settings {
		attrs = append(attrs, slog.String(s.Key, s.show(c)))
	}
	return slog.GroupValue(attrs...)
}
