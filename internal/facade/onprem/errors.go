package onprem

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kontor/internal/fault"
	"kontor/internal/premises"
	"kontor/internal/wa"
)

// Error is one error in the form of the old API (on-premises-api.md 0).
type Error struct {
	Code    int    `json:"code"`
	Title   string `json:"title"`
	Details string `json:"details,omitempty"`
	Href    string `json:"href,omitempty"`
}

// Refusal is an answer that says no.
type Refusal struct {
	Status     int
	Errors     []Error
	RetryAfter time.Duration
	cause      error // for the log
}

func (r *Refusal) Error() string {
	if len(r.Errors) == 0 {
		return "refused"
	}
	return strconv.Itoa(r.Errors[0].Code) + " " + r.Errors[0].Title + ": " + r.Errors[0].Details
}

func (r *Refusal) Unwrap() error { return r.cause }

func (r *Refusal) because(err error) *Refusal { r.cause = err; return r }

func (r *Refusal) with(status int) *Refusal { r.Status = status; return r }

// refuse makes a refusal with the title and the HTTP status that its code has.
func refuse(code int, details string) *Refusal {
	return &Refusal{Status: statusOf(code), Errors: []Error{newError(code, details)}}
}

func newError(code int, details string) Error {
	return Error{Code: code, Title: Title(code), Details: details}
}

// statusOf is the HTTP status of a synchronous error (on-premises-api.md 6):
// clients branch on its class before they look at the code.
func statusOf(code int) int {
	switch code {
	case 1000, 1014, 1017, 1018, 1023:
		return http.StatusInternalServerError
	case 1005, 1031:
		return http.StatusForbidden
	case 1006:
		return http.StatusNotFound
	case 1011, 1016:
		return http.StatusServiceUnavailable
	case 429, 471, 1015:
		return http.StatusTooManyRequests
	case 1024:
		return http.StatusUnauthorized
	}
	return http.StatusBadRequest
}

func errMissing(name string) *Refusal {
	return refuse(1008, "The parameter "+name+" is missing.")
}

func errWrong(name, why string) *Refusal {
	return refuse(1009, "The parameter "+name+" is not valid: "+why)
}

var (
	errUnknownPath = func() *Refusal { return refuse(1006, "There is no such path.") }
	errNotAdmin    = func() *Refusal { return refuse(1005, "This call needs the role admin.") }
	errNotReady    = func() *Refusal { return refuse(1011, "Coreapp not ready.") }
)

// unauthorized is the answer to a missing or bad token.
func unauthorized(details string) *Refusal {
	return refuse(1005, details).with(http.StatusUnauthorized)
}

// refusalOf turns any error of Kontor's into the old form. It is the only place
// where that happens; whatever it does not know is our own fault (1014), and
// its text stays in the log.
func refusalOf(err error) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	f := fault.As(err)
	if r := refusalOfCode(f); r != nil {
		return r.because(err)
	}
	switch f.Kind {
	case fault.Invalid:
		return refusalOfFields(f)
	case fault.Unauthorized:
		return unauthorized(f.Detail)
	case fault.Forbidden:
		return refuse(1005, f.Detail)
	case fault.NotFound:
		return refuse(1006, f.Detail)
	case fault.Conflict:
		return refuse(1009, f.Detail)
	case fault.TooLarge:
		return refuse(1009, f.Detail).with(http.StatusRequestEntityTooLarge)
	case fault.Limited:
		return refuse(1015, f.Detail).because(err)
	case fault.Unavailable:
		return refuse(1016, f.Detail).because(err)
	}
	return refuse(1014, "Something went wrong inside; nothing more is known to the caller.").because(err)
}

// refusalOfCode knows the faults that have a code of their own in the old API.
func refusalOfCode(f *fault.Error) *Refusal {
	switch f.Code {
	case premises.CodeLogin, premises.CodeToken:
		return unauthorized(f.Detail)
	case premises.CodePasswordChange:
		return refuse(1024, "Password must be changed")
	case premises.CodeUserTaken:
		return refuse(1014, "Unable to create user. Already exist?")
	case premises.CodeSettingUnknown:
		return refuse(1010, "The parameter "+firstField(f)+" is not known.")
	case premises.CodeSettingWrong:
		return errWrong(firstField(f), f.Fields[0].Detail)
	case "contact_unknown":
		return refuse(1006, "unknown contact")
	case "number_unknown":
		return refuse(1014, "The business number of this façade is not connected.")
	}
	return nil
}

func firstField(f *fault.Error) string {
	if len(f.Fields) == 0 {
		return "body"
	}
	return f.Fields[0].Name
}

// refusalOfFields names every wrong member, the missing ones first: a client
// looks at the first error.
func refusalOfFields(f *fault.Error) *Refusal {
	if len(f.Fields) == 0 {
		return refuse(1009, f.Detail)
	}
	r := &Refusal{Status: http.StatusBadRequest}
	for _, missing := range []bool{true, false} {
		for _, w := range f.Fields {
			if code := codeOfField(w); (code == 1008) == missing {
				r.Errors = append(r.Errors, newError(code, w.Name+": "+w.Detail))
			}
		}
	}
	return r
}

func codeOfField(w fault.Field) int {
	switch {
	case strings.Contains(w.Detail, "required") && w.Length == 0:
		return 1008
	case w.Name == "text.body" && w.Limit > 0 && w.Length > w.Limit:
		return 1001
	case w.Name == "interactive.header" || w.Name == "interactive.header.type":
		return 2036
	case strings.HasPrefix(w.Name, sectionsField):
		return codeOfSections(w)
	}
	return 1009
}

const sectionsField = "interactive.action.sections"

// codeOfSections is that of a list's sections and their rows.
func codeOfSections(w fault.Field) int {
	switch {
	case w.Name == sectionsField && strings.Contains(w.Detail, "rows"), strings.HasSuffix(w.Name, ".rows"):
		return 2016
	case w.Name == sectionsField && !strings.Contains(w.Detail, "products"):
		return 2015
	case w.Name != sectionsField && w.Limit > 0 && w.Length > w.Limit:
		return 2017
	}
	return 1009
}

// refusalOfFailure is what WhatsApp said to something that was asked of it
// while a client waited. That our own token died is never the client's fault.
func refusalOfFailure(f *wa.Failure) *Refusal {
	switch f.Class {
	case wa.ClassToken, wa.ClassRegister, wa.ClassOperator:
		return refuse(1014, "The connection to WhatsApp needs an operator.").because(f)
	}
	if f.Problem.Code == 0 {
		return refuse(1016, "WhatsApp did not answer.").because(f)
	}
	code := synchronousCode(f.Problem.Code)
	r := refuse(code, cloudDetails(f.Problem)).because(f)
	r.RetryAfter = f.RetryAfter
	return r
}
