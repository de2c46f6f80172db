package sandbox

import (
	"encoding/hex"
	"net/http"
	"slices"
)

// setupRoutes are the part of the control API that makes apps, accounts,
// numbers and tokens, and says how reviews go.
func (s *Sandbox) setupRoutes() []controlRoute {
	return []controlRoute{
		{"GET", "/sandbox/apps", "The apps, with their secrets", nil, "", "Apps", s.getApps},
		{"POST", "/sandbox/apps", "Make an app", nil, "App", "App", s.postApp},
		{"GET", "/sandbox/accounts", "The WhatsApp Business Accounts", nil, "", "Accounts", s.getAccounts},
		{"POST", "/sandbox/accounts", "Make an account", nil, "Account", "Account", s.postAccount},
		{"PATCH", "/sandbox/accounts/{id}", "Change an account: name, verification, review, what restricts it", nil, "Account", "Account", s.patchAccount},
		{"POST", "/sandbox/numbers", "Make a number", nil, "NewNumber", "Number", s.postNumber},
		{"GET", "/sandbox/numbers/{id}/photo", "The profile photo of a number, without a token", []string{"v"}, "", "", s.getPhoto},
		{"GET", "/sandbox/numbers/{id}/qr/{code}", "The image of a QR code, without a token", []string{"format"}, "", "", s.getQRImage},
		{"GET", "/sandbox/flows", "The flows", nil, "", "Flows", s.getFlows},
		{"PATCH", "/sandbox/flows/{id}", "Throttle or block a flow, or take that back", nil, "FlowChange", "Flow", s.patchFlow},
		{"GET", "/sandbox/flows/{id}/flow.json", "The JSON of a flow, without a token", []string{"token"}, "", "", s.getFlowJSON},
		{"GET", "/sandbox/tokens", "The tokens that were made", nil, "", "Tokens", s.getTokens},
		{"POST", "/sandbox/tokens", "Make a token: of an app, with permissions, for accounts, with an end", nil, "NewToken", "Token", s.postToken},
		{"DELETE", "/sandbox/tokens/{token}", "Take a token away: calls with it get 190", nil, "", "Token", s.deleteToken},
		{"GET", "/sandbox/review", "How templates and display names are reviewed", nil, "", "ReviewMode", s.getReviewMode},
		{"PATCH", "/sandbox/review", "Have them reviewed by themselves after a while (auto), or by the review desk only (desk)", nil, "ReviewMode", "ReviewMode", s.patchReviewMode},
	}
}

func invalid(detail string) *apiError {
	return &apiError{http.StatusUnprocessableEntity, "invalid", detail}
}

// newID is the id that was asked for, or a new one; the caller holds mu.
func (s *Sandbox) newID(asked, kind string) (string, *apiError) {
	if asked == "" {
		return s.st.objectID(kind), nil
	}
	p := s.st.portfolio
	switch {
	case !isID(asked):
		return "", invalid("id: must be a decimal number")
	case s.st.numbers[asked] != nil || s.st.accounts[asked] != nil || p.app(asked) != nil || p.flow(asked) != nil || s.st.template(asked) != nil:
		return "", &apiError{http.StatusConflict, "id_taken", "there is an object with this id"}
	}
	return asked, nil
}

func (s *Sandbox) getApps(w http.ResponseWriter, _ *http.Request) {
	s.under(w, func() (any, *apiError) {
		all := []app{}
		for _, a := range s.st.portfolio.Apps {
			one := *a
			one.CallbackURL = s.callbackOf(a)
			all = append(all, one)
		}
		return map[string]any{"data": all}, nil
	})
}

// postApp makes an app. Its callback is not asked for a handshake: that is what
// POST /{app-id}/subscriptions does.
func (s *Sandbox) postApp(w http.ResponseWriter, r *http.Request) {
	var in app
	if !s.readJSON(w, r, &in) {
		return
	}
	s.under(w, func() (any, *apiError) {
		id, bad := s.newID(in.ID, "app")
		if bad != nil {
			return nil, bad
		}
		if in.CallbackURL != "" {
			if err := checkCallback(in.CallbackURL); err != nil {
				return nil, invalid("callback_url: " + err.Error())
			}
		}
		for _, name := range in.Fields {
			if !slices.Contains(webhookFields, name) {
				return nil, invalid("fields: " + clip(name) + " is no webhook field")
			}
		}
		in.ID, in.Name, in.Configured, in.Silent = id, or(in.Name, "App "+tail(id, 4)), false, false
		if in.Secret == "" {
			in.Secret = hex.EncodeToString(mix(s.st.seed, "secret", id)[:16])
		}
		if s.st.portfolio.appOfSecret(in.Secret) != nil {
			return nil, invalid("secret: another app has it")
		}
		made := in
		s.st.portfolio.Apps = append(s.st.portfolio.Apps, &made)
		s.changed()
		return made, nil
	})
}

