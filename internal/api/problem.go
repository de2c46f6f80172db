package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"kontor/internal/fault"
	"kontor/internal/order"
	"kontor/internal/wa"
)

// Problem is the one form of every refusal (RFC 9457), with the members that
// programs need: Code is stable and worth branching on, the texts are not.
type Problem struct {
	Type      string         `json:"type" doc:"A URI that names the kind of problem: urn:kontor:problem:{code}." example:"urn:kontor:problem:window_closed"`
	Title     string         `json:"title" doc:"The HTTP status in words." example:"Unprocessable Entity"`
	Status    int            `json:"status" doc:"The HTTP status." example:"422"`
	Detail    string         `json:"detail" doc:"What happened, and whether anything was sent. For people; the text may change."`
	Code      string         `json:"code" doc:"What happened, for programs. Stable." example:"window_closed"`
	Advice    string         `json:"advice" doc:"What to do next. For people."`
	RequestID string         `json:"request_id" doc:"Names this request in Kontor's log; the same as the header X-Request-Id."`
	Errors    []ProblemField `json:"errors,omitempty" nullable:"false" doc:"Which members of the request are wrong."`

	retryAfter time.Duration
}

// ProblemField names a wrong member of a request.
type ProblemField struct {
	Name   string `json:"name" doc:"Path of the member in the request." example:"buttons[0].title"`
	Detail string `json:"detail" doc:"What is wrong with it."`
	Limit  int    `json:"limit,omitempty" doc:"The limit that it breaks: characters of a text, items of a list, or the value's bound."`
	Length int    `json:"length,omitempty" doc:"The length that the value has, in the unit of limit."`
}

