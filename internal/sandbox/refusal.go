package sandbox

import (
	"encoding/hex"
	"fmt"
	"net/http"

	"kontor/internal/meta"
)

// refusal is why Meta would not do something. It becomes a Graph error or, when
// it comes to light after the 200, the errors[] of a failed status
// (cloud-api.md 3.1). Details names the field.
type refusal struct {
	code    int
	details string
	subcode int
	status  int    // HTTP status; 0: that of the error table
	message string // instead of "(#code) title"
	kind    string // error.type; OAuthException when empty
	bare    bool   // without error_data, as Graph's own errors are
	passing bool   // is_transient
	user    string // error_user_title; error_user_msg are the details
}

// refuse makes a refusal with the title and HTTP status of the error table.
func refuse(code int, format string, args ...any) *refusal {
	return &refusal{code: code, details: fmt.Sprintf(format, args...)}
}

// The codes that checks use most (cloud-api.md 3.4, 3.5).
const (
	codeInvalid   = 100    // misspelt, wrong JSON type, too long
	codeMissing   = 131008 // required parameter is missing
	codeValue     = 131009 // parameter value is not valid
	codeType      = 131051 // unsupported message type
	codeMedia     = 131053 // type, size or link of media
	codeCount     = 132000 // template parameter count
	codeTemplate  = 132001 // no such template
	codeFormat    = 132012 // template parameter format
	codeWindow    = 131047 // 24-hour window closed
	codeRate      = 130429 // number throughput
	codePair      = 131056 // pair rate
	codeUndeliver = 131026 // not on WhatsApp
	codeOptedOut  = 131050 // no marketing, please
	codeToken     = 190
)

func missing(at string) *refusal { return refuse(codeMissing, "%s: parameter is required", at) }

// title is Meta's title of the code.
func (f *refusal) title() string {
	if row, ok := meta.LookupError(f.code); ok {
		return row.Title
	}
	return "Something went wrong"
}

func (f *refusal) httpStatus() int {
	if f.status != 0 {
		return f.status
	}
	if row, ok := meta.LookupError(f.code); ok && row.HTTP >= 400 {
		return row.HTTP
	}
	return http.StatusBadRequest
}

// body is the Graph error.
func (f *refusal) body(trace string) meta.ErrorBody {
	e := &meta.GraphError{
		Message: f.message, Type: f.kind, Code: meta.Int(f.code), ErrorSubcode: meta.Int(f.subcode), FBTraceID: trace,
		IsTransient: f.passing,
	}
	if e.Message == "" {
		e.Message = fmt.Sprintf("(#%d) %s", f.code, f.title())
	}
	if e.Type == "" {
		e.Type = meta.TypeOAuth
	}
	if f.user != "" {
		e.ErrorUserTitle, e.ErrorUserMsg = f.user, f.details
	}
	if !f.bare {
		e.ErrorData = &meta.ErrorData{MessagingProduct: "whatsapp", Details: f.details}
	}
	return meta.ErrorBody{Error: e}
}

// asWebhook is the error inside a failed status; title equals message there.
func (f *refusal) asWebhook() []meta.Error {
	return []meta.Error{{
		Code: meta.Int(f.code), Title: f.title(), Message: f.title(),
		ErrorData: &meta.ErrorData{Details: f.details},
		Href:      "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
	}}
}

// Graph's own errors, which are not about messages.

func badToken(details string) *refusal {
	return &refusal{code: codeToken, status: http.StatusUnauthorized, message: details, bare: true}
}

func unknownObject(method, id string) *refusal {
	return &refusal{
		code: codeInvalid, subcode: 33, status: http.StatusBadRequest, kind: "GraphMethodException", bare: true,
		message: fmt.Sprintf("Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation.", lowerMethod(method), id),
	}
}

func unknownEdge(node, edge string) *refusal {
	return &refusal{
		code: codeInvalid, status: http.StatusBadRequest, bare: true,
		message: fmt.Sprintf("(#100) Tried accessing nonexisting field (%s) on node type (%s)", edge, node),
	}
}

func unknownPath(path string) *refusal {
	return &refusal{code: 2500, status: http.StatusBadRequest, bare: true, message: "Unknown path components: " + path}
}

func badParameter(format string, args ...any) *refusal {
	return &refusal{code: codeInvalid, status: http.StatusBadRequest, message: "(#100) Invalid parameter", details: fmt.Sprintf(format, args...)}
}

func lowerMethod(m string) string {
	switch m {
	case http.MethodPost:
		return "post"
	case http.MethodDelete:
		return "delete"
	}
	return "get"
}

// trace is a fbtrace_id: "A" and 21 letters.
func trace(seed uint64, n string) string {
	return "A" + hex.EncodeToString(mix(seed, "trace", n))[:21]
}
