package search

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/wa"
)

// Query is a question. WorkspaceID is required, and Text or one of the filters.
type Query struct {
	WorkspaceID wa.WorkspaceID
	// Text is what was typed: every word must occur; words of three letters and
	// more, and the last one while no space follows it, may go on.
	Text string

	// Filters of messages; zero: any.
	NumberID  wa.NumberID
	PersonID  wa.PersonID // who of the house wrote it
	Direction wa.Direction
	Has       Has
	From      time.Time // said at or after
	To        time.Time // said before
	// LabelID: only of conversations that have this label now. It is no term of the
	// index, since labels come and go, so what seems to fit is asked for it.
	LabelID wa.LabelID
	// ConversationID: only of this conversation. Its own messages are read in place of
	// the index, so what was said a moment ago is found too.
	ConversationID wa.ConversationID

	Before wa.MessageID // messages below this id, for the next page; 0: the newest
	Limit  int          // messages
}

// Has is what a message carries.
type Has string

const (
	HasImage    Has = "image"
	HasVideo    Has = "video"
	HasAudio    Has = "audio"
	HasDocument Has = "document"
	HasSticker  Has = "sticker"
	HasLocation Has = "location"
	HasContacts Has = "contacts"
	HasOrder    Has = "order"
	HasMedia    Has = "media" // a file of any kind
	HasLink     Has = "link"
)

// What a question may be.
const (
	MaxText  = 200 // characters
	maxWords = 12
)

// span is a range of terms: from lo, up to and without hi.
type span struct{ lo, hi string }

func exactly(term string) span   { return span{term, term + "\x00"} }
func beginning(term string) span { return span{term, term + "\xff"} }

func (s span) holds(term string) bool { return term >= s.lo && term < s.hi }

// clause is one condition: one of its ways must be given.
type clause struct {
	ways   []way
	filter bool // it is about what a message is, not what it says
}

// way is given when all its spans are, for words one behind the other.
type way []span

// refuse says what is wrong with what was typed.
func refuse(detail string) error {
	return fault.Wrong("search_invalid", fault.Field{Name: "q", Detail: detail})
}

// parse makes conditions of what was typed.
func parse(text string) ([]clause, error) {
	if n := utf8.RuneCountInString(text); n > MaxText {
		return nil, fault.Wrong("search_invalid", fault.Field{Name: "q", Detail: "may have at most 200 characters.", Limit: MaxText, Length: n})
	}
	if !utf8.ValidString(text) {
		return nil, refuse("is not valid UTF-8.")
	}
	all := tokens(text)
	ends := strings.TrimRight(text, " \t\n") != text
	var out []clause
	var joined []token
	plain := all
	for i, t := range all {
		if t.joined {
			plain, joined = all[:i], all[i:]
			break
		}
	}
	for i := 0; i < len(plain); i++ {
		t := plain[i]
		last := i
		switch t.class {
		case word:
			if j := startingAt(joined, t.start); j != nil {
				for last+1 < len(plain) && plain[last+1].end <= j.end {
					last++
				}
				open := last == len(plain)-1 && !ends
				parts := plain[i : last+1]
				c := clause{ways: []way{{wordSpan(j.term, open)}, row(parts, open, false)}}
				if hasOther(parts) {
					c.ways = append(c.ways, row(parts, open, true))
				}
				out = append(out, c)
				break
			}
			open := last == len(plain)-1 && !ends
			c := clause{ways: []way{{wordSpan(t.term, open)}}}
			if t.other != "" {
				c.ways = append(c.ways, way{wordSpan(t.other, open)})
			}
			out = append(out, c)
		case dense:
			for last+1 < len(plain) && plain[last+1].class == dense && plain[last+1].start < plain[last].end {
				last++
			}
			out = append(out, clause{ways: []way{denseRow(plain[i : last+1])}})
		default:
			out = append(out, clause{ways: []way{{exactly(t.term)}}})
		}
		i = last
	}
	if len(out) > maxWords {
		return nil, refuse("may have at most 12 words.")
	}
	return out, nil
}

func startingAt(joined []token, start int) (longest *token) {
	for i := range joined {
		if joined[i].start == start && (longest == nil || joined[i].end > longest.end) {
			longest = &joined[i]
		}
	}
	return longest
}

// wordSpan is a word that may go on when it is still being typed, or is long
// enough to mean something. A number that was typed to its end is meant as it is.
func wordSpan(term string, open bool) span {
	if open || utf8.RuneCountInString(term) >= 3 && !strings.ContainsAny(term, "0123456789") {
		return beginning(term)
	}
	return exactly(term)
}

// row are words one behind the other, of which the last may go on; other: in
// their German spelling, where they have one.
func row(parts []token, open, other bool) way {
	w := make(way, len(parts))
	for i, p := range parts {
		term := p.term
		if other && p.other != "" {
			term = p.other
		}
		if w[i] = exactly(term); i == len(parts)-1 {
			w[i] = wordSpan(term, open)
		}
	}
	return w
}

func hasOther(parts []token) bool {
	return slices.ContainsFunc(parts, func(t token) bool { return t.other != "" })
}

// denseRow are characters without spaces: the pairs that they make, or, of a
// single one, every pair that it begins.
func denseRow(run []token) way {
	if len(run) == 1 {
		return way{beginning(run[0].term)}
	}
	w := make(way, len(run)-1) // the last one alone is in the pair before it
	for i := range w {
		w[i] = exactly(run[i].term)
	}
	return w
}
