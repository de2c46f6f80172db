package graph

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kontor/internal/fault"
	"kontor/internal/meta"
	"kontor/internal/wa"
)

// Codes of the gateway's own faults.
const (
	codeObject      = "object_unknown"     // an id that is not this workspace's
	codeUnsupported = "unsupported_call"   // Graph has it, the gateway does not
	codeParameter   = "parameter_refused"  // a parameter that is wrong, or may not pass
	codeMissing     = "parameter_missing"  // a parameter that must be there
	codeMediaID     = "media_id_unknown"   // a message shows a file that is not there
	codeExpired     = "attachment_expired" // the address of a file after five minutes
	codeRecipient   = "invalid_recipient"
	codeSelf        = "recipient_is_sender"
	codeMessage     = "invalid_message" // package outbox's
)

// row is how Graph says something. A status of 0 is that of the error table
// (cloud-api.md 3).
type row struct {
	code, subcode, status int
}

// table says for each fault how Graph would put it; codes that are not in it go
// by kinds. What Meta tells only by a failed status (131026, 131049 …) comes by
// webhook here as well; a closed window (131047) and a template that cannot be
// sent are known at once and said at once.
var table = map[string]row{
	"unauthorized":    {code: 190},
	"invalid_api_key": {code: 190},
	"forbidden":       {code: 10},

	codeObject:        {code: 100, subcode: 33, status: http.StatusBadRequest},
	"number_unknown":  {code: 100, subcode: 33, status: http.StatusBadRequest},
	"media_unknown":   {code: 100, subcode: 33, status: http.StatusBadRequest},
	"message_unknown": {code: 131009},
	codeExpired:       {code: 100, subcode: 33, status: http.StatusNotFound},

	codeUnsupported: {code: 100},
	codeParameter:   {code: 100},
	codeMissing:     {code: 131008},
	codeMediaID:     {code: 100},
	"not_json":      {code: 100},
	"wrong_type":    {code: 100},
	"too_large":     {code: 100, status: http.StatusRequestEntityTooLarge},
	"body_timeout":  {code: 100, status: http.StatusRequestTimeout},

	codeRecipient:           {code: 131009},
	codeSelf:                {code: 131021},
	"contact_unknown":       {code: 131009},
	"recipient_needs_phone": {code: 131062},
	"window_closed":         {code: 131047},
	"idempotency_mismatch":  {code: 100, status: http.StatusConflict},
	"customer_daily_limit":  {code: 131056, status: http.StatusTooManyRequests},
	"number_daily_limit":    {code: 130429, status: http.StatusTooManyRequests},
	"store_busy":            {code: 130429, status: http.StatusTooManyRequests},

	"template_unknown":      {code: 132001},
	"template_not_approved": {code: 132001},
	"template_paused":       {code: 132015},
	"template_disabled":     {code: 132016},

	"media_too_large":        {code: 131053},
	"media_empty":            {code: 131053},
	"media_type_mismatch":    {code: 131053},
	"media_type_unsupported": {code: 131053},
	"media_failed":           {code: 131052},
}

// byKind is for faults that the table does not name.
var byKind = map[fault.Kind]row{
	fault.Invalid:      {code: 100},
	fault.Unauthorized: {code: 190},
	fault.Forbidden:    {code: 10},
	fault.NotFound:     {code: 100, subcode: 33, status: http.StatusBadRequest},
	fault.Conflict:     {code: 100, status: http.StatusConflict},
	fault.TooLarge:     {code: 100, status: http.StatusRequestEntityTooLarge},
	fault.Limited:      {code: 130429, status: http.StatusTooManyRequests},
	fault.Unavailable:  {code: 2},
	fault.Internal:     {code: 131000},
}

// rowOf finds how to say a fault.
func rowOf(f *fault.Error) row {
	switch {
	case f.Code == codeMessage && len(f.Fields) > 0:
		return row{code: messageCode(f.Fields[0])}
	case f.Code == "template_parameters" && len(f.Fields) > 0:
		return row{code: templateCode(f.Fields[0])}
	}
	if r, ok := table[f.Code]; ok {
		return r
	}
	return byKind[f.Kind]
}

// messageCode tells what is wrong with a member of a message: over-long (100),
// missing (131008), of no type that there is (131051), or else its value
// (131009); cloud-api.md 3.4.
func messageCode(f fault.Field) int {
	switch {
	case f.Name == "type":
		return 131051
	case f.Limit > 0 && f.Length > f.Limit:
		return 100
	case strings.HasSuffix(f.Detail, "required."): // the outbox's way to say that something is not there
		return 131008
	}
	return 131009
}

// templateCode tells what is wrong with the values for a template: their
// number (132000), the length of the result (132005), a button without its
// component (131008), or else their form (132012); cloud-api.md 3.5.
func templateCode(f fault.Field) int {
	last := f.Name[strings.LastIndexByte(f.Name, '.')+1:]
	switch {
	case f.Limit != f.Length && (last == "parameters" || last == "cards"):
		return 132000
	case last == "components" && f.Limit > 0 && f.Length > f.Limit && f.Limit >= headerLimit:
		return 132005
	case last == "components" && f.Limit != f.Length:
		return 132000
	case last == "components":
		return 131008
	}
	return 132012
}

