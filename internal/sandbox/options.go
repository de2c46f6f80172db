package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"time"
)

// Options is what a Sandbox is given. The zero value of every member but
// Numbers is usable; without Numbers there is one, DefaultNumber.
type Options struct {
	// Clock is the real time; time.Now when nil. The sandbox adds to it what
	// POST /sandbox/clock asked for.
	Clock  func() time.Time
	Logger *slog.Logger // discarded when nil
	// Seed decides all that is random (ids, BSUIDs, delays, ratios of faults).
	// 0 takes a random one, so that a second sandbox never gives the wamids of
	// the first again.
	Seed uint64
	// StateFile keeps the state over a restart; media lies in StateFile+".media".
	// Empty: nothing outlasts Close.
	StateFile string
	// PublicURL is where the product reaches this sandbox, without a path
	// ("http://127.0.0.1:8090"). Empty: the Host of the request at hand.
	PublicURL string
	Numbers   []NumberConfig
	// Templates are in the catalogue of every account at first start and after
	// a reset, beside hello_world. See DemoTemplates.
	Templates []Template
	// Start is where Meta's clock begins when there is no state yet, and Frozen
	// lets it stand there; the zero time: the real one.
	Start  time.Time
	Frozen bool
	// Page is the web page at "/": sandbox.html, or index.html, is its entrance.
	Page fs.FS
	// AllowedHosts may name the sandbox in Host beside loopback names.
	AllowedHosts []string

	// MessagesPerCustomer is how many messages a phone keeps; default 1 000.
	MessagesPerCustomer int
	// StatusDelayMin and StatusDelayMax bound the real time from one status to
	// the next; default 30 and 80 ms. Negative: none.
	StatusDelayMin, StatusDelayMax time.Duration
	// RetryBase is the wait before the first retry of a webhook, doubled up to an
	// hour, or to 15 s while the business cannot be reached at all; sandbox time,
	// default 250 ms.
	RetryBase time.Duration
	// WebhookTimeout and FetchTimeout bound one webhook call and the fetch of
	// one link; real time, default 10 s each.
	WebhookTimeout, FetchTimeout time.Duration

	// SyncWindow refuses free-form messages outside the window with HTTP 400.
	// Meta accepts them and reports 131047 in a status.
	SyncWindow bool
	// ContactsOnFailed adds contacts[] to failed statuses; Meta omits it (cloud-api.md 10).
	ContactsOnFailed bool
	// OpenChatSkipsDelivered reports read without delivered while the phone's page is open.
	OpenChatSkipsDelivered bool
	// CountryCodeAlways prepends the business number's country code to every
	// "to" without "+", as Meta documents (cloud-api.md 1.1). Without it digits
	// that already start with a country code are taken as they are.
	CountryCodeAlways bool
	// FreeServiceMessages overrules the monthly allowance per number of the price
	// book (1 000 from October 2026 on); 0: the book's, negative: none.
	// FreeServiceType is pricing.type inside it, which nobody has documented;
	// default free_customer_service.
	FreeServiceMessages int
	FreeServiceType     string
}

// NumberConfig is one business number and the app that receives its webhooks.
type NumberConfig struct {
	PhoneNumberID string `json:"phone_number_id"`
	WABAID        string `json:"waba_id"`
	DisplayPhone  string `json:"display_phone"` // as Meta writes it: "+49 451 5550100"
	VerifiedName  string `json:"verified_name"`
	Throughput    string `json:"throughput,omitempty"` // STANDARD (default, 80/s), HIGH (1 000/s)
	// PerSecond overrules Throughput's rate when positive; negative: no rate at all.
	PerSecond int    `json:"per_second,omitempty"`
	AppSecret string `json:"app_secret"` // key of X-Hub-Signature-256
	// VerifyToken is what the handshake of a callback set by PATCH
	// /sandbox/numbers/{id} sends when that call names none.
	VerifyToken string `json:"verify_token,omitempty"`
	CallbackURL string `json:"callback_url,omitempty"` // the app's callback; empty: webhooks are not sent
	// AccessTokens are the bearers that may use this number and its account.
	// Empty: any bearer may.
	AccessTokens []string `json:"access_tokens,omitempty"`
}

// DefaultNumber is the number of a Sandbox that was given none.
func DefaultNumber() NumberConfig {
	return NumberConfig{
		PhoneNumberID: "200000000000001",
		WABAID:        "100000000000001",
		DisplayPhone:  "+49 451 5550100",
		VerifiedName:  "Nordlicht Service",
		AppSecret:     "sandbox-app-secret",
		VerifyToken:   "sandbox-verify-token",
	}
}

// ErrOptions tells that New was given options that contradict themselves or the
// contract; the error beside it names the one.
var ErrOptions = errors.New("sandbox: wrong options")

// withDefaults fills what is empty and refuses what cannot work.
func (o Options) withDefaults() (Options, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if len(o.Numbers) == 0 {
		o.Numbers = []NumberConfig{DefaultNumber()}
	}
	orDuration(&o.StatusDelayMin, 30*time.Millisecond)
	orDuration(&o.StatusDelayMax, max(80*time.Millisecond, o.StatusDelayMin))
	orDuration(&o.RetryBase, 250*time.Millisecond)
	orDuration(&o.WebhookTimeout, 10*time.Second)
	orDuration(&o.FetchTimeout, 10*time.Second)
	if o.MessagesPerCustomer <= 0 {
		o.MessagesPerCustomer = 1000
	}
	if o.FreeServiceType == "" {
		o.FreeServiceType = "free_customer_service"
	}
	if err := o.check(); err != nil {
		return o, errors.Join(ErrOptions, err)
	}
	return o, nil
}

func orDuration(d *time.Duration, def time.Duration) {
	if *d == 0 {
		*d = def
	}
}

func (o Options) check() error {
	ids := map[string]bool{}
	for i, n := range o.Numbers {
		at := fmt.Sprintf("sandbox: number %d", i)
		switch {
		case !isID(n.PhoneNumberID):
			return fmt.Errorf("%s: phone number id %q is not a number", at, n.PhoneNumberID)
		case !isID(n.WABAID):
			return fmt.Errorf("%s: WABA id %q is not a number", at, n.WABAID)
		case ids[n.PhoneNumberID] || n.PhoneNumberID == n.WABAID:
			return fmt.Errorf("%s: id %s is given twice", at, n.PhoneNumberID)
		case len(digits(n.DisplayPhone)) < 7:
			return fmt.Errorf("%s: display phone %q is no phone number", at, n.DisplayPhone)
		case n.Throughput != "" && n.Throughput != "STANDARD" && n.Throughput != "HIGH":
			return fmt.Errorf("%s: throughput %q is neither STANDARD nor HIGH", at, n.Throughput)
		}
		if n.CallbackURL != "" {
			if err := checkCallback(n.CallbackURL); err != nil {
				return fmt.Errorf("%s: %w", at, err)
			}
		}
		ids[n.PhoneNumberID] = true
	}
	return nil
}

// checkCallback refuses an address that no webhook can be posted to.
func checkCallback(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return errors.New("callback address is not an http or https URL")
	}
	return nil
}
