// Package app puts Kontor together. It is the only package that knows all
// others: New wires them in the order in which they need each other, Start
// starts what runs, Stop ends it backwards. Commands and tests run the whole
// product through it.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"kontor/internal/account"
	"kontor/internal/api"
	"kontor/internal/blob/disk"
	"kontor/internal/callback"
	"kontor/internal/config"
	"kontor/internal/contact"
	"kontor/internal/desk"
	"kontor/internal/facade/hook"
	"kontor/internal/facade/onprem"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/jobs"
	"kontor/internal/journal"
	"kontor/internal/mail"
	"kontor/internal/media"
	"kontor/internal/number"
	"kontor/internal/order"
	"kontor/internal/outbox"
	"kontor/internal/panel"
	"kontor/internal/premises"
	"kontor/internal/presence"
	"kontor/internal/provider"
	"kontor/internal/routing"
	"kontor/internal/seal"
	"kontor/internal/search"
	"kontor/internal/signon"
	"kontor/internal/store"
	"kontor/internal/telemetry"
	"kontor/internal/template"
	"kontor/internal/txn"
	"kontor/internal/wa"
	"kontor/internal/webhook"
)

// Options are what New needs beside the settings.
type Options struct {
	Config  *config.Config
	Log     *slog.Logger
	Version string
	Web     fs.FS // the web app's built files
	// Now is the time that rules go by; nil: the real one. `kontor dev` gives
	// the sandbox's, so that moving Meta's clock moves the product's too. Leases
	// and jobs always go by the real time.
	Now func() time.Time
	// Trace hears every statement: see store.Options.
	Trace func(query string)
}

// App is the product, put together.
type App struct {
	Config    *config.Config
	Accounts  *account.Accounts
	Numbers   *number.Book
	Inbox     *inbox.Inbox
	Outbox    *outbox.Outbox
	Templates *template.Catalogue
	Premises  *premises.Book
	Callbacks *callback.Callbacks
	Orders    *order.Book
	Panels    *panel.Panels
	Desk      *desk.Desk
	Routing   *routing.Router
	Search    *search.Search
	Workspace account.Workspace // the default one

	log      *slog.Logger
	store    *store.Store
	blobs    *disk.Store
	seal     *seal.Sealer
	carriers carriers
	media    *media.Media
	jobs     *jobs.Runner
	mail     *mail.Post       // nil: no mail is sent
	signon   *signon.Provider // nil: people come in by us alone
	greeting *journal.Follower
	linking  *journal.Follower // of orders
	router   *journal.Follower // sees when to give away what waits
	indexer  *search.Indexer

	sandboxed bool // the time by which rules go may jump
	telling   *journal.Follower
	hooks     *hook.Caller
	tail      *tail
	api       *api.API
	door      *webhook.Door
	onprem    *onprem.Handler
	signal    *journal.Signal
	contacts  *contact.Book
	known     *workspaces
	ready     readiness
	presence  *presence.Board
	now       func() time.Time // Options.Now

	life life
}

var errNumber = fault.New(fault.NotFound, "number_unknown", "There is no such business number in this workspace; nothing was sent.", "List the numbers with GET /api/v1/whatsapp/numbers.")

