package outbox

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Accept writes a message to the outbox (law 4) and returns after the commit.
// Its faults say that nothing was sent:
//
//	invalid_message        Invalid; Fields name every wrong member
//	template_unknown       Invalid; the advice lists the languages that exist
//	template_not_approved  Conflict
//	template_parameters    Invalid; Fields
//	window_closed          Conflict: 24 hours after the customer's last message
//	idempotency_mismatch   Conflict: the key stands for another request
//	customer_daily_limit, number_daily_limit   Limited
//	number_unknown         NotFound
//	store_busy             Unavailable: more comes than the database takes
//
// and whatever Conversations.Place says of the recipient.
func (o *Outbox) Accept(ctx context.Context, r Request) (Receipt, error) {
	if o.accepts.Waiting() >= o.MostWaiting {
		return Receipt{}, errBusy
	}
	a, err := o.prepare(ctx, nil, r)
	if err != nil {
		return Receipt{}, err
	}
	if err := o.accepts.Do(ctx, a); err != nil {
		return Receipt{}, err
	}
	if a.err == nil && !a.receipt.Repeated {
		o.Wake(r.NumberID)
	}
	return a.receipt, a.err
}

// errBusy is told at once: whoever sends faster than messages can be stored would
// otherwise fill the memory with what waits.
var errBusy = fault.New(fault.Unavailable, "store_busy", "More messages come than the database takes at the moment; this one was not accepted and will not be sent.",
	"Send it again after a moment.")

// AcceptTx is Accept inside a transaction of the caller's, for readers of the
// journal. The caller calls Wake after the commit, or the message waits for the
// next poll.
func (o *Outbox) AcceptTx(ctx context.Context, tx txn.Tx, r Request) (Receipt, error) {
	a, err := o.prepare(ctx, tx, r)
	if err != nil {
		return Receipt{}, err
	}
	if err := o.apply(tx, []*acceptance{a}); err != nil {
		return Receipt{}, err
	}
	return a.receipt, a.err
}

// apply accepts a batch in one transaction with a constant number of
// statements. Refusals are written into the items.
func (o *Outbox) apply(tx txn.Tx, items []*acceptance) error {
	leaders, followers := o.begin(items)
	steps := []func(txn.Tx, []*acceptance) error{o.known, o.place, o.refer, o.window, o.reserve, o.count, o.insert}
	for _, step := range steps {
		if open := unsettled(leaders); len(open) > 0 {
			if err := step(tx, open); err != nil {
				return err
			}
		}
	}
	for _, f := range followers { // same key in the same batch: what its leader got
		f.item.repeat(f.leader.fingerprint, f.leader.receipt, f.leader.err)
	}
	return nil
}

type follower struct{ item, leader *acceptance }

// begin resets the items and lets the first one of each idempotency key lead.
func (o *Outbox) begin(items []*acceptance) (leaders []*acceptance, followers []follower) {
	type name struct {
		ws  wa.WorkspaceID
		key string
	}
	byKey := map[name]*acceptance{}
	for _, a := range items {
		a.place, a.key, a.id, a.receipt, a.err, a.settled = nil, nil, 0, Receipt{}, nil, false
		a.message = a.content
		if a.req.Key != "" {
			n := name{a.req.WorkspaceID, a.req.Key}
			if leader := byKey[n]; leader != nil {
				followers = append(followers, follower{a, leader})
				continue
			}
			byKey[n] = a
			a.key = &Key{WorkspaceID: a.req.WorkspaceID, Key: a.req.Key, Fingerprint: a.fingerprint, At: a.now}
		}
		leaders = append(leaders, a)
	}
	return leaders, followers
}

func unsettled(items []*acceptance) []*acceptance {
	return slices.DeleteFunc(slices.Clone(items), func(a *acceptance) bool { return a.settled })
}

// repeat answers a request whose key was used before, with print.
func (a *acceptance) repeat(print []byte, r Receipt, err error) {
	if !bytes.Equal(a.fingerprint, print) {
		a.refuse(fault.New(fault.Conflict, "idempotency_mismatch", "This Idempotency-Key was used for another request. Nothing was sent.", "Use a new key for a new message, and the same request with the same key."))
		return
	}
	a.receipt, a.err, a.settled = r, err, true
	a.receipt.Repeated = err == nil
}

