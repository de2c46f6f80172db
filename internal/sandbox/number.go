package sandbox

import (
	"encoding/json"
	"net/http"
	"time"

	"kontor/internal/meta"
)

// numberDefaults are the fields of a number when none are asked for (cloud-api.md 6.2).
var numberDefaults = []string{
	"verified_name", "code_verification_status", "display_phone_number", "quality_rating", "platform_type", "throughput", "webhook_configuration",
}

// object is the number as Graph shows it; the caller holds mu.
func (n *number) object(a *account) map[string]any {
	hooks := map[string]any{}
	if n.Override != "" {
		hooks["phone_number"] = n.Override
	}
	if a.Override != "" {
		hooks["whatsapp_business_account"] = a.Override
	}
	if app := n.appCallback(); app != "" {
		hooks["application"] = app
	}
	return map[string]any{
		"id":                           n.cfg.PhoneNumberID,
		"display_phone_number":         n.cfg.DisplayPhone,
		"verified_name":                n.cfg.VerifiedName,
		"quality_rating":               n.Quality,
		"quality_score":                map[string]any{"score": n.Quality},
		"status":                       "CONNECTED",
		"code_verification_status":     "VERIFIED",
		"name_status":                  "APPROVED",
		"new_name_status":              "NONE",
		"account_mode":                 "LIVE",
		"platform_type":                "CLOUD_API",
		"throughput":                   map[string]any{"level": n.Throughput},
		"webhook_configuration":        hooks,
		"country_dial_code":            countryCode(n.digits),
		"is_official_business_account": false,
		"is_pin_enabled":               true,
		"is_on_biz_app":                false,
		"is_preverified_number":        false,
		"messaging_limit_tier":         "TIER_UNLIMITED",
		"search_visibility":            "NON_VISIBLE",
		"whatsapp_business_manager_messaging_limit": "TIER_UNLIMITED",
		"health_status": map[string]any{
			"can_send_message": "AVAILABLE",
			"entities": []any{map[string]any{
				"entity_type": "PHONE_NUMBER", "id": n.cfg.PhoneNumberID, "can_send_message": "AVAILABLE",
			}},
		},
	}
}

// getNumber answers GET /{phone-number-id}.
func (c *call) getNumber() (any, *refusal) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return choose(c.number.object(c.s.st.accounts[c.number.cfg.WABAID]), parseFields(c.query.Get("fields")), numberDefaults...), nil
}

var webhookRules = []rule{
	{path: "webhook_configuration", kind: object, need: true},
	{path: "webhook_configuration.override_callback_uri", kind: text, need: true, max: 200},
	{path: "webhook_configuration.verify_token", kind: text},
}

// postNumber answers POST /{phone-number-id}: webhook_configuration sets the
// number's own callback, or clears it with "" (cloud-api.md 2.1).
func (c *call) postNumber() (any, *refusal) {
	c.note = "webhook_configuration"
	if bad := check(c.body, webhookRules); bad != nil {
		return nil, bad
	}
	uri := textOf(member(c.body["webhook_configuration"], "override_callback_uri"))
	if uri != "" {
		if bad := c.s.handshake(c.r.Context(), uri, textOf(member(c.body["webhook_configuration"], "verify_token"))); bad != nil {
			return nil, bad
		}
	}
	c.s.mu.Lock()
	c.number.Override = uri
	c.s.mu.Unlock()
	c.s.changed()
	return done, nil
}

// numberView is a number in the control API.
type numberView struct {
	PhoneNumberID string `json:"phone_number_id"`
	WABAID        string `json:"waba_id"`
	DisplayPhone  string `json:"display_phone"`
	VerifiedName  string `json:"verified_name"`
	Throughput    string `json:"throughput"`
	PerSecond     int    `json:"per_second"` // 0: no rate
	Quality       string `json:"quality"`
	CallbackURL   string `json:"callback_url"` // where messages go now
}

func (s *Sandbox) numberView(n *number) numberView {
	return numberView{
		n.cfg.PhoneNumberID, n.cfg.WABAID, n.cfg.DisplayPhone, n.cfg.VerifiedName, n.Throughput, n.perSecond(), n.Quality,
		n.callback(s.st.accounts[n.cfg.WABAID], meta.FieldMessages),
	}
}

// getNumbers answers GET /sandbox/numbers.
func (s *Sandbox) getNumbers(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	all := make([]numberView, 0, len(s.st.order))
	for _, n := range s.st.each() {
		all = append(all, s.numberView(n))
	}
	s.mu.Unlock()
	write(w, http.StatusOK, map[string]any{"data": all})
}

// patchNumber answers PATCH /sandbox/numbers/{id}. A rise to HIGH tells the
// business THROUGHPUT_UPGRADE (cloud-api.md 4.1).
func (s *Sandbox) patchNumber(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Throughput  *string `json:"throughput"`
		PerSecond   *int    `json:"per_second"`
		Quality     *string `json:"quality"`
		CallbackURL *string `json:"callback_url"`
		VerifyToken *string `json:"verify_token"`
	}
	if !s.readJSON(w, r, &in) {
		return
	}
	s.mu.Lock()
	n := s.st.numbers[r.PathValue("id")]
	s.mu.Unlock()
	if n == nil {
		problem(w, http.StatusNotFound, "unknown_number", "there is no number with this id")
		return
	}
	if in.Throughput != nil && *in.Throughput != "STANDARD" && *in.Throughput != "HIGH" {
		problem(w, http.StatusUnprocessableEntity, "invalid", "throughput must be STANDARD or HIGH")
		return
	}
	if in.CallbackURL != nil && *in.CallbackURL != "" {
		token := n.cfg.VerifyToken
		if in.VerifyToken != nil {
			token = *in.VerifyToken
		}
		if bad := s.handshake(r.Context(), *in.CallbackURL, token); bad != nil {
			problem(w, http.StatusUnprocessableEntity, "callback_refused", bad.message+bad.details)
			return
		}
	}
	s.mu.Lock()
	was := n.Throughput
	set(&n.Throughput, in.Throughput)
	set(&n.Quality, in.Quality)
	set(&n.Callback, in.CallbackURL)
	set(&n.PerSecond, in.PerSecond)
	if was != n.Throughput && n.Throughput == "HIGH" {
		s.tell(n, "phone_number_quality_update", "THROUGHPUT_UPGRADE", map[string]any{
			"display_phone_number": n.digits, "event": "THROUGHPUT_UPGRADE", "max_daily_conversations_per_business": "TIER_UNLIMITED",
		})
	}
	view := s.numberView(n)
	s.events.publish("number", view)
	s.mu.Unlock()
	s.changed()
	write(w, http.StatusOK, view)
}

// tell sends a webhook of another field than messages; the caller holds mu.
func (s *Sandbox) tell(n *number, field, event string, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		s.log.Error("webhook cannot be written", "field", field, "error", err)
		return
	}
	s.courier.put(update{
		number: n.cfg.PhoneNumberID, account: n.cfg.WABAID, customer: "", field: field, kind: field, detail: event,
		value: meta.Value{Raw: raw}, made: s.nowLocked().Truncate(time.Second),
	})
}

// set takes a value over when one was given.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