// accountView is an account in the control API.
type accountView struct {
	ID           string   `json:"waba_id"`
	Name         string   `json:"name"`
	Currency     string   `json:"currency"`
	Timezone     string   `json:"timezone_id"`
	Verified     bool     `json:"verified"`
	ReviewStatus string   `json:"account_review_status"`
	Insights     bool     `json:"is_enabled_for_insights"`
	Restriction  string   `json:"restriction"`
	Limit        string   `json:"messaging_limit"`
	AppID        string   `json:"app_id"`
	Numbers      []string `json:"numbers"`
	Templates    int      `json:"templates"`
}

func (s *Sandbox) accountView(id string) accountView {
	o, numbers := s.st.portfolio.office(id), []string{}
	for _, n := range s.st.each() {
		if n.cfg.WABAID == id {
			numbers = append(numbers, n.cfg.PhoneNumberID)
		}
	}
	object := s.accountObject(s.st.accounts[id], 0)
	return accountView{
		id, textOf(object["name"]), textOf(object["currency"]), textOf(object["timezone_id"]), o.Verified == nil || *o.Verified,
		or(o.ReviewStatus, "APPROVED"), o.Insights, o.Restriction, s.tier(id), s.appFor(id).ID, numbers, s.st.templatesOf(id),
	}
}

func (s *Sandbox) getAccounts(w http.ResponseWriter, _ *http.Request) {
	s.under(w, func() (any, *apiError) {
		all := []accountView{}
		for _, id := range sortedKeys(s.st.accounts) {
			all = append(all, s.accountView(id))
		}
		return map[string]any{"data": all}, nil
	})
}

// accountChange is the body of POST and PATCH; what is absent stays.
type accountChange struct {
	ID           string  `json:"waba_id"`
	Name         *string `json:"name"`
	Currency     *string `json:"currency"`
	Timezone     *string `json:"timezone_id"`
	Verified     *bool   `json:"verified"`
	ReviewStatus *string `json:"account_review_status"`
	Insights     *bool   `json:"is_enabled_for_insights"`
	Restriction  *string `json:"restriction"`
	Limit        *string `json:"messaging_limit"`
}

// postAccount makes an account, with the templates every account starts with.
func (s *Sandbox) postAccount(w http.ResponseWriter, r *http.Request) {
	var in accountChange
	if !s.readJSON(w, r, &in) {
		return
	}
	s.under(w, func() (any, *apiError) {
		id, bad := s.newID(in.ID, "account")
		if bad != nil {
			return nil, bad
		}
		p := s.st.portfolio
		p.Waba = append(p.Waba, madeAccount{ID: id})
		s.st.addAccount(id, s.opt.Templates)
		return s.changeAccount(id, &in)
	})
}

func (s *Sandbox) patchAccount(w http.ResponseWriter, r *http.Request) {
	var in accountChange
	if !s.readJSON(w, r, &in) {
		return
	}
	s.under(w, func() (any, *apiError) {
		id := r.PathValue("id")
		if s.st.accounts[id] == nil {
			return nil, &apiError{http.StatusNotFound, "unknown_account", "the sandbox has no account with this id"}
		}
		return s.changeAccount(id, &in)
	})
}

// changeAccount applies a change; a decision about the account is told by
// account_review_update (cloud-api.md 2.7).
func (s *Sandbox) changeAccount(id string, in *accountChange) (any, *apiError) {
	if v := in.ReviewStatus; v != nil && !slices.Contains(decisions, *v) {
		return nil, invalid("account_review_status must be one of " + listed(decisions))
	}
	if v := in.Limit; v != nil && *v != "TIER_UNLIMITED" && tiers[*v] == 0 {
		return nil, invalid("messaging_limit must be TIER_UNLIMITED or one of " + listed(sortedKeys(tiers)))
	}
	o := s.st.portfolio.office(id)
	set(&o.Name, in.Name)
	set(&o.Currency, in.Currency)
	set(&o.Timezone, in.Timezone)
	set(&o.Insights, in.Insights)
	set(&o.Restriction, in.Restriction)
	if in.Verified != nil {
		o.Verified = in.Verified
	}
	if v := in.ReviewStatus; v != nil && *v != or(o.ReviewStatus, "APPROVED") {
		o.ReviewStatus = *v
		s.tellAccount(id, "account_review_update", *v, map[string]any{"decision": *v})
	}
	if v := in.Limit; v != nil && *v != or(o.Limit, "TIER_UNLIMITED") {
		o.Limit = *v
		s.tellCapability(id)
	}
	s.changed()
	return s.accountView(id), nil
}

