package search

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func termsOf(text string) (out []string) {
	for _, t := range tokens(text) {
		out = append(out, t.term)
		if t.other != "" {
			out = append(out, t.other)
		}
	}
	return out
}

func TestTextsAreTakenApart(t *testing.T) {
	for text, want := range map[string][]string{
		"":                           nil,
		"Guten Morgen!":              {"guten", "morgen"},
		"Müller, Straße":             {"muller", "mueller", "strasse"},
		"Mu\u0308ller":               {"muller", "mueller"}, // the accent as a character of its own
		"informação já":              {"informacao", "ja"},
		"İstanbul ΣΟΦΟΣ":             {"istanbul", "σοφοσ"},
		"订单号 123":                    {"订单", "单号", "号", "123"},
		"ＡＢＣ １２":                     {"abc", "12"},
		"thx 👍🏽👍 ❤️":                 {"thx", "👍", "👍", "❤"},
		"R-2402":                     {"r", "2402", "r2402"},
		"+49 (151) 234-5678":         {"49", "151", "234", "5678", "491512345678", "2345678"},
		"ana@example.com":            {"ana", "example", "com", "anaexamplecom"},
		"am 3. 4. um 5":              {"am", "3", "4", "um", "5"},
		"a\x00\x01n1":                {"a", "n1"}, // what filters are made of comes from no text
		strings.Repeat("ä", 100)[:9]: {"aaaa", "aeaeaeae"},
	} {
		if diff := cmp.Diff(want, termsOf(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestAQuestionFindsWhatItShould(t *testing.T) {
	for _, c := range []struct {
		asked, text string
		want        bool
	}{
		{"rechnung", "Ihre Rechnungen sind da", true},    // a word may go on
		{"nung", "Ihre Rechnungen sind da", false},       // but not begin earlier
		{"rechnung da", "Ihre Rechnungen sind da", true}, // every word
		{"rechnung dort", "Ihre Rechnungen sind da", false},
		{"si", "Ihre Rechnungen sind da", true},   // still being typed
		{"si ", "Ihre Rechnungen sind da", false}, // typed: a word of two letters is meant as it is
		{"MÜLLER", "Herr Müller", true},
		{"mueller", "Herr Müller", true},
		{"muller", "Herr Müller", true},
		{"müller", "Herr Mueller", true},
		{"müller-lüdenscheidt", "Frau Mueller-Luedenscheidt", true},
		{"strasse", "Bahnhofstr., Hohe Straße 3", true},
		{"STRASSE", "hohe straße", true},
		{"informacao", "Mais informação?", true},
		{"订单", "我的订单号是多少", true},
		{"单号是", "我的订单号是多少", true},
		{"订号", "我的订单号是多少", false},
		{"号", "我的订单号", true},
		{"订单单号", "订单和单号", false}, // both pairs are there, not one behind the other
		{"r-2402", "Auftrag R-2402 ist fertig", true},
		{"R2402", "Auftrag R-2402 ist fertig", true},
		{"r-24", "Auftrag R-2402 ist fertig", true},
		{"r-2402", "Auftrag R2402", true},
		{"r-2402", "R wie 2402", false},
		{"2402", "Auftrag #R-2402", true},
		{"0151 2345678", "Tel. 01512345678", true},
		{"01512345678", "Tel. 0151/234 56 78", true},
		{"example.com", "an ana@example.com", true},
		{"👍", "Gut 👍🏿", true},
		{"👍 gut", "Gut 👍🏿", true},
		{"gut 👎", "Gut 👍🏿", false},
		{"e\u0301te\u0301", "Un été", true},
	} {
		asked, err := parse(c.asked)
		if err != nil {
			t.Errorf("%q: %v", c.asked, err)
			continue
		}
		if _, got := holds(c.text, asked); got != c.want {
			t.Errorf("%q in %q: got %v, want %v", c.asked, c.text, got, c.want)
		}
		// What the index would say must be no narrower than what the text says.
		terms := newTerms()
		terms.text(c.text)
		b := build([]document{{1, terms.list}})
		if docs := answers(t, b, asked); c.want && !slices.Contains(docs, 1) {
			t.Errorf("%q in %q: the index does not find it", c.asked, c.text)
		}
	}
}

// answers asks a segment made of b.
func answers(t *testing.T, b *builder, asked []clause) (ids []int64) {
	t.Helper()
	head, blocks := b.encode()
	r, err := openSegment(head, func(first, last int64) ([][]byte, error) { return blocks[first : last+1], nil })
	if err != nil {
		t.Fatal(err)
	}
	docs, err := r.match(asked)
	if err != nil {
		t.Fatal(err)
	}
	for doc := range r.docs {
		if docs[doc/64]&(1<<(doc%64)) != 0 {
			id, err := r.id(doc)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
	}
	return ids
}

func TestWrongQuestionsAreRefused(t *testing.T) {
	for _, q := range []string{strings.Repeat("a", 201), "\xff", strings.Repeat("wort ", 13)} {
		if _, err := parse(q); err == nil {
			t.Errorf("%.20q was taken", q)
		}
	}
	if _, err := parse(strings.Repeat("ü", 200)); err != nil {
		t.Error("200 characters were refused:", err)
	}
}

func TestExcerpts(t *testing.T) {
	show := func(asked, text string) string {
		c, err := parse(asked)
		if err != nil {
			t.Fatal(err)
		}
		marks, ok := holds(text, c)
		if !ok {
			t.Fatalf("%q does not hold %q", text, asked)
		}
		var b strings.Builder
		for _, p := range excerpt(text, marks) {
			if p.Match {
				b.WriteString("[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		return b.String()
	}
	for _, c := range []struct{ asked, text, want string }{
		{"rech", "Ihre\nRechnung ist da", "Ihre [Rechnung] ist da"},
		{"单号是", "我的订单号是多少", "我的订[单号是]多少"},
		{"r-2402", "Auftrag R-2402!", "Auftrag [R-2402]!"},
		{"müller", "Herr Mueller und Frau Müller", "Herr [Mueller] und Frau [Müller]"},
		{"ende", strings.Repeat("lang ", 100) + "am Ende", "…" + strings.Repeat("lang ", 11) + "am [Ende]"},
	} {
		if got := show(c.asked, c.text); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if got := show("anfang", "Anfang "+strings.Repeat("wort ", 100)); utf8.RuneCountInString(got) > excerptLength+4 || !strings.HasSuffix(got, "…") {
		t.Errorf("got %q, want it cut", got)
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"Müller R-2402 订单号", "👍🏽", "a.b.c.d", "+49 151 234", "\xff\xfe", "e\u0301\u200d"} {
		f.Add(s, "wort")
	}
	f.Fuzz(func(t *testing.T, text, q string) {
		for _, k := range tokens(text) {
			if k.start < 0 || k.end > len(text) || k.start >= k.end || k.term == "" || k.term[0] < ' ' || len(k.term) > maxTerm {
				t.Fatalf("got %+v of %q", k, text)
			}
		}
		asked, err := parse(q)
		if err != nil {
			return
		}
		if marks, ok := holds(text, asked); ok {
			for _, p := range excerpt(text, marks) {
				if utf8.ValidString(text) && !utf8.ValidString(p.Text) {
					t.Fatalf("got %q of %q", p.Text, text)
				}
			}
		}
	})
}
