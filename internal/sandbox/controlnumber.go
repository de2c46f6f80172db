package sandbox

import (
	"net/http"
	"slices"

	"kontor/internal/meta"
)

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
	AppID         string `json:"app_id"`
	Status        string `json:"status"`
	CodeStatus    string `json:"code_verification_status"`
	Code          string `json:"verification_code,omitempty"` // that request_code has sent
	NewName       string `json:"new_display_name,omitempty"`
	NameStatus    string `json:"name_status"`
}

func (s *Sandbox) numberView(n *number) numberView {
	d := s.st.portfolio.desk(n.cfg.PhoneNumberID)
	return numberView{
		n.cfg.PhoneNumberID, n.cfg.WABAID, n.cfg.DisplayPhone, or(d.Name, n.cfg.VerifiedName), n.Throughput, n.perSecond(), n.Quality,
		n.callback(s.st.accounts[n.cfg.WABAID], meta.FieldMessages), s.appFor(n.cfg.WABAID).ID,
		d.status(), d.codeStatus(), d.Code, d.NewName, or(d.NameStatus, "APPROVED"),
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

// numberChange is the body of PATCH /sandbox/numbers/{id}; what is absent stays.
type numberChange struct {
	Throughput  *string `json:"throughput"`
	PerSecond   *int    `json:"per_second"`
	Quality     *string `json:"quality"`
	CallbackURL *string `json:"callback_url"`
	VerifyToken *string `json:"verify_token"`
	Status      *string `json:"status"`
	CodeStatus  *string `json:"code_verification_status"`
	Mode        *string `json:"account_mode"`
	Official    *bool   `json:"official"`
	Coexists    *bool   `json:"on_biz_app"`
	Name        *struct {
		Decision string `json:"decision"` // APPROVED, REJECTED, DEFERRED, PENDING
		Reason   string `json:"reason"`
	} `json:"display_name"`
}

// numberStates are the states of a number (cloud-api.md 6.2).
var numberStates = []string{
	statusConnected, statusDisconnected, statusPending, "FLAGGED", "RESTRICTED", "RATE_LIMITED", "BANNED", "DELETED", "MIGRATED", statusUnverified, "UNKNOWN",
}

var (
	decisions   = []string{"APPROVED", "REJECTED", "DEFERRED", "PENDING"}
	nameReasons = []string{"", "NAME_EMPLOYEE_ISSUE", "NAME_ENDCLIENT_NOTRELATED", "NAME_FORMAT_UNACCEPTABLE", "NAME_INDIVIDUAL_ISSUE", "NAME_NOT_CONSISTENT", "UNKNOWN"}
)

// wrong tells what is wrong with the change, "" for nothing.
func (in *numberChange) wrong() string {
	oneOf := func(name string, v *string, all ...string) string {
		if v == nil || slices.Contains(all, *v) {
			return ""
		}
		return name + " must be one of " + listed(all)
	}
	for _, why := range []string{
		oneOf("throughput", in.Throughput, "STANDARD", "HIGH"),
		oneOf("quality", in.Quality, "GREEN", "YELLOW", "RED", "UNKNOWN", "NA"),
		oneOf("status", in.Status, numberStates...),
		oneOf("code_verification_status", in.CodeStatus, "VERIFIED", "NOT_VERIFIED", "EXPIRED"),
		oneOf("account_mode", in.Mode, "LIVE", "SANDBOX"),
	} {
		if why != "" {
			return why
		}
	}
	if in.Name != nil {
		if why := oneOf("display_name.decision", &in.Name.Decision, decisions...); why != "" {
			return why
		}
		return oneOf("display_name.reason", &in.Name.Reason, nameReasons...)
	}
	return ""
}

// patchNumber answers PATCH /sandbox/numbers/{id}. A rise to HIGH tells the
// business THROUGHPUT_UPGRADE (cloud-api.md 4.1), a decision about its display
// name phone_number_name_update (2.7).
func (s *Sandbox) patchNumber(w http.ResponseWriter, r *http.Request) {
	var in numberChange
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
	if why := in.wrong(); why != "" {
		problem(w, http.StatusUnprocessableEntity, "invalid", why)
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
	view := s.changeNumber(n, &in)
	s.mu.Unlock()
	s.changed()
	write(w, http.StatusOK, view)
}

// changeNumber applies a numberChange; the caller holds mu.
func (s *Sandbox) changeNumber(n *number, in *numberChange) numberView {
	was, quality := n.Throughput, n.Quality
	set(&n.Throughput, in.Throughput)
	set(&n.Quality, in.Quality)
	set(&n.Callback, in.CallbackURL)
	set(&n.PerSecond, in.PerSecond)
	d := s.st.portfolio.desk(n.cfg.PhoneNumberID)
	set(&d.Status, in.Status)
	set(&d.CodeStatus, in.CodeStatus)
	set(&d.Mode, in.Mode)
	set(&d.Official, in.Official)
	set(&d.Coexists, in.Coexists)
	if was != n.Throughput && n.Throughput == "HIGH" {
		s.tellQuality(n, "THROUGHPUT_UPGRADE")
	}
	if quality != n.Quality && s.nowLocked().Before(flagsEnd) {
		switch {
		case n.Quality == "RED":
			s.tellQuality(n, "FLAGGED")
		case quality == "RED":
			s.tellQuality(n, "UNFLAGGED")
		}
	}
	if in.Name != nil {
		s.decideName(n, in.Name.Decision, in.Name.Reason)
	}
	view := s.numberView(n)
	s.events.publish("number", view)
	return view
}

// flagsEnd is when phone_number_quality_update stopped to tell of FLAGGED and
// UNFLAGGED (cloud-api.md 2.7).
var flagsEnd = onDay(2026, 2, 1)

// tellQuality sends phone_number_quality_update.
func (s *Sandbox) tellQuality(n *number, event string) {
	s.tell(n, "phone_number_quality_update", event, map[string]any{
		"display_phone_number": n.digits, "event": event, "max_daily_conversations_per_business": s.tier(n.cfg.WABAID),
	})
}
