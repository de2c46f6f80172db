package sandbox

import (
	"strings"
	"time"

	"kontor/internal/meta"
)

// The dates at which Meta changed its prices (cloud-api.md 7.1).
var (
	perMessage = time.Date(2025, time.July, 1, 0, 0, 0, 0, time.UTC)
	perService = time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)
)

// circumstances are what a price depends on.
type circumstances struct {
	category  string // of the template, lower case; "service" for everything else
	windowed  bool   // sent inside the customer service window
	freeEntry bool   // sent inside a free entry point
	allowance bool   // a service message within the monthly allowance
	freeType  string // pricing.type within that allowance
}

// price is the pricing object by the rules of the day (cloud-api.md 7.4).
func price(now time.Time, c circumstances) *meta.Pricing {
	p := &meta.Pricing{PricingModel: "PMP", Type: "regular", Category: c.category}
	billable := true
	p.Billable = &billable
	if now.Before(perMessage) {
		p.PricingModel = "CBP"
	}
	free := func(kind string) {
		billable = false
		p.Type = kind
	}
	switch {
	case c.freeEntry:
		free("free_entry_point")
		p.Category = "referral_conversion"
	case c.category == "service" && now.Before(perService):
		free("free_customer_service")
	case c.category == "service" && c.allowance:
		free(c.freeType)
	case c.category == "utility" && c.windowed && !now.Before(perMessage) && now.Before(perService):
		free("free_customer_service")
	}
	return p
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
	if c.category == "" {
		c.category = "service"
		if !c.freeEntry {
			month := now.Format("2006-01")
			if n.Service == nil {
				n.Service = map[string]int{}
			}
			c.allowance = n.Service[month] < s.opt.FreeServiceMessages
			n.Service[month]++
		}
	}
	m.Price = price(now, c)
}

// pricingCategory is how a template's category is written in prices.
func pricingCategory(t *Template) string {
	if t == nil {
		return ""
	}
	return strings.ToLower(t.Category)
}
