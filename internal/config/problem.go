package config

import (
	"fmt"
	"strings"

	"kontor/internal/fault"
)

// Problem is one wrong setting.
type Problem struct {
	Setting  string // its names, or the place in a file: "KONTOR_LISTEN", "kontor.yaml:3: listn"
	Value    string // as it may be shown: quoted, shortened, secrets masked; "" when there is none to show
	Source   string // where it came from; "" when Setting says it
	Expected string // what is expected instead
}

func (p Problem) String() string {
	text := p.Setting + ": "
	if p.Value != "" {
		text += "got " + p.Value
		if p.Source != "" {
			text += " from " + p.Source
		}
		text += ", "
	}
	return text + "expected " + p.Expected
}

func (s Setting) problem(given value, expected string) Problem {
	shown := quote(given.text)
	if s.Secret {
		shown = masked(s.Key, given.text)
	}
	from := given.from
	if from == s.Env {
		from = "the environment"
	}
	return Problem{Setting: s.Env, Value: shown, Source: from, Expected: expected}
}

// refuse makes one fault of all problems; nil when there are none.
func refuse(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	fields := make([]fault.Field, len(problems))
	lines := make([]string, len(problems))
	for i, p := range problems {
		fields[i] = fault.Field{Name: p.Setting, Detail: strings.TrimPrefix(p.String(), p.Setting+": ")}
		lines[i] = "  " + p.String()
	}
	what := "One setting is wrong:"
	if len(problems) > 1 {
		what = fmt.Sprintf("%d settings are wrong:", len(problems))
	}
	return &fault.Error{
		Kind: fault.Invalid, Code: "config_invalid", Fields: fields,
		Detail: what + "\n" + strings.Join(lines, "\n"),
		Advice: "Correct what is named and start again. docs/configuration.md explains every setting.",
	}
}

const shownLength = 80

// quote shows a value in quotes, shortened.
func quote(text string) string {
	if r := []rune(text); len(r) > shownLength {
		return fmt.Sprintf("%q… (%d characters)", string(r[:shownLength]), len(r))
	}
	return fmt.Sprintf("%q", text)
}

// masked shows what may be shown of a secret: its length, and of the
// database's and the mail server's URL everything but user, password and parameters.
func masked(key, text string) string {
	switch {
	case text == "":
		return ""
	case key == "database_url", key == "smtp.url":
		return maskURL(text)
	case len(text) == 1:
		return "•••• (1 character)"
	}
	return fmt.Sprintf("•••• (%d characters)", len([]rune(text)))
}

func maskURL(raw string) string {
	scheme, rest, found := strings.Cut(raw, "://")
	if !found {
		return fmt.Sprintf("•••• (%d characters)", len([]rune(raw)))
	}
	if i := strings.IndexByte(rest, '?'); i >= 0 {
		rest = rest[:i] + "?••••" // parameters may carry a password
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = "••••@" + rest[i+1:]
	}
	return scheme + "://" + rest
}

// nearest finds the name that was probably meant, or "".
func nearest(name string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if d := editDistance(strings.ToLower(name), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// editDistance counts the letters to add, drop or change.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
