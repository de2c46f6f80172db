package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"kontor/internal/fault"
)

const (
	maxBody     = 1 << 20 // bytes of JSON
	bodyTimeout = 10 * time.Second
)

// bodies takes a JSON body in before anything is done with it: so much and no
// more, within a time, and only of a type that we read. The deadline is lifted
// afterwards, so that a long answer is not cut off by a slow request's guard.
func (a *API) bodies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
			next.ServeHTTP(w, r)
			return
		}
		if !isJSON(r.Header.Get("Content-Type")) {
			a.refuse(w, r, notOurType())
			return
		}
		if r.ContentLength > maxBody {
			a.refuse(w, r, tooLarge())
			return
		}
		buf := buffers.Get().(*bytes.Buffer)
		defer func() {
			if buf.Cap() <= 64<<10 {
				buf.Reset()
				buffers.Put(buf)
			}
		}()
		if err := readBody(w, r, buf); err != nil {
			a.refuse(w, r, err)
			return
		}
		if err := textOnly(buf.Bytes()); err != nil {
			a.refuse(w, r, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(buf.Bytes()))
		next.ServeHTTP(w, r)
	})
}

// textOnly refuses JSON that is no text (RFC 8259, 8.1: UTF-8), which a parser
// would mend in silence, and a zero byte in a text of it, which no database and
// no phone keeps.
func textOnly(b []byte) error {
	if !utf8.Valid(b) {
		return notJSON("The body is not UTF-8.")
	}
	for i := bytes.IndexByte(b, '\\'); i >= 0 && i+1 < len(b); {
		if bytes.HasPrefix(b[i:], []byte(`\u0000`)) {
			return fault.Wrong(codeInvalid, fault.Field{Name: "body", Detail: "holds a text with a zero byte (\\u0000)."})
		}
		next := bytes.IndexByte(b[i+2:], '\\')
		if next < 0 {
			break
		}
		i += 2 + next
	}
	return nil
}

// plainAddress refuses an address, or an Idempotency-Key, that is no text: what
// it names could not even be looked for.
func (a *API) plainAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, text := range map[string]string{"path": r.URL.Path, "query": unescaped(r.URL.RawQuery), "Idempotency-Key": r.Header.Get("Idempotency-Key")} {
			if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
				a.refuse(w, r, fault.Wrong(codeInvalid, fault.Field{Name: name, Detail: "holds a zero byte, or is not UTF-8."}))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// unescaped is a query as the values in it are; one that cannot be read is left
// to whoever reads its parameters.
func unescaped(query string) string {
	if text, err := url.QueryUnescape(query); err == nil {
		return text
	}
	return query
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func readBody(w http.ResponseWriter, r *http.Request, into *bytes.Buffer) error {
	control := http.NewResponseController(w)
	timed := control.SetReadDeadline(time.Now().Add(bodyTimeout)) == nil // a recorder in tests has none
	_, err := into.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	if timed {
		_ = control.SetReadDeadline(time.Time{}) // was accepted a moment ago
	}
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return tooLarge()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fault.New(fault.Invalid, codeBodyTimeout, "The body did not arrive within 10 seconds; nothing was done.", "Send the request again.")
	}
	return fault.New(fault.Invalid, codeBodyUnread, "The body could not be read to its end; nothing was done.", "Send the request again.").Because(err)
}

// isJSON takes application/json and its relatives; no type at all is read as JSON.
func isJSON(contentType string) bool {
	if contentType == "" || contentType == "application/json" {
		return true
	}
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json"))
}
