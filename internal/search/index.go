package search

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// readerName is under what the index has its place in the journal.
const readerName = "search"

// wanted are the facts after which something is to be indexed.
var wanted = []journal.Kind{
	journal.MessageReceived, journal.MessageAccepted, journal.MessageEdited, journal.MessageRevoked, journal.ConversationOpened, journal.ContactChanged,
}

// errElsewhere says that another node keeps the index at the moment.
var errElsewhere = errors.New("another node keeps the index")

// Options tune an Indexer; the zero value is what the product uses.
type Options struct {
	Owner string        // names this process: see journal.Options
	Lease time.Duration // how long another node waits for one that is gone; 0: 6 seconds
	Batch int           // facts looked at together; 0: 2000
	Past  int           // messages of the past looked at together; 0: 8192
	Poll  time.Duration // least time between two looks at the journal while little happens; 0: a second
	Renew time.Duration // how long a changed or erased document waits for others; 0: 30 seconds
	Audit time.Duration // how often it is looked for documents that are gone; 0: a day
	Log   *slog.Logger  // nil: nothing is logged
}

func (o Options) orDefault() Options {
	o.Owner = cmp.Or(o.Owner, "kontor")
	o.Lease = cmp.Or(o.Lease, 6*time.Second)
	o.Batch = cmp.Or(o.Batch, 2000)
	o.Past = cmp.Or(o.Past, 8192)
	o.Poll = cmp.Or(o.Poll, time.Second)
	o.Renew = cmp.Or(o.Renew, 30*time.Second)
	o.Audit = cmp.Or(o.Audit, 24*time.Hour)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// shelf is where segments of one workspace and kind stand.
type shelf struct {
	ws   wa.WorkspaceID
	kind Kind
}

// Indexer keeps the index: one at a time in a database, whoever has the lease.
type Indexer struct {
	runner  txn.Runner
	store   Store
	journal Journal
	newID   func() int64
	o       Options

	epoch    int64 // of the lease; 0: another node has it, or nobody
	kept     time.Time
	place    journal.Cursor // as the database has it
	seen     journal.Cursor // place, or further: behind it came nothing of use
	progress Progress
	shelves  map[shelf][]Segment // what is live
	rubbish  []Segment           // what is not

	renewed time.Time // when stale documents were last looked for
	pace    pace
}

// NewIndexer makes an indexer; Run starts it.
func NewIndexer(runner txn.Runner, store Store, j Journal, newID func() int64, o Options) *Indexer {
	return &Indexer{runner: runner, store: store, journal: j, newID: newID, o: o.orDefault()}
}

// Run keeps the index until ctx ends, and then returns nil; while another node
// does, it stands by.
func (i *Indexer) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		began := time.Now()
		more, err := i.turn(ctx)
		switch {
		case errors.Is(err, errElsewhere):
			i.epoch = 0
			i.o.Log.Info("another node keeps the search index now")
		case err != nil && ctx.Err() == nil:
			// What is known of segments may be wrong after an error: it is read anew.
			i.epoch = 0
			i.o.Log.Error("the search index could not be kept, trying again", "err", err)
		}
		rest := i.o.Poll
		if more && err == nil {
			rest = i.pace.rest(time.Since(began))
		}
		select {
		case <-time.After(rest):
		case <-ctx.Done():
		}
	}
	i.settle(context.WithoutCancel(ctx))
	return nil
}

// Settle works until nothing is left to do: everything that was committed before
// is indexed, the past is read, what was changed is renewed and what can be
// merged is merged. For tests and tools, instead of Run.
func (i *Indexer) Settle(ctx context.Context) error {
	i.renewed = time.Time{}
	for {
		more, err := i.turn(ctx)
		if err != nil || !more && i.epoch != 0 {
			return errors.Join(err, ctx.Err())
		}
		if i.epoch == 0 {
			return errElsewhere
		}
	}
}

// Release lets another node keep the index at once.
func (i *Indexer) Release(ctx context.Context) { i.settle(ctx) }

