package api

import (
	"errors"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"kontor/internal/fault"
)

// mimeTypes are those of the files that a build makes: the machine's own table
// may lack some or have them wrong.
var mimeTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".json": "application/json", ".webmanifest": "application/manifest+json", ".map": "application/json",
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".ico": "image/x-icon",
	".woff2": "font/woff2", ".wasm": "application/wasm", ".txt": "text/plain; charset=utf-8", ".ogg": "audio/ogg", ".mp3": "audio/mpeg",
}

// machines are the addresses that programs call: what is unknown below them is
// an error and never a page.
var machines = regexp.MustCompile(`^/(?:api|webhook|v\d+(?:\.\d+)?|openapi\.json|metrics)(?:/|$)`)

// pages adds the web app, the documentation and sign-in.
func (a *API) pages(r chi.Router) {
	r.Get("/signin", a.signIn)
	r.Head("/signin", a.signIn)
	a.sso(r)
	r.Get("/openapi.json", a.serveSpec)
	a.docs(r)
	a.embed(r)
}

// notFound is everything else: a file of the web app, a page of it (the app
// reads the path itself), or nothing.
func (a *API) notFound(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || machines.MatchString(r.URL.Path) || a.Web == nil {
		a.refuse(w, r, fault.New(fault.NotFound, "not_found", "There is nothing at this address.", "See /docs for the calls."))
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	switch {
	case name == "" || name == "index.html":
		a.index(w, r)
	case name == "sandbox.html", name == embedPage, strings.HasPrefix(name, "embed/"): // these have addresses of their own
		a.lost(w, r)
	case a.file(w, r, name):
	case strings.HasPrefix(name, "assets/") || path.Ext(name) != "":
		a.lost(w, r)
	default:
		a.index(w, r)
	}
}

func (a *API) lost(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, "There is no such file.", http.StatusNotFound)
}

// index serves the web app's page, which is asked for anew each time, so that
// an update is seen at once.
func (a *API) index(w http.ResponseWriter, r *http.Request) {
	if a.Web == nil || !a.file(w, r, "index.html") {
		a.lost(w, r)
	}
}

// file serves a built file; ok is false when there is none of that name.
func (a *API) file(w http.ResponseWriter, r *http.Request, name string) (ok bool) {
	if !fs.ValidPath(name) {
		return false
	}
	content, err := fs.ReadFile(a.Web, name)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			info, statErr := fs.Stat(a.Web, name)
			if statErr != nil || !info.IsDir() {
				a.log.ErrorContext(r.Context(), "reading a file of the web app failed", "err", err)
			}
		}
		return false
	}
	h := w.Header()
	if kind, known := mimeTypes[path.Ext(name)]; known {
		h.Set("Content-Type", kind)
	} else {
		h.Set("Content-Type", "application/octet-stream")
	}
	if strings.HasPrefix(name, "assets/") { // their names change with their content
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	h.Add("Vary", "Accept-Encoding")
	if takesGzip(r) {
		if packed, err := fs.ReadFile(a.Web, name+".gz"); err == nil {
			h.Set("Content-Encoding", "gzip")
			content = packed
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(content) // the client has left: nobody to tell
	}
	return true
}

func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return strings.ReplaceAll(q, " ", "") != "q=0"
		}
	}
	return false
}
