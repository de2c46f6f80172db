package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

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
		r.Body = io.NopCloser(bytes.NewReader(buf.Bytes()))
		next.ServeHTTP(w, r)
	})
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