// turn does one piece of work; more tells that there is another.
func (i *Indexer) turn(ctx context.Context) (more bool, err error) {
	if i.epoch == 0 {
		if err := i.take(ctx); err != nil || i.epoch == 0 {
			return false, err
		}
	}
	if err := i.keep(ctx, false); err != nil {
		return false, err
	}
	// What is new goes first, then what is to disappear, then order, then the past.
	for _, work := range []func(context.Context) (bool, error){i.follow, i.clean, i.renew, i.merge, i.past, i.audit} {
		if more, err := work(ctx); err != nil || more {
			return more, err
		}
	}
	return false, nil
}

// take begins to keep the index, unless another node does.
func (i *Indexer) take(ctx context.Context) error {
	var free, began, known bool
	var end journal.Cursor
	var message wa.MessageID
	var contact wa.ContactID
	var p Progress
	var all []Segment
	err := i.runner.Read(ctx, func(tx txn.Tx) (err error) {
		if free, err = i.journal.LeaseFree(tx, readerName, i.o.Owner); err != nil || !free {
			return err
		}
		if _, began, err = i.journal.Position(tx, readerName); err != nil {
			return err
		}
		if p, known, err = i.store.Progress(tx); err != nil {
			return err
		}
		if !began || !known || p.Format != format {
			// In one snapshot: a message that it does not show has its fact behind end.
			if end, err = i.journal.End(tx); err != nil {
				return err
			}
			message, contact, err = i.store.Newest(tx)
		}
		return err
	})
	if err != nil || !free {
		return err
	}
	now := time.Now() // the lease counts from before it was asked for
	var epoch int64
	var place journal.Cursor
	err = i.runner.Write(ctx, func(tx txn.Tx) (err error) {
		if epoch, err = i.journal.TakeLease(tx, readerName, i.o.Owner, i.o.Lease); err != nil || epoch == 0 {
			return err
		}
		if err := i.journal.Begin(tx, readerName, end); err != nil {
			return err
		}
		if place, _, err = i.journal.Position(tx, readerName); err != nil {
			return err
		}
		if all, err = i.store.All(tx); err != nil {
			return err
		}
		if known && p.Format == format {
			if p, _, err = i.store.Progress(tx); err != nil { // as the owner before left it
				return err
			}
			return nil
		}
		for n := range all {
			if err := i.store.SetLive(tx, all[n].ID, false); err != nil {
				return err
			}
			all[n].Live = false
		}
		p = Progress{Format: format, Messages: behind(int64(message)), Contacts: behind(int64(contact)), AuditedAt: now}
		return i.store.SetProgress(tx, p)
	})
	if err != nil || epoch == 0 {
		return err
	}
	i.epoch, i.kept, i.place, i.seen, i.progress = epoch, now, place, place, p
	i.shelves, i.rubbish = map[shelf][]Segment{}, nil
	for _, s := range all {
		if s.Live {
			i.shelves[s.shelf()] = append(i.shelves[s.shelf()], s)
		} else {
			i.rubbish = append(i.rubbish, s)
		}
	}
	return nil
}

func (s *Segment) shelf() shelf { return shelf{s.WorkspaceID, s.Kind} }

// behind is the place of the past in front of which everything up to id lies; 0: there is nothing.
func behind(id int64) int64 {
	if id == 0 {
		return 0
	}
	return id + 1
}

// keep prolongs the lease when it is time, and keeps the place, since it writes anyway.
func (i *Indexer) keep(ctx context.Context, now bool) error {
	if !now && time.Since(i.kept) < i.o.Lease/3 {
		return nil
	}
	began := time.Now()
	err := i.runner.Write(ctx, func(tx txn.Tx) error {
		held, err := i.journal.KeepLease(tx, readerName, i.epoch, i.o.Lease)
		if err == nil && !held {
			err = errElsewhere
		}
		if err != nil || i.seen == i.place {
			return err
		}
		return i.journal.Advance(tx, readerName, i.seen)
	})
	if err == nil {
		i.kept, i.place = began, i.seen
	}
	return err
}

