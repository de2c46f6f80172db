package search

import (
	"encoding/binary"
	"slices"
	"sort"
)

// reader asks one segment.
type reader struct {
	docs     int
	docStart []int64 // first id of each block of documents
	docCount []int
	firsts   []string // first term of each block of terms
	inlined  [][]byte // all blocks, of a small segment
	load     func(first, last int64) ([][]byte, error)

	ids map[int][]int64 // blocks of documents that were read
}

func openSegment(head []byte, load func(first, last int64) ([][]byte, error)) (*reader, error) {
	in := &input{b: head}
	if v := in.uint(); v != format {
		in.spoiled()
	}
	r := &reader{docs: int(in.uint()), load: load, ids: map[int][]int64{}}
	for n := in.uint(); n > 0 && in.err == nil; n-- {
		r.docStart = append(r.docStart, in.int())
		r.docCount = append(r.docCount, int(in.uint()))
	}
	for n := in.uint(); n > 0 && in.err == nil; n-- {
		r.firsts = append(r.firsts, string(in.text()))
	}
	if in.uint() == 1 {
		for range len(r.docStart) + len(r.firsts) {
			r.inlined = append(r.inlined, in.text())
		}
	}
	return r, in.err
}

func (r *reader) blocks(first, last int) ([][]byte, error) {
	if r.inlined != nil {
		return r.inlined[first : last+1], nil
	}
	return r.load(int64(first), int64(last))
}

// set is which documents of a segment answer: one bit each.
type set []uint64

func (r *reader) newSet() set { return make(set, (r.docs+63)/64) }

func (s set) add(doc uint64) {
	if at := doc / 64; at < uint64(len(s)) {
		s[at] |= 1 << (doc % 64)
	}
}

func (s set) and(other set) {
	for i := range s {
		s[i] &= other[i]
	}
}

func (s set) or(other set) {
	for i := range s {
		s[i] |= other[i]
	}
}

func (s set) empty() bool { return !slices.ContainsFunc(s, func(w uint64) bool { return w != 0 }) }

// match finds the documents that all clauses hold for. What stands one behind
// the other in a way is not looked at here: the message itself tells.
func (r *reader) match(clauses []clause) (set, error) {
	all := r.newSet()
	for i := range all {
		all[i] = ^uint64(0)
	}
	if rest := r.docs % 64; rest != 0 && len(all) > 0 {
		all[len(all)-1] = 1<<rest - 1
	}
	for _, c := range clauses {
		given := r.newSet()
		for _, w := range c.ways {
			one, err := r.way(w)
			if err != nil {
				return nil, err
			}
			given.or(one)
		}
		if all.and(given); all.empty() {
			break
		}
	}
	return all, nil
}

func (r *reader) way(w way) (set, error) {
	var all set
	for _, s := range w {
		one := r.newSet()
		if err := r.span(s, one); err != nil {
			return nil, err
		}
		if all == nil {
			all = one
		} else {
			all.and(one)
		}
		if all.empty() {
			break
		}
	}
	return all, nil
}

// span adds the documents of all terms in a range.
func (r *reader) span(s span, into set) error {
	// The first block that may hold lo is the one in front of the first that begins behind it.
	first := sort.SearchStrings(r.firsts, s.lo+"\x00") - 1
	first = max(first, 0)
	last := sort.SearchStrings(r.firsts, s.hi) - 1
	if last < first {
		return nil
	}
	blocks, err := r.blocks(len(r.docStart)+first, len(r.docStart)+last)
	if err != nil {
		return err
	}
	for _, b := range blocks {
		err := r.scan(b, func(term []byte, p posting) (more bool, err error) {
			switch {
			case string(term) >= s.hi:
				return false, nil
			case string(term) >= s.lo:
				p.each(into.add)
			}
			return true, p.err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// posting are the documents of a term, as written.
type posting struct {
	count int
	bits  []byte
	list  []byte
	err   error
}

func (p *posting) each(f func(doc uint64)) {
	if p.bits != nil {
		for i, b := range p.bits {
			for bit := range 8 {
				if b&(1<<bit) != 0 {
					f(uint64(8*i + bit))
				}
			}
		}
		return
	}
	doc, rest := uint64(0), p.list
	for range p.count {
		d, n := binary.Uvarint(rest)
		if n <= 0 {
			p.err = (&input{}).fail()
			return
		}
		rest = rest[n:]
		doc += d
		f(doc)
	}
}

func (in *input) fail() error { in.spoiled(); return in.err }

// scan hands over the terms of a block, in order, while more are wanted. term is
// good until found returns.
func (r *reader) scan(block []byte, found func(term []byte, p posting) (more bool, err error)) error {
	in := &input{b: block}
	var term []byte
	for len(in.b) > 0 {
		same := in.uint()
		if same > uint64(len(term)) {
			return in.fail()
		}
		term = append(term[:same], in.text()...)
		n := in.uint()
		p := posting{count: int(n >> 1)}
		switch {
		case n&1 == 1:
			p.bits = in.bytes(uint64(r.docs+7) / 8)
		case p.count == 1:
			before := in.b
			in.uint()
			p.list = before[:len(before)-len(in.b)]
		default:
			p.list = in.text()
		}
		if in.err != nil {
			return in.err
		}
		if more, err := found(term, p); err != nil || !more {
			return err
		}
	}
	return in.err
}

// id is the document with a number.
func (r *reader) id(doc int) (int64, error) {
	for block, count := range r.docCount {
		if doc >= count {
			doc -= count
			continue
		}
		ids, err := r.block(block)
		if err != nil {
			return 0, err
		}
		if doc < len(ids) {
			return ids[doc], nil
		}
		break
	}
	return 0, (&input{}).fail()
}

// block reads a block of documents.
func (r *reader) block(n int) ([]int64, error) {
	if ids, ok := r.ids[n]; ok {
		return ids, nil
	}
	blocks, err := r.blocks(n, n)
	if err != nil {
		return nil, err
	}
	if len(blocks) != 1 {
		return nil, (&input{}).fail()
	}
	in := &input{b: blocks[0]}
	ids := make([]int64, r.docCount[n])
	ids[0] = in.int()
	for i := 1; i < len(ids); i++ {
		ids[i] = ids[i-1] + int64(in.uint())
	}
	r.ids[n] = ids
	return ids, in.err
}

// all are all documents, in the order of their numbers.
func (r *reader) all() ([]int64, error) {
	ids := make([]int64, 0, r.docs)
	for n := range r.docCount {
		part, err := r.block(n)
		if err != nil {
			return nil, err
		}
		ids = append(ids, part...)
	}
	return ids, nil
}

// holds tells which of these ids, in rising order, the segment has.
func (r *reader) holds(ids []int64) (found []int64, err error) {
	for _, id := range ids {
		n := sort.Search(len(r.docStart), func(i int) bool { return r.docStart[i] > id }) - 1
		if n < 0 {
			continue
		}
		part, err := r.block(n)
		if err != nil {
			return nil, err
		}
		if _, ok := slices.BinarySearch(part, id); ok {
			found = append(found, id)
		}
	}
	return found, nil
}
