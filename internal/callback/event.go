package callback

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"kontor/internal/journal"
	"kontor/internal/wa"
)

// Event is one thing that is told: a fact of the journal, a notice of
// WhatsApp's ("notice." and Meta's webhook field), or a test. It carries ids
// only; a dialect reads what it needs of them. Ids that do not apply are zero.
type Event struct {
	Kind           string
	WorkspaceID    wa.WorkspaceID
	NumberID       wa.NumberID
	ContactID      wa.ContactID
	ConversationID wa.ConversationID
	MessageID      wa.MessageID
	ActorID        wa.PersonID
	NoticeID       int64
	Detail         string // an enumeration value: the status that is told of
	At             time.Time
}

const (
	// NoticePrefix begins the kind of whatever WhatsApp tells beside messages
	// and statuses; behind it stands Meta's webhook field (cloud-api.md 2.7).
	NoticePrefix = "notice."
	// Test is the kind of a test event; no filter leaves it out.
	Test = "subscription.test"
)

// Facts about subscriptions. No subscription is told of them: telling an
// endpoint that it fails would go on for ever.
const (
	SubscriptionChanged   journal.Kind = "subscription.changed"   // Detail: created, changed, rotated, enabled, removed
	SubscriptionFailing   journal.Kind = "subscription.failing"   // its breaker opened; Detail is the code of the last failure
	SubscriptionRecovered journal.Kind = "subscription.recovered" // its breaker closed
)

// refused is the fact of a message that a façade answered with an id before a
// rule refused it (package premises): there is no message, only that it failed.
const refused = "message.refused"

// collected is the fact that a clean-up ended for which a client of the façade
// asked (package premises).
const collected = "service.collected"

// Kinds are the events that can be asked for by name; notices come on top.
func Kinds() []string {
	return []string{
		string(journal.MessageReceived), string(journal.MessageAccepted), string(journal.MessageStatus), string(journal.MessageEdited),
		string(journal.MessageRevoked), string(journal.MessageCanceled), string(journal.ConversationOpened), string(journal.ConversationAssigned),
		string(journal.ConversationReleased), string(journal.ConversationClosed), string(journal.ConversationRead), string(journal.ConversationUnread),
		string(journal.ConversationSnoozed), string(journal.ConversationWoken), string(journal.ConversationRobot), string(journal.MediaStored),
		string(journal.MediaFailed), string(journal.NumberChanged), string(journal.TemplateChanged), string(journal.ContactChanged),
		refused, collected, "order.created", "order.changed", "order.status", // of package order
	}
}

var patternForm = regexp.MustCompile(`^(\*|[a-z][a-z_]*\.(\*|[a-z][a-z_]*))$`)

// ValidPattern reports whether p can match anything: "*", "message.*", or the
// name of an event. A name that no event has is a slip of the pen.
func ValidPattern(p string) bool {
	if !patternForm.MatchString(p) || len(p) > 100 {
		return false
	}
	return p == "*" || strings.HasPrefix(p, NoticePrefix) || slices.ContainsFunc(Kinds(), func(kind string) bool { return matches(p, kind) })
}

func matches(pattern, kind string) bool {
	if group, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(kind, group)
	}
	return pattern == kind
}

// wants reports whether the subscription is to be told of e, of the number n if
// the event has one.
func (s *Subscription) wants(e *Event) bool {
	return s.WorkspaceID == e.WorkspaceID && (s.NumberID == 0 || s.NumberID == e.NumberID) &&
		slices.ContainsFunc(s.Events, func(p string) bool { return matches(p, e.Kind) })
}

func eventOf(f journal.Fact) Event {
	return Event{
		Kind: string(f.Kind), WorkspaceID: f.WorkspaceID, NumberID: f.NumberID, ContactID: f.ContactID, ConversationID: f.ConversationID,
		MessageID: f.MessageID, ActorID: f.ActorID, Detail: f.Detail, At: f.At,
	}
}
