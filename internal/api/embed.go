package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"io/fs"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"kontor/internal/wa"
)

const (
	embedFile  = "embed/embed.js" // among the web app's built files
	embedPage  = "embed.html"
	embedPath  = "/embed/embed.js"
	embedSoon  = "public, max-age=300"
	embedFixed = "public, max-age=31536000, immutable"
)

// embed adds what other systems' pages load: the script that defines
// kontor-panel, and the page of its frame.
func (a *API) embed(r chi.Router) {
	r.Get(embedPath, a.embedJS)
	r.Head(embedPath, a.embedJS)
	r.Get("/embed/panel/{token}", a.embedFrame)
	r.Head("/embed/panel/{token}", a.embedFrame)
}

// readEmbed reads the script once, for its version.
func (a *API) readEmbed() {
	if a.Web == nil {
		return
	}
	script, err := fs.ReadFile(a.Web, embedFile)
	if err != nil {
		return // a build without the panel: its address answers 404
	}
	sum := sha256.Sum256(script)
	a.embedCode, a.embedVersion = script, hex.EncodeToString(sum[:6])
}

// embedScript is the script's address that may be cached for ever.
func (a *API) embedScript() string {
	if a.embedVersion == "" {
		return embedPath
	}
	return embedPath + "?v=" + a.embedVersion
}

// embedJS serves the script, the same to everybody. Its plain address is asked
// for again after five minutes; the one with a version never changes.
func (a *API) embedJS(w http.ResponseWriter, r *http.Request) {
	if a.embedCode == nil {
		a.lost(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", mimeTypes[".js"])
	h.Set("Access-Control-Allow-Origin", "*") // for integrity checks; it holds no secret
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("ETag", `"`+a.embedVersion+`"`)
	h.Set("Cache-Control", embedSoon)
	if r.URL.Query().Get("v") == a.embedVersion {
		h.Set("Cache-Control", embedFixed)
	}
	if strings.Contains(r.Header.Get("If-None-Match"), `"`+a.embedVersion+`"`) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(a.embedCode)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.embedCode) // the client has left: nobody to tell
	}
}

// embedFrame serves the frame's page. The address names a token without opening
// anything; the page may be framed by that token's origin and nobody else, and
// is told it, so that it speaks to no other. The token itself comes later, by a
// message from the page around it.
func (a *API) embedFrame(w http.ResponseWriter, r *http.Request) {
	origin := ""
	if id, err := wa.ParsePanelTokenID(chi.URLParam(r, "token")); err == nil {
		if origin, err = a.Panels.Frame(r.Context(), id); err != nil {
			a.refuse(w, r, err)
			return
		}
	}
	if origin == "" || a.Web == nil {
		a.lost(w, r)
		return
	}
	page, err := fs.ReadFile(a.Web, embedPage)
	if err != nil {
		a.lost(w, r)
		return
	}
	page = bytes.Replace(page, []byte("<head>"), []byte("<head>\n    <meta name=\"kontor-panel-origin\" content=\""+html.EscapeString(origin)+"\" />"), 1)
	h := w.Header()
	h.Set("Content-Security-Policy", strings.Replace(pagePolicy, "frame-ancestors 'none'", "frame-ancestors "+origin, 1))
	h.Set("Content-Type", mimeTypes[".html"])
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(page) // the client has left: nobody to tell
	}
}
