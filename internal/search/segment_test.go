package search

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Whatever is in a segment is found there, alone, by ranges and together, in
// small segments and in large ones, before and after merging and leaving out.
func TestSegmentsAnswerAsASimpleListDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprintf("%s%d", rapid.SampledFrom([]string{"a", "ab", "b", "long-beginning-", "\x01n"}).Draw(t, "stem"), rapid.IntRange(0, 40).Draw(t, "n"))
		})
		var docs []document
		step := rapid.Int64Range(1, 1<<40)
		id := int64(0)
		for range rapid.IntRange(1, 300).Draw(t, "docs") {
			id += step.Draw(t, "step")
			docs = append(docs, document{id, rapid.SliceOfNDistinct(word, 0, 6, rapid.ID).Draw(t, "words")})
		}
		without := []int64{docs[rapid.IntRange(0, len(docs)-1).Draw(t, "gone")].id}
		half := len(docs) / 2
		merged := &builder{postings: map[string][]uint32{}}
		for _, d := range docs {
			if d.id != without[0] {
				merged.ids = append(merged.ids, d.id)
			}
		}
		for _, part := range [][]document{docs[half:], docs[:half]} {
			r := opened(t, build(slices.Clone(part)))
			ids, err := r.all()
			if err != nil {
				t.Fatal(err)
			}
			if err := merged.take(r, ids); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range merged.postings {
			slices.Sort(p)
		}
		rest := slices.DeleteFunc(slices.Clone(docs), func(d document) bool { return d.id == without[0] })
		for _, c := range []struct {
			b    *builder
			docs []document
		}{{build(slices.Clone(docs)), docs}, {merged, rest}} {
			r := opened(t, c.b)
			for range 5 {
				asked := []clause{{ways: []way{{exactly(word.Draw(t, "one"))}, {exactly(word.Draw(t, "either"))}}}, {ways: []way{{beginning(rapid.SampledFrom([]string{"a", "b", "ab1", "zz", "\x01"}).Draw(t, "beginning"))}}}}
				got, err := r.match(asked)
				if err != nil {
					t.Fatal(err)
				}
				var ids, want []int64
				for doc := range r.docs {
					if got[doc/64]&(1<<(doc%64)) != 0 {
						id, err := r.id(doc)
						if err != nil {
							t.Fatal(err)
						}
						ids = append(ids, id)
					}
				}
				for _, d := range c.docs {
					if one(d, asked[0]) && one(d, asked[1]) {
						want = append(want, d.id)
					}
				}
				if diff := cmp.Diff(want, ids); diff != "" {
					t.Fatalf("%+v: %s", asked, diff)
				}
			}
		}
	})
}

func one(d document, c clause) bool {
	return slices.ContainsFunc(c.ways, func(w way) bool { return slices.ContainsFunc(d.terms, w[0].holds) })
}

type fataler interface {
	Helper()
	Fatal(...any)
}

func opened(t fataler, b *builder) *reader {
	t.Helper()
	head, blocks := b.encode()
	r, err := openSegment(head, func(first, last int64) ([][]byte, error) { return blocks[first : last+1], nil })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestALargeSegmentHasBlocks(t *testing.T) {
	var docs []document
	for n := range int64(10_000) {
		docs = append(docs, document{1000 * n, []string{"all", fmt.Sprintf("w%d", n%3000), fmt.Sprintf("only%d", n)}})
	}
	b := build(docs)
	head, blocks := b.encode()
	if len(blocks) < 5 || len(head) > 2000 {
		t.Fatalf("got %d blocks and a head of %d bytes", len(blocks), len(head))
	}
	read := 0
	r, err := openSegment(head, func(first, last int64) ([][]byte, error) {
		read += int(last - first + 1)
		return blocks[first : last+1], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.match([]clause{{ways: []way{{exactly("only9999")}}}, {ways: []way{{exactly("all")}}}})
	if err != nil {
		t.Fatal(err)
	}
	s := &stream{r: r, docs: got, doc: r.docs}
	if more, err := s.move(); err != nil || !more || s.id != 9_999_000 {
		t.Errorf("got %v, %v, %d; want the last document", more, err, s.id)
	}
	if more, _ := s.move(); more {
		t.Errorf("got %d, want no other", s.id)
	}
	if read > 5 {
		t.Errorf("%d blocks were read, want a few", read)
	}
	if has, err := r.holds([]int64{5, 7000, 9_999_000, 99_999_000}); err != nil || !slices.Equal(has, []int64{7000, 9_999_000}) {
		t.Errorf("got %v, %v", has, err)
	}
}

// A damaged segment is an error, never a crash or an endless loop.
func FuzzSegment(f *testing.F) {
	b := build([]document{{1, []string{"a", "ab"}}, {70, []string{"ab"}}})
	head, _ := b.encode()
	f.Add(head)
	f.Fuzz(func(t *testing.T, head []byte) {
		r, err := openSegment(head, func(first, last int64) ([][]byte, error) { return nil, nil })
		if err != nil || r.docs > 1<<20 {
			return
		}
		for _, n := range r.docCount {
			if n < 0 || n > 1<<20 {
				return
			}
		}
		r.all()
		r.match([]clause{{ways: []way{{beginning("a")}}}})
	})
}
