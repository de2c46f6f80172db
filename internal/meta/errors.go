package meta

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"kontor/internal/wa"
)

// GraphError is the error of a Graph answer (cloud-api.md 3.1). Never branch on
// Message: titles are being retired.
type GraphError struct {
	Message        string     `json:"message"`
	Type           string     `json:"type"`
	Code           Int        `json:"code"`
	ErrorSubcode   Int        `json:"error_subcode,omitempty"`
	ErrorData      *ErrorData `json:"error_data,omitempty"`
	IsTransient    bool       `json:"is_transient,omitempty"`
	ErrorUserTitle string     `json:"error_user_title,omitempty"`
	ErrorUserMsg   string     `json:"error_user_msg,omitempty"`
	FBTraceID      string     `json:"fbtrace_id,omitempty"`
}

// ErrorBody is the whole body of an error answer.
type ErrorBody struct {
	Error *GraphError `json:"error"`
}

// TypeOAuth is GraphError.Type of most errors.
const TypeOAuth = "OAuthException"

// ParseError reads an error body; nil when body is none, as 5xx answers of the
// servers in front of Graph are.
func ParseError(body []byte) *GraphError {
	envelope, _, ok := loosely[struct {
		Error json.RawMessage `json:"error"`
	}](trim(body))
	if !ok || isNull(envelope.Error) {
		return nil
	}
	e, _, ok := loosely[GraphError](envelope.Error)
	if !ok {
		return nil
	}
	return &e
}

// Class is what to do about an error that came with that HTTP status. Where
// the code only says "invalid parameter", the subcode tells more; of a code that
// is not in the table, Meta's own is_transient counts.
func (e *GraphError) Class(status int) wa.Class {
	if e.Code == 0 && e.Type == TypeOAuth {
		return wa.ClassToken
	}
	if row, ok := e.row(); ok {
		return row.Class
	}
	if e.IsTransient && status != http.StatusTooManyRequests {
		return wa.ClassBackoff
	}
	return ClassOf(int(e.Code), status)
}

// MinDelay is the shortest wait before the next attempt, 0 when there is none.
func (e *GraphError) MinDelay() time.Duration {
	row, _ := e.row()
	return row.MinDelay
}

func (e *GraphError) row() (ErrorRow, bool) {
	if e.Code == codeInvalidParameter && e.ErrorSubcode != 0 {
		if row, ok := LookupError(int(e.ErrorSubcode)); ok {
			return row, true
		}
	}
	if e.Code == 0 {
		return ErrorRow{}, false
	}
	return LookupError(int(e.Code))
}

const codeInvalidParameter = 100

// Problem is the error in our words: its own title, else the table's.
func (e *GraphError) Problem() wa.Problem {
	p := wa.Problem{Code: int(e.Code), Title: title(e.Message)}
	if e.ErrorUserTitle != "" {
		p.Title = e.ErrorUserTitle
	}
	if row, ok := e.row(); ok && p.Title == "" {
		p.Title = row.Title
	}
	switch {
	case e.ErrorData != nil && e.ErrorData.Details != "":
		p.Details = e.ErrorData.Details
	default:
		p.Details = e.ErrorUserMsg
	}
	return p
}

// title is a message without the "(#131030) " in front.
func title(message string) string {
	if !strings.HasPrefix(message, "(#") {
		return message
	}
	if _, rest, ok := strings.Cut(message, ") "); ok {
		return rest
	}
	return message
}

// ClassOf is what to do about an error code that came with that HTTP status; 0
// when it came in a webhook. Codes outside the table: 200–299 and their kind
// need the operator, 429 pauses the number, 5xx are tried again, everything
// else is never tried again as it is. Code 0 is "token" only with 401, since
// 0 is also how an answer without a code looks.
func ClassOf(code, httpStatus int) wa.Class {
	if code != 0 || httpStatus == http.StatusUnauthorized {
		if row, ok := LookupError(code); ok {
			return row.Class
		}
	}
	switch {
	case httpStatus == http.StatusTooManyRequests:
		return wa.ClassPauseNumber
	case httpStatus >= 500:
		return wa.ClassBackoff
	case httpStatus == http.StatusUnauthorized:
		return wa.ClassToken
	}
	return wa.ClassNever
}
