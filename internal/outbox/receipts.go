package outbox

import (
	"cmp"
	"slices"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Report is a status webhook whose number is known.
type Report struct {
	WorkspaceID wa.WorkspaceID
	NumberID    wa.NumberID
	wa.StatusReport
}

// Receipts applies what WhatsApp reports about messages (cloud-api.md 2.6).
// Statuses only climb (law 3): whatever the order in which they come, the
// message ends in the same state with the same times.
type Receipts struct {
	store   Store
	journal Journal
	numbers Numbers
}

// NewReceipts makes Receipts.
func NewReceipts(s Store, j Journal, n Numbers) *Receipts {
	return &Receipts{store: s, journal: j, numbers: n}
}

// Apply stores a batch of reports with a constant number of statements. A
// report finds its message by our own id, which travels as
// biz_opaque_callback_data, else by wamid; one about a message not yet known
// waits for it. A report also settles a message whose fate was unknown: it
// leaves the queue. Facts are written for changes only.
func (r *Receipts) Apply(tx txn.Tx, now time.Time, reports []Report) error {
	reports = slices.DeleteFunc(slices.Clone(reports), func(p Report) bool { return !p.climbs() })
	if len(reports) == 0 {
		return nil
	}
	found, err := r.find(tx, reports)
	if err != nil {
		return err
	}
	var (
		unknown []Report
		touched = map[wa.MessageID]*change{}
		order   []*change
	)
	for i, p := range reports {
		record := found[i]
		if record == nil {
			unknown = append(unknown, p)
			continue
		}
		c := touched[record.ID]
		if c == nil {
			c = &change{record: record}
			touched[record.ID] = c
			order = append(order, c)
		}
		c.apply(p)
	}
	if err := r.save(tx, now, order); err != nil || len(unknown) == 0 {
		return err
	}
	return r.store.KeepWaiting(tx, now, unknown)
}

// climbs is false for statuses that this program does not know.
func (p *Report) climbs() bool {
	switch p.Status {
	case wa.StatusSent, wa.StatusDelivered, wa.StatusRead, wa.StatusPlayed, wa.StatusFailed:
		return p.NumberID != 0
	}
	return false
}

// find answers the message of each report, nil for an unknown one.
func (r *Receipts) find(tx txn.Tx, reports []Report) ([]*Record, error) {
	found := make([]*Record, len(reports))
	byID, err := r.findByID(tx, reports, found)
	if err != nil {
		return nil, err
	}
	var keys []WamidKey
	for i, p := range reports {
		if found[i] == nil && p.Wamid != "" {
			keys = append(keys, WamidKey{p.NumberID, p.Wamid})
		}
	}
	slices.SortFunc(keys, func(a, b WamidKey) int {
		return cmp.Or(cmp.Compare(a.NumberID, b.NumberID), cmp.Compare(a.Wamid, b.Wamid))
	})
	keys = slices.Compact(keys)
	if len(keys) == 0 {
		return found, nil
	}
	records, err := r.store.LockByWamid(tx, keys)
	if err != nil {
		return nil, err
	}
	byKey := map[WamidKey]*Record{}
	for _, record := range records {
		if same := byID[record.ID]; same != nil { // both ways to the same message: one record
			record = same
		}
		byKey[WamidKey{record.NumberID, record.Wamid}] = record
	}
	for i, p := range reports {
		if found[i] == nil {
			found[i] = byKey[WamidKey{p.NumberID, p.Wamid}]
		}
	}
	return found, nil
}

// findByID fills found for reports that carry our own id.
func (r *Receipts) findByID(tx txn.Tx, reports []Report, found []*Record) (map[wa.MessageID]*Record, error) {
	var ids []wa.MessageID
	for _, p := range reports {
		if id, err := wa.ParseMessageID(p.Opaque); err == nil {
			ids = append(ids, id)
		}
	}
	byID := map[wa.MessageID]*Record{}
	if len(ids) == 0 {
		return byID, nil
	}
	slices.Sort(ids)
	records, err := r.store.LockByID(tx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	for _, record := range records {
		byID[record.ID] = record
	}
	for i, p := range reports {
		if id, err := wa.ParseMessageID(p.Opaque); err == nil {
			// An id of another number is not about this message, whoever wrote it.
			if record := byID[id]; record != nil && record.NumberID == p.NumberID {
				found[i] = record
			}
		}
	}
	return byID, nil
}

// change is a message while reports are applied to it.
type change struct {
	record    *Record
	steps     []wa.Status // what the message climbed to, in order
	told      []wa.Told   // how WhatsApp told of these
	delivered bool        // a report told of the delivery
}

// apply lets the message climb. A late report fills in its time only, a
// repeated one changes nothing, and of two times the earlier stands.
func (c *change) apply(p Report) {
	m := c.record
	other := m.Wamid != "" && p.Wamid != "" && m.Wamid != p.Wamid // a copy: the message was sent twice after a lost answer
	if other && p.Status == wa.StatusFailed {
		return // one copy's failure is not the message's
	}
	if m.Wamid == "" {
		m.Wamid = p.Wamid
	}
	when := m.timeOf(p.Status)
	first := when.IsZero() || p.At.Before(*when)
	if first {
		*when = p.At
		c.delivered = c.delivered || p.Status == wa.StatusDelivered
	}
	if p.Status == wa.StatusFailed && len(p.Problems) > 0 && (first || len(m.Problems) == 0) {
		m.Problems = p.Problems
	}
	if p.Pricing != nil {
		m.Pricing = p.Pricing
	}
	if m.Status.Climbs(p.Status) {
		m.Status = p.Status
		c.steps = append(c.steps, p.Status)
		if p.Told != nil {
			c.told = append(c.told, wa.Told{WorkspaceID: m.WorkspaceID, MessageID: m.ID, Status: p.Status, Body: p.Told})
		}
	}
}

func (m *Record) timeOf(s wa.Status) *time.Time {
	switch s {
	case wa.StatusSent:
		return &m.SentAt
	case wa.StatusDelivered:
		return &m.DeliveredAt
	case wa.StatusRead:
		return &m.ReadAt
	case wa.StatusPlayed:
		return &m.PlayedAt
	}
	return &m.FailedAt
}

func (r *Receipts) save(tx txn.Tx, now time.Time, changes []*change) error {
	if len(changes) == 0 {
		return nil
	}
	slices.SortFunc(changes, func(a, b *change) int { return cmp.Compare(a.record.ID, b.record.ID) })
	records := make([]*Record, len(changes))
	ids := make([]wa.MessageID, len(changes))
	var facts []journal.Fact
	var moved []Reopened
	var told []wa.Told
	for i, c := range changes {
		m := c.record
		records[i], ids[i] = m, m.ID
		if o, ok := r.reopened(c); ok {
			moved = append(moved, o)
		}
		for _, t := range c.told {
			t.At = now
			told = append(told, t)
		}
		for _, status := range c.steps { // whoever follows is told of each, also when they came at once
			moved := Moved{MessageID: m.ID, WorkspaceID: m.WorkspaceID, NumberID: m.NumberID, ContactID: m.ContactID, ConversationID: m.ConversationID, Status: status}
			facts = append(facts, moved.fact(now))
		}
	}
	if err := r.store.UpdateRecords(tx, records); err != nil {
		return err
	}
	if err := r.store.Unqueue(tx, ids); err != nil {
		return err
	}
	if err := r.store.KeepTold(tx, told); err != nil {
		return err
	}
	if len(moved) > 0 {
		if err := r.store.MoveOpened(tx, moved); err != nil {
			return err
		}
	}
	if len(facts) == 0 {
		return nil
	}
	return r.journal.Append(tx, facts...)
}

// reopened is how a report changes what the messaging limit counts: a message
// that reached nobody frees its place, and one delivered late counts from then
// (cloud-api.md 4.3). Messages that did not open a conversation have no place.
func (r *Receipts) reopened(c *change) (Reopened, bool) {
	m := c.record
	n, ok := r.numbers.ByID(m.NumberID)
	if !ok {
		return Reopened{}, false
	}
	o := Reopened{Scope: scopeOf(n), Opened: Opened{ContactID: m.ContactID, MessageID: m.ID}}
	switch {
	case m.Status == wa.StatusFailed && slices.Contains(c.steps, wa.StatusFailed):
		return o, true
	case c.delivered && !m.SentAt.IsZero() && m.DeliveredAt.Sub(m.SentAt) > lateDelivery:
		o.Until = m.DeliveredAt.Add(opensFor)
		return o, true
	}
	return o, false
}
