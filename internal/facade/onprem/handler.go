package onprem

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"kontor/internal/account"
	"kontor/internal/premises"
	"kontor/internal/wa"
)

// Handler serves the On-Premises API of every number that has it. Safe for
// concurrent use.
type Handler struct {
	Deps
	router  *chi.Mux
	started time.Time
	figures *figures
}

// New makes a Handler.
func New(d Deps) *Handler {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	h := &Handler{Deps: d, router: chi.NewRouter(), started: d.Now(), figures: newFigures()}
	h.routes()
	return h
}

// Mount puts the API's addresses on the product's router.
func (h *Handler) Mount(r chi.Router) {
	r.Handle("/v1", h)
	r.Handle("/v1/*", h)
	r.Handle("/onprem/*", h)
}

// access is who may make a call.
type access int

const (
	open    access = iota // before anybody has logged in
	monitor               // users, and API keys in the manner of WA_API_KEY
	member                // users
	admin                 // the role admin
)

// call is one request with all that is known of it.
type call struct {
	*Handler
	w http.ResponseWriter
	r *http.Request

	name      string // of the route: "POST /v1/messages"
	facade    premises.Facade
	selected  bool // by host or path, not by who asks
	number    *wa.Number
	who       premises.Principal
	key       account.Principal // instead of who, when one of Kontor's keys speaks
	author    wa.Author
	admin     bool
	dialog360 bool     // 360dialog's dialect
	gateway   bool     // refused at 360dialog's door
	unknown   string   // what was asked for that there is not
	notes     []string // members that have no effect here
}

func (c *call) ctx() context.Context { return c.r.Context() }

// param is a part of the path.
func (c *call) param(name string) string { return chi.URLParam(c.r, name) }

// note remembers members that were accepted and do nothing, for kontor doctor --onprem.
func (c *call) note(names ...string) { c.notes = append(c.notes, names...) }

type handle func(c *call) (*answer, error)

func (h *Handler) routes() {
	h.router.NotFound(h.serve("", open, func(*call) (*answer, error) { return nil, errUnknownPath() }))
	h.router.MethodNotAllowed(h.serve("", open, func(*call) (*answer, error) {
		return nil, refuse(1006, "This path does not take this method.").with(http.StatusMethodNotAllowed)
	}))
	for _, r := range []struct {
		method, path string
		access       access
		handle       handle
	}{
		{"POST", "/users/login", open, (*call).login},
		{"POST", "/users/logout", member, (*call).logout},
		{"POST", "/users", admin, (*call).createUser},
		{"GET", "/users/{name}", member, (*call).readUser},
		{"PUT", "/users/{name}", member, (*call).updateUser},
		{"DELETE", "/users/{name}", admin, (*call).deleteUser},

		{"POST", "/account", admin, (*call).register},
		{"POST", "/account/verify", admin, (*call).verifyCode},
		{"GET", "/account/shards", admin, (*call).readShards},
		{"POST", "/account/shards", admin, (*call).setShards},
		{"POST", "/settings/account/two-step", admin, (*call).setTwoStep},
		{"DELETE", "/settings/account/two-step", admin, (*call).dropTwoStep},

		{"GET", "/settings/application", admin, (*call).readSettings},
		{"PATCH", "/settings/application", admin, (*call).patchSettings},
		{"DELETE", "/settings/application", admin, (*call).resetSettings},
		{"GET", "/settings/application/media/providers", admin, (*call).readProviders},
		{"POST", "/settings/application/media/providers", admin, (*call).saveProviders},
		{"DELETE", "/settings/application/media/providers/{name}", admin, (*call).deleteProvider},
		{"GET", "/settings/business/profile", member, (*call).readProfile},
		{"POST", "/settings/business/profile", member, (*call).setProfile},
		{"GET", "/settings/profile/about", member, (*call).readAbout},
		{"PATCH", "/settings/profile/about", member, (*call).setAbout},
		{"GET", "/settings/profile/photo", member, (*call).readPhoto},
		{"POST", "/settings/profile/photo", member, (*call).setPhoto},
		{"DELETE", "/settings/profile/photo", member, (*call).deletePhoto},
		{"POST", "/settings/backup", admin, (*call).backup},
		{"POST", "/settings/restore", admin, (*call).restore},

		{"POST", "/certificates/external", admin, (*call).setCertificate},
		{"GET", "/certificates/external/ca", admin, (*call).readCertificate},
		{"GET", "/certificates/webhooks/ca", admin, (*call).readWebhookCA},
		{"POST", "/certificates/webhooks/ca", admin, (*call).setWebhookCA},
		{"DELETE", "/certificates/webhooks/ca", admin, (*call).deleteWebhookCA},

		{"POST", "/contacts", member, (*call).checkContacts},
		{"GET", "/contacts/{wa_id}/identity", member, (*call).readIdentity},
		{"PUT", "/contacts/{wa_id}/identity", member, (*call).acknowledgeIdentity},
		{"POST", "/messages", member, (*call).sendMessage},
		{"PUT", "/messages/{id}", member, (*call).markRead},
		{"POST", "/media", member, (*call).upload},
		{"GET", "/media/{id}", member, (*call).download},
		{"DELETE", "/media/{id}", member, (*call).deleteMedia},

		{"GET", "/stickerpacks", member, (*call).listPacks},
		{"POST", "/stickerpacks", member, (*call).createPack},
		{"GET", "/stickerpacks/{pack}", member, (*call).readPack},
		{"PATCH", "/stickerpacks/{pack}", member, (*call).changePack},
		{"DELETE", "/stickerpacks/{pack}", member, (*call).deletePack},
		{"GET", "/stickerpacks/{pack}/stickers", member, (*call).listStickers},
		{"POST", "/stickerpacks/{pack}/stickers", member, (*call).addSticker},
		{"GET", "/stickerpacks/{pack}/stickers/{index}", member, (*call).readSticker},
		{"PATCH", "/stickerpacks/{pack}/stickers/{index}", member, (*call).changeSticker},
		{"DELETE", "/stickerpacks/{pack}/stickers/{index}", member, (*call).deleteSticker},

		{"PUT", "/services/message/gc", admin, (*call).collectMessages},
		{"PUT", "/services/media/gc", admin, (*call).collectMedia},
		{"GET", "/health", monitor, (*call).health},
		{"GET", "/support", member, (*call).support},
		{"GET", "/stats/app", monitor, (*call).statsApp},
		{"GET", "/stats/db", monitor, (*call).statsDB},
		{"GET", "/metrics", monitor, (*call).metrics},

		{"GET", "/configs/webhook", member, (*call).readHook},
		{"POST", "/configs/webhook", admin, (*call).setHook},
		{"GET", "/configs/templates", member, (*call).listTemplates},
		{"POST", "/configs/templates", admin, (*call).createTemplate},
		{"DELETE", "/configs/templates/{name}", admin, (*call).deleteTemplate},
		{"GET", "/configs/phone_number", member, (*call).phoneNumber},
	} {
		h.router.MethodFunc(r.method, "/v1"+r.path, h.serve(r.method+" /v1"+r.path, r.access, r.handle))
	}
}

