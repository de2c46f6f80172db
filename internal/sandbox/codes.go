package sandbox

import (
	"net/http"
	"slices"
)

// More codes that checks use (cloud-api.md 3); refusal.go has the most frequent.
const (
	codeAppCalls     = 4      // app call rate
	codeAccountCalls = 80007  // account call rate
	codeExperiment   = 130472 // the user is part of a marketing experiment
	codeSpam         = 131048 // also what we answer beyond the portfolio's limit
	codeCapped       = 131049 // per-user marketing limit
	codeLostMedia    = 131052 // a customer's media could not be fetched
	codeByUserID     = 131062 // not by business-scoped user id
	codeTooLong      = 132005 // hydrated text too long
	codeCharacters   = 132007 // character policy
	codeParameter    = 132008 // parameter value
	codePaused       = 132015 // template is paused
	codeNewlines     = 132018 // new lines, tabs, spaces in a parameter
	codeFlowBlocked  = 132068
	codeFlowSlow     = 132069
	codeIdentity     = 137000 // identity key mismatch
)

// emittedCode is an error that the sandbox answers by itself; a fault can answer
// any other.
type emittedCode struct {
	Code    int    `json:"code"`
	Subcode int    `json:"error_subcode,omitempty"`
	Where   string `json:"where"` // answer, status, message
	When    string `json:"when"`

	untestable bool // it needs a broken disk or a caller who has gone
}

func (e emittedCode) key() string {
	if e.Subcode != 0 {
		return itoa(e.Code) + "/" + itoa(e.Subcode)
	}
	return itoa(e.Code)
}

// emittedCodes are all of them. A test compares them with the sources, and fails
// when no test produces one of them.
var emittedCodes = slices.Concat(sendCodes, managedCodes)

// sendCodes are the errors of sending, media, tokens and paths.
var sendCodes = []emittedCode{
	{1, 0, "answer", "an app's secret is wrong at oauth/access_token", false},
	{2, 0, "answer", "conduct: standing overloaded", false},
	{3, 0, "answer", "an edge that the sandbox does not play", false},
	{4, 0, "answer", "conduct: app_calls_per_hour", false},
	{10, 0, "answer", "the token lacks whatsapp_business_management", false},
	{100, 0, "answer", "a parameter is misspelt, of the wrong type or too long; unknown media; unknown edges", false},
	{100, 33, "answer", "there is no such object", false},
	{101, 0, "answer", "there is no such app at oauth/access_token", false},
	{190, 0, "answer", "no token, or one that nobody knows", false},
	{190, 460, "answer", "a token that was revoked", false},
	{190, 463, "answer", "a token that has expired", false},
	{368, 0, "answer", "conduct: standing restricted", false},
	{2200, 0, "answer", "a callback has not passed the handshake", false},
	{2500, 0, "answer", "an unknown path", false},
	{80007, 0, "answer", "more than 5 000 management calls of an account in an hour; conduct: calls_per_hour", false},
	{130429, 0, "answer", "more messages in a second than the number's throughput", false},
	{130472, 0, "status", "the customer is part of an experiment: experiment", false},
	{130497, 0, "answer", "conduct: restricted_countries", false},
	{131000, 0, "answer", "an upload could not be written to disk", true},
	{131005, 0, "answer", "the token lacks whatsapp_business_messaging; conduct: standing denied", false},
	{131008, 0, "answer", "a required parameter is missing", false},
	{131009, 0, "answer", "a parameter's value is not valid; as status: a reaction to a message that is not there", false},
	{131016, 0, "answer", "conduct: standing unavailable", false},
	{131021, 0, "answer", "the recipient is the sender", false},
	{131026, 0, "status", "the customer is not on WhatsApp: not_on_whatsapp", false},
	{131030, 0, "answer", "conduct: allowed_recipients", false},
	{131031, 0, "answer", "conduct: standing locked", false},
	{131037, 0, "answer", "conduct: standing display_name", false},
	{131041, 0, "answer", "sent to a group: the sandbox has none", false},
	{131215, 0, "answer", "groups are made or listed: no number of the sandbox may", false},
	{131042, 0, "answer", "conduct: standing payment", false},
	{131045, 0, "answer", "conduct: standing certificate", false},
	{131047, 0, "status", "free-form outside of the 24-hour window", false},
	{131048, 0, "answer", "conduct: standing spam; beyond the messaging limit", false},
	{131049, 0, "status", "marketing to the United States, or beyond the marketing cap", false},
	{131050, 0, "status", "marketing to a customer who has opted out: opted_out_marketing", false},
	{131051, 0, "answer", "a message type that does not exist; in a message: what customers send and the API does not know", false},
	{131052, 0, "message", "a customer's media could not be fetched or is larger than 100 MB: lost, size", false},
	{131053, 0, "answer", "media of a wrong type or size; as status: a link that could not be fetched", false},
	{131055, 0, "answer", "no marketing template on marketing_messages before v23; conduct: marketing_api not_onboarded", false},
	{131056, 0, "answer", "too many messages to one person in a short time", false},
	{131057, 0, "answer", "conduct: standing maintenance", false},
	{131059, 0, "answer", "a cursor that is not valid", false},
	{131062, 0, "answer", "an authentication template to a BSUID", false},
	{131063, 0, "answer", "marketing on the messages edge while the account has disabled it", false},
	{131064, 0, "answer", "conduct: standing misclassified", false},
	{132000, 0, "answer", "another number of parameters than the template has", false},
	{132001, 0, "answer", "no such template, or it is not approved", false},
	{132005, 0, "answer", "the template's text is too long with its parameters", false},
	{132007, 0, "answer", "a parameter holds a character that is not allowed", false},
	{132008, 0, "answer", "a currency parameter that is none", false},
	{132012, 0, "answer", "a parameter of another kind than the template has", false},
	{132015, 0, "answer", "the template is paused; as status: it was paused while the message was held", false},
	{132016, 0, "answer", "the template is disabled", false},
	{132018, 0, "answer", "a parameter with new lines, tabs or more than four spaces", false},
	{133010, 0, "answer", "the number is not registered; conduct: standing unregistered", false},
	{134100, 0, "answer", "no marketing template on marketing_messages, since v23", false},
	{134101, 0, "answer", "conduct: marketing_api syncing", false},
	{134102, 0, "answer", "conduct: marketing_api unavailable", false},
	{138000, 0, "answer", "a call, while the number's settings have calling off", false},
	{137000, 0, "answer", "recipient_identity_key_hash is not that of the customer now", false},
}

// getCodes answers GET /sandbox/codes: every error the sandbox answers by itself,
// with Meta's title and HTTP status, and what brings it about.
func (s *Sandbox) getCodes(w http.ResponseWriter, _ *http.Request) {
	type row struct {
		emittedCode
		Title  string `json:"title"`
		Status int    `json:"http_status"`
	}
	all := make([]row, 0, len(emittedCodes))
	for _, e := range emittedCodes {
		bad := &refusal{code: e.Code, subcode: e.Subcode}
		all = append(all, row{e, bad.title(), bad.httpStatus()})
	}
	write(w, http.StatusOK, map[string]any{"data": all})
}
