package api

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"path"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"kontor/internal/fault"
)

//go:embed docs
var docsFiles embed.FS

const introduction = `Kontor's own API. Every call lies below /api/v1/whatsapp and needs an API key: Authorization: Bearer kontor_….

A send is answered 202 as soon as it is safely written down; statuses follow in GET messages/{id}, in the live stream and in webhooks. Send an Idempotency-Key with every send: a repetition is then answered as the first time.

Refusals are application/problem+json. Branch on code, which is stable; the texts are for people and may change. Lists are answered as {"data": […], "next_cursor": …}. Times are RFC 3339 in UTC with milliseconds.`

var tags = []*huma.Tag{
	{Name: "Sending", Description: "One call for each kind of message."},
	{Name: "Messages", Description: "What became of a message."},
	{Name: "Conversations", Description: "The correspondence with a person."},
	{Name: "Queue", Description: "Who waits, and who answers."},
	{Name: "Media", Description: "Files to send, and files that customers sent."},
	{Name: "Templates", Description: "Messages that WhatsApp has approved."},
	{Name: "Numbers", Description: "The business phone numbers."},
	{Name: "Orders", Description: "A shop's orders, and the messages that belong to them."},
	{Name: "Panels", Description: "An order's messages inside other systems' pages. Your server makes tokens; the calls below /panel are the frame's."},
	{Name: "Live stream", Description: "What happens, as it happens."},
	{Name: "Sign-in", Description: "How people come in. These calls need no key; the web app makes them."},
	{Name: "Oneself", Description: "A person's own password, second step, passkeys and sessions."},
	{Name: "Workspace", Description: "Settings, people and teams."},
	{Name: "API keys", Description: "Keys for programs."},
	{Name: "Outgoing webhooks", Description: "Have your own systems told of what happens, in Kontor's words or in Meta's."},
	{Name: "Oversight", Description: "Figures, and what fits nowhere."},
}

func securitySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		"key":     {Type: "http", Scheme: "bearer", Description: "An API key: kontor_…, made by `kontor key create` or POST keys."},
		"session": {Type: "apiKey", In: "cookie", Name: cookieName, Description: "The web app's session. Calls that change something also need the header X-Kontor-Request: 1, from the same origin."},
	}
}

// document writes the OpenAPI document once, when all calls are known.
func (a *API) document() error {
	describe(a.huma.OpenAPI().Components.Schemas.Map())
	spec, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return fmt.Errorf("write the OpenAPI document: %w", err)
	}
	a.spec = spec
	return nil
}

// OpenAPI is the OpenAPI 3.1 document, as served at /openapi.json.
func (a *API) OpenAPI() []byte { return a.spec }

func (a *API) serveSpec(w http.ResponseWriter, r *http.Request) {
	serveStatic(w, r, "application/json", a.spec)
}

// docs serves the documentation page: one page that reads /openapi.json, with
// its script and style beside it, so that the page's policy need allow nothing
// but the house.
func (a *API) docs(r chi.Router) {
	for address, name := range map[string]string{"/docs": "docs.html", "/docs/docs.js": "docs.js", "/docs/docs.css": "docs.css"} {
		content, err := docsFiles.ReadFile(path.Join("docs", name))
		serve := func(w http.ResponseWriter, r *http.Request) {
			if err != nil {
				a.refuse(w, r, fault.As(err))
				return
			}
			serveStatic(w, r, mimeTypes[path.Ext(name)], content)
		}
		r.Get(address, serve)
		r.Head(address, serve)
	}
}

func serveStatic(w http.ResponseWriter, r *http.Request, kind string, content []byte) {
	sum := sha256.Sum256(content)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(content) // the client has left: nobody to tell
}
