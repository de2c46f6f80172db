// Package search finds messages and people by what they say, while everything
// it keeps lies sealed.
//
// The index is a set of segments. A segment knows some documents (messages, or
// contacts, of one workspace) and, for each word, which of them hold it. Small
// segments are written as messages come and are merged into larger ones, so
// there are a few dozen however long the past is. All of a segment is sealed
// before it is stored: the database shows how large it is and how many
// documents it has, and no word, no fingerprint of a word, no frequency. A
// question opens the few pieces that its words lie in.
//
//	text.go     what a text is made of: words, parts of numbers, pairs of Chinese characters
//	query.go    what was typed, as conditions on words
//	document.go a message or a contact as the index sees it
//	segment.go  how a segment is written; reader.go how it is asked
//	find.go     a question: newest first, each answer checked against the message itself
//	excerpt.go  what is shown of an answer
//	index.go    following the journal; past.go what was there before; tidy.go merging and forgetting
//
// Nothing here is in the way of intake: the index is written behind it, by a
// reader of the journal that works in large batches, outside of the writer, and
// rests while much comes in. Find says up to when everything is indexed. An
// answer is always checked against the message as it is now, so an index that is
// late may miss something new but never shows what was erased, taken back, or
// belongs to somebody else. DESIGN.md has the mechanism in full.
package search

