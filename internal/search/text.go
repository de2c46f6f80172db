package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is one thing in a text that can be found: a word, a pair of characters
// of a script without spaces, an emoji, or several parts of a number in one.
type token struct {
	term       string // as the index has it
	other      string // the German spelling of an umlaut, "mueller" for "Müller"; empty: none
	start, end int    // bytes in the text
	class      class
	joined     bool // made of the tokens before it: "r2402" of "R-2402"
}

type class byte

const (
	gap   class = iota
	word        // letters, digits and their marks
	dense       // a script that writes no spaces: taken in pairs
	sign        // an emoji
	mute        // what only changes how its neighbour looks
)

const (
	// maxTerm is how many bytes of a word count.
	maxTerm = 48
	// phoneDigits: groups of digits with so many in all may be one number.
	minDigits, maxDigits = 6, 16
)

// tokens takes a text apart. Tokens stand in the order of the text; joined ones
// follow at the end.
func tokens(text string) []token {
	var out []token
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch classOf(r) {
		case word:
			end := at + size
			for end < len(text) {
				r, n := utf8.DecodeRuneInString(text[end:])
				if c := classOf(r); c != word && c != mute {
					break
				}
				end += n
			}
			if t := fold(text[at:end]); t.term != "" {
				t.start, t.end, t.class = at, end, word
				out = append(out, t)
			}
			at = end
		case dense:
			out, at = pairs(out, text, at)
		case sign:
			out = append(out, token{term: string(r), start: at, end: at + size, class: sign})
			at += size
		default:
			at += size
		}
	}
	return join(out, text)
}

// pairs takes a run of characters without spaces: each with the next one, and
// the last one alone, so that every character begins a term.
func pairs(out []token, text string, at int) ([]token, int) {
	type char struct {
		term       string
		start, end int
	}
	var run []char
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if classOf(r) != dense {
			break
		}
		run = append(run, char{norm.NFKC.String(string(r)), at, at + size})
		at += size
	}
	for i, c := range run {
		t := token{term: c.term, start: c.start, end: c.end, class: dense}
		if i+1 < len(run) {
			t.term, t.end = t.term+run[i+1].term, run[i+1].end
		}
		out = append(out, t)
	}
	return out, at
}

// join adds what several words make together: the parts of "R-2402" or
// "ana@example.com", and groups of digits that may be a phone number.
func join(out []token, text string) []token {
	count := len(out)
	for i := 0; i < count; i++ {
		if out[i].class != word {
			continue
		}
		last := i
		for last+1 < count && out[last+1].class == word && linked(text[out[last].end:out[last+1].start]) {
			last++
		}
		if last > i {
			out = append(out, whole(out[i:last+1]))
		}
		if digits(out[i].term) && (i == 0 || !numeric(out[i-1], out[i], text)) {
			end, sum := i, len(out[i].term)
			for end+1 < count && numeric(out[end], out[end+1], text) {
				end++
				sum += len(out[end].term)
			}
			if end > i && (end != last) && sum >= minDigits && sum <= maxDigits {
				out = append(out, whole(out[i:end+1]))
			}
		}
		i = last
	}
	return out
}

func whole(parts []token) token {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.term)
	}
	return token{term: cut(b.String()), start: parts[0].start, end: parts[len(parts)-1].end, class: word, joined: true}
}

// linked reports whether what stands between two words makes them one.
func linked(between string) bool {
	switch between {
	case "-", "_", ".", "/", "#", "@", "'", "’", ":", "‐", "‑":
		return true
	}
	return false
}

// numeric reports whether two groups of digits may be of one number.
func numeric(a, b token, text string) bool {
	if b.start-a.end > 3 || !digits(a.term) || !digits(b.term) {
		return false
	}
	return strings.Trim(text[a.end:b.start], " ()-/. ") == ""
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return word
		}
		return gap
	case r == 0x200C, r == 0x200D, r == 0xAD, r >= 0xFE00 && r <= 0xFE0F, r >= 0x1F3FB && r <= 0x1F3FF:
		return mute // joiners, soft hyphens, variants, skin tones
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar), r == 'ー':
		return dense
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return word
	case unicode.Is(unicode.So, r) && r != utf8.RuneError:
		return sign
	}
	return gap
}

// unlike are letters that decompose into nothing simpler.
var unlike = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i", "ς", "σ")

// fold brings a word into the form in which it is compared: lower case, without
// accents. An umlaut counts as its letter and, in other, as the letter with e.
func fold(s string) token {
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	lower := strings.ToLower(s)
	if plain {
		return token{term: cut(lower)}
	}
	var term, other strings.Builder
	umlaut := false
	for _, r := range norm.NFKD.String(unlike.Replace(lower)) {
		switch {
		case r == 0x308:
			if last := term.String(); last != "" && strings.IndexByte("aou", last[len(last)-1]) >= 0 {
				other.WriteByte('e')
				umlaut = true
			}
		case r >= 0x300 && r <= 0x36F, r >= 0x591 && r <= 0x5C7, r >= 0x64B && r <= 0x65F, classOf(r) == mute:
		default:
			term.WriteRune(r)
			other.WriteRune(r)
		}
	}
	t := token{term: cut(unlike.Replace(term.String()))}
	if umlaut {
		t.other = cut(other.String())
	}
	return t
}

// cut shortens a term at the end of a character.
func cut(s string) string {
	if len(s) <= maxTerm {
		return s
	}
	end := maxTerm
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}
