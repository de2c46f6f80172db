package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Part is a piece of text; Match: it is one of the words that were looked for.
type Part struct {
	Text  string
	Match bool
}

// mark is a match: bytes of a text.
type mark struct{ start, end int }

// holds checks whether a text has what was asked for, and where.
func holds(text string, asked []clause) (marks []mark, ok bool) {
	if len(asked) == 0 {
		return nil, true
	}
	all := tokens(text)
	for _, c := range asked {
		found := c.in(all)
		if len(found) == 0 {
			return nil, false
		}
		marks = append(marks, found...)
	}
	return marks, true
}

// marksOf is holds for a text of which some of the words may lie elsewhere.
func marksOf(text string, asked []clause) (marks []mark) {
	all := tokens(text)
	for _, c := range asked {
		marks = append(marks, c.in(all)...)
	}
	return marks
}

// in finds where a clause is given.
func (c clause) in(all []token) (marks []mark) {
	for _, w := range c.ways {
		for i := range all {
			if end, ok := w.at(all[i:]); ok {
				marks = append(marks, mark{all[i].start, end})
			}
		}
	}
	return marks
}

// at reports whether a way begins with the first of these tokens, and where it ends.
func (w way) at(all []token) (end int, ok bool) {
	if len(all) < len(w) {
		return 0, false
	}
	for i, s := range w {
		t := all[i]
		if !s.holds(t.term) && (t.other == "" || !s.holds(t.other)) || len(w) > 1 && t.joined {
			return 0, false
		}
		if i > 0 && t.class == dense && t.start >= all[i-1].end {
			return 0, false // the pairs of a run overlap
		}
		end = t.end
	}
	return end, true
}

const (
	excerptLength = 180 // characters
	excerptBefore = 60  // of them in front of the first match
)

// excerpt is what a text says around its first match; the beginning when there is none.
func excerpt(text string, marks []mark) []Part {
	marks = merged(marks)
	start := 0
	if len(marks) > 0 {
		start = back(text, marks[0].start, excerptBefore)
	}
	end := forward(text, start, excerptLength)
	var kept []mark
	for _, m := range marks {
		if m.start >= start && m.start < end {
			kept = append(kept, mark{m.start - start, min(m.end, end) - start})
		}
	}
	out := parts(text[start:end], kept)
	for i := range out {
		out[i].Text = onLine(out[i].Text)
	}
	if start > 0 {
		out = append([]Part{{Text: "…"}}, out...)
	}
	if end < len(text) {
		out = append(out, Part{Text: "…"})
	}
	return out
}

// parts divides a text at its marks.
func parts(text string, marks []mark) []Part {
	out := []Part{}
	at := 0
	for _, m := range merged(marks) {
		if m.start > at {
			out = append(out, Part{Text: text[at:m.start]})
		}
		out = append(out, Part{Text: text[m.start:m.end], Match: true})
		at = m.end
	}
	if at < len(text) {
		out = append(out, Part{Text: text[at:]})
	}
	return out
}

// merged puts marks in order and makes one of those that touch.
func merged(marks []mark) []mark {
	marks = slices.Clone(marks)
	slices.SortFunc(marks, func(a, b mark) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	out := marks[:0]
	for _, m := range marks {
		if n := len(out); n > 0 && m.start <= out[n-1].end {
			out[n-1].end = max(out[n-1].end, m.end)
			continue
		}
		out = append(out, m)
	}
	return out
}

// back is the place so many characters in front of another, at the beginning of a word if one is near.
func back(text string, from, characters int) int {
	at := from
	for ; at > 0 && characters > 0; characters-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	if at == 0 {
		return 0
	}
	if space := strings.IndexAny(text[at:from], " \n"); space >= 0 && space < 20 {
		return at + space + 1
	}
	return at
}

func forward(text string, from, characters int) int {
	at := from
	for ; at < len(text) && characters > 0; characters-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// onLine writes breaks as spaces.
func onLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, s)
}
