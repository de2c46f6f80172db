// Package fault sorts errors by what the caller can do about them. Every fault
// says what happened, whether anything was sent, what to do next, and carries a
// stable code that programs may branch on (law 10). The text is safe for
// strangers; the cause is for the log only.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind is what the caller can do.
type Kind string

const (
	Invalid      Kind = "invalid"      // the request is wrong: change it
	Unauthorized Kind = "unauthorized" // say who you are
	Forbidden    Kind = "forbidden"    // you may not
	NotFound     Kind = "not_found"
	Conflict     Kind = "conflict"    // somebody else was first, or the state does not allow it
	TooLarge     Kind = "too_large"   // body or file over its limit
	Limited      Kind = "limited"     // too much at once: later
	Unavailable  Kind = "unavailable" // not now: try again
	Internal     Kind = "internal"    // our fault
)

// Error is a fault. Detail and Advice are sentences for the person at the other end.
type Error struct {
	Kind   Kind
	Code   string  // stable, lower_snake: "window_closed"
	Detail string  // what happened, and that nothing was sent if so
	Advice string  // what to do next
	Fields []Field // which members of the request, for Invalid
	Cause  error   // for the log; never shown
}

// Field names a wrong member of a request.
type Field struct {
	Name   string // path in Meta's names: "interactive.action.buttons[0].reply.title"
	Detail string // one sentence
	Limit  int    // the limit it breaks; 0 when it is not about a size
	Length int    // the length or size the value has, in the limit's unit
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Detail, e.Cause)
	}
	return e.Code + ": " + e.Detail
}

func (e *Error) Unwrap() error { return e.Cause }

// New makes a fault.
func New(kind Kind, code, detail, advice string) *Error {
	return &Error{Kind: kind, Code: code, Detail: detail, Advice: advice}
}

// Because returns a copy of e with its cause.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// Wait is the cause of a Limited or Unavailable fault that knows when the same
// is worth trying again; edges tell it in Retry-After.
type Wait time.Duration

func (w Wait) Error() string { return "wait " + time.Duration(w).String() }

// RetryIn is how long to wait.
func (w Wait) RetryIn() time.Duration { return time.Duration(w) }

// Wrong makes an Invalid fault about fields; its detail names the first.
func Wrong(code string, fields ...Field) *Error {
	e := &Error{
		Kind: Invalid, Code: code, Fields: fields,
		Detail: "The request was refused and nothing was sent.",
		Advice: "Correct the fields named in errors and send the request again.",
	}
	if len(fields) > 0 {
		e.Detail = fields[0].Name + ": " + fields[0].Detail + " Nothing was sent."
	}
	return e
}

// As finds the fault in err; anything else is an Internal one whose cause is err.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{
		Kind: Internal, Code: "internal", Cause: err,
		Detail: "Something went wrong inside Kontor.",
		Advice: "Try again; if it stays, look for the request id in the log.",
	}
}

// Is reports whether err is a fault of this kind.
func Is(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}
