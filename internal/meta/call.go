package meta

import (
	"io"
	"net/http"
	"net/url"
)

// Call is a Graph call that is passed through as it is: to the carrier of the
// number that it is made for, with that number's own token.
type Call struct {
	Method      string
	Path        string     // below the version, begins with "/", parts escaped
	Query       url.Values // never a token
	ContentType string
	Body        io.Reader   // nil: none; read once
	Length      int64       // of Body in bytes; -1 when not known
	Header      http.Header // further headers, as file_offset of uploads; or nil
}

// Reply is Graph's answer to a Call, whatever its status.
type Reply struct {
	Status int
	Header http.Header // only those of ReplyHeaders
	Body   []byte
}

// ReplyHeaders are the headers of an answer that say something to the caller
// (cloud-api.md 0): usage and waiting, never cookies or hosts.
func ReplyHeaders() []string {
	return []string{"X-App-Usage", "X-Business-Use-Case-Usage", "Retry-After"}
}
