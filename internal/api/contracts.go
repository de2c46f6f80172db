package api

import (
	"context"
	"io"
	"net/url"
	"time"

	"kontor/internal/account"
	"kontor/internal/inbox"
	"kontor/internal/journal"
	"kontor/internal/media"
	"kontor/internal/outbox"
	"kontor/internal/telemetry"
	"kontor/internal/template"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// The contracts below are what the API needs of the nouns, each no more than
// it calls. Every method takes the workspace of the request, and answers only
// what belongs to it; refusals are faults with stable codes.

// Outbox takes messages and lets go of those that have not left; *outbox.Outbox
// fulfils it.
type Outbox interface {
	// Accept writes a message down; it returns after the commit.
	Accept(ctx context.Context, r outbox.Request) (outbox.Receipt, error)
	// Cancel withdraws a message that is still queued. A message that is under
	// way, or further, is the fault "already_under_way" (conflict).
	Cancel(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID) (wa.Message, error)
	// Release sends a held message on a person's word; one that is not held is
	// the fault "not_held" (conflict).
	Release(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID) (wa.Message, error)
	// Waiting tells why those of the messages wait that do.
	Waiting(ctx context.Context, ws wa.WorkspaceID, messages ...*wa.Message) (map[wa.MessageID]outbox.Waiting, error)
	// Troubled lists messages that are uncertain, held or failed, newest first.
	Troubled(ctx context.Context, ws wa.WorkspaceID, status wa.Status, id wa.NumberID, before wa.MessageID, limit int) ([]outbox.Listed, error)
	Pending(ctx context.Context, ws wa.WorkspaceID) ([]outbox.Pending, error)
	Usage(ctx context.Context, ws wa.WorkspaceID, id wa.NumberID, day time.Time, limit int) (outbox.DayUsage, error)
	CustomerUsage(ctx context.Context, ws wa.WorkspaceID, id wa.NumberID, contact wa.ContactID, day time.Time) (int64, error)
	Limit(ctx context.Context, n *wa.Number) (outbox.LimitUse, error)
	// Margin is false when another process sends for the number.
	Margin(id wa.NumberID) (time.Duration, bool)
}

// Inbox keeps conversations; *inbox.Inbox fulfils it.
type Inbox interface {
	List(ctx context.Context, f inbox.Filter) ([]inbox.View, error)
	Pending(ctx context.Context, ws wa.WorkspaceID, after inbox.Place, limit int) ([]inbox.View, error)
	Count(ctx context.Context, ws wa.WorkspaceID, person wa.PersonID) (inbox.Counts, error)
	Overview(ctx context.Context, ws wa.WorkspaceID) (inbox.Overview, error)
	View(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID) (*inbox.View, error)
	Find(ctx context.Context, ws wa.WorkspaceID, who inbox.Whom, number wa.NumberID) (wa.ConversationID, error)
	Messages(ctx context.Context, h inbox.History) ([]wa.Message, error)
	Message(ctx context.Context, ws wa.WorkspaceID, id wa.MessageID) (wa.Message, bool, error)
	MessageByWamid(ctx context.Context, ws wa.WorkspaceID, wamid wa.Wamid) (wa.Message, bool, error)
	Assign(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, to, actor wa.PersonID, force bool) error
	Release(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error
	Transfer(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID, t inbox.Transfer) error
	Reopen(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error
	PutOff(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID, s inbox.Snooze) error
	Wake(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error
	SetAutomation(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID, to inbox.Robot, until time.Time) error
	MarkUnread(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error
	// Since is the first message of a conversation that was stored at a moment or later.
	Since(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, moment time.Time) (wa.MessageID, error)
	Files(ctx context.Context, h inbox.History, kind wa.Type) ([]wa.Message, error)
	Rules(ctx context.Context, ws wa.WorkspaceID) (inbox.Rules, error)
	SetRules(ctx context.Context, ws wa.WorkspaceID, r inbox.Rules) error
	Close(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) error
	// MarkRead answers the newest inbound wamid when something was unread.
	MarkRead(ctx context.Context, ws wa.WorkspaceID, id wa.ConversationID, actor wa.PersonID) (wa.Wamid, error)
	// Quarantined is for the operator alone: see account.Principal.
	Quarantined(ctx context.Context, before int64, limit int) ([]inbox.Quarantined, error)
}

// Numbers knows the business numbers, from memory; *number.Book fulfils it.
type Numbers interface {
	Of(ws wa.WorkspaceID) []*wa.Number
	ByID(id wa.NumberID) (*wa.Number, bool)
	ByPhoneNumberID(id wa.PhoneNumberID) (*wa.Number, bool)
	// Resume lets a number send again that stands or rests.
	Resume(ctx context.Context, id wa.NumberID) error
}

// Carrier is what the API says to WhatsApp directly, because nothing of it must
// last: each provider.Carrier fulfils it.
type Carrier interface {
	MarkRead(ctx context.Context, n *wa.Number, id wa.Wamid, typing bool) *wa.Failure
	Profile(ctx context.Context, n *wa.Number) (wa.Profile, *wa.Failure)
	SetProfile(ctx context.Context, n *wa.Number, p wa.Profile) *wa.Failure
}

// Media keeps files and checks them against WhatsApp's limits (cloud-api.md
// 1.5); *media.Media fulfils it.
type Media interface {
	Save(ctx context.Context, ws wa.WorkspaceID, name, declared string, r io.Reader, limit int64) (media.File, error)
	Open(ctx context.Context, ws wa.WorkspaceID, id wa.MediaID) (io.ReadSeekCloser, media.File, error)
}

// Templates is the catalogue of approved templates; *template.Catalogue fulfils it.
type Templates interface {
	List(ctx context.Context, ws wa.WorkspaceID, f template.Filter) (entries []template.Entry, next string, err error)
}

// Journal is where the live stream reads; store.Journal fulfils it.
type Journal interface {
	Next(tx txn.Tx, after journal.Cursor, limit int) ([]journal.Fact, error)
	NextOf(tx txn.Tx, workspace int64, after journal.Cursor, limit int) ([]journal.Fact, error)
	End(tx txn.Tx) (journal.Cursor, error)
	Newest(tx txn.Tx) (journal.Cursor, error)
}

// Figures counts what a workspace does (S2-9); *telemetry.Meter fulfils it.
type Figures interface {
	Figures(ws wa.WorkspaceID) telemetry.Figures
}

// SignOn is another house's sign-on (OpenID Connect); *signon.Provider fulfils it.
type SignOn interface {
	// Name is what the button says.
	Name() string
	// Newcomer is the role of whoever nobody has invited; empty: they stay out.
	Newcomer() account.Role
	// Begin answers the address to go to, and a secret that the browser must
	// bring back to Finish.
	Begin(ctx context.Context, v account.Visit) (address string, secret wa.Secret, err error)
	// Finish reads what the other house sent the browser back with. The visit is
	// known as soon as the browser is, also with an error. Errors are faults whose
	// code is account.ErrSignOn…'s, or another for what went wrong.
	Finish(ctx context.Context, secret string, query url.Values) (who account.Identity, v account.Visit, err error)
}

// Check is one thing that must be true before the product is ready.
type Check struct {
	Name string // "database migrated"
	// Ready returns nil when it is true, and otherwise why not yet. It is called
	// at each GET /readyz and must answer within a second.
	Ready func(ctx context.Context) error
}
