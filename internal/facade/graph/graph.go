package graph

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"kontor/internal/account"
	"kontor/internal/media"
	"kontor/internal/meta"
	"kontor/internal/outbox"
	"kontor/internal/template"
	"kontor/internal/wa"
)

// The contracts below are what the gateway needs of others, each no more than
// it calls. Every method takes the caller's workspace and answers only what
// belongs to it; refusals are faults with stable codes.

// Accounts knows whom a key stands for; *account.Accounts fulfils it.
type Accounts interface {
	Verify(ctx context.Context, secret string) (account.Principal, error)
}

// Outbox takes messages; *outbox.Outbox fulfils it.
type Outbox interface {
	// Accept writes a message down; it returns after the commit.
	Accept(ctx context.Context, r outbox.Request) (outbox.Receipt, error)
}

// Messages finds messages of either direction; *inbox.Inbox fulfils it.
type Messages interface {
	Message(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID) (wa.Message, bool, error)
	MessageByWamid(ctx context.Context, ws wa.WorkspaceID, wamid wa.Wamid) (wa.Message, bool, error)
}

// Numbers knows the business numbers, from memory; *number.Book fulfils it.
type Numbers interface {
	All() []*wa.Number
	Of(ws wa.WorkspaceID) []*wa.Number
	ByPhoneNumberID(id wa.PhoneNumberID) (*wa.Number, bool)
}

// Carrier is what is said to WhatsApp in our own words.
type Carrier interface {
	MarkRead(ctx context.Context, n *wa.Number, id wa.Wamid, typing bool) *wa.Failure
	Media(ctx context.Context, n *wa.Number, id string) (wa.RemoteMedia, *wa.Failure)
	Download(ctx context.Context, n *wa.Number, media wa.RemoteMedia) (io.ReadCloser, *wa.Failure)
}

// Relay passes a call through with the number's own token. able is false when
// the number's provider does not speak Graph; nothing was done then. A failure
// means that no answer of the provider's came.
type Relay interface {
	Relay(ctx context.Context, n *wa.Number, call meta.Call) (reply meta.Reply, able bool, failure *wa.Failure)
}

// Media keeps files; *media.Media fulfils it.
type Media interface {
	Receive(ctx context.Context, ws wa.WorkspaceID, name string, r io.Reader, declared func() (string, error)) (media.File, error)
	Find(ctx context.Context, ws wa.WorkspaceID, id wa.MediaID) (media.File, error)
	ByRemote(ctx context.Context, ws wa.WorkspaceID, remoteID string) (media.File, error)
	Open(ctx context.Context, ws wa.WorkspaceID, id wa.MediaID) (io.ReadSeekCloser, media.File, error)
	Remote(ctx context.Context, number *wa.Number, ref wa.MediaRef, ws wa.WorkspaceID) (string, *wa.Failure)
	Remove(ctx context.Context, ws wa.WorkspaceID, id wa.MediaID) error
}

// Templates is the catalogue; *template.Catalogue fulfils it.
type Templates interface {
	Find(ctx context.Context, ws wa.WorkspaceID, waba wa.WABAID, name, language string) (wa.TemplateDefinition, bool, error)
	List(ctx context.Context, ws wa.WorkspaceID, f template.Filter) (entries []template.Entry, next string, err error)
}

// Sealer makes what is handed out for a while and must come back unchanged.
type Sealer interface {
	Seal(plain, associated []byte) ([]byte, error)
	Open(sealed, associated []byte) ([]byte, error)
}

// Subscription is a subscriber of a workspace's webhooks in the form of Meta's.
type Subscription struct {
	ID     wa.SubscriptionID
	URL    string
	Number wa.NumberID // zero: all numbers of the workspace
	// Override is the account or number for which the gateway made it; empty for
	// those that were made otherwise, which the gateway never ends.
	Override string
}

// Subscriptions are the outgoing webhooks in the dialect cloud-api.
type Subscriptions interface {
	// Subscriptions are those of the workspace.
	Subscriptions(ctx context.Context, ws wa.WorkspaceID) ([]Subscription, error)
	// Subscribe has webhooks sent to an address that answers Meta's handshake
	// with verifyToken, signed with secret.
	Subscribe(ctx context.Context, ws wa.WorkspaceID, s Subscription, secret, verifyToken wa.Secret) error
	// Unsubscribe ends one. An unknown one is NotFound.
	Unsubscribe(ctx context.Context, ws wa.WorkspaceID, id wa.SubscriptionID) error
}

// Deps are what a Gateway is made of. All are required but
// PublicURL, Log and Now.
type Deps struct {
	Accounts      Accounts
	Outbox        Outbox
	Messages      Messages
	Numbers       Numbers
	Carrier       Carrier
	Relay         Relay
	Media         Media
	Templates     Templates
	Sealer        Sealer
	Subscriptions Subscriptions
	// SyncTemplates has the workspace's catalogue read anew soon; it does not
	// wait for that.
	SyncTemplates func(ctx context.Context, ws wa.WorkspaceID) error
	PublicURL     string // how the house is reached, for its scheme; may be empty
	Registry      *prometheus.Registry
	Log           *slog.Logger
	Now           func() time.Time
}

// Gateway serves Graph's addresses. Safe for concurrent use.
type Gateway struct {
	Deps
	calls *prometheus.CounterVec
}

// New makes a Gateway.
func New(d Deps) (*Gateway, error) {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	g := &Gateway{Deps: d, calls: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "kontor_graph_calls_total",
		Help: "Calls of the Graph-compatible gateway, by call and Graph's error code (0: success).",
	}, []string{"call", "code"})}
	return g, d.Registry.Register(g.calls)
}

// Mount puts the gateway's addresses on a router: everything below a version,
// and what SDKs call without one (cloud-api.md 10).
func (g *Gateway) Mount(r chi.Router) {
	for _, pattern := range []string{
		`/v{version:[0-9]+\.[0-9]+}`, `/v{version:[0-9]+\.[0-9]+}/*`, `/{node:[0-9]+}`, `/{node:[0-9]+}/*`,
		"/debug_token", "/me", "/me/*", "/app", "/app/*", `/{node:upload:.+}`, "/oauth/access_token", "/message_template_library",
	} {
		r.HandleFunc(pattern, g.ServeHTTP)
	}
}

// ServeHTTP answers one call.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{g: g, w: w, r: r, label: "unknown"}
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler || c.answered {
			panic(p) // half an answer must not be taken for a whole one
		}
		c.refuse(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
	}()
	if err := c.serve(); err != nil {
		c.refuse(err)
	}
}

// Refuse answers an error of the server around the gateway (an unknown method,
// a broken request, a batch) in Graph's form; it tells false for addresses that are not
// the gateway's.
func (g *Gateway) Refuse(w http.ResponseWriter, r *http.Request, err error) bool {
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/": // where Graph takes batches; a page is there for all others
		err = oddParameter("batch")
	case !isGraph(r.URL.Path):
		return false
	}
	c := &call{g: g, w: w, r: r, label: "unknown"}
	c.place = parsePath(r.URL)
	c.refuse(err)
	return true
}

func (g *Gateway) count(label string, code int) {
	name := "0"
	if code != 0 {
		name = "other"
		if _, known := meta.LookupError(code); known {
			name = fmt.Sprint(code)
		}
	}
	g.calls.WithLabelValues(label, name).Inc()
}
