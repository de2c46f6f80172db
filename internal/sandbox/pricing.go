package sandbox

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"kontor/internal/meta"
)

// priceBook is how messages are priced: data with dates (cloud-api.md 7), so
// that another rule of Meta's is another line. pricing.json is the book the
// sandbox starts with; PUT /sandbox/pricing replaces it.
type priceBook struct {
	Models     []priceModel     `json:"models"`
	Rules      []priceRule      `json:"rules"`
	Allowances []priceAllowance `json:"allowances"`
	Markets    []priceMarket    `json:"markets"`
	Rates      []priceRate      `json:"rates"`
}

// period is when a line of the book holds: from 00:00 UTC of From up to that of
// Until; an empty one is open.
type period struct {
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"`
}

func (p period) holds(day string) bool {
	return p.From <= day && (p.Until == "" || day < p.Until)
}

// priceModel is pricing_model; the last line that holds counts.
type priceModel struct {
	period
	Model string `json:"model"`
}

// priceRule is one line; the first that holds and fits counts.
type priceRule struct {
	period
	Of        []string `json:"of,omitempty"`         // categories; none: all
	Windowed  *bool    `json:"windowed,omitempty"`   // in a customer service window
	FreeEntry *bool    `json:"free_entry,omitempty"` // in a free entry point
	Allowance *bool    `json:"allowance,omitempty"`  // within the monthly allowance

	Type     string `json:"type"`
	Category string `json:"category,omitempty"` // when another one is reported
	Billable bool   `json:"billable"`
}

// priceAllowance is how many service messages of a number are free in a month.
type priceAllowance struct {
	period
	Messages int `json:"messages"`
}

// priceMarket is a market and the calling codes that belong to it.
type priceMarket struct {
	period
	Market string   `json:"market"`
	Codes  []string `json:"codes"`
}

// priceRate is a row of the rate card in USD; the last row of a market that
// holds counts.
type priceRate struct {
	period
	Market    string  `json:"market"`
	Marketing float64 `json:"marketing"`
	Utility   float64 `json:"utility"`
	Auth      float64 `json:"authentication"`
	AuthIntl  float64 `json:"authentication-international,omitempty"`
	Service   float64 `json:"service,omitempty"`
}

//go:embed pricing.json
var pricingFile []byte

// defaultPrices is the book of pricing.json.
func defaultPrices() priceBook {
	var b priceBook
	if err := json.Unmarshal(pricingFile, &b); err != nil {
		panic("sandbox: pricing.json: " + err.Error()) // it is part of the program
	}
	return b
}

// check refuses a book that cannot price something.
func (b *priceBook) check() error {
	for _, p := range b.periods() {
		for _, day := range []string{p.From, p.Until} {
			if day == "" {
				continue
			}
			if _, err := time.Parse(time.DateOnly, day); err != nil {
				return fmt.Errorf("%q is not a day, as in 2026-10-01", day)
			}
		}
	}
	i := slices.IndexFunc(b.Rules, func(r priceRule) bool {
		return r.period == period{} && len(r.Of) == 0 && r.Windowed == nil && r.FreeEntry == nil && r.Allowance == nil
	})
	switch {
	case i < 0:
		return fmt.Errorf("rules: the last one must fit everything, so that every message has a price")
	case len(b.Models) == 0 || b.Models[0].From != "":
		return fmt.Errorf("models: the first one must hold from the beginning of time")
	}
	return nil
}

func (b *priceBook) periods() []period {
	var all []period
	for _, r := range b.Models {
		all = append(all, r.period)
	}
	for _, r := range b.Rules {
		all = append(all, r.period)
	}
	for _, r := range b.Allowances {
		all = append(all, r.period)
	}
	for _, r := range b.Markets {
		all = append(all, r.period)
	}
	for _, r := range b.Rates {
		all = append(all, r.period)
	}
	return all
}

// circumstances are what a price depends on.
type circumstances struct {
	category  string // of the template, lower case; "service" for everything else
	windowed  bool   // sent inside the customer service window
	freeEntry bool   // sent inside a free entry point
	allowance bool   // a service message within the monthly allowance
	freeType  string // pricing.type within that allowance
}

func (r priceRule) fits(c circumstances) bool {
	same := func(want *bool, is bool) bool { return want == nil || *want == is }
	return (len(r.Of) == 0 || slices.Contains(r.Of, c.category)) && same(r.Windowed, c.windowed) &&
		same(r.FreeEntry, c.freeEntry) && same(r.Allowance, c.allowance)
}