// New opens the database and wires everything. Nothing runs yet; Close, or Stop
// after Start, gives back what it opened.
func New(ctx context.Context, o Options) (_ *App, err error) {
	sandboxed := o.Now != nil
	if !sandboxed {
		o.Now = time.Now
	}
	o.Log = thinned(o.Log)
	a := &App{sandboxed: sandboxed, Config: o.Config, log: o.Log, now: o.Now, signal: &journal.Signal{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if err := a.open(ctx, o); err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	meter := telemetry.New(registry)
	a.carriers = carriers{list: provider.All(provider.Deps{Now: o.Now, UserAgent: "kontor/" + o.Version}), meter: meter, alias: a.alias}
	if err := a.nouns(ctx, o); err != nil {
		return nil, err
	}
	a.newCallbacks(o, a.runner(), registry)
	a.newOrders(o)
	a.newDesk(o)
	a.newRouting(o)
	a.newSearch(o)
	registry.MustRegister(newGauges(a, o.Now))
	a.presence = presence.New(time.Now, func(ws wa.WorkspaceID, id wa.ConversationID) { a.api.Present(ws, id) })
	a.store.OnNews(a.told)
	a.tail = &tail{runner: a.store, journal: a.store.Journal(), signal: a.signal, log: a.log, begin: a.Numbers.Reload, second: a.second, heard: a.heard}
	a.door = a.newDoor(o)
	a.door.Intake = countedIntake{a.Inbox, meter}
	a.onprem = a.newOnPrem(o)
	gateway, err := a.newGateway(o, registry)
	if err != nil {
		return nil, err
	}
	a.api, err = api.New(api.Deps{
		Accounts: a.Accounts, Outbox: a.Outbox, Inbox: a.Inbox, Numbers: a.Numbers, Carrier: a.carriers,
		Media: a.media, Templates: a.Templates, Figures: meter, SyncTemplates: a.syncTemplates,
		Webhooks: kept{a.Inbox, a.door}, Callbacks: a.Callbacks, Orders: orders{a.Orders, a}, Panels: a.Panels, Desk: a.Desk, Routing: a.Routing, Presence: colleagues{a.presence, a.store}, Events: events{house{a}}, Search: a.Search, Runner: a.runner(), Journal: a.store.Journal(), Signal: a.signal,
		PublicURL: a.Config.PublicURL, Proxies: a.Config.TrustedProxies, SignOn: a.newSignOn(),
		Checks: a.ready.checks(a), Alarms: a.alarms, Web: o.Web, Registry: registry, More: gatewayDoor{gateway}.mount(mounter{a.door, a.onprem}.mount), Refuse: gateway.Refuse, Version: o.Version, Log: a.log, Now: o.Now,
	})
	return a, err
}

// open opens what lasts: the data folder, the database, its keys, the files.
func (a *App) open(ctx context.Context, o Options) error {
	if err := os.MkdirAll(a.Config.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder (KONTOR_DATA): %w", err)
	}
	file := filepath.Join(a.Config.Data, "kontor.db")
	if a.Config.DatabaseURL == "" {
		if err := private(file); err != nil {
			return fmt.Errorf("make the database file: %w", err)
		}
	}
	var err error
	a.store, err = store.Open(ctx, store.Options{URL: a.Config.DatabaseURL.Reveal(), File: file, Log: a.log, Trace: o.Trace})
	if err != nil {
		return err
	}
	if err := a.unseal(ctx); err != nil {
		return err
	}
	a.blobs, err = disk.Open(filepath.Join(a.Config.Data, "media"), time.Now())
	return err
}

// runner is the store, which tells a.told of what was committed.
func (a *App) runner() txn.Runner { return a.store }

// nouns wires the nouns, each fitted to the contracts that the others declare.
func (a *App) nouns(ctx context.Context, o Options) (err error) {
	run, facts := a.runner(), a.store.Journal()
	a.jobs = jobs.New(run, a.store.Jobs(), jobs.Options{Log: a.log, Grace: stopGrace})
	if a.mail, err = a.newMail(); err != nil {
		return err
	}
	// Sessions, links and keys end by the real time: moving Meta's clock in the
	// sandbox must not sign anybody out.
	a.Accounts = account.New(run, a.store.Accounts(), a.store.NewID, time.Now, append(a.letters(), account.WithJournal(facts))...)
	if a.Workspace, err = a.Accounts.EnsureWorkspace(ctx, "default", "Default"); err != nil {
		return err
	}
	if key := a.Config.AdminKey.Reveal(); key != "" {
		if err := a.Accounts.InstallAdminKey(ctx, a.Workspace.ID, key); err != nil {
			return err
		}
	}
	a.known = &workspaces{accounts: a.Accounts, rules: a.store.Inbox().AllRules, staffing: a.store.Routing(), runner: run}
	if err := a.known.reload(ctx); err != nil {
		return err
	}
	a.Numbers = number.New(number.Deps{Runner: run, Store: a.store.Numbers(), Journal: facts, Fields: a.carriers, NewID: a.store.NewID, Now: o.Now})
	if err := a.Numbers.Reload(ctx); err != nil {
		return err
	}
	a.media = media.New(media.Parts{
		Runner: run, Store: a.store.Media(), Blobs: a.blobs, Sealer: a.seal, Jobs: a.jobs, Journal: facts,
		Number: a.Numbers.ByID, Carrier: a.carriers, Log: a.log, Now: time.Now,
	})
	a.Templates = template.New(template.Parts{Runner: run, Store: a.store.Templates(), Journal: facts, Carrier: a.carriers, Log: a.log, Now: o.Now})
	a.Outbox = outbox.New(outbox.Parts{
		Runner: run, Store: a.store.Outbox(),
		Conversations: places{inbox: func() *inbox.Inbox { return a.Inbox }, numbers: a.Numbers, sent: a.draftSent},
		Numbers:       numbers{a.Numbers}, Templates: a.Templates, Carrier: a.carriers, Media: a.media, Journal: facts,
		Limits:   outbox.Limits{CustomerDaily: a.Config.CustomerDailyLimit, NumberDaily: a.Config.DailyLimit},
		Delivery: outbox.Delivery{Owner: owner(a.Config.Data), Grace: stopGrace, UncertainAfter: a.Config.UncertainAfter},
		Log:      a.log, Now: o.Now,
	})
	a.contacts = contact.New(a.store.Contacts(), facts, a.store.NewID, o.Now)
	a.Inbox = inbox.New(inbox.Deps{
		Runner: run, Store: a.store.Inbox(), Contacts: a.contacts,
		Receipts: receipts{a.Outbox.Receipts(), a.contacts, a.store.Contacts()}, Media: a.media, Journal: facts, Settings: a.known, Noticed: a.noticed, Changed: a.customerChanged,
		Repeats: func(tx txn.Tx) (func(wa.WorkspaceID) bool, error) { return a.Callbacks.Repeats(tx) },
		Staff:   staff{a}, Jobs: a.jobs,
		NewID: a.store.NewID, Now: o.Now, Log: a.log, Flushes: 2,
	})
	greet := greeter{workspace: a.store.Accounts().Workspace, conversation: a.store.Inbox().Conversation, now: o.Now, accept: a.Outbox.AcceptTx, wake: a.Outbox.Wake}
	a.greeting = journal.NewFollower(run, facts, a.signal, greet.reader(), journal.Options{Owner: owner(a.Config.Data), Log: a.log})
	a.works()
	return nil
}

// owner names this process among those that share a database, the same after a
// restart: the machine and its data folder.
func owner(data string) string {
	host, err := os.Hostname()
	if err != nil {
		host = "unnamed"
	}
	if full, err := filepath.Abs(data); err == nil {
		data = full
	}
	return host + ":" + data
}

// alias keeps that WhatsApp calls a recipient by another number. It is a
// convenience for the answer that may come; the message was sent either way.
func (a *App) alias(ctx context.Context, ws wa.WorkspaceID, written, waID wa.Phone) {
	err := a.runner().Write(ctx, func(tx txn.Tx) error { return a.contacts.Alias(tx, ws, written, waID) })
	if err != nil {
		a.log.Warn("the number by which WhatsApp calls a recipient could not be kept; the answer may begin a conversation of its own", "err", err)
	}
}

func (a *App) newDoor(o Options) *webhook.Door {
	return &webhook.Door{Numbers: a.Numbers, Tenants: a.known, Intake: a.Inbox, NewID: a.store.NewID, Now: o.Now, Log: a.log, Keep: a.Config.WebhookDays > 0}
}

// mounter puts the door's and the façades' addresses on the router.
type mounter struct {
	door   *webhook.Door
	onprem *onprem.Handler
}

func (m mounter) mount(r chi.Router) {
	m.door.Mount(r.MethodFunc)
	m.onprem.Mount(r)
}

// Addr is where the product listens, once it was started.
func (a *App) Addr() net.Addr { return a.life.listener.Addr() }

// Connect adds the number that the settings name to the first workspace, or
// brings its credentials up to date.
func (a *App) Connect(ctx context.Context, w config.WhatsApp) (*wa.Number, error) {
	return a.ConnectIn(ctx, a.Workspace.ID, w)
}

// ConnectIn is Connect in another workspace. A number belongs to one alone.
func (a *App) ConnectIn(ctx context.Context, ws wa.WorkspaceID, w config.WhatsApp) (*wa.Number, error) {
	n, err := a.Numbers.Connect(ctx, wa.Number{
		WorkspaceID: ws, PhoneNumberID: w.PhoneNumberID, WABAID: w.BusinessAccountID,
		Provider: "cloudapi", BaseURL: w.APIBaseURL, APIVersion: w.APIVersion,
		AccessToken: w.AccessToken, AppSecret: w.AppSecret, VerifyToken: w.VerifyToken,
	})
	if err != nil {
		return nil, err
	}
	return n, a.Templates.Seed(ctx, n.WorkspaceID, n.WABAID)
}

// Probe asks WhatsApp about a number, which proves its id and token.
func (a *App) Probe(ctx context.Context, n *wa.Number) *wa.Failure {
	_, failure := a.carriers.Fields(ctx, n)
	return failure
}

// Subscribe has the webhooks of a number's account sent to callback (S3-5).
func (a *App) Subscribe(ctx context.Context, n *wa.Number, callback string) *wa.Failure {
	return a.carriers.Subscribe(ctx, n, callback, n.VerifyToken)
}