// prefix is the path that selects a number: /onprem/{number}/v1/…
const prefix = "/onprem/"

type selectorKey struct{}

// ServeHTTP takes every form of an address: with a number in front, with a
// slash at the end, and /metrics without a version.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, selector := r.URL.Path, ""
	if rest, ok := strings.CutPrefix(path, prefix); ok {
		number, tail, _ := strings.Cut(rest, "/")
		selector, path = number, "/"+tail
	}
	if path == "/metrics" {
		path = "/v1/metrics"
	}
	if len(path) > 1 {
		path = strings.TrimRight(path, "/")
	}
	ctx := context.WithValue(r.Context(), selectorKey{}, selector)
	// A router of its own: the outer one's findings must not reach it.
	ctx = context.WithValue(ctx, chi.RouteCtxKey, (*chi.Context)(nil))
	inner := r.WithContext(ctx)
	url := *r.URL
	url.Path, url.RawPath = path, ""
	inner.URL = &url
	h.router.ServeHTTP(w, inner)
}

// serve is around every call: who asks, what is answered, and what is counted.
func (h *Handler) serve(name string, level access, do handle) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{Handler: h, w: &written{ResponseWriter: w}, r: r, name: name}
		began := h.Now()
		a, err := c.guarded(level, do)
		var refused *Refusal
		if err != nil {
			refused = refusalOf(err)
			if refused.Status >= 500 {
				h.Log.ErrorContext(r.Context(), "a call of the On-Premises API failed", "call", name, "code", codeOf(refused), "err", cause(refused))
			}
		}
		status := http.StatusOK
		switch {
		case refused != nil:
			status = refused.Status
			c.writeRefusal(refused)
		default:
			c.write(a)
			if a.status != 0 {
				status = a.status
			}
		}
		if name == "" {
			if c.unknown != "" {
				h.Premises.Used(c.facade, c.unknown, true, nil)
			}
			return
		}
		h.figures.add(c.facade.NumberID, figureName(name), status, h.Now().Sub(began))
		if c.facade.NumberID != 0 {
			h.Premises.Used(c.facade, c.name, refused != nil, c.notes)
		}
	}
}

// guarded lets in who may call, and keeps a panic from reaching the client as
// anything but the old form.
func (c *call) guarded(level access, do handle) (a *answer, err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler || c.w.(*written).begun {
			panic(p)
		}
		a, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}()
	err = c.enter(level)
	if c.name != "" {
		c.figures.read(c.facade.NumberID)
	}
	if err != nil {
		return nil, err
	}
	return do(c)
}

// written remembers whether an answer has begun.
type written struct {
	http.ResponseWriter
	begun bool
}

func (w *written) WriteHeader(status int) {
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *written) Write(b []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach deadlines.
func (w *written) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func codeOf(r *Refusal) int {
	if len(r.Errors) == 0 {
		return 0
	}
	return r.Errors[0].Code
}

func cause(r *Refusal) error {
	if r.cause != nil {
		return r.cause
	}
	return errors.New(r.Error())
}