import (
	"context"
	"time"

	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Kind is what the documents of a segment are. The words are stored.
type Kind string

const (
	Messages Kind = "message"
	Contacts Kind = "contact"
)

// Segment is what the database shows of a segment.
type Segment struct {
	ID          int64
	WorkspaceID wa.WorkspaceID
	Kind        Kind
	Docs        int64 // how many documents it has
	Blocks      int64 // how many blocks belong to it, numbered from 0; the smallest have none
	MinID       int64 // of its documents
	MaxID       int64
	Live        bool // false: its blocks are being written, or removed
}

// Stale is a document whose postings are to be renewed: it was changed, taken
// back or erased.
type Stale struct {
	WorkspaceID wa.WorkspaceID
	Kind        Kind
	ID          int64
	Mark        int64 // set by the store: another one each time that it is marked
}

// Progress is how far the past is indexed.
type Progress struct {
	Format int64 // of the index; another one than ours: all is made anew
	// Messages and Contacts older than these (by id) are not looked at yet; 0: all are.
	Messages, Contacts int64
	AuditedAt          time.Time // when it was last looked for documents that are gone
}

// Store keeps segments and reads what they are made of. Heads and blocks are
// handed over in plain and lie sealed, bound to workspace, segment and number.
type Store interface {
	// Segments returns those of a workspace that are live, with their heads.
	Segments(tx txn.Tx, ws wa.WorkspaceID, kind Kind) ([]Head, error)
	// All returns every segment of every workspace, live or not, without heads.
	All(tx txn.Tx) ([]Segment, error)
	// Head reads the head of one segment.
	Head(tx txn.Tx, s Segment) ([]byte, error)
	// Blocks returns the blocks first to last of a segment, in order.
	Blocks(tx txn.Tx, s Segment, first, last int64) ([][]byte, error)

	// InsertSegment adds a segment; SetLive makes it answer or fall silent.
	InsertSegment(tx txn.Tx, s Segment, head []byte) error
	InsertBlocks(tx txn.Tx, s Segment, first int64, blocks [][]byte) error
	SetLive(tx txn.Tx, segment int64, live bool) error
	// RemoveBlocks removes blocks below a number; RemoveSegment one without blocks.
	RemoveBlocks(tx txn.Tx, segment, below int64) error
	RemoveSegment(tx txn.Tx, segment int64) error

	// MarkStale notes documents, with a new mark; AllStale returns up to limit;
	// Unstale ends it for those that have the same mark still.
	MarkStale(tx txn.Tx, stale []Stale) error
	AllStale(tx txn.Tx, limit int) ([]Stale, error)
	Unstale(tx txn.Tx, stale []Stale) error

	// Progress returns how far the past is indexed; found is false at the first start.
	Progress(tx txn.Tx) (p Progress, found bool, err error)
	SetProgress(tx txn.Tx, p Progress) error
	// Newest is the highest id of all messages and of all contacts.
	Newest(tx txn.Tx) (message wa.MessageID, contact wa.ContactID, err error)

	// MessagesByID returns those of the messages that are there, of any workspace.
	MessagesByID(tx txn.Tx, ids []wa.MessageID) ([]wa.Message, error)
	// MessagesBefore returns up to limit messages below an id, newest first.
	MessagesBefore(tx txn.Tx, before wa.MessageID, limit int) ([]wa.Message, error)
	// Found returns those of the messages that the workspace has, as answers.
	Found(tx txn.Tx, ws wa.WorkspaceID, ids []wa.MessageID) ([]Found, error)
	// MessageIDsOf returns up to limit messages of a conversation below an id, newest first.
	MessageIDsOf(tx txn.Tx, ws wa.WorkspaceID, conversation wa.ConversationID, before wa.MessageID, limit int) ([]int64, error)
	// Labeled returns which of these conversations of a workspace have a label.
	Labeled(tx txn.Tx, ws wa.WorkspaceID, label wa.LabelID, ids []wa.ConversationID) (map[wa.ConversationID]bool, error)
	ContactsByID(tx txn.Tx, ids []wa.ContactID) ([]wa.Contact, error)
	ContactsBefore(tx txn.Tx, before wa.ContactID, limit int) ([]wa.Contact, error)
	// People returns those of the contacts that the workspace has, each with its newest conversation.
	People(tx txn.Tx, ws wa.WorkspaceID, ids []wa.ContactID) ([]Person, error)
	// Gone returns which of these documents are no longer there.
	Gone(tx txn.Tx, kind Kind, ids []int64) ([]int64, error)
	// Behind is when the oldest fact happened that is of one of these kinds and
	// behind the cursor; zero: there is none.
	Behind(tx txn.Tx, after journal.Cursor, kinds []journal.Kind) (time.Time, error)
}

// Head is a live segment with its head.
type Head struct {
	Segment
	Head []byte
}

// Found is a message with the person it was written with.
type Found struct {
	Message wa.Message
	Contact wa.Contact
}

// Person is a contact with the newest conversation with it.
type Person struct {
	Contact        wa.Contact
	ConversationID wa.ConversationID // zero: there is none
	NumberID       wa.NumberID
	LastAt         time.Time
}

// Journal is what the index needs of the journal; store.Journal fulfils it.
type Journal interface {
	Next(tx txn.Tx, after journal.Cursor, limit int) ([]journal.Fact, error)
	End(tx txn.Tx) (journal.Cursor, error)
	Newest(tx txn.Tx) (journal.Cursor, error)
	Position(tx txn.Tx, reader string) (c journal.Cursor, found bool, err error)
	Begin(tx txn.Tx, reader string, at journal.Cursor) error
	Hold(tx txn.Tx, reader string, epoch int64) (c journal.Cursor, held bool, err error)
	Advance(tx txn.Tx, reader string, to journal.Cursor) error
	TakeLease(tx txn.Tx, reader, owner string, lease time.Duration) (epoch int64, err error)
	LeaseFree(tx txn.Tx, reader, owner string) (bool, error)
	KeepLease(tx txn.Tx, reader string, epoch int64, lease time.Duration) (bool, error)
	DropLease(tx txn.Tx, reader string, epoch int64) (bool, error)
}

// Search answers questions. Safe for concurrent use.
type Search struct {
	runner  txn.Runner
	store   Store
	journal Journal
	now     func() time.Time
}

// New makes a Search; an Indexer beside it, on any node, keeps the index.
func New(runner txn.Runner, store Store, j Journal, now func() time.Time) *Search {
	return &Search{runner: runner, store: store, journal: j, now: now}
}

// Forget takes messages out of the index, in the transaction that erases them:
// from its commit on they are found no more, since answers are checked, and
// within a minute no segment has anything of them.
func (s *Search) Forget(tx txn.Tx, ws wa.WorkspaceID, ids ...wa.MessageID) error {
	stale := make([]Stale, len(ids))
	for i, id := range ids {
		stale[i] = Stale{WorkspaceID: ws, Kind: Messages, ID: int64(id)}
	}
	return s.store.MarkStale(tx, stale)
}

// ForgetContacts is Forget for people.
func (s *Search) ForgetContacts(tx txn.Tx, ws wa.WorkspaceID, ids ...wa.ContactID) error {
	stale := make([]Stale, len(ids))
	for i, id := range ids {
		stale[i] = Stale{WorkspaceID: ws, Kind: Contacts, ID: int64(id)}
	}
	return s.store.MarkStale(tx, stale)
}

// State tells how far the index has come.
type State struct {
	// Until: everything that was said up to then is indexed, but for the past while Past is true.
	Until time.Time
	// Past is true while what was there before the index is still being read, newest first.
	Past bool
}

// State reads how far the index has come.
func (s *Search) State(ctx context.Context) (st State, err error) {
	err = s.runner.Read(ctx, func(tx txn.Tx) error {
		st, err = s.state(tx)
		return err
	})
	return st, err
}

func (s *Search) state(tx txn.Tx) (State, error) {
	at, began, err := s.journal.Position(tx, readerName)
	if err != nil {
		return State{}, err
	}
	p, found, err := s.store.Progress(tx)
	if err != nil {
		return State{}, err
	}
	if !began || !found || p.Format != format {
		return State{Past: true}, nil
	}
	st := State{Past: p.Messages != 0 || p.Contacts != 0}
	oldest, err := s.store.Behind(tx, at, wanted)
	if err != nil {
		return State{}, err
	}
	if st.Until = oldest; oldest.IsZero() {
		st.Until = s.now()
	}
	return st, nil
}
