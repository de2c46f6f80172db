package sandbox

import (
	"encoding/json"
	"slices"
	"time"
)

// portfolio is what a business owns and sets up at Meta beside its messages:
// apps and their tokens, accounts and numbers made while the sandbox runs, and
// what the management calls have set. Sandbox.mu guards it. It is kept in the
// state file as it is.
type portfolio struct {
	Apps    []*app                  `json:"apps,omitempty"`   // those of the configuration first
	Tokens  []*accessToken          `json:"tokens,omitempty"` // those made by the control API
	Made    []NumberConfig          `json:"made,omitempty"`   // numbers beside the configured ones
	Waba    []madeAccount           `json:"waba,omitempty"`   // accounts beside the configured ones
	Review  reviewMode              `json:"review"`
	Due     []due                   `json:"due,omitempty"` // what happens by itself later, soonest first
	Desks   map[string]*numberDesk  `json:"numbers"`       // by phone number id
	Offices map[string]*office      `json:"accounts"`      // by WABA id
	Files   map[string]*templateLog `json:"templates"`     // by template id
	Flows   []*flow                 `json:"flows,omitempty"`
}

// madeAccount is an account made by the control API.
type madeAccount struct {
	ID       string `json:"id"`
	Name     string `json:"name,omitempty"`
	Currency string `json:"currency,omitempty"`
}

// office is what the management calls have set for one account.
type office struct {
	Name          string         `json:"name,omitempty"`
	Currency      string         `json:"currency,omitempty"`
	Timezone      string         `json:"timezone_id,omitempty"`
	Insights      bool           `json:"insights,omitempty"` // is_enabled_for_insights
	NoMarketing   bool           `json:"no_marketing,omitempty"`
	Marketing     string         `json:"marketing,omitempty"` // marketing_messages_onboarding_status
	Limit         string         `json:"limit,omitempty"`     // messaging limit tier
	ReviewStatus  string         `json:"review_status,omitempty"`
	Restriction   string         `json:"restriction,omitempty"`   // health: why it is limited
	Subscriptions []subscription `json:"subscriptions,omitempty"` // of apps beside the configured one
	Creations     []time.Time    `json:"creations,omitempty"`     // of templates, in the last hour
	Names         []takenName    `json:"names,omitempty"`         // blocked after a deletion
	Verified      *bool          `json:"verified,omitempty"`      // business verification; nil: yes
}

// subscription is one app that gets the webhooks of an account.
type subscription struct {
	App      string `json:"app"`
	Override string `json:"override,omitempty"`
}

// freshPortfolio has the apps of the configuration: one for each app secret.
func freshPortfolio(o Options) *portfolio {
	p := &portfolio{Desks: map[string]*numberDesk{}, Offices: map[string]*office{}, Files: map[string]*templateLog{}}
	p.Review = reviewMode{Mode: reviewAuto, After: defaultReview}
	for _, cfg := range o.Numbers {
		if p.appOfSecret(cfg.AppSecret) == nil {
			p.Apps = append(p.Apps, &app{
				ID: configuredAppID(len(p.Apps)), Name: "Kontor Sandbox", Secret: cfg.AppSecret, Configured: true,
			})
		}
	}
	return p
}

// appOfSecret is the app with that secret.
func (p *portfolio) appOfSecret(secret string) *app {
	for _, a := range p.Apps {
		if a.Secret == secret {
			return a
		}
	}
	return nil
}

// desk is what is set for one number; never nil.
func (p *portfolio) desk(pnid string) *numberDesk {
	d := p.Desks[pnid]
	if d == nil {
		d = &numberDesk{}
		p.Desks[pnid] = d
	}
	return d
}

// office is what is set for one account; never nil.
func (p *portfolio) office(waba string) *office {
	o := p.Offices[waba]
	if o == nil {
		o = &office{}
		p.Offices[waba] = o
	}
	return o
}

// raw is the portfolio for the state file; the caller holds Sandbox.mu.
func (p *portfolio) raw() json.RawMessage {
	b, err := json.Marshal(p)
	if err != nil { // only strings, numbers, times and JSON that was read
		return nil
	}
	return b
}

// restorePortfolio takes over what the state file holds: apps of the
// configuration stay as they are configured, flows of accounts that are no longer
// there are left behind, everything else is as it was.
func (st *state) restorePortfolio(o Options, raw json.RawMessage) error {
	if len(raw) == 0 {
		return nil
	}
	kept := freshPortfolio(o)
	configured := kept.Apps
	kept.Apps = nil
	if err := json.Unmarshal(raw, kept); err != nil {
		return err
	}
	for i, a := range configured {
		if old := kept.app(a.ID); old != nil {
			old.Secret, configured[i] = a.Secret, old
		}
	}
	kept.Apps = append(configured, slices.DeleteFunc(kept.Apps, func(a *app) bool { return a.Configured })...)
	st.portfolio = kept
	st.addMade(o)
	kept.Flows = slices.DeleteFunc(kept.Flows, func(f *flow) bool { return st.accounts[f.Account] == nil })
	return nil
}

// keepSetup takes over from before a reset what is configuration: apps, tokens,
// accounts, numbers and how templates are reviewed.
func (st *state) keepSetup(o Options, old *portfolio) {
	p := st.portfolio
	p.Apps, p.Tokens, p.Made, p.Waba, p.Review = old.Apps, old.Tokens, old.Made, old.Waba, old.Review
	for id, from := range old.Offices {
		to := p.office(id)
		to.Name, to.Currency, to.Subscriptions = from.Name, from.Currency, from.Subscriptions
	}
	for id, from := range old.Desks {
		p.desk(id).Overrides = from.Overrides
	}
	st.addMade(o)
}

// addMade adds the accounts and numbers that were made while the sandbox ran.
func (st *state) addMade(o Options) {
	for _, a := range st.portfolio.Waba {
		st.addAccount(a.ID, o.Templates)
	}
	for _, cfg := range st.portfolio.Made {
		st.addNumber(cfg, o.Templates)
	}
}

// addAccount lets an account exist, with the catalogue every account starts with.
func (st *state) addAccount(id string, templates []Template) {
	if st.accounts[id] != nil {
		return
	}
	st.accounts[id] = &account{id: id, accountState: accountState{Subscribed: true}}
	st.addTemplates(id, append([]Template{helloWorld()}, templates...))
}

// addNumber lets a number, and its account, exist.
func (st *state) addNumber(cfg NumberConfig, templates []Template) {
	if st.numbers[cfg.PhoneNumberID] != nil {
		return
	}
	level := cfg.Throughput
	if level == "" {
		level = "STANDARD"
	}
	st.numbers[cfg.PhoneNumberID] = &number{
		cfg: cfg, digits: digits(cfg.DisplayPhone),
		numberState: numberState{Throughput: level, PerSecond: cfg.PerSecond, Quality: "GREEN"},
	}
	st.order = append(st.order, cfg.PhoneNumberID)
	st.addAccount(cfg.WABAID, templates)
}

// each are the numbers in the order in which they came to be.
func (st *state) each() []*number {
	all := make([]*number, 0, len(st.order))
	for _, id := range st.order {
		all = append(all, st.numbers[id])
	}
	return all
}