// tellCapability sends business_capability_update, with -1 for no limit (cloud-api.md
// 2.7; the value is not documented).
func (s *Sandbox) tellCapability(waba string) {
	limit := tiers[s.tier(waba)]
	if limit == 0 {
		limit = -1
	}
	s.tellAccount(waba, "business_capability_update", s.tier(waba), map[string]any{
		"max_daily_conversations_per_business": limit, "max_phone_numbers_per_business": s.numbersMost(waba), "max_phone_numbers_per_waba": s.numbersMost(waba),
	})
}

// newNumber is the body of POST /sandbox/numbers.
type newNumber struct {
	PhoneNumberID string   `json:"phone_number_id"`
	WABAID        string   `json:"waba_id"` // default: the first number's
	DisplayPhone  string   `json:"display_phone"`
	VerifiedName  string   `json:"verified_name"`
	AppID         string   `json:"app_id"` // default: that of the account's first number
	Throughput    string   `json:"throughput"`
	PerSecond     int      `json:"per_second"`
	CallbackURL   string   `json:"callback_url"` // default: the app's
	VerifyToken   string   `json:"verify_token"`
	AccessTokens  []string `json:"access_tokens"`
	Status        string   `json:"status"` // default: CONNECTED
}

// postNumber makes a number that is verified and connected.
func (s *Sandbox) postNumber(w http.ResponseWriter, r *http.Request) {
	var in newNumber
	if !s.readJSON(w, r, &in) {
		return
	}
	s.under(w, func() (any, *apiError) {
		cfg, bad := s.numberConfig(&in)
		if bad != nil {
			return nil, bad
		}
		s.makeNumber(cfg)
		s.st.portfolio.desk(cfg.PhoneNumberID).Status = in.Status
		s.changed()
		return s.numberView(s.st.numbers[cfg.PhoneNumberID]), nil
	})
}

// numberConfig is the configuration of a number that was asked for; the caller
// holds mu.
func (s *Sandbox) numberConfig(in *newNumber) (cfg NumberConfig, bad *apiError) {
	waba := or(in.WABAID, s.firstNumber().cfg.WABAID)
	switch {
	case s.st.accounts[waba] == nil:
		return cfg, &apiError{http.StatusUnprocessableEntity, "unknown_account", "waba_id: the sandbox has no such account"}
	case len(digits(in.DisplayPhone)) < 7 || len(digits(in.DisplayPhone)) > 15:
		return cfg, invalid("display_phone: must be a phone number with its country code, as in +49 451 5550100")
	case slices.ContainsFunc(s.st.each(), func(n *number) bool { return n.digits == digits(in.DisplayPhone) }):
		return cfg, &apiError{http.StatusConflict, "number_exists", "there is a number with this phone"}
	case s.st.customers[digits(in.DisplayPhone)] != nil:
		return cfg, &apiError{http.StatusConflict, "number_exists", "a person has this phone"}
	case in.Status != "" && !slices.Contains(numberStates, in.Status):
		return cfg, invalid("status must be one of " + listed(numberStates))
	case in.Throughput != "" && in.Throughput != "STANDARD" && in.Throughput != "HIGH":
		return cfg, invalid("throughput must be STANDARD or HIGH")
	}
	id, bad := s.newID(in.PhoneNumberID, "number")
	if bad != nil {
		return cfg, bad
	}
	cfg = s.likeOthers(waba)
	if in.AppID != "" {
		a := s.st.portfolio.app(in.AppID)
		if a == nil {
			return cfg, &apiError{http.StatusUnprocessableEntity, "unknown_app", "app_id: the sandbox has no such app"}
		}
		cfg.AppSecret, cfg.CallbackURL, cfg.VerifyToken = a.Secret, s.callbackOf(a), a.VerifyToken
	}
	if in.CallbackURL != "" {
		if err := checkCallback(in.CallbackURL); err != nil {
			return cfg, invalid("callback_url: " + err.Error())
		}
		cfg.CallbackURL, cfg.VerifyToken = in.CallbackURL, in.VerifyToken
	}
	cfg.PhoneNumberID, cfg.DisplayPhone, cfg.VerifiedName = id, in.DisplayPhone, or(in.VerifiedName, "Business "+tail(id, 4))
	if in.Throughput != "" || in.PerSecond != 0 {
		cfg.Throughput, cfg.PerSecond = in.Throughput, in.PerSecond
	}
	if in.AccessTokens != nil {
		cfg.AccessTokens = in.AccessTokens
	}
	return cfg, nil
}
