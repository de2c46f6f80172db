package search

import (
	"context"
	"math/bits"
	"slices"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

const (
	// fanIn segments of about one size become one.
	fanIn = 8
	// A segment of full documents and more is left alone, and none gets more than maxDocs:
	// rewriting one, since something in it was erased, must not take long.
	full    = 1 << 16
	maxDocs = 1 << 17
	// blocksAtOnce are written or removed in one transaction: nobody waits for it.
	blocksAtOnce = 16
)

// tier is the size of a segment: each has eight times the documents of the one below.
func tier(docs int64) int { return (bits.Len64(uint64(docs)) - 1) / 3 }

// choose finds segments that should be one.
func choose(segments []Segment) []Segment {
	tiers := map[int][]Segment{}
	for _, s := range segments {
		if s.Docs < full {
			tiers[tier(s.Docs)] = append(tiers[tier(s.Docs)], s)
		}
	}
	for n := range 64 {
		of := tiers[n]
		if len(of) < fanIn {
			continue
		}
		slices.SortFunc(of, func(a, b Segment) int { return int(min(max(a.MinID-b.MinID, -1), 1)) })
		sum, take := int64(0), 0
		for take < len(of) && sum+of[take].Docs <= maxDocs {
			sum += of[take].Docs
			take++
		}
		if take > 1 {
			return of[:take]
		}
	}
	return nil
}

// merge makes one segment of several.
func (i *Indexer) merge(ctx context.Context) (more bool, err error) {
	for _, segments := range i.shelves {
		if of := choose(segments); of != nil {
			return true, i.rewrite(ctx, of, nil)
		}
	}
	return false, nil
}

// rewrite puts a segment, without some documents, into the place of others.
func (i *Indexer) rewrite(ctx context.Context, old []Segment, without []int64) error {
	at := old[0].shelf()
	var b *builder
	err := i.runner.Read(ctx, func(tx txn.Tx) (err error) {
		b, err = i.gatherSegments(tx, old, without)
		return err
	})
	if err != nil {
		return err
	}
	made := i.fresh(at, b)
	if made != nil && made.Blocks > blocksAtOnce {
		if err := i.lay(ctx, made); err != nil {
			return err
		}
	}
	err = i.write(ctx, func(tx txn.Tx) error {
		switch {
		case made == nil:
		case made.Blocks > blocksAtOnce:
			if err := i.store.SetLive(tx, made.ID, true); err != nil {
				return err
			}
		default:
			if err := made.insert(i.store, tx); err != nil {
				return err
			}
		}
		for _, o := range old {
			if err := i.store.SetLive(tx, o.ID, false); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	i.shelves[at] = slices.DeleteFunc(i.shelves[at], func(s Segment) bool {
		return slices.ContainsFunc(old, func(o Segment) bool { return o.ID == s.ID })
	})
	if made != nil {
		i.shelve([]*fresh{made})
	}
	i.rubbish = append(i.rubbish, old...)
	return nil
}

// lay writes a large segment piece by piece; it does not answer yet.
func (i *Indexer) lay(ctx context.Context, made *fresh) error {
	sleeping := made.Segment
	sleeping.Live = false
	i.rubbish = append(i.rubbish, sleeping) // unless it comes to life
	err := i.write(ctx, func(tx txn.Tx) error { return i.store.InsertSegment(tx, sleeping, made.head) })
	first := int64(0)
	for part := range slices.Chunk(made.blocks, blocksAtOnce) {
		if err == nil {
			err = i.keep(ctx, false)
		}
		if err == nil {
			err = i.write(ctx, func(tx txn.Tx) error { return i.store.InsertBlocks(tx, made.Segment, first, part) })
		}
		if err != nil {
			return err
		}
		first += int64(len(part))
	}
	i.rubbish = i.rubbish[:len(i.rubbish)-1]
	return nil
}

// gatherSegments reads whole segments into a builder.
func (i *Indexer) gatherSegments(tx txn.Tx, old []Segment, without []int64) (*builder, error) {
	b := &builder{postings: map[string][]uint32{}}
	readers := make([]*reader, len(old))
	ids := make([][]int64, len(old))
	for n, s := range old {
		var err error
		if readers[n], err = i.open(tx, s); err != nil {
			return nil, err
		}
		if ids[n], err = readers[n].all(); err != nil {
			return nil, err
		}
		for _, id := range ids[n] {
			if _, gone := slices.BinarySearch(without, id); !gone {
				b.ids = append(b.ids, id)
			}
		}
	}
	slices.Sort(b.ids)
	b.ids = slices.Compact(b.ids)
	for n, r := range readers {
		if err := b.take(r, ids[n]); err != nil {
			return nil, err
		}
	}
	if len(readers) > 1 {
		for term, p := range b.postings {
			slices.Sort(p)
			b.postings[term] = slices.Compact(p)
		}
	}
	return b, nil
}

// take adds what a segment says of those of its documents that are in b.
func (b *builder) take(r *reader, ids []int64) error {
	const gone = ^uint32(0)
	number := make([]uint32, len(ids))
	for n, id := range ids {
		at, found := slices.BinarySearch(b.ids, id)
		if number[n] = uint32(at); !found {
			number[n] = gone
		}
	}
	for n := range r.firsts {
		blocks, err := r.blocks(len(r.docStart)+n, len(r.docStart)+n)
		if err != nil {
			return err
		}
		for _, block := range blocks {
			err := r.scan(block, func(term []byte, p posting) (bool, error) {
				list := b.postings[string(term)]
				p.each(func(doc uint64) {
					if doc < uint64(len(number)) && number[doc] != gone {
						list = append(list, number[doc])
					}
				})
				if len(list) > 0 {
					b.postings[string(term)] = list
				}
				return true, p.err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (i *Indexer) open(tx txn.Tx, s Segment) (*reader, error) {
	head, err := i.store.Head(tx, s)
	if err != nil {
		return nil, err
	}
	return openSegment(head, func(first, last int64) ([][]byte, error) { return i.store.Blocks(tx, s, first, last) })
}

// clean removes a piece of a segment that answers no more.
func (i *Indexer) clean(ctx context.Context) (more bool, err error) {
	if len(i.rubbish) == 0 {
		return false, nil
	}
	last := len(i.rubbish) - 1
	s := i.rubbish[last]
	for below := int64(blocksAtOnce); below < s.Blocks; below += blocksAtOnce {
		if err := i.keep(ctx, false); err != nil {
			return false, err
		}
		if err := i.write(ctx, func(tx txn.Tx) error { return i.store.RemoveBlocks(tx, s.ID, below) }); err != nil {
			return false, err
		}
	}
	err = i.write(ctx, func(tx txn.Tx) error {
		if err := i.store.RemoveBlocks(tx, s.ID, s.Blocks); err != nil {
			return err
		}
		return i.store.RemoveSegment(tx, s.ID)
	})
	if err == nil {
		i.rubbish = i.rubbish[:last]
	}
	return true, err
}

// staleAtOnce are renewed together.
const staleAtOnce = 1000

// renew takes what was changed or erased out of every segment, and puts back
// what is still there, as it is now.
func (i *Indexer) renew(ctx context.Context) (more bool, err error) {
	if time.Since(i.renewed) < i.o.Renew {
		return false, nil
	}
	var stale []Stale
	err = i.runner.Read(ctx, func(tx txn.Tx) (err error) {
		stale, err = i.store.AllStale(tx, staleAtOnce)
		return err
	})
	if err != nil || len(stale) == 0 {
		i.renewed = time.Now()
		return false, err
	}
	ids := map[shelf][]int64{}
	for _, s := range stale {
		at := shelf{s.WorkspaceID, s.Kind}
		ids[at] = append(ids[at], s.ID)
	}
	for at, of := range ids {
		slices.Sort(of)
		if err := i.without(ctx, at, of); err != nil {
			return false, err
		}
	}
	var messages []wa.MessageID
	var contacts []wa.ContactID
	for _, s := range stale {
		if s.Kind == Messages {
			messages = append(messages, wa.MessageID(s.ID))
		} else {
			contacts = append(contacts, wa.ContactID(s.ID))
		}
	}
	made, err := i.read(ctx, unique(messages), unique(contacts))
	if err != nil {
		return false, err
	}
	// What was marked again since it was read stays marked: it may have changed again.
	err = i.write(ctx, func(tx txn.Tx) error {
		for _, m := range made {
			if err := m.insert(i.store, tx); err != nil {
				return err
			}
		}
		return i.store.Unstale(tx, stale)
	})
	if err != nil {
		return false, err
	}
	i.shelve(made)
	return true, nil
}

// without takes documents out of the segments of a shelf.
func (i *Indexer) without(ctx context.Context, at shelf, ids []int64) error {
	for _, s := range slices.Clone(i.shelves[at]) {
		if s.MaxID < ids[0] || s.MinID > ids[len(ids)-1] {
			continue
		}
		var has []int64
		err := i.runner.Read(ctx, func(tx txn.Tx) error {
			r, err := i.open(tx, s)
			if err == nil {
				has, err = r.holds(ids)
			}
			return err
		})
		if err == nil && len(has) > 0 {
			err = i.keep(ctx, false)
		}
		if err == nil && len(has) > 0 {
			err = i.rewrite(ctx, []Segment{s}, has)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// audit looks, once a day, for documents that are gone although nobody said so.
func (i *Indexer) audit(ctx context.Context) (more bool, err error) {
	if time.Since(i.progress.AuditedAt) < i.o.Audit {
		return false, nil
	}
	for at, segments := range i.shelves {
		for _, s := range segments {
			if err := i.auditSegment(ctx, at, s); err != nil {
				return false, err
			}
		}
	}
	p := i.progress
	p.AuditedAt = time.Now()
	if err := i.write(ctx, func(tx txn.Tx) error { return i.store.SetProgress(tx, p) }); err != nil {
		return false, err
	}
	i.progress = p
	return true, nil
}

func (i *Indexer) auditSegment(ctx context.Context, at shelf, s Segment) error {
	if err := i.keep(ctx, false); err != nil {
		return err
	}
	var stale []Stale
	err := i.runner.Read(ctx, func(tx txn.Tx) error {
		r, err := i.open(tx, s)
		if err != nil {
			return err
		}
		ids, err := r.all()
		if err != nil {
			return err
		}
		gone, err := i.store.Gone(tx, at.kind, ids)
		for _, id := range gone {
			stale = append(stale, Stale{WorkspaceID: at.ws, Kind: at.kind, ID: id})
		}
		return err
	})
	if err != nil || len(stale) == 0 {
		return err
	}
	i.o.Log.Warn("the search index had what is no longer there; it is taken out", "documents", len(stale))
	return i.write(ctx, func(tx txn.Tx) error { return i.store.MarkStale(tx, stale) })
}
