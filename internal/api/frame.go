package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/go-chi/chi/v5"

	"kontor/internal/account"
)

// request is what Kontor knows of a request beyond HTTP. There is one for each,
// made by frame and filled in on the way.
type request struct {
	id        string
	principal account.Principal
	secret    string // the API key or session token it came with
	byCookie  bool
	panel     *grant // set instead of a principal with rights: see panelAuth
	http      *http.Request
}

type requestKey struct{}

// requestOf finds it; outside a request it is empty.
func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// principal is who speaks; auth has made sure that there is somebody.
func principal(ctx context.Context) account.Principal { return requestOf(ctx).principal }

// answer remembers what was answered, for the log and the metrics.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach flushing and deadlines.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// frame is around every request: it names it, keeps a panic from ending more
// than it, and logs and counts what became of it. The log has the route, never
// the path, since a path may hold a phone number; and no body, query or header.
func (a *API) frame(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		req := &request{id: requestID(r), http: r}
		w.Header().Set("X-Request-Id", req.id)
		secure(w.Header())
		out := &answer{ResponseWriter: w}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, req))
		defer func() {
			if p := recover(); p != nil {
				a.panicked(out, r, p)
			}
			a.done(r, req, out, time.Since(start))
		}()
		next.ServeHTTP(out, r)
	})
}

// panicked answers 500 when nothing was answered yet, and breaks the connection
// otherwise, so that nobody takes half an answer for a whole one.
func (a *API) panicked(out *answer, r *http.Request, p any) {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	if out.status == 0 {
		a.refuse(out, r, err)
		return
	}
	a.log.ErrorContext(r.Context(), "request failed after its answer began", "request_id", requestOf(r.Context()).id, "err", err)
	panic(http.ErrAbortHandler)
}

func (a *API) done(r *http.Request, req *request, out *answer, took time.Duration) {
	route := chi.RouteContext(r.Context()).RoutePattern()
	if route == "" {
		route = "unmatched"
	}
	status := out.status
	if status == 0 {
		status = http.StatusOK
	}
	a.metrics.observe(r.Method, route, status, took)
	level := levelOf(route, status)
	if !a.log.Enabled(r.Context(), level) {
		return
	}
	a.log.LogAttrs(r.Context(), level, "request", requestAttrs(r.Method, route, status, out.bytes, took, req)...)
}

// secure sets what every answer carries. A page that needs more room sets its
// own Content-Security-Policy after this.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), payment=(), usb=(), microphone=(self)")
}

// pagePolicy lets pages load from the house, and send forms to it, only; blob:
// and data: are for previews of what a person attaches.
const pagePolicy = "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// requestID takes the caller's own id when it is a plain short word, so that
// one id follows a request through several systems, and makes one otherwise.
func requestID(r *http.Request) string {
	if given := r.Header.Get("X-Request-Id"); plainWord(given) {
		return given
	}
	var b [12]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}

func plainWord(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}

func writeJSON(w http.ResponseWriter, status int, contentType string, v any) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // the client has left: nobody to tell
}