// known answers requests whose key stands in the database.
func (o *Outbox) known(tx txn.Tx, items []*acceptance) error {
	var keys []*Key
	for _, a := range items {
		if a.key != nil {
			keys = append(keys, a.key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	if err := o.Store.FindKeys(tx, keys); err != nil {
		return err
	}
	for _, a := range items {
		if a.key != nil && a.key.Found {
			a.repeat(a.key.FoundFingerprint, a.key.Receipt, nil)
		}
	}
	return nil
}

// place finds out where each message belongs.
func (o *Outbox) place(tx txn.Tx, items []*acceptance) error {
	placements := make([]*Placement, len(items))
	for i, a := range items {
		a.place = &Placement{WorkspaceID: a.req.WorkspaceID, NumberID: a.req.NumberID, Contact: a.req.Contact, To: a.req.To, At: a.now}
		placements[i] = a.place
	}
	if err := o.Conversations.Place(tx, placements); err != nil {
		return err
	}
	for _, a := range items {
		switch {
		case a.place.Err != nil:
			a.refuse(a.place.Err)
		case a.needsPhone && a.place.Recipient.Phone == "":
			a.refuse(fault.Wrong("recipient_needs_phone", Field{Name: "to", Detail: "Authentication templates can be sent to a phone number only, and none is known of this person (WhatsApp's error 131062)."}))
		}
	}
	return nil
}

// refer resolves quoted messages and targets of reactions within the conversation.
func (o *Outbox) refer(tx txn.Tx, items []*acceptance) error {
	var refs []*Ref
	for _, a := range items {
		for _, r := range []*Ref{a.context, a.target} {
			if r != nil {
				*r = Ref{ID: r.ID, Wamid: r.Wamid, ConversationID: a.place.ConversationID, NumberID: a.req.NumberID}
				refs = append(refs, r)
			}
		}
	}
	if len(refs) == 0 {
		return nil
	}
	if err := o.Store.FindRefs(tx, refs); err != nil {
		return err
	}
	for _, a := range items {
		if f, wrong := a.resolve(); wrong {
			a.refuse(fault.Wrong("invalid_message", f))
		}
	}
	return nil
}

// maxReactionAge: cloud-api.md 1.2, reaction.
const maxReactionAge = 30 * 24 * time.Hour

// resolve puts WhatsApp's ids in place of what the caller named. A message of
// ours without a wamid yet keeps our id: it leaves first, and sending looks again.
func (a *acceptance) resolve() (Field, bool) {
	const unknown = "This conversation has no such message."
	if r := a.context; r != nil {
		if !r.Found {
			return Field{Name: "context.message_id", Detail: unknown}, true
		}
		c := *a.content.Context
		c.ID = r.name()
		a.message.Context = &c
	}
	if r := a.target; r != nil {
		switch {
		case !r.Found:
			return Field{Name: "reaction.message_id", Detail: unknown}, true
		case r.Type == wa.TypeReaction:
			return Field{Name: "reaction.message_id", Detail: "That message is a reaction itself."}, true
		case r.Revoked:
			return Field{Name: "reaction.message_id", Detail: "That message was deleted."}, true
		case a.now.Sub(r.At) > maxReactionAge:
			return Field{Name: "reaction.message_id", Detail: "That message is older than 30 days."}, true
		}
		reaction := *a.content.Reaction
		reaction.MessageID = r.name()
		a.message.Reaction = &reaction
	}
	return Field{}, false
}

func (r *Ref) name() string {
	if r.Known != "" {
		return string(r.Known)
	}
	return r.FoundID.String()
}

// window refuses free-form messages outside the customer service window
// (cloud-api.md 7.2). It counts when the message is due, not when it is written.
func (o *Outbox) window(_ txn.Tx, items []*acceptance) error {
	for _, a := range items {
		if a.freeForm && !a.due.Before(a.place.WindowUntil) {
			detail := "The customer has not written yet, so WhatsApp allows only templates. Nothing was sent."
			if !a.place.WindowUntil.IsZero() {
				detail = "The customer service window closed at " + a.place.WindowUntil.UTC().Format(time.RFC3339) + ", 24 hours after the customer's last message. Nothing was sent."
			}
			a.refuse(fault.New(fault.Conflict, "window_closed", detail, "Send an approved template (POST send/template); the window opens again when the customer answers."))
		}
	}
	return nil
}

// reserve gives ids and writes the idempotency keys. Of two that come at once
// on two connections, the unique key decides; the loser answers as a repetition.
func (o *Outbox) reserve(tx txn.Tx, items []*acceptance) error {
	var keys []*Key
	for _, a := range items {
		a.id = o.Store.NewMessageID()
		if a.key != nil {
			a.key.MessageID = a.id
			keys = append(keys, a.key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	if err := o.Store.ReserveKeys(tx, keys); err != nil {
		return err
	}
	var lost []*acceptance
	for _, a := range items {
		if a.key != nil && !a.key.Won {
			lost = append(lost, a)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	if err := o.known(tx, lost); err != nil {
		return err
	}
	for _, a := range lost {
		if !a.settled {
			return fmt.Errorf("idempotency key is taken but cannot be read")
		}
	}
	return nil
}

// count adds to the day's counters and refuses what goes beyond the limits.
func (o *Outbox) count(tx txn.Tx, items []*acceptance) error {
	usage := map[usageKey]*Usage{}
	for _, a := range items {
		for _, k := range a.usage() {
			u := usage[k]
			if u == nil {
				u = &Usage{NumberID: k.number, ContactID: k.contact, Day: k.day}
				usage[k] = u
			}
			u.Add++
		}
	}
	if err := o.Store.Count(tx, sortedUsage(usage)); err != nil {
		return err
	}
	refused := o.overLimit(items, usage)
	if len(refused) == 0 {
		return nil
	}
	back := map[usageKey]*Usage{}
	var keys []*Key
	for _, a := range refused {
		for _, k := range a.usage() {
			if back[k] == nil {
				back[k] = &Usage{NumberID: k.number, ContactID: k.contact, Day: k.day}
			}
			back[k].Add--
		}
		if a.key != nil {
			keys = append(keys, a.key)
		}
	}
	if err := o.Store.Count(tx, sortedUsage(back)); err != nil || len(keys) == 0 {
		return err
	}
	return o.Store.ForgetKeys(tx, keys)
}

// overLimit refuses the last ones beyond each limit. What the customer's limit
// refused does not count against the number's.
func (o *Outbox) overLimit(items []*acceptance, usage map[usageKey]*Usage) (refused []*acceptance) {
	for _, a := range slices.Backward(items) {
		keys := a.usage()
		customer, number := usage[keys[0]], usage[keys[1]]
		switch {
		case o.Limits.CustomerDaily > 0 && customer.Total > int64(o.Limits.CustomerDaily):
			a.refuse(fault.New(fault.Limited, "customer_daily_limit",
				fmt.Sprintf("This customer got %d messages from this number today (UTC), which is the limit. Nothing was sent.", o.Limits.CustomerDaily),
				"Check for a loop; send again tomorrow, or raise KONTOR_CUSTOMER_DAILY_LIMIT.").Because(untilTomorrow(a.now)))
		case o.Limits.NumberDaily > 0 && number.Total > int64(o.Limits.NumberDaily):
			a.refuse(fault.New(fault.Limited, "number_daily_limit",
				fmt.Sprintf("This number sent %d messages today (UTC), which is the limit. Nothing was sent.", o.Limits.NumberDaily),
				"Send again tomorrow, or raise KONTOR_DAILY_LIMIT.").Because(untilTomorrow(a.now)))
		default:
			continue
		}
		customer.Total--
		number.Total--
		refused = append(refused, a)
	}
	return refused
}

type usageKey struct {
	number  wa.NumberID
	contact wa.ContactID
	day     int64
}

// usage names the customer's and the number's counter.
func (a *acceptance) usage() [2]usageKey {
	day := Day(a.now)
	return [2]usageKey{{a.req.NumberID, a.place.ContactID, day}, {a.req.NumberID, 0, day}}
}

// Day is the UTC day of a moment, in days since 1970.
func Day(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

// untilTomorrow is how long the daily limits still hold.
func untilTomorrow(now time.Time) fault.Wait {
	return fault.Wait(time.Unix((Day(now)+1)*24*60*60, 0).Sub(now))
}

// sortedUsage is always in the same order, so that two writers do not lock each other out.
func sortedUsage(usage map[usageKey]*Usage) []*Usage {
	out := make([]*Usage, 0, len(usage))
	for _, u := range usage {
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b *Usage) int {
		return cmp.Or(cmp.Compare(a.NumberID, b.NumberID), cmp.Compare(a.ContactID, b.ContactID), cmp.Compare(a.Day, b.Day))
	})
	return out
}

// insert writes messages, places in the queue, conversations and facts.
func (o *Outbox) insert(tx txn.Tx, items []*acceptance) error {
	entries := make([]*Entry, len(items))
	touched := make([]Touched, len(items))
	facts := make([]journal.Fact, len(items))
	for i, a := range items {
		m := wa.Message{
			ID: a.id, WorkspaceID: a.req.WorkspaceID, NumberID: a.req.NumberID,
			ContactID: a.place.ContactID, ConversationID: a.place.ConversationID,
			Direction: wa.Outbound, Status: wa.StatusAccepted, Content: a.message,
			Author: a.req.Author, Opaque: a.req.Opaque, At: a.now, StoredAt: a.now,
		}
		entries[i] = &Entry{Message: m, Lane: a.req.Lane, DueAt: a.due, ExpiresAt: a.expires, OnUncertain: a.req.OnUncertain, FailFast: a.req.FailFast}
		touched[i] = Touched{WorkspaceID: m.WorkspaceID, ConversationID: m.ConversationID, MessageID: m.ID, Person: m.Author.PersonID, At: a.now}
		facts[i] = journal.Fact{
			WorkspaceID: m.WorkspaceID, Kind: journal.MessageAccepted, NumberID: m.NumberID, ContactID: m.ContactID,
			ConversationID: m.ConversationID, MessageID: m.ID, ActorID: a.req.Author.PersonID, At: a.now,
		}
	}
	if err := o.Store.Insert(tx, entries); err != nil {
		return err
	}
	if err := o.Conversations.Touch(tx, touched); err != nil {
		return err
	}
	if err := o.Journal.Append(tx, facts...); err != nil {
		return err
	}
	for _, a := range items {
		a.receipt = Receipt{MessageID: a.id, ConversationID: a.place.ConversationID, ContactID: a.place.ContactID, NumberID: a.req.NumberID}
		a.settled = true
	}
	return nil
}
