package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// getConducts answers GET /sandbox/conduct: how Meta treats whom.
func (s *Sandbox) getConducts(w http.ResponseWriter, _ *http.Request) {
	s.under(w, func() (any, *apiError) {
		all := map[string]conduct{portfolioID: s.st.conduct(portfolioID)}
		for id := range s.st.accounts {
			all[id] = s.st.conduct(id)
		}
		for id := range s.st.numbers {
			all[id] = s.st.conduct(id)
		}
		return map[string]any{"data": all, "standings": standingNames()}, nil
	})
}

// conductChange is the body of PATCH; what is absent stays.
type conductChange struct {
	Standing        *string   `json:"standing"`
	For             *string   `json:"for"` // how long the standing holds, sandbox time
	Countries       *[]string `json:"restricted_countries"`
	Recipients      *[]string `json:"allowed_recipients"`
	MarketingCap    *int      `json:"marketing_cap"`
	USMarketing     *bool     `json:"us_marketing"`
	NoMarketing     *bool     `json:"no_cloud_marketing"`
	MarketingAPI    *string   `json:"marketing_api"`
	CallsPerHour    *int      `json:"calls_per_hour"`
	WebhookVersion  *int      `json:"webhook_version"`
	Retention       *bool     `json:"number_retention"`
	Limit           *int      `json:"messaging_limit"`
	LimitCode       *int      `json:"messaging_limit_code"`
	AppCallsPerHour *int      `json:"app_calls_per_hour"`
	ParentIDs       *bool     `json:"parent_user_ids"`
}

// patchConduct answers PATCH /sandbox/conduct/{id}. A new messaging limit and a
// standing that locks or restricts an account, or ends that, are told to the
// business as Meta does.
func (s *Sandbox) patchConduct(w http.ResponseWriter, r *http.Request) {
	var in conductChange
	if !s.readJSON(w, r, &in) {
		return
	}
	s.under(w, func() (any, *apiError) {
		id := r.PathValue("id")
		if id != portfolioID && s.st.accounts[id] == nil && s.st.numbers[id] == nil {
			return nil, &apiError{http.StatusNotFound, "unknown_id", "there is no number or account with this id; the portfolio's is " + portfolioID}
		}
		was := s.st.conduct(id)
		now := was
		if err := in.apply(&now, id, s.nowLocked()); err != nil {
			return nil, &apiError{http.StatusUnprocessableEntity, "invalid", err.Error()}
		}
		s.st.conducts[id] = &now
		s.tellConduct(id, was, now)
		s.events.publish("conduct", map[string]any{"id": id, "conduct": now})
		s.changed()
		return now, nil
	})
}

// apply changes c and refuses what makes no sense.
func (in *conductChange) apply(c *conduct, id string, now time.Time) error {
	set(&c.Standing, in.Standing)
	if in.Standing != nil {
		c.Until = time.Time{}
	}
	if in.For != nil {
		length, err := span(*in.For)
		if err != nil || length < 0 {
			return fmt.Errorf(`for must be a duration as in "1h" or "7d", is %q`, *in.For)
		}
		if c.Until = now.Add(length); length == 0 {
			c.Until = time.Time{}
		}
	}
	set(&c.Countries, in.Countries)
	set(&c.Recipients, in.Recipients)
	set(&c.MarketingCap, in.MarketingCap)
	set(&c.USMarketing, in.USMarketing)
	set(&c.NoMarketing, in.NoMarketing)
	set(&c.MarketingAPI, in.MarketingAPI)
	set(&c.CallsPerHour, in.CallsPerHour)
	set(&c.WebhookVersion, in.WebhookVersion)
	set(&c.Retention, in.Retention)
	set(&c.Limit, in.Limit)
	set(&c.LimitCode, in.LimitCode)
	set(&c.AppCallsPerHour, in.AppCallsPerHour)
	set(&c.ParentIDs, in.ParentIDs)
	c.Countries, c.Recipients = slices.Clone(c.Countries), slices.Clone(c.Recipients)
	for i := range c.Countries {
		c.Countries[i] = strings.ToUpper(c.Countries[i])
	}
	for i := range c.Recipients {
		c.Recipients[i] = digits(c.Recipients[i])
	}
	return c.check(id)
}

func (c *conduct) check(id string) error {
	ways := []string{"", "syncing", "ads_syncing", "unavailable", "not_onboarded"}
	switch {
	case c.Standing != "" && !slices.Contains(standingNames(), c.Standing):
		return fmt.Errorf("standing must be empty or one of {%s}, is %q", strings.Join(standingNames(), ", "), c.Standing)
	case !slices.Contains(ways, c.MarketingAPI):
		return fmt.Errorf("marketing_api must be one of %q, is %q", ways, c.MarketingAPI)
	case c.MarketingCap < 0 || c.Limit < 0 || c.LimitCode < 0 || c.AppCallsPerHour < 0:
		return fmt.Errorf("marketing_cap, messaging_limit, messaging_limit_code and app_calls_per_hour must not be negative")
	case len(c.Recipients) > 5:
		return fmt.Errorf("allowed_recipients: a test number has at most 5")
	case c.WebhookVersion != 0 && c.WebhookVersion < graphVersions[0].number:
		return fmt.Errorf("webhook_version: %d is older than anything the sandbox knows", c.WebhookVersion)
	case id != portfolioID && (c.Limit != 0 || c.LimitCode != 0 || c.AppCallsPerHour != 0 || c.ParentIDs):
		return fmt.Errorf("messaging_limit, messaging_limit_code, app_calls_per_hour and parent_user_ids belong to the %s", portfolioID)
	}
	return nil
}

// tellConduct sends what Meta tells of a change (cloud-api.md 2.7, 2.8). The
// caller holds mu.
func (s *Sandbox) tellConduct(id string, was, now conduct) {
	if id == portfolioID && was.Limit != now.Limit {
		most := now.Limit
		if most == 0 {
			most = -1
		}
		for _, waba := range sortedKeys(s.st.accounts) {
			value := map[string]any{"max_daily_conversations_per_business": most, "max_phone_numbers_per_business": 20, "max_phone_numbers_per_waba": 20}
			if n := s.numberOf(waba); n != nil {
				s.olden(value, "business_capability_update", n)
			}
			s.tellAccount(waba, "business_capability_update", "limit", value)
		}
	}
	if s.st.accounts[id] == nil || was.Standing == now.Standing {
		return
	}
	day := s.nowLocked().Format("January 2, 2006")
	banned := func(state string) map[string]any {
		return map[string]any{"event": "DISABLED_UPDATE", "ban_info": map[string]any{"waba_ban_state": state, "waba_ban_date": day}}
	}
	switch {
	case now.Standing == "locked":
		s.tellAccount(id, "account_update", "DISABLED_UPDATE", banned("DISABLE"))
	case now.Standing == "restricted":
		restriction := map[string]any{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"}
		if !now.Until.IsZero() {
			restriction["expiration"] = now.Until.Unix()
		}
		s.tellAccount(id, "account_update", "ACCOUNT_RESTRICTION", map[string]any{"event": "ACCOUNT_RESTRICTION", "restriction_info": []any{restriction}})
	case was.Standing == "locked":
		s.tellAccount(id, "account_update", "DISABLED_UPDATE", banned("REINSTATE"))
	}
}