func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.retryAfter+time.Second-1)/time.Second)))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="kontor"`)
	}
	return h
}

// statusOf is the HTTP status of each kind of fault.
var statusOf = map[fault.Kind]int{
	fault.Invalid:      http.StatusUnprocessableEntity,
	fault.Unauthorized: http.StatusUnauthorized,
	fault.Forbidden:    http.StatusForbidden,
	fault.NotFound:     http.StatusNotFound,
	fault.Conflict:     http.StatusConflict,
	fault.TooLarge:     http.StatusRequestEntityTooLarge,
	fault.Limited:      http.StatusTooManyRequests,
	fault.Unavailable:  http.StatusServiceUnavailable,
	fault.Internal:     http.StatusInternalServerError,
}

// statusOfCode overrules it for what only HTTP distinguishes.
var statusOfCode = map[string]int{
	codeNotJSON:        http.StatusBadRequest,
	codeBodyUnread:     http.StatusBadRequest,
	codeMediaType:      http.StatusUnsupportedMediaType,
	codeMethod:         http.StatusMethodNotAllowed,
	codeBodyTimeout:    http.StatusRequestTimeout,
	codeMediaMultipart: http.StatusBadRequest,
	order.CodeVersion:  http.StatusPreconditionFailed,
}

// statusLeft is what proxies write down for a request whose caller did not wait
// for the answer; it is in the figures and in no one's hands.
const statusLeft = 499

const (
	codeInvalid        = "invalid_request"
	codeNotJSON        = "not_json"
	codeBodyUnread     = "body_unread"
	codeMediaType      = "unsupported_media_type"
	codeMethod         = "method_not_allowed"
	codeBodyTimeout    = "body_timeout"
	codeTooLarge       = "too_large"
	codeMediaMultipart = "not_multipart"
	codeMediaFetching  = "media_fetching" // package media's
)

// problemOf turns any error into the answer of the API. It is the only place
// where a fault gets its HTTP status.
func problemOf(err error, requestID string) *Problem {
	f := fault.As(err)
	status := statusOf[f.Kind]
	if special, ok := statusOfCode[f.Code]; ok {
		status = special
	}
	if status == 0 {
		status = http.StatusInternalServerError
	}
	p := &Problem{
		Type: "urn:kontor:problem:" + f.Code, Title: http.StatusText(status), Status: status,
		Detail: f.Detail, Code: f.Code, Advice: f.Advice, RequestID: requestID,
	}
	for _, w := range f.Fields {
		p.Errors = append(p.Errors, ProblemField(w))
	}
	switch f.Kind {
	case fault.Limited:
		p.retryAfter = retryAfter(err, time.Second)
	case fault.Unavailable:
		p.retryAfter = retryAfter(err, 5*time.Second)
	}
	return p
}

// retryAfter is how long WhatsApp asked to wait, or the usual.
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

// fail makes the answer to err and logs what is Kontor's own fault, once.
func (a *API) fail(ctx context.Context, err error) *Problem {
	p := problemOf(err, requestOf(ctx).id)
	if p.Status >= 500 && errors.Is(ctx.Err(), context.Canceled) {
		// Whoever asked has left (a page that was closed): nobody reads this, and
		// nothing of ours failed.
		p.Status, p.Title, p.Code, p.Type = statusLeft, "Client Closed Request", "client_left", "urn:kontor:problem:client_left"
		return p
	}
	if p.Status >= 500 {
		a.log.ErrorContext(ctx, "request failed", "request_id", p.RequestID, "code", p.Code, "err", err)
	}
	return p
}

// write sends a problem outside huma.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if a.Refuse != nil && a.Refuse(w, r, err) {
		return
	}
	p := a.fail(r.Context(), err)
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	writeJSON(w, p.Status, p.ContentType(""), p)
}

// ownProblems turns what huma itself refuses (unreadable bodies, values that
// break the schema) into a Problem.
func (a *API) ownProblems(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	return problemOf(faultOfHuma(m), requestOf(ctx.Context()).id), nil
}

func faultOfHuma(m *huma.ErrorModel) *fault.Error {
	switch m.Status {
	case http.StatusUnprocessableEntity:
		fields := make([]fault.Field, 0, len(m.Errors))
		for _, d := range m.Errors {
			fields = append(fields, fieldOf(d))
		}
		return fault.Wrong(codeInvalid, fields...)
	case http.StatusBadRequest:
		return notJSON("The body is not JSON.")
	case http.StatusRequestEntityTooLarge:
		return tooLarge()
	case http.StatusUnsupportedMediaType:
		return notOurType()
	case http.StatusRequestTimeout:
		return fault.New(fault.Invalid, codeBodyTimeout, "The body did not arrive in time; nothing was done.", "Send the request again.")
	}
	return fault.As(m)
}

func notJSON(detail string) *fault.Error {
	return fault.New(fault.Invalid, codeNotJSON, detail+" Nothing was done.", "Send a JSON object with Content-Type: application/json.")
}

func notOurType() *fault.Error {
	return fault.New(fault.Invalid, codeMediaType, "The body has a type that this call does not take; nothing was done.", "Send Content-Type: application/json.")
}

func tooLarge() *fault.Error {
	return &fault.Error{Kind: fault.TooLarge, Code: codeTooLarge, Detail: "The body is larger than 1 MiB; nothing was done.", Advice: "Upload files with POST media and name their media_id."}
}

var limitInMessage = regexp.MustCompile(`^expected (?:array )?(?:length|number) [<>]=? (-?\d+)$`)

// fieldOf turns an error of huma's schema check into our words. Values are used
// for their length only: they may be what a person wrote.
func fieldOf(d *huma.ErrorDetail) fault.Field {
	name := d.Location
	for _, prefix := range []string{"body.", "query.", "path.", "header."} {
		name = strings.TrimPrefix(name, prefix)
	}
	f := fault.Field{Name: name, Detail: sentence(d.Message)}
	if m := limitInMessage.FindStringSubmatch(d.Message); m != nil {
		f.Limit, _ = strconv.Atoi(m[1])
		f.Length = lengthOf(d.Value)
	}
	if d.Message == "unexpected property" {
		f.Detail = "This call has no such member."
	}
	if missing, ok := strings.CutPrefix(d.Message, "expected required property "); ok {
		missing = strings.TrimSuffix(missing, " to be present")
		f.Detail = "This member is required."
		if f.Name == "body" || f.Name == "" {
			f.Name = missing
		} else if !strings.HasSuffix(f.Name, missing) {
			f.Name += "." + missing
		}
	}
	return f
}

func lengthOf(v any) int {
	switch v := v.(type) {
	case string:
		return utf8.RuneCountInString(v)
	case []any:
		return len(v)
	case float64:
		return int(v)
	}
	if v := reflect.ValueOf(v); v.IsValid() && v.CanInt() {
		return int(v.Int())
	}
	return 0
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// failure is WhatsApp's refusal as a fault of ours.
func failure(f *wa.Failure) error {
	said := f.Problem.Title
	if f.Problem.Details != "" {
		said = f.Problem.Details
	}
	e := &fault.Error{Code: "whatsapp_refused", Cause: f}
	if f.Problem.Code != 0 {
		e.Detail = fmt.Sprintf("WhatsApp refused: %d %s", f.Problem.Code, said)
	} else {
		e.Detail = "WhatsApp did not answer."
	}
	switch f.Class {
	case wa.ClassNever, wa.ClassTemplate, wa.ClassOptOut, wa.ClassDrop:
		e.Kind, e.Advice = fault.Invalid, "Correct what WhatsApp names and try again."
	case wa.ClassToken, wa.ClassOperator, wa.ClassStopNumber, wa.ClassRegister:
		e.Kind, e.Advice = fault.Conflict, "An administrator must look at the number: see GET numbers."
	case wa.ClassPauseNumber, wa.ClassPausePair:
		e.Kind, e.Advice = fault.Limited, "Try again after a while."
	default:
		e.Kind, e.Code, e.Advice = fault.Unavailable, "whatsapp_unavailable", "Try again after a while."
	}
	return e
}