// headerLimit is the shortest length of a filled-in text (cloud-api.md 5.3);
// counts of variables are below it.
const headerLimit = 60

// refuse answers an error in Graph's form. It is the only place where one gets
// its status.
func (c *call) refuse(err error) {
	e, status, wait := c.graphError(err)
	h := c.w.Header()
	if wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `OAuth "Kontor" "invalid_token" "`+oneLine(e.Message)+`"`)
	}
	if status >= 500 {
		c.g.Log.ErrorContext(c.r.Context(), "graph call failed", "request_id", e.FBTraceID, "call", c.label, "code", int(e.Code), "err", err)
	}
	c.write(status, meta.ErrorBody{Error: e})
	c.g.count(c.label, int(e.Code))
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' {
			return -1
		}
		return r
	}, s)
}

// graphError puts an error in Graph's words.
func (c *call) graphError(err error) (e *meta.GraphError, status int, wait time.Duration) {
	var failure *wa.Failure
	if errors.As(err, &failure) {
		err = spoken(failure)
	}
	f := fault.As(err)
	r := rowOf(f)
	if failure != nil && f.Code == codeWhatsApp {
		r = row{code: failure.Problem.Code}
	}
	e = &meta.GraphError{
		Type: meta.TypeOAuth, Code: meta.Int(r.code), ErrorSubcode: meta.Int(r.subcode), FBTraceID: c.trace(),
		ErrorData: &meta.ErrorData{MessagingProduct: meta.Product, Details: f.Detail},
	}
	known, inTable := meta.LookupError(r.code)
	if status = r.status; status == 0 {
		status = http.StatusBadRequest
		if inTable && known.HTTP >= 400 {
			status = known.HTTP
		}
	}
	e.Message = message(c, r, known.Title, f)
	if r.subcode == 33 {
		e.Type = "GraphMethodException"
	}
	switch f.Kind {
	case fault.Limited:
		wait, e.IsTransient = c.wait(err, f), true
	case fault.Unavailable:
		wait, e.IsTransient = retryAfter(err, 5*time.Second), true
	}
	if f.Advice != "" {
		e.ErrorData.Details += " " + f.Advice
	}
	return e, status, wait
}

func message(c *call, r row, title string, f *fault.Error) string {
	switch {
	case r.subcode == 33:
		return fmt.Sprintf("Unsupported %s request. %s Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api", strings.ToLower(plainMethod(c.r.Method)), f.Detail)
	case r.code == 190:
		return "Error validating access token: " + f.Detail
	case f.Code == codeUnsupported:
		return "(#100) " + f.Detail
	case title == "":
		title = "Invalid parameter"
	}
	return fmt.Sprintf("(#%d) %s", r.code, title)
}

func plainMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodPost, http.MethodDelete, http.MethodPut, http.MethodPatch, http.MethodHead, http.MethodOptions:
		return m
	}
	return "this"
}

// wait is how long a limit lasts: the daily ones end with the day (UTC).
func (c *call) wait(err error, f *fault.Error) time.Duration {
	if f.Code == "customer_daily_limit" || f.Code == "number_daily_limit" {
		now := c.g.Now().UTC()
		return now.Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now)
	}
	return retryAfter(err, time.Second)
}

// retryAfter is how long WhatsApp or the store asked to wait, or the usual.
func retryAfter(err error, usual time.Duration) time.Duration {
	var f *wa.Failure
	if errors.As(err, &f) && f.RetryAfter > 0 {
		return f.RetryAfter
	}
	var w interface{ RetryIn() time.Duration }
	if errors.As(err, &w) && w.RetryIn() > 0 {
		return w.RetryIn()
	}
	return usual
}

const codeWhatsApp = "whatsapp_refused"

// spoken is what the provider refused, or that it did not answer, as a fault. A
// number's own bad token is the operator's affair and must not look like the
// caller's.
func spoken(f *wa.Failure) error {
	said := f.Problem.Details
	if said == "" {
		said = f.Problem.Title
	}
	switch {
	case f.Class == wa.ClassToken:
		return errToken.Because(f)
	case f.Problem.Code == 0:
		e := fault.New(fault.Unavailable, "whatsapp_unavailable", "WhatsApp did not answer.", "Try again after a while.")
		if f.Class == wa.ClassUncertain {
			e.Detail = "WhatsApp's answer was lost: nobody knows whether this was done."
			e.Advice = "Look before you repeat it."
		}
		return e.Because(f)
	}
	return fault.New(fault.Invalid, codeWhatsApp, said, "").Because(f)
}

var errToken = fault.New(fault.Forbidden, "forbidden", "WhatsApp refused the access token that Kontor holds for this number; your own key is in order.", "An administrator must give the number a new token: kontor number add.")