// price is the pricing object by the rules of the day (cloud-api.md 7.4).
func (b *priceBook) price(now time.Time, c circumstances) *meta.Pricing {
	day := now.UTC().Format(time.DateOnly)
	p := &meta.Pricing{Category: c.category}
	for _, m := range b.Models {
		if m.holds(day) {
			p.PricingModel = m.Model
		}
	}
	for _, r := range b.Rules {
		if !r.holds(day) || !r.fits(c) {
			continue
		}
		billable := r.Billable
		p.Type, p.Billable, p.Category = r.Type, &billable, or(r.Category, c.category)
		if r.Allowance != nil && *r.Allowance && c.freeType != "" {
			p.Type = c.freeType
		}
		break
	}
	return p
}

// allowance is how many service messages are free this month.
func (b *priceBook) allowance(day string) int {
	free := 0
	for _, a := range b.Allowances {
		if a.holds(day) {
			free = a.Messages
		}
	}
	return free
}

// market is where a phone number belongs to: the longest calling code wins, and
// of equal ones the newest line. A market without a rate yet counts to the
// region it was part of.
func (b *priceBook) market(at time.Time, phone string) string {
	day := at.UTC().Format(time.DateOnly)
	found, length := "Other", 0
	for _, m := range b.Markets {
		for _, code := range m.Codes {
			if len(code) >= length && strings.HasPrefix(phone, code) && m.holds(day) && b.rated(m.Market, day) {
				found, length = m.Market, len(code)
			}
		}
	}
	return found
}

// rated tells whether the market has a rate on that day.
func (b *priceBook) rated(market, day string) bool {
	return slices.ContainsFunc(b.Rates, func(r priceRate) bool { return r.Market == market && r.holds(day) })
}

// rate is what a charged message of that category costs in USD.
func (b *priceBook) rate(at time.Time, market, category string) float64 {
	day := at.UTC().Format(time.DateOnly)
	cost := 0.0
	for _, r := range b.Rates {
		if r.Market != market || !r.holds(day) {
			continue
		}
		switch category {
		case "marketing", "marketing_lite", "group_marketing":
			cost = r.Marketing
		case "utility", "group_utility":
			cost = r.Utility
		case "authentication":
			cost = r.Auth
		case "authentication-international":
			cost = r.AuthIntl
		case "service", "group_service":
			cost = r.Service
		}
	}
	return cost
}

// price decides what the message costs and counts the allowance; reactions
// have no price. The caller holds mu.
func (s *Sandbox) price(m *message, n *number, ch *chat) {
	if m.Type == "reaction" {
		return
	}
	now := s.nowLocked()
	c := circumstances{category: m.Category, windowed: ch.windowOpen(now), freeType: s.opt.FreeServiceType}
	if !ch.AdClick.IsZero() { // the first answer within 24 h opens the free entry point
		if now.Sub(ch.AdClick) < serviceWindow {
			ch.FreeUntil = now.Add(freeEntryWindow)
		}
		ch.AdClick = time.Time{}
	}
	if c.freeEntry = now.Before(ch.FreeUntil); c.freeEntry {
		m.Free = ch.FreeUntil
	}
	book := &s.st.prices
	if c.category == "" {
		c.category = "service"
		if !c.freeEntry {
			month := now.Format("2006-01")
			if n.Service == nil {
				n.Service = map[string]int{}
			}
			free := book.allowance(now.UTC().Format(time.DateOnly))
			if s.opt.FreeServiceMessages != 0 && free > 0 {
				free = s.opt.FreeServiceMessages
			}
			c.allowance = n.Service[month] < free
			n.Service[month]++
		}
	}
	m.Price = book.price(now, c)
	m.Market = book.market(now, m.Customer)
	if m.Price.Billable != nil && *m.Price.Billable {
		m.Cost = book.rate(now, m.Market, m.Price.Category)
	}
}

// getPricing answers GET /sandbox/pricing.
func (s *Sandbox) getPricing(w http.ResponseWriter, _ *http.Request) {
	s.under(w, func() (any, *apiError) { return s.st.prices, nil })
}

// putPricing answers PUT /sandbox/pricing: it replaces the book.
func (s *Sandbox) putPricing(w http.ResponseWriter, r *http.Request) {
	var book priceBook
	if !s.readJSON(w, r, &book) {
		return
	}
	if err := book.check(); err != nil {
		problem(w, http.StatusUnprocessableEntity, "invalid", err.Error())
		return
	}
	s.under(w, func() (any, *apiError) {
		s.st.prices = book
		s.changed()
		return book, nil
	})
}