func (i *Indexer) settle(ctx context.Context) {
	if i.epoch == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	err := i.keep(ctx, true)
	if err == nil {
		err = i.runner.Write(ctx, func(tx txn.Tx) error {
			_, err := i.journal.DropLease(tx, readerName, i.epoch)
			return err
		})
	}
	if err != nil && !errors.Is(err, errElsewhere) {
		i.o.Log.Warn("the search index could not be handed over; another node waits for the lease to run out", "err", err)
	}
	i.epoch = 0
}

// write is a transaction of whoever keeps the index.
func (i *Indexer) write(ctx context.Context, f func(tx txn.Tx) error) error {
	return i.runner.Write(ctx, func(tx txn.Tx) error {
		place, held, err := i.journal.Hold(tx, readerName, i.epoch)
		if err != nil {
			return err
		}
		if !held || place != i.place {
			return errElsewhere
		}
		return f(tx)
	})
}

// follow indexes a page of the journal.
func (i *Indexer) follow(ctx context.Context) (more bool, err error) {
	var page []journal.Fact
	var newest journal.Cursor
	err = i.runner.Read(ctx, func(tx txn.Tx) (err error) {
		if page, err = i.journal.Next(tx, i.seen, i.o.Batch); err != nil {
			return err
		}
		newest, err = i.journal.Newest(tx)
		return err
	})
	i.pace.note(time.Now(), newest.Seq)
	if err != nil || len(page) == 0 {
		return false, err
	}
	messages, contacts, stale := gather(page)
	end := page[len(page)-1].Cursor
	if len(messages)+len(contacts)+len(stale) == 0 {
		i.seen = end
		return len(page) == i.o.Batch, nil
	}
	made, err := i.read(ctx, messages, contacts)
	if err != nil {
		return false, err
	}
	err = i.write(ctx, func(tx txn.Tx) error {
		for _, m := range made {
			if err := m.insert(i.store, tx); err != nil {
				return err
			}
		}
		if err := i.store.MarkStale(tx, stale); err != nil {
			return err
		}
		return i.journal.Advance(tx, readerName, end)
	})
	if err != nil {
		return false, err
	}
	i.place, i.seen = end, end
	i.shelve(made)
	return len(page) == i.o.Batch, nil
}

// gather is what a page of the journal tells to index, and to index anew.
func gather(page []journal.Fact) (messages []wa.MessageID, contacts []wa.ContactID, stale []Stale) {
	for _, f := range page {
		switch f.Kind {
		case journal.MessageReceived, journal.MessageAccepted:
			messages = append(messages, f.MessageID)
		case journal.MessageEdited: // found by its new words at once, by the old ones no more soon
			messages = append(messages, f.MessageID)
			stale = append(stale, Stale{WorkspaceID: f.WorkspaceID, Kind: Messages, ID: int64(f.MessageID)})
		case journal.MessageRevoked:
			stale = append(stale, Stale{WorkspaceID: f.WorkspaceID, Kind: Messages, ID: int64(f.MessageID)})
		case journal.ConversationOpened:
			contacts = append(contacts, f.ContactID)
		case journal.ContactChanged: // as an edited message: by the new name at once, and soon nothing of the old one is left
			contacts = append(contacts, f.ContactID)
			stale = append(stale, Stale{WorkspaceID: f.WorkspaceID, Kind: Contacts, ID: int64(f.ContactID)})
		}
	}
	return unique(messages), unique(contacts), stale
}

func unique[T ~int64](ids []T) []T {
	ids = slices.DeleteFunc(ids, func(id T) bool { return id == 0 })
	slices.Sort(ids)
	return slices.Compact(ids)
}

// fresh is a segment that is not written yet.
type fresh struct {
	Segment
	head   []byte
	blocks [][]byte
}

func (f *fresh) insert(s Store, tx txn.Tx) error {
	if err := s.InsertSegment(tx, f.Segment, f.head); err != nil {
		return err
	}
	return s.InsertBlocks(tx, f.Segment, 0, f.blocks)
}

