package onprem

import (
	"context"
	"io"
	"log/slog"
	"time"

	"kontor/internal/account"
	"kontor/internal/journal"
	"kontor/internal/media"
	"kontor/internal/meta"
	"kontor/internal/outbox"
	"kontor/internal/premises"
	"kontor/internal/template"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Deps are what a Handler is made of. All are required but Log and Now. The
// contracts below are what it needs of the nouns, each no more than it calls.
type Deps struct {
	Premises  *premises.Book
	Keys      Keys
	Monitor   wa.Secret // of WA_API_KEY: reads health, metrics and stats; empty: none
	Outbox    Outbox
	Messages  Messages
	Numbers   Numbers
	Media     Media
	Carrier   Carrier
	Relay     Relay
	Templates Templates
	People    People
	Callbacks Callbacks
	Hook      *Hook // the dialect that writes them
	Store     Figures
	// Tell writes facts in the transaction of what they tell of.
	Tell func(tx txn.Tx, facts ...journal.Fact) error
	// Ready is nil once the number can send: its templates are loaded and what
	// waited has been taken in (on-premises-api.md 5, start-up phase).
	Ready func(ctx context.Context, n *wa.Number) error
	// Fetch reads a file that a message links to, from an address that strangers
	// named: it refuses those inside the house unless the operator allows them.
	Fetch Fetcher
	// Refresh has a workspace's catalogue of templates read anew soon.
	Refresh func(ctx context.Context, ws wa.WorkspaceID) error
	// Collect has what is too old removed soon; what is message or media. A fact
	// tells how it ended.
	Collect func(ctx context.Context, f premises.Facade, what string) error
	// NewID makes ids that rise with time.
	NewID func() int64

	Log *slog.Logger
	Now func() time.Time // the rules' time: kontor dev's sandbox may move it
}

// Keys knows Kontor's API keys; *account.Accounts fulfils it.
type Keys interface {
	Verify(ctx context.Context, secret string) (account.Principal, error)
}

// Outbox takes messages; *outbox.Outbox fulfils it.
type Outbox interface {
	Accept(ctx context.Context, r outbox.Request) (outbox.Receipt, error)
}

// Messages finds messages of both directions; *inbox.Inbox fulfils it.
type Messages interface {
	Message(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID) (wa.Message, bool, error)
	MessageByWamid(ctx context.Context, ws wa.WorkspaceID, wamid wa.Wamid) (wa.Message, bool, error)
}

// Numbers knows the business numbers, from memory; *number.Book fulfils it.
type Numbers interface {
	ByID(id wa.NumberID) (*wa.Number, bool)
}

// Media keeps files; *media.Media fulfils it.
type Media interface {
	Save(ctx context.Context, ws wa.WorkspaceID, name, declared string, r io.Reader, limit int64) (media.File, error)
	Find(ctx context.Context, ws wa.WorkspaceID, id wa.MediaID) (media.File, error)
	Open(ctx context.Context, ws wa.WorkspaceID, id wa.MediaID) (io.ReadSeekCloser, media.File, error)
}

// Carrier is what is said to WhatsApp directly; each provider.Carrier fulfils it.
type Carrier interface {
	MarkRead(ctx context.Context, n *wa.Number, id wa.Wamid, typing bool) *wa.Failure
	Profile(ctx context.Context, n *wa.Number) (wa.Profile, *wa.Failure)
	SetProfile(ctx context.Context, n *wa.Number, p wa.Profile) *wa.Failure
}

// Relay passes a Graph call on to the number's provider; able is false when that
// does not speak Graph.
type Relay interface {
	Relay(ctx context.Context, n *wa.Number, call meta.Call) (reply meta.Reply, able bool, failure *wa.Failure)
}

// Templates is the catalogue; *template.Catalogue fulfils it.
type Templates interface {
	List(ctx context.Context, ws wa.WorkspaceID, f template.Filter) (entries []template.Entry, next string, err error)
	Find(ctx context.Context, ws wa.WorkspaceID, waba wa.WABAID, name, language string) (wa.TemplateDefinition, bool, error)
}

// People knows by which number WhatsApp calls who was written to.
type People interface {
	// WaID is the number by which WhatsApp calls the person behind phone, which
	// differs in Brazil, Mexico and Argentina; phone itself when nothing is known.
	WaID(ctx context.Context, ws wa.WorkspaceID, phone wa.Phone) (wa.Phone, error)
}

// Callbacks calls the programs back.
type Callbacks interface {
	// Check is nil for an address that may be called, or a fault that says why not.
	Check(address string) error
	// Changed is told that a number's settings, its callback address among them,
	// were changed, removed, or put out of service.
	Changed(ctx context.Context, f premises.Facade) error
	// Waiting is how many callbacks of a number were not acknowledged yet.
	Waiting(ctx context.Context, f premises.Facade) (int64, error)
}

// Figures counts what the database holds for a workspace's number.
type Figures interface {
	// Counts are numbers of rows by name: contacts, messages_inbound,
	// messages_outbound, receipts.
	Counts(ctx context.Context, ws wa.WorkspaceID, number wa.NumberID) (map[string]int64, error)
	// Engine is "sqlite" or "postgres".
	Engine() string
}

// Fetcher reads what an address holds. The caller reads to its own limit and closes.
type Fetcher interface {
	Fetch(ctx context.Context, address string, headers map[string]string) (body io.ReadCloser, mimeType string, err error)
}
