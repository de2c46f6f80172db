package search

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
)

// A segment is a head and blocks. The documents of a segment are numbered from 0
// in the order of their ids; postings are such numbers.
//
//	head       version, number of documents, how many document blocks there are,
//	           and of each the first id and how many it has; of each term block
//	           the first term; in a small segment then the blocks themselves
//	documents  ids: the first, then differences
//	terms      for each term in order: how much of the term before it begins it
//	           with, the rest, how many postings there are and whether they are
//	           differences (many words in few documents) or a bit a document (few
//	           words in many), and the postings
//
// All numbers are varints. Each block is sealed alone, so that a question opens
// only those that its words lie in.
const (
	format     = 1
	docsBlock  = 2048     // documents in a block
	termsBlock = 16 << 10 // bytes after which a block of terms ends
	inline     = 16 << 10 // a segment of no more bytes has everything in its head
)

// builder gathers what a segment will have.
type builder struct {
	ids      []int64
	postings map[string][]uint32
}

// build makes a builder of documents; of several with one id all terms count.
func build(docs []document) *builder {
	slices.SortStableFunc(docs, func(a, b document) int { return int(min(max(a.id-b.id, -1), 1)) })
	b := &builder{postings: map[string][]uint32{}}
	for _, d := range docs {
		if n := len(b.ids); n == 0 || b.ids[n-1] != d.id {
			b.ids = append(b.ids, d.id)
		}
		at := uint32(len(b.ids) - 1)
		for _, t := range d.terms {
			if p := b.postings[t]; len(p) == 0 || p[len(p)-1] != at {
				b.postings[t] = append(p, at)
			}
		}
	}
	return b
}

// encode writes the segment: its head, and its blocks unless they fit into it.
func (b *builder) encode() (head []byte, blocks [][]byte) {
	head = binary.AppendUvarint(nil, format)
	head = binary.AppendUvarint(head, uint64(len(b.ids)))
	for part := range slices.Chunk(b.ids, docsBlock) {
		block := binary.AppendVarint(nil, part[0])
		for i := 1; i < len(part); i++ {
			block = binary.AppendUvarint(block, uint64(part[i]-part[i-1]))
		}
		blocks = append(blocks, block)
	}
	head = binary.AppendUvarint(head, uint64(len(blocks)))
	for part := range slices.Chunk(b.ids, docsBlock) {
		head = binary.AppendVarint(head, part[0])
		head = binary.AppendUvarint(head, uint64(len(part)))
	}
	terms, firsts := b.encodeTerms()
	blocks = append(blocks, terms...)
	head = binary.AppendUvarint(head, uint64(len(firsts)))
	for _, f := range firsts {
		head = appendText(head, f)
	}
	size := 0
	for _, block := range blocks {
		size += len(block)
	}
	if size > inline {
		return binary.AppendUvarint(head, 0), blocks
	}
	head = binary.AppendUvarint(head, 1)
	for _, block := range blocks {
		head = appendText(head, string(block))
	}
	return head, nil
}

func (b *builder) encodeTerms() (blocks [][]byte, firsts []string) {
	var block []byte
	var before string
	for _, term := range slices.Sorted(maps.Keys(b.postings)) {
		if len(block) > termsBlock {
			blocks, block, before = append(blocks, block), nil, ""
		}
		if len(block) == 0 {
			firsts = append(firsts, term)
		}
		same := 0
		for same < len(before) && same < len(term) && before[same] == term[same] {
			same++
		}
		block = binary.AppendUvarint(block, uint64(same))
		block = appendText(block, term[same:])
		block = appendPostings(block, b.postings[term], len(b.ids))
		before = term
	}
	if len(block) > 0 {
		blocks = append(blocks, block)
	}
	return blocks, firsts
}

// appendPostings writes how many there are, twice, plus one if they are bits.
func appendPostings(block []byte, postings []uint32, docs int) []byte {
	if len(postings) > docs/8+1 {
		block = binary.AppendUvarint(block, uint64(len(postings))<<1|1)
		bits := make([]byte, (docs+7)/8)
		for _, p := range postings {
			bits[p/8] |= 1 << (p % 8)
		}
		return append(block, bits...)
	}
	block = binary.AppendUvarint(block, uint64(len(postings))<<1)
	if len(postings) == 1 {
		return binary.AppendUvarint(block, uint64(postings[0]))
	}
	var list []byte
	last := uint32(0)
	for _, p := range postings {
		list = binary.AppendUvarint(list, uint64(p-last))
		last = p
	}
	return appendText(block, string(list))
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// input reads what the functions above wrote. After the first error it reads
// zeros, and err says so.
type input struct {
	b   []byte
	err error
}

func (in *input) spoiled() {
	if in.err == nil {
		in.err = fmt.Errorf("search: a segment cannot be read")
	}
	in.b = nil
}

func (in *input) uint() uint64 {
	v, n := binary.Uvarint(in.b)
	if n <= 0 {
		in.spoiled()
		return 0
	}
	in.b = in.b[n:]
	return v
}

func (in *input) int() int64 {
	v, n := binary.Varint(in.b)
	if n <= 0 {
		in.spoiled()
		return 0
	}
	in.b = in.b[n:]
	return v
}

func (in *input) bytes(n uint64) []byte {
	if n > uint64(len(in.b)) {
		in.spoiled()
		return nil
	}
	out := in.b[:n]
	in.b = in.b[n:]
	return out
}

func (in *input) text() []byte { return in.bytes(in.uint()) }
