package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind is what JSON type a member must have.
type kind int

const (
	anything kind = iota
	text
	object
	list
	boolean
	whole  // a whole number, or text of one
	degree // a number, or text of one
)

var kindNames = map[kind]string{
	text: "a string", object: "an object", list: "an array", boolean: "a boolean", whole: "an integer", degree: "a number",
}

// rule is one line of Meta's field tables (cloud-api.md 1.2–1.4).
//
// path names the member from the message's root; "[]" after a name stands for
// each element. A rule is not applied where the member's parent is absent or is
// not an object: the parent's own rule says so. Missing members are 131008,
// wrong types and lengths 100, all else 131009.
type rule struct {
	path     string
	kind     kind
	need     bool
	min, max int // characters of text, elements of a list, value of a whole number; max 0: no limit
	oneOf    []string
	unique   bool // among all members the path stands for
	refused  bool // the member may not be there
	also     func(value any, at string) *refusal
}

// check applies the rules in order; the first violation counts.
func check(root map[string]any, rules []rule) *refusal {
	for i := range rules {
		r := &rules[i]
		seen := map[string]bool{}
		f := walk(root, "", r.path, func(at string, v any, present bool) *refusal {
			return r.apply(at, v, present, seen)
		})
		if f != nil {
			return f
		}
	}
	return nil
}

// walk visits every member that path stands for.
func walk(v any, at, path string, visit func(at string, v any, present bool) *refusal) *refusal {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	head, rest, deeper := strings.Cut(path, ".")
	name, each := strings.CutSuffix(head, "[]")
	child, present := m[name]
	if at == "" {
		at = name
	} else {
		at += "." + name
	}
	if each {
		elements, _ := child.([]any)
		for i, e := range elements {
			here := at + "[" + strconv.Itoa(i) + "]"
			var f *refusal
			if deeper {
				f = walk(e, here, rest, visit)
			} else {
				f = visit(here, e, true)
			}
			if f != nil {
				return f
			}
		}
		return nil
	}
	if deeper {
		return walk(child, at, rest, visit)
	}
	return visit(at, child, present)
}

func (r *rule) apply(at string, v any, present bool, seen map[string]bool) *refusal {
	if r.refused {
		if present {
			return refuse(codeInvalid, "%s: not allowed here", at)
		}
		return nil
	}
	if !present {
		if r.need {
			return missing(at)
		}
		return nil
	}
	if !r.kind.holds(v) {
		return refuse(codeInvalid, "%s: must be %s", at, kindNames[r.kind])
	}
	if f := r.size(at, v); f != nil {
		return f
	}
	if s, ok := v.(string); ok {
		if len(r.oneOf) > 0 && !slices.Contains(r.oneOf, s) {
			return refuse(codeValue, "%s: must be one of {%s}, is %q", at, strings.Join(r.oneOf, ", "), clip(s))
		}
		if r.unique {
			if seen[s] {
				return refuse(codeValue, "%s: %q is there twice, must be unique", at, clip(s))
			}
			seen[s] = true
		}
	}
	if r.also != nil {
		return r.also(v, at)
	}
	return nil
}

// size checks the bounds of text, lists and whole numbers.
func (r *rule) size(at string, v any) *refusal {
	switch v := v.(type) {
	case string:
		if r.kind != text {
			break
		}
		n := utf8.RuneCountInString(v)
		if n < r.min {
			if n == 0 {
				return refuse(codeMissing, "%s: must not be empty", at)
			}
			return refuse(codeInvalid, "%s: must be at least %d characters long, is %d", at, r.min, n)
		}
		if r.max > 0 && n > r.max {
			return refuse(codeInvalid, "%s: must be at most %d characters long, is %d", at, r.max, n)
		}
	case []any:
		if len(v) < r.min || (r.max > 0 && len(v) > r.max) {
			return refuse(codeValue, "%s: must have %d to %d elements, has %d", at, r.min, r.max, len(v))
		}
	}
	if r.kind == whole && r.max > 0 {
		if n, _ := number64(v); n < float64(r.min) || n > float64(r.max) {
			return refuse(codeValue, "%s: must be between %d and %d", at, r.min, r.max)
		}
	}
	return nil
}

// holds tells whether v is of that JSON type.
func (k kind) holds(v any) bool {
	switch k {
	case text:
		_, ok := v.(string)
		return ok
	case object:
		_, ok := v.(map[string]any)
		return ok
	case list:
		_, ok := v.([]any)
		return ok
	case boolean:
		switch v {
		case true, false, "true", "false":
			return true
		}
		return false
	case degree:
		_, ok := number64(v)
		return ok
	case whole:
		f, ok := number64(v)
		return ok && f == float64(int64(f))
	}
	return true
}

// number64 reads a JSON number or text of one.
func number64(v any) (float64, bool) {
	var s string
	switch v := v.(type) {
	case json.Number:
		s = v.String()
	case string:
		s = v
	default:
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && f > -1e15 && f < 1e15
}

// within makes an "also" that bounds a number.
func within(low, high float64) func(any, string) *refusal {
	return func(v any, at string) *refusal {
		if f, _ := number64(v); f < low || f > high {
			return refuse(codeValue, "%s: must be between %v and %v", at, low, high)
		}
		return nil
	}
}

// clip shortens a value for an error text.
func clip(s string) string {
	if utf8.RuneCountInString(s) <= 40 {
		return s
	}
	return string([]rune(s)[:40]) + "…"
}

// withoutNulls drops null members, which Graph tolerates wherever a member is
// optional (cloud-api.md 0), so that no rule sees them.
func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if e == nil {
				delete(v, k)
			} else {
				withoutNulls(e)
			}
		}
	case []any:
		for _, e := range v {
			withoutNulls(e)
		}
	}
	return v
}

func member(v any, name string) any {
	m, _ := v.(map[string]any)
	return m[name]
}

func textOf(v any) string {
	s, _ := v.(string)
	return s
}
