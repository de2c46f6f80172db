package inbox

import (
	"context"
	"slices"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// maxBatch is how many webhooks share a transaction: enough to make a commit
// cheap, few enough that none waits long for the others' statements.
const maxBatch = 256

// Delivery is one webhook, verified and taken apart, with its numbers found.
type Delivery struct {
	Received []Received
	Reports  []Report
	Notices  []Noted
	Unknown  []Quarantined // parts for numbers that nobody here knows
	Raw      *Raw          // the webhook as it came; nil: it is not kept
	// Tell gives Received and Reports the webhooks that told of them (Told); it is
	// called only where that is kept.
	Tell func()

	Fresh int // set by Take: how many of Received are new
}

// Received is one message with the number it came to.
type Received struct {
	Number *wa.Number
	wa.Received

	delivery *Delivery // whose Fresh counts it
}

// Take stores a delivery and returns after the commit: then, and only then,
// WhatsApp may be answered 200 (law 1). The same delivery again, at the same
// time or years later, stores nothing twice (law 2).
func (i *Inbox) Take(ctx context.Context, d *Delivery) error {
	if len(d.Received)+len(d.Reports)+len(d.Notices)+len(d.Unknown) == 0 && d.Raw == nil {
		return nil
	}
	return i.intake.Do(ctx, d)
}

// store writes a batch of deliveries in one transaction, set by set.
func (i *Inbox) store(tx txn.Tx, batch []*Delivery) error {
	var received []Received
	var reports []Report
	var notices []Noted
	var unknown []Quarantined
	now := i.Now()
	repeats, err := i.Repeats(tx)
	if err != nil {
		return err
	}
	for _, d := range batch {
		d.Fresh = 0
		if d.Tell != nil && d.about(repeats) {
			d.Tell()
		}
		for _, r := range d.Received {
			r.delivery = d
			if !repeats(r.Number.WorkspaceID) {
				r.Told = nil
			}
			received = append(received, r)
		}
		for _, r := range d.Reports {
			r.At = sane(r.At, now)
			if !repeats(r.Number.WorkspaceID) {
				r.Told = nil
			}
			reports = append(reports, r)
		}
		for _, n := range d.Notices {
			if !repeats(n.WorkspaceID) {
				n.Told = nil
			}
			notices = append(notices, n)
		}
		unknown = append(unknown, d.Unknown...)
	}
	if err := i.keepRaws(tx, batch); err != nil {
		return err
	}
	if err := i.receive(tx, received, now); err != nil {
		return err
	}
	if len(reports) > 0 {
		if err := i.Receipts.Apply(tx, now, reports); err != nil {
			return err
		}
	}
	return i.keepRest(tx, notices, unknown)
}

// about reports whether a delivery has parts of a workspace that the function is
// true of.
func (d *Delivery) about(is func(wa.WorkspaceID) bool) bool {
	return slices.ContainsFunc(d.Received, func(r Received) bool { return is(r.Number.WorkspaceID) }) ||
		slices.ContainsFunc(d.Reports, func(r Report) bool { return is(r.Number.WorkspaceID) })
}

func (i *Inbox) keepRest(tx txn.Tx, notices []Noted, unknown []Quarantined) error {
	if len(unknown) > 0 {
		if err := i.Store.Quarantine(tx, unknown); err != nil {
			return err
		}
	}
	if len(notices) == 0 {
		return nil
	}
	if err := i.Store.Notices(tx, notices); err != nil {
		return err
	}
	var told []wa.Told
	for _, n := range notices {
		if n.Told != nil {
			told = append(told, wa.Told{WorkspaceID: n.WorkspaceID, MessageID: wa.MessageID(n.ID), Body: n.Told, At: i.Now()})
		}
	}
	if err := i.Store.KeepTold(tx, told); err != nil {
		return err
	}
	for _, n := range notices {
		if err := i.Noticed(tx, n); err != nil {
			return err
		}
	}
	return nil
}

// receive places messages in their conversations.
func (i *Inbox) receive(tx txn.Tx, received []Received, now time.Time) error {
	if len(received) == 0 {
		return nil
	}
	people, err := i.people(tx, received)
	if err != nil {
		return err
	}
	conversations, err := i.conversations(tx, received, people, now)
	if err != nil {
		return err
	}
	messages := make([]*wa.Message, 0, len(received))
	from := make(map[wa.MessageID]Received, len(received))
	for n, r := range received {
		m := i.message(r, conversations[Pair{r.Number.ID, people[n].ID}], now)
		messages = append(messages, m)
		from[m.ID] = r
	}
	fresh, err := i.Store.InsertReceived(tx, messages)
	if err != nil {
		return err
	}
	for id := range fresh {
		from[id].delivery.Fresh++
	}
	messages = slices.DeleteFunc(messages, func(m *wa.Message) bool { return !fresh[m.ID] })
	var told []wa.Told
	for _, m := range messages {
		if body := from[m.ID].Told; body != nil {
			told = append(told, wa.Told{WorkspaceID: m.WorkspaceID, MessageID: m.ID, Body: body, At: now})
		}
	}
	if err := i.Store.KeepTold(tx, told); err != nil {
		return err
	}
	return i.settle(tx, messages, from, conversations, now)
}

// people finds who wrote. A message without any identity still has a place: a
// person of its own, known by the message's id.
func (i *Inbox) people(tx txn.Tx, received []Received) ([]*wa.Contact, error) {
	seen := make([]wa.Sighting, len(received))
	for n, r := range received {
		id := r.From
		if id.Zero() {
			id.ParentBSUID = wa.BSUID("message:" + string(r.Wamid))
		}
		seen[n] = wa.Sighting{WorkspaceID: r.Number.WorkspaceID, WABAID: r.Number.WABAID, Identity: id, At: r.At}
	}
	return i.Contacts.Resolve(tx, seen)
}

func (i *Inbox) conversations(tx txn.Tx, received []Received, people []*wa.Contact, now time.Time) (map[Pair]*Conversation, error) {
	numbers := map[Pair]*wa.Number{}
	pairs := make([]Pair, 0, len(received))
	for n, r := range received {
		p := Pair{r.Number.ID, people[n].ID}
		if numbers[p] == nil {
			numbers[p] = r.Number
			pairs = append(pairs, p)
		}
	}
	return i.ensure(tx, pairs, func(p Pair) *wa.Number { return numbers[p] }, now)
}

// ensure finds conversations and begins those that are missing.
func (i *Inbox) ensure(tx txn.Tx, pairs []Pair, number func(Pair) *wa.Number, now time.Time) (map[Pair]*Conversation, error) {
	slices.SortFunc(pairs, comparePairs) // one order everywhere: two writers never wait for each other
	found, err := i.Store.Conversations(tx, pairs)
	if err != nil {
		return nil, err
	}
	var missing []*Conversation
	for _, p := range pairs {
		if found[p] == nil {
			found[p] = begin(wa.ConversationID(i.NewID()), number(p), p.Contact, now)
			missing = append(missing, found[p])
		}
	}
	return found, i.Store.InsertConversations(tx, missing)
}

func (i *Inbox) message(r Received, c *Conversation, now time.Time) *wa.Message {
	return &wa.Message{
		ID: wa.MessageID(i.NewID()), WorkspaceID: c.WorkspaceID, NumberID: c.NumberID, ContactID: c.ContactID, ConversationID: c.ID,
		Direction: wa.Inbound, Wamid: r.Wamid, Status: wa.StatusReceived, Content: unshared(r.Content), At: sane(r.At, now), StoredAt: now, Problems: r.Content.Errors,
	}
}

// unshared copies the parts of a content that intake writes into: a batch that
// is tried again begins with what WhatsApp sent.
func unshared(c wa.Content) wa.Content {
	for _, m := range []**wa.Media{&c.Image, &c.Video, &c.Audio, &c.Document, &c.Sticker} {
		if *m != nil {
			own := **m
			*m = &own
		}
	}
	if c.Edit != nil {
		own := *c.Edit
		c.Edit = &own
	}
	return c
}

// settle does what new messages cause: conversations move, media are fetched,
// people change numbers, earlier messages are edited or taken back.
func (i *Inbox) settle(tx txn.Tx, messages []*wa.Message, from map[wa.MessageID]Received, conversations map[Pair]*Conversation, now time.Time) error {
	moved := moves{}
	var returning []*Conversation
	facts := make([]journal.Fact, 0, len(messages)+8)
	for _, m := range messages {
		c := conversations[Pair{m.NumberID, m.ContactID}]
		fact := journal.Fact{
			WorkspaceID: m.WorkspaceID, NumberID: m.NumberID, ContactID: m.ContactID, ConversationID: m.ConversationID, MessageID: m.ID, At: now,
		}
		did := receive(c, m, now, i.ways(m))
		moved[c] = moved[c] || did.queue()
		if did.back {
			returning = append(returning, c)
		}
		if did.opened {
			fact.Kind = journal.ConversationOpened
			facts = append(facts, fact)
		}
		if did.woken {
			fact.Kind, fact.Detail = journal.ConversationWoken, WokenByMessage
			facts = append(facts, fact)
		}
		if did.left {
			fact.Kind, fact.Detail = journal.ConversationReleased, ReleasedGone
			facts = append(facts, fact)
		}
		fact.Kind, fact.Detail = journal.MessageReceived, string(m.Content.Type)
		facts = append(facts, fact)
		if err := i.consequence(tx, m, from[m.ID]); err != nil {
			return err
		}
	}
	revised, err := i.revise(tx, messages, conversations, now)
	if err != nil {
		return err
	}
	facts = append(facts, revised...)
	back, err := i.giveBack(tx, returning, now)
	if err != nil {
		return err
	}
	facts = append(facts, back...)
	opened, continued := moved.split()
	if err := i.Store.UpdateConversations(tx, opened); err != nil {
		return err
	}
	if err := i.Store.ContinueConversations(tx, continued); err != nil {
		return err
	}
	return i.Journal.Append(tx, facts...)
}

// moves are the conversations that got messages, and whether they opened or woke.
type moves map[*Conversation]bool

// split sorts them by what there is to write, in the order in which they are locked.
func (m moves) split() (opened, continued []*Conversation) {
	for c, opens := range m {
		if opens {
			opened = append(opened, c)
		} else {
			continued = append(continued, c)
		}
	}
	inOrder := func(a, b *Conversation) int { return comparePairs(a.pair(), b.pair()) }
	slices.SortFunc(opened, inOrder)
	slices.SortFunc(continued, inOrder)
	return opened, continued
}

// consequence is what single kinds of message cause beyond their conversation.
func (i *Inbox) consequence(tx txn.Tx, m *wa.Message, r Received) error {
	if media := m.Content.MediaPart(); media != nil && media.ID != "" {
		ref, err := i.Media.Expect(tx, r.Number, m.ID, media)
		if err != nil {
			return err
		}
		media.MediaID = ref
		return i.Store.UpdateContent(tx, m)
	}
	if m.Content.Type != wa.TypeSystem || m.Content.System == nil {
		return nil
	}
	if err := i.Contacts.Renumber(tx, m.WorkspaceID, r.Number.WABAID, r.From, *m.Content.System); err != nil || i.Changed == nil {
		return err
	}
	return i.Changed(tx, m)
}

func fact(m *wa.Message, kind journal.Kind, now time.Time) []journal.Fact {
	return []journal.Fact{{
		WorkspaceID: m.WorkspaceID, Kind: kind, NumberID: m.NumberID, ContactID: m.ContactID,
		ConversationID: m.ConversationID, MessageID: m.ID, At: now,
	}}
}

func (c *Conversation) pair() Pair { return Pair{c.NumberID, c.ContactID} }

func comparePairs(a, b Pair) int {
	if a.Number != b.Number {
		return int(min(max(a.Number-b.Number, -1), 1))
	}
	return int(min(max(a.Contact-b.Contact, -1), 1))
}