// fresh makes a segment of what was gathered; nil when that is nothing.
func (i *Indexer) fresh(of shelf, b *builder) *fresh {
	if len(b.ids) == 0 {
		return nil
	}
	f := &fresh{Segment: Segment{
		ID: i.newID(), WorkspaceID: of.ws, Kind: of.kind, Docs: int64(len(b.ids)), MinID: b.ids[0], MaxID: b.ids[len(b.ids)-1], Live: true,
	}}
	f.head, f.blocks = b.encode()
	f.Blocks = int64(len(f.blocks))
	return f
}

func (i *Indexer) shelve(made []*fresh) {
	for _, m := range made {
		i.shelves[m.shelf()] = append(i.shelves[m.shelf()], m.Segment)
	}
}

// read makes segments of messages and contacts as they are now.
func (i *Indexer) read(ctx context.Context, messages []wa.MessageID, contacts []wa.ContactID) ([]*fresh, error) {
	var ms []wa.Message
	var cs []wa.Contact
	err := i.runner.Read(ctx, func(tx txn.Tx) (err error) {
		if ms, err = i.store.MessagesByID(tx, messages); err != nil {
			return err
		}
		cs, err = i.store.ContactsByID(tx, contacts)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is to be indexed: %w", err)
	}
	return i.segments(ms, cs), nil
}

func (i *Indexer) segments(messages []wa.Message, contacts []wa.Contact) (made []*fresh) {
	docs := map[shelf][]document{}
	for n := range messages {
		if d, ok := messageDocument(&messages[n]); ok {
			at := shelf{messages[n].WorkspaceID, Messages}
			docs[at] = append(docs[at], d)
		}
	}
	for n := range contacts {
		at := shelf{contacts[n].WorkspaceID, Contacts}
		docs[at] = append(docs[at], contactDocument(&contacts[n]))
	}
	for at, of := range docs {
		made = append(made, i.fresh(at, build(of)))
	}
	return made
}

// past indexes what was there before the index, newest first, people before messages.
func (i *Indexer) past(ctx context.Context) (more bool, err error) {
	p := i.progress
	if p.Messages == 0 && p.Contacts == 0 {
		return false, nil
	}
	var messages []wa.Message
	var contacts []wa.Contact
	err = i.runner.Read(ctx, func(tx txn.Tx) (err error) {
		if p.Contacts != 0 {
			contacts, err = i.store.ContactsBefore(tx, wa.ContactID(p.Contacts), i.o.Past)
			return err
		}
		messages, err = i.store.MessagesBefore(tx, wa.MessageID(p.Messages), i.o.Past)
		return err
	})
	if err != nil {
		return false, err
	}
	switch {
	case p.Contacts != 0 && len(contacts) < i.o.Past:
		p.Contacts = 0
	case p.Contacts != 0:
		p.Contacts = int64(contacts[len(contacts)-1].ID)
	case len(messages) < i.o.Past:
		p.Messages = 0
	default:
		p.Messages = int64(messages[len(messages)-1].ID)
	}
	made := i.segments(messages, contacts)
	err = i.write(ctx, func(tx txn.Tx) error {
		for _, m := range made {
			if err := m.insert(i.store, tx); err != nil {
				return err
			}
		}
		return i.store.SetProgress(tx, p)
	})
	if err != nil {
		return false, err
	}
	i.progress = p
	i.shelve(made)
	if p.Messages == 0 && p.Contacts == 0 {
		i.o.Log.Info("everything is in the search index")
	}
	return true, nil
}

// pace lets the index rest while much comes in: it may be late, intake may not.
type pace struct {
	at   time.Time
	seq  int64
	busy bool
}

// busyFacts a second and more are intake under load.
const busyFacts = 400

// note learns how much comes in.
func (p *pace) note(now time.Time, seq int64) {
	if took := now.Sub(p.at); took >= 200*time.Millisecond {
		if !p.at.IsZero() {
			p.busy = float64(seq-p.seq) > busyFacts*took.Seconds()
		}
		p.at, p.seq = now, seq
	}
}

// rest is how long to wait after so much work: a twentieth of one core is the
// index's while much comes in, and half of it otherwise.
func (p *pace) rest(worked time.Duration) time.Duration {
	if p.busy {
		return min(19*worked, 3*time.Second)
	}
	return min(worked, 100*time.Millisecond)
}
