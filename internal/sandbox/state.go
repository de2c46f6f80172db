package sandbox

import (
	"time"
)

// state is all that the sandbox knows. Sandbox.mu guards it and everything
// reachable from it, except what a comment calls immutable.
type state struct {
	seed    uint64
	counter uint64        // of ids; never goes back, not even at a reset
	offset  time.Duration // sandbox time minus real time

	numbers   map[string]*number // by phone number id
	order     []string           // of numbers, as they came to be
	portfolio *portfolio
	accounts  map[string]*account // by WABA id
	templates []*Template         // in order of creation; each is immutable, a change replaces it
	customers map[string]*customer
	byBSUID   map[string]*customer
	messages  map[string]*message // by wamid, both directions
	media     map[string]*media
	links     map[string]fetched // by exact URL
	faults    []*fault

	ruling
}

// number is a business number.
type number struct {
	cfg    NumberConfig // immutable but for what PATCH /sandbox/numbers replaces
	digits string       // of the display phone; immutable
	rate   window

	numberState
}

// numberState is the part of a number that outlasts a restart.
type numberState struct {
	Callback    string            `json:"callback,omitempty"` // set by the control API, overrules cfg.CallbackURL
	VerifyToken string            `json:"verify_token,omitempty"`
	Throughput  string            `json:"throughput"`
	PerSecond   int               `json:"per_second,omitempty"`
	Quality     string            `json:"quality"`
	Override    string            `json:"override,omitempty"` // webhook_configuration
	Profile     map[string]any    `json:"profile,omitempty"`
	Service     map[string]int    `json:"service,omitempty"` // service messages by month "2026-11"
	Extra       map[string]string `json:"extra,omitempty"`
}

// account is a WhatsApp Business Account.
type account struct {
	id string

	accountState
}

// accountState is the part of an account that outlasts a restart.
type accountState struct {
	Subscribed bool   `json:"subscribed"`
	Override   string `json:"override,omitempty"` // subscribed_apps override_callback_uri
}

// perSecond is how many messages the number may send in any sliding second
// (cloud-api.md 4.1); 0: as many as it likes.
func (n *number) perSecond() int {
	switch {
	case n.PerSecond < 0:
		return 0
	case n.PerSecond > 0:
		return n.PerSecond
	case n.Throughput == "HIGH":
		return 1000
	}
	return 80
}

// callback is where the webhooks of field for this number go: number override,
// account override, app callback, first match wins; the overrides apply to
// the fields of overridable only (cloud-api.md 2.1). Empty: nowhere.
func (n *number) callback(a *account, field string) string {
	if !a.Subscribed {
		return ""
	}
	if overridable(field) {
		if n.Override != "" {
			return n.Override
		}
		if a.Override != "" {
			return a.Override
		}
	}
	return n.appCallback()
}

// appCallback is the app's own callback.
func (n *number) appCallback() string {
	if n.Callback != "" {
		return n.Callback
	}
	return n.cfg.CallbackURL
}

// freshState is the state of a first start.
func freshState(o Options, seed, counter uint64) *state {
	st := &state{
		seed: seed, counter: counter,
		numbers: map[string]*number{}, accounts: map[string]*account{},
		customers: map[string]*customer{}, byBSUID: map[string]*customer{},
		messages: map[string]*message{}, media: map[string]*media{}, links: map[string]fetched{}, ruling: freshRuling(),
	}
	st.portfolio = freshPortfolio(o)
	for _, cfg := range o.Numbers {
		st.addNumber(cfg, o.Templates)
	}
	return st
}

// firstNumber is the number that a customer writes to who names none.
func (s *Sandbox) firstNumber() *number {
	return s.st.numbers[s.st.order[0]]
}

// numberOf finds a number of the account, the first that came to be.
func (s *Sandbox) numberOf(waba string) *number {
	for _, n := range s.st.each() {
		if n.cfg.WABAID == waba {
			return n
		}
	}
	return nil
}
