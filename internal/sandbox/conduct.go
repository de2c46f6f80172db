package sandbox

import (
	"slices"
	"strings"
	"time"
)

// ruling is how Meta behaves beyond its usual conduct, as the control API has
// set it. Sandbox.mu guards it.
type ruling struct {
	conducts map[string]*conduct // by phone number id, WABA id or portfolioID
	paces    map[string]*pace    // by template id
	usage    usage
	prices   priceBook
	posting  posting
	sessions map[string]*session // resumable uploads, by id
	signups  map[string]signup   // Embedded Signups whose code was not exchanged, by code

	frozen time.Time     // the clock stands here; zero: it goes
	moved  time.Duration // by how much the clock was moved, without what a frozen one missed
}

func freshRuling() ruling {
	return ruling{conducts: map[string]*conduct{}, paces: map[string]*pace{}, prices: defaultPrices(), sessions: map[string]*session{}, signups: map[string]signup{}}
}

// keepRuling writes the ruling into the state file; the caller holds mu.
func (st *state) keepRuling(f *stateFile) {
	f.Frozen, f.Posting, f.Prices = st.frozen, st.posting, &st.prices
	f.Conducts, f.Paces = map[string]conduct{}, map[string]pace{}
	for id, c := range st.conducts {
		f.Conducts[id] = *c
	}
	for id, p := range st.paces {
		f.Paces[id] = *p
	}
	for _, flt := range st.faults {
		f.Faults = append(f.Faults, *flt)
	}
	for _, id := range sortedKeys(st.sessions) {
		f.Sessions = append(f.Sessions, *st.sessions[id])
	}
}

// restoreRuling takes over the ruling of a state file.
func (s *Sandbox) restoreRuling(f *stateFile) {
	st := s.st
	st.frozen, st.moved = f.Frozen, f.Offset
	for id, c := range f.Conducts {
		st.conducts[id] = &c
	}
	for id, p := range f.Paces {
		st.paces[id] = &p
	}
	for _, flt := range f.Faults {
		st.faults = append(st.faults, &flt)
	}
	for _, up := range f.Sessions {
		st.sessions[up.ID] = &up
	}
	if f.Prices != nil {
		st.prices = *f.Prices
	}
	s.follow(f.Posting)
}

// conduct is how Meta treats an account, a number or (under the id
// "portfolio") the whole portfolio, where that differs from what everybody gets
// or where Meta publishes no figure. The zero value is the usual treatment.
// PATCH /sandbox/conduct/{id} changes it.
type conduct struct {
	// Standing is why sends are refused now, see standings; "" for no reason.
	// After Until (when set) it ends by itself.
	Standing string    `json:"standing,omitempty"`
	Until    time.Time `json:"until,omitzero"`
	// Countries are those whose people may not be written to: 130497.
	Countries []string `json:"restricted_countries,omitempty"`
	// Recipients make a number a test number, which reaches only these: 131030.
	Recipients []string `json:"allowed_recipients,omitempty"`
	// MarketingCap is how many marketing messages one person gets in 24 hours
	// before 131049 (cloud-api.md 4.4: no figure is published); 0: no cap.
	MarketingCap int `json:"marketing_cap,omitempty"`
	// USMarketing lifts the pause of marketing to the United States.
	USMarketing bool `json:"us_marketing,omitempty"`
	// NoMarketing refuses marketing templates on the messages edge: 131063.
	NoMarketing bool `json:"no_cloud_marketing,omitempty"`
	// MarketingAPI is the state of the marketing_messages edge: "" works,
	// syncing (131009), unavailable (134102), not_onboarded (131055).
	MarketingAPI string `json:"marketing_api,omitempty"`
	// CallsPerHour bounds management calls: 80007 (4.4). 0: 5 000; negative: none.
	CallsPerHour int `json:"calls_per_hour,omitempty"`
	// WebhookVersion is the Graph version of webhooks (8.1); 0: the newest.
	WebhookVersion int `json:"webhook_version,omitempty"`
	// Retention shows the number of a username user for 30 days after the
	// business wrote to that number (2.3); without it username_only hides at once.
	Retention bool `json:"number_retention,omitempty"`

	// Of the portfolio only.

	// Limit is how many people may be written to outside windows in 24 hours
	// (4.3); 0: as many as one likes. LimitCode is the error beyond it, which
	// nobody has documented; default 131048.
	Limit     int `json:"messaging_limit,omitempty"`
	LimitCode int `json:"messaging_limit_code,omitempty"`
	// AppCallsPerHour bounds all calls of the app: 4. 0: no bound.
	AppCallsPerHour int `json:"app_calls_per_hour,omitempty"`
	// ParentIDs adds parent BSUIDs to webhooks.
	ParentIDs bool `json:"parent_user_ids,omitempty"`
}

// portfolioID is the id under which the portfolio's conduct stands.
const portfolioID = "portfolio"

// stance is a reason for which Meta refuses every send of a number or account.
type stance struct {
	name    string
	code    int
	details string
	// templates: it concerns templates only
	templates bool
}

