package store

import (
	"fmt"
	"slices"
	"time"

	"kontor/internal/journal"
	"kontor/internal/search"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Search keeps the segments of the search index, sealed.
type Search struct{ s *Store }

var _ search.Store = Search{}

// Search returns the queries of package search.
func (s *Store) Search() Search { return Search{s} }

// column names for sealing: a head or block opens in its own place only.
const (
	sealSearchHead  = "search_segment.head"
	sealSearchBlock = "search_block"
)

func searchHead(segment int64) string { return fmt.Sprintf("%s/%d", sealSearchHead, segment) }
func searchBlock(segment, n int64) string {
	return fmt.Sprintf("%s/%d/%d", sealSearchBlock, segment, n)
}

const segmentColumns = `id, workspace_id, kind, docs, blocks, min_id, max_id, live`

func scanSegment(scan func(...any) error, g *search.Segment, more ...any) error {
	var live int64
	err := scan(append([]any{&g.ID, &g.WorkspaceID, &g.Kind, &g.Docs, &g.Blocks, &g.MinID, &g.MaxID, &live}, more...)...)
	g.Live = live == 1
	return err
}

// Segments implements search.Store.
func (q Search) Segments(tx txn.Tx, ws wa.WorkspaceID, kind search.Kind) (heads []search.Head, err error) {
	err = within(tx).query(`SELECT `+segmentColumns+`, head_sealed FROM search_segment WHERE workspace_id = $1 AND kind = $2 AND live = 1`,
		func(scan func(...any) error) error {
			var h search.Head
			var sealed []byte
			if err := scanSegment(scan, &h.Segment, &sealed); err != nil {
				return err
			}
			plain, err := q.s.seal.Open(sealed, associated(ws, searchHead(h.ID)))
			if err != nil {
				return fmt.Errorf("open search segment %d: %w", h.ID, err)
			}
			h.Head = plain
			heads = append(heads, h)
			return nil
		}, int64(ws), string(kind))
	return heads, err
}

// All implements search.Store.
func (q Search) All(tx txn.Tx) (all []search.Segment, err error) {
	err = within(tx).query(`SELECT `+segmentColumns+` FROM search_segment ORDER BY id`, func(scan func(...any) error) error {
		var g search.Segment
		err := scanSegment(scan, &g)
		all = append(all, g)
		return err
	})
	return all, err
}

// Head implements search.Store.
func (q Search) Head(tx txn.Tx, g search.Segment) ([]byte, error) {
	var sealed []byte
	found, err := within(tx).one(`SELECT head_sealed FROM search_segment WHERE id = $1 AND workspace_id = $2`, []any{g.ID, int64(g.WorkspaceID)}, &sealed)
	if err == nil && !found {
		err = fmt.Errorf("search segment %d is not there", g.ID)
	}
	if err != nil {
		return nil, err
	}
	return q.s.seal.Open(sealed, associated(g.WorkspaceID, searchHead(g.ID)))
}

// Blocks implements search.Store. Whose they are tells the seal: under another
// workspace they do not open.
func (q Search) Blocks(tx txn.Tx, g search.Segment, first, last int64) (blocks [][]byte, err error) {
	err = within(tx).query(`SELECT n, sealed FROM search_block WHERE segment_id = $1 AND n >= $2 AND n <= $3 ORDER BY n`,
		func(scan func(...any) error) error {
			var n int64
			var sealed []byte
			if err := scan(&n, &sealed); err != nil {
				return err
			}
			plain, err := q.s.seal.Open(sealed, associated(g.WorkspaceID, searchBlock(g.ID, n)))
			if err != nil {
				return fmt.Errorf("open block %d of search segment %d: %w", n, g.ID, err)
			}
			blocks = append(blocks, plain)
			return nil
		}, g.ID, first, last)
	if err == nil && int64(len(blocks)) != last-first+1 {
		err = fmt.Errorf("search segment %d lacks blocks between %d and %d", g.ID, first, last)
	}
	return blocks, err
}

// InsertSegment implements search.Store.
func (q Search) InsertSegment(tx txn.Tx, g search.Segment, head []byte) error {
	sealed, err := q.s.seal.Seal(head, associated(g.WorkspaceID, searchHead(g.ID)))
	if err != nil {
		return err
	}
	_, err = within(tx).exec(`INSERT INTO search_segment (`+segmentColumns+`, head_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		g.ID, int64(g.WorkspaceID), string(g.Kind), g.Docs, g.Blocks, g.MinID, g.MaxID, flag(g.Live), sealed)
	return err
}

// InsertBlocks implements search.Store.
func (q Search) InsertBlocks(tx txn.Tx, g search.Segment, first int64, blocks [][]byte) error {
	segments, numbers, sealed := make([]int64, len(blocks)), make([]int64, len(blocks)), make([][]byte, len(blocks))
	for i, b := range blocks {
		n := first + int64(i)
		var err error
		if sealed[i], err = q.s.seal.Seal(b, associated(g.WorkspaceID, searchBlock(g.ID, n))); err != nil {
			return err
		}
		segments[i], numbers[i] = g.ID, n
	}
	return within(tx).many(`INSERT INTO search_block (segment_id, n, sealed) {rows}`,
		[]column{ints("segment_id", segments), ints("n", numbers), bytea("sealed", sealed)}, nil)
}

// SetLive implements search.Store.
func (q Search) SetLive(tx txn.Tx, segment int64, live bool) error {
	_, err := within(tx).exec(`UPDATE search_segment SET live = $2 WHERE id = $1`, segment, flag(live))
	return err
}

// RemoveBlocks implements search.Store.
func (q Search) RemoveBlocks(tx txn.Tx, segment, below int64) error {
	_, err := within(tx).exec(`DELETE FROM search_block WHERE segment_id = $1 AND n < $2`, segment, below)
	return err
}

// RemoveSegment implements search.Store.
func (q Search) RemoveSegment(tx txn.Tx, segment int64) error {
	_, err := within(tx).exec(`DELETE FROM search_segment WHERE id = $1`, segment)
	return err
}

// MarkStale implements search.Store.
func (q Search) MarkStale(tx txn.Tx, stale []search.Stale) error {
	seen := map[search.Stale]bool{}
	stale = slices.DeleteFunc(slices.Clone(stale), func(s search.Stale) bool {
		s.Mark = 0
		again := seen[s]
		seen[s] = true
		return again
	})
	return within(tx).many(`
		INSERT INTO search_stale (workspace_id, kind, id, mark) {rows}
		ON CONFLICT (workspace_id, kind, id) DO UPDATE SET mark = excluded.mark`,
		staleColumns(stale, func(search.Stale) int64 { return q.s.NewID() }), nil)
}

// AllStale implements search.Store.
func (q Search) AllStale(tx txn.Tx, limit int) (stale []search.Stale, err error) {
	err = within(tx).query(`SELECT workspace_id, kind, id, mark FROM search_stale ORDER BY workspace_id, kind, id LIMIT $1`, func(scan func(...any) error) error {
		var s search.Stale
		err := scan(&s.WorkspaceID, &s.Kind, &s.ID, &s.Mark)
		stale = append(stale, s)
		return err
	}, limit)
	return stale, err
}

// Unstale implements search.Store.
func (q Search) Unstale(tx txn.Tx, stale []search.Stale) error {
	return within(tx).many(`
		DELETE FROM search_stale WHERE (workspace_id, kind, id, mark) IN (SELECT workspace_id, kind, id, mark FROM ({rows}) v)`,
		staleColumns(stale, func(s search.Stale) int64 { return s.Mark }), nil)
}

func staleColumns(stale []search.Stale, mark func(search.Stale) int64) []column {
	workspaces, kinds, idents, marks := make([]int64, len(stale)), make([]string, len(stale)), make([]int64, len(stale)), make([]int64, len(stale))
	for i, s := range stale {
		workspaces[i], kinds[i], idents[i], marks[i] = int64(s.WorkspaceID), string(s.Kind), s.ID, mark(s)
	}
	return []column{ints("workspace_id", workspaces), texts("kind", kinds), ints("id", idents), ints("mark", marks)}
}

// Progress implements search.Store.
func (q Search) Progress(tx txn.Tx) (p search.Progress, found bool, err error) {
	var audited int64
	found, err = within(tx).one(`SELECT format, messages, contacts, audited_at FROM search_progress WHERE id = 1`, nil, &p.Format, &p.Messages, &p.Contacts, &audited)
	p.AuditedAt = at(audited)
	return p, found, err
}

// SetProgress implements search.Store.
func (q Search) SetProgress(tx txn.Tx, p search.Progress) error {
	_, err := within(tx).exec(`
		INSERT INTO search_progress (id, format, messages, contacts, audited_at) VALUES (1, $1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET format = excluded.format, messages = excluded.messages, contacts = excluded.contacts, audited_at = excluded.audited_at`,
		p.Format, p.Messages, p.Contacts, ms(p.AuditedAt))
	return err
}

// Newest implements search.Store.
func (q Search) Newest(tx txn.Tx) (message wa.MessageID, contact wa.ContactID, err error) {
	_, err = within(tx).one(`SELECT COALESCE((SELECT MAX(id) FROM message), 0), COALESCE((SELECT MAX(id) FROM contact), 0)`, nil, &message, &contact)
	return message, contact, err
}

// Behind implements search.Store. Nobody passes more than a few thousand facts
// without keeping the place, so it looks at no more.
func (q Search) Behind(tx txn.Tx, after journal.Cursor, kinds []journal.Kind) (time.Time, error) {
	args := []any{after.Seq}
	for _, k := range kinds {
		args = append(args, string(k))
	}
	var when int64
	_, err := within(tx).one(`SELECT at FROM fact WHERE seq > $1 AND kind IN (`+placeholders(2, len(kinds))+`) ORDER BY seq LIMIT 1`, args, &when)
	return at(when), err
}
