// Package api is the outside of Kontor for programs and for its own web app:
// the REST API under /api/v1/whatsapp with its OpenAPI document and the page
// that shows it, the live stream, sign-in, the web app's files, and what
// operators look at (/healthz, /readyz, /metrics).
//
//	frame.go, auth.go, body.go   what happens to every request, in this order
//	door.go, entrance.go, …      how people come in who are not in yet
//	problem.go                   the one place where an error becomes HTTP
//	route.go                     how a call is declared: right, texts, shapes
//	send*.go, message.go, …      the calls, one file for each noun
//	hub.go, stream.go            server-sent events from the journal
//	docs.go, web.go              pages and files
//
// The package holds no rule of the business: it reads a request strictly (an
// unknown member is refused, never dropped), asks a noun, and writes the answer
// in the words of the API. It never writes a secret or a message into the log.
package api

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Base is where the calls lie.
const Base = "/api/v1/whatsapp"

// Deps are what an API is made of. All are required but More, Refuse, Web,
// Checks, PublicURL, Proxies and SignOn.
type Deps struct {
	Accounts  *account.Accounts
	Outbox    Outbox
	Inbox     Inbox
	Numbers   Numbers
	Carrier   Carrier
	Media     Media
	Templates Templates
	Webhooks  Webhooks
	Callbacks Callbacks
	Orders    Orders
	Panels    Panels
	Desk      Desk
	Routing   Routing
	Presence  Presence
	Events    Events
	Search    Search
	Figures   Figures
	// SyncTemplates has the workspace's catalogue read anew soon; it does not
	// wait for that.
	SyncTemplates func(ctx context.Context, ws wa.WorkspaceID) error

	Runner  txn.Runner
	Journal Journal
	Signal  *journal.Signal // notified after every commit that may hold facts

	Checks   []Check
	Alarms   func() []Missing     // what somebody must look at although Kontor is ready; nil: nothing
	Web      fs.FS                // the web app's built files, index.html at the root
	Registry *prometheus.Registry // what /metrics shows; the API adds its own
	// More adds what is no part of the REST API (intake, façades) to the same
	// router: it gets the request id, the log and the metrics, but no
	// authentication and no limit of the body.
	More func(chi.Router)
	// Refuse answers what the router refuses below an address of More's, in the
	// form that its callers expect; it tells false for other addresses. May be nil.
	Refuse func(w http.ResponseWriter, r *http.Request, err error) bool

	// PublicURL is where people reach Kontor, without a slash at the end; empty:
	// wherever they do. Links that are shown, and passkeys, go by it.
	PublicURL string
	// Proxies are the networks whose word about a client's address is believed.
	Proxies []netip.Prefix
	SignOn  SignOn // another house's sign-on; nil: none

	Version string
	Log     *slog.Logger
	Now     func() time.Time
}

// API serves everything below one address. Safe for concurrent use.
type API struct {
	Deps
	accounts *account.Accounts
	log      *slog.Logger
	now      func() time.Time
	started  time.Time

	router  *chi.Mux
	huma    huma.API
	spec    []byte
	metrics *metrics
	hub     *hub
	names   *directory
	signins *limiter
	tries   *limiter // of the calls for those who are not in yet
	doors   huma.API // those calls

	embedCode    []byte // the script for other systems' pages
	embedVersion string
}

// New makes the API. It serves at once; the live stream works while Run does.
func New(d Deps) (*API, error) {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Registry == nil {
		d.Registry = prometheus.NewRegistry()
	}
	a := &API{Deps: d, accounts: d.Accounts, log: d.Log, now: d.Now, started: d.Now(), router: chi.NewRouter()}
	var err error
	if a.metrics, err = newMetrics(d.Registry); err != nil {
		return nil, err
	}
	a.hub = newHub(d.Runner, d.Journal, d.Signal, d.Log)
	a.names = newDirectory(d.Accounts, d.Now)
	a.signins = newLimiter(signinsPerMinute, time.Now) // the real time: the sandbox's may stand or jump
	a.tries = newLimiter(triesPerMinute, time.Now)
	a.readEmbed()
	a.routes()
	return a, a.document()
}

// Handler serves all of it.
func (a *API) Handler() http.Handler { return a.router }

// Run feeds the live streams until ctx ends, then ends them, so that a server's
// Shutdown need not wait for people who only listen. It returns nil.
func (a *API) Run(ctx context.Context) error { return a.hub.run(ctx) }

func (a *API) routes() {
	r := a.router
	r.Use(a.frame)
	r.NotFound(a.notFound)
	r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		a.refuse(w, r, fault.New(fault.Invalid, codeMethod, "This address does not take "+plainMethod(r.Method)+"; nothing was done.", "See /docs for the calls."))
	})
	a.operations(r)
	a.pages(r)
	r.Group(func(r chi.Router) {
		r.Use(a.auth, a.plainAddress, a.bodies)
		a.huma = newHuma(r, a)
		a.sends()
		a.messages()
		a.troubled()
		a.conversations()
		a.search()
		a.queue()
		a.moves()
		a.labels()
		a.notes()
		a.presences()
		a.overview()
		a.routing()
		a.quickReplies()
		a.drafts()
		a.bulk()
		a.templates()
		a.numbers()
		a.resume()
		a.usage()
		a.people()
		a.manage()
		a.teams()
		a.invitations()
		a.oneself()
		a.sessions()
		a.passkeys()
		a.ownSSO()
		a.keys()
		a.subscriptions()
		a.orders()
		a.panelTokens()
		a.panelCalls()
		a.oversight()
		a.kept()
	})
	r.Group(func(r chi.Router) { // for those who are not in yet
		r.Use(a.door, a.plainAddress, a.bodies)
		a.doors = a.moreHuma(r)
		a.entrance()
		a.recovery()
	})
	r.Group(func(r chi.Router) { // these read or write without an end in sight
		r.Use(a.auth, a.plainAddress)
		a.media(r)
		a.stream(r)
		a.session(r)
		a.panelStreams(r)
	})
	if a.More != nil {
		a.More(r)
	}
}

func newHuma(r chi.Router, a *API) huma.API {
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	registry.RegisterTypeAlias(errorModel, problemType)
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI:    "3.1.0",
			Info:       &huma.Info{Title: "Kontor", Version: a.Version, Description: introduction},
			Components: &huma.Components{Schemas: registry, SecuritySchemes: securitySchemes()},
			Security:   []map[string][]string{{"key": {}}, {"session": {}}},
			Tags:       tags,
		},
		Formats:       huma.DefaultFormats,
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{a.ownProblems},
	}
	return newChiHuma(r, config)
}

// moreHuma registers calls on another part of the router, in the same document.
func (a *API) moreHuma(r chi.Router) huma.API {
	return newChiHuma(r, huma.Config{
		OpenAPI: a.huma.OpenAPI(), Formats: huma.DefaultFormats, DefaultFormat: "application/json", Transformers: []huma.Transformer{a.ownProblems},
	})
}

// plainMethod keeps what strangers write out of our sentences.
func plainMethod(m string) string {
	if plainWord(m) && len(m) <= 10 {
		return m
	}
	return "this method"
}