// standings are all reasons (cloud-api.md 3.2-3.4); never changed.
var standings = []stance{
	{"locked", 131031, "Business Account locked: it has violated the terms, or its data does not match.", false},
	{"restricted", 368, "The WhatsApp Business Account is temporarily restricted for policy violations.", false},
	{"payment", 131042, "Message failed to send because there were one or more errors related to your payment method.", false},
	{"maintenance", 131057, "The account is in maintenance mode while its throughput is raised; try again in a minute.", false},
	{"spam", 131048, "Message failed to send because there are restrictions on how many messages can be sent from this phone number: too many were blocked or reported.", false},
	{"misclassified", 131064, "The messaging of templates is limited because templates were classified wrongly.", true},
	{"display_name", 131037, "The display name of this number needs approval before messages can be sent.", false},
	{"certificate", 131045, "The certificate of this number is not valid; register it again.", false},
	{"denied", 131005, "Access denied: the permission is missing or was taken away.", false},
	{"unavailable", 131016, "Service unavailable.", false},
	{"overloaded", 2, "Service temporarily unavailable.", false},
	{"unregistered", 133010, "The account has not been registered.", false},
}

func standingNames() []string {
	var all []string
	for _, s := range standings {
		all = append(all, s.name)
	}
	return all
}

// conduct is that of an id; the zero conduct when nothing was set. The caller
// holds mu.
func (st *state) conduct(id string) conduct {
	if c := st.conducts[id]; c != nil {
		return *c
	}
	return conduct{}
}

// held is the refusal of a standing in force, nil when there is none.
func (c conduct) held(now time.Time, template bool) *refusal {
	if c.Standing == "" || (!c.Until.IsZero() && !now.Before(c.Until)) {
		return nil
	}
	i := slices.IndexFunc(standings, func(s stance) bool { return s.name == c.Standing })
	if i < 0 || (standings[i].templates && !template) {
		return nil
	}
	return refuse(standings[i].code, "%s", standings[i].details)
}

// barred tells why the number may not send to that person now: its own, its
// account's or the portfolio's conduct. The caller holds mu.
func (s *Sandbox) barred(o *outgoing, n *number, phone string, now time.Time) *refusal {
	waba := n.cfg.WABAID
	if o.template != nil && o.template.Category == "MARKETING" && !o.marketing &&
		(s.st.conduct(waba).NoMarketing || s.st.portfolio.office(waba).NoMarketing) {
		return refuse(131063, "Marketing templates are disabled on the Cloud API for this account; send them by the Marketing Messages API.")
	}
	if len(s.st.conducts) == 0 {
		return nil
	}
	for _, id := range []string{n.cfg.PhoneNumberID, n.cfg.WABAID, portfolioID} {
		c := s.st.conduct(id)
		if bad := c.held(now, o.typ == "template"); bad != nil {
			return bad
		}
		if slices.Contains(c.Countries, countryOf(phone)) {
			return refuse(130497, "The Business Account is restricted from messaging users in %s.", countryOf(phone))
		}
		if len(c.Recipients) > 0 && !slices.Contains(c.Recipients, phone) {
			return refuse(131030, "Recipient phone number not in allowed list: add it to the recipients of the test number and try again.")
		}
	}
	return nil
}

// tiers are the messaging limits by name (cloud-api.md 4.3); one that is not here
// limits nothing.
var tiers = map[string]int{"TIER_50": 50, "TIER_250": 250, "TIER_1K": 1000, "TIER_2K": 2000, "TIER_10K": 10_000, "TIER_100K": 100_000}

// overLimit tells whether one more person outside a window is too many for the
// portfolio (cloud-api.md 4.3), and notes the person when not. The caller holds mu.
func (s *Sandbox) overLimit(waba string, c *customer, windowed bool, now time.Time) *refusal {
	if windowed {
		return nil
	}
	day := now.Add(-24 * time.Hour)
	limit := s.st.conduct(portfolioID)
	if limit.Limit == 0 {
		limit.Limit = tiers[s.st.portfolio.office(waba).Limit]
	}
	if limit.Limit > 0 && !c.Outside.After(day) {
		people := 0
		for _, other := range s.st.customers {
			if other.Outside.After(day) {
				people++
			}
		}
		if people >= limit.Limit {
			code := limit.LimitCode
			if code == 0 {
				code = codeSpam
			}
			return refuse(code, "The messaging limit of the portfolio is reached: %d people in 24 hours outside of customer service windows", limit.Limit)
		}
	}
	c.Outside = now
	return nil
}

// capped tells why a marketing message will not be delivered although nothing
// is wrong with it (cloud-api.md 4.4), "" when it will. The caller holds mu.
func (s *Sandbox) capped(n *number, c *customer, ch *chat, now time.Time) string {
	own := s.st.conduct(n.cfg.WABAID)
	country := countryOf(c.Phone)
	if country == "US" && !now.Before(usMarketingPause) && !own.USMarketing {
		return "Marketing messages to numbers of the United States are not delivered."
	}
	if own.MarketingCap <= 0 || ch.windowOpen(now) || strings.Contains(uncappedCountries, country) {
		return ""
	}
	day := now.Add(-24 * time.Hour)
	c.Marketing = slices.DeleteFunc(slices.Clone(c.Marketing), func(at time.Time) bool { return !at.After(day) })
	if len(c.Marketing) >= own.MarketingCap {
		return "This message was not delivered to maintain healthy ecosystem engagement."
	}
	c.Marketing = append(c.Marketing, now)
	return ""
}

// usMarketingPause is when marketing to the United States ended (cloud-api.md 4.4).
var usMarketingPause = time.Date(2025, time.April, 1, 0, 0, 0, 0, time.UTC)

// uncappedCountries have no per-user marketing limit: the EEA, the United
// Kingdom, Japan and South Korea (cloud-api.md 4.4).
const uncappedCountries = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK ES GB JP KR"
