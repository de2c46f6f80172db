package app_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"kontor/internal/api"
)

// schema is what these tests read of a JSON schema.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       any                `json:"type"` // a word, or two with null
	Properties map[string]*schema `json:"properties"`
	Items      *schema            `json:"items"`
	AnyOf      []*schema          `json:"anyOf"`
	Required   []string           `json:"required"`
	Enum       []any              `json:"enum"`
	Examples   []any              `json:"examples"`
	Format     string             `json:"format"`
	Minimum    *float64           `json:"minimum"`
	MinLength  int                `json:"minLength"`
	MinItems   int                `json:"minItems"`
}

func (s *schema) is(kind string) bool {
	if words, two := s.Type.([]any); two {
		return slices.Contains(words, any(kind))
	}
	return s.Type == kind
}

// operation is one call of the OpenAPI document.
type operation struct {
	call string // "GET /people": below the API's base
	method, path,
	right string
	open       bool // for those who are not in yet
	parameters []parameter
	body       *schema // of JSON; nil: it takes none
	required   bool    // the body
	example    any     // of the body
}

type parameter struct {
	Name     string
	In       string
	Required bool
	Schema   *schema
}

func (o *operation) named(in string) (names []string) {
	for _, p := range o.parameters {
		if p.In == in {
			names = append(names, p.Name)
		}
	}
	return names
}

// document is the product's OpenAPI document, in the order of its paths; what
// takes something away comes last of each path.
type document struct {
	operations []*operation
	schemas    map[string]*schema
}

func readDocument(t *testing.T, text []byte) *document {
	t.Helper()
	var raw struct {
		Paths map[string]map[string]struct {
			Right       string `json:"x-kontor-right"`
			Security    []map[string][]string
			Parameters  []parameter
			RequestBody *struct {
				Required bool
				Content  map[string]struct {
					Schema  *schema
					Example any
				}
			}
		}
		Components struct{ Schemas map[string]*schema }
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatal("read the OpenAPI document: ", err)
	}
	d := &document{schemas: raw.Components.Schemas}
	for path, item := range raw.Paths {
		for method, op := range item {
			method, path := strings.ToUpper(method), strings.TrimPrefix(path, api.Base)
			o := &operation{call: method + " " + path, method: method, path: path, right: op.Right, parameters: op.Parameters, open: len(op.Security) == 1 && len(op.Security[0]) == 0}
			if op.RequestBody != nil {
				content, json := op.RequestBody.Content["application/json"]
				if json {
					o.body, o.example, o.required = content.Schema, content.Example, op.RequestBody.Required
				}
			}
			d.operations = append(d.operations, o)
		}
	}
	// What takes something away comes last of its path.
	order := func(o *operation) string {
		return o.path + map[bool]string{true: " 2", false: " 1"}[o.method == "DELETE"] + o.method
	}
	slices.SortFunc(d.operations, func(a, b *operation) int { return strings.Compare(order(a), order(b)) })
	return d
}

func (d *document) resolve(s *schema) *schema {
	for s != nil && s.Ref != "" {
		s = d.schemas[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]]
	}
	return s
}

// members calls f with the path of each member of a body that is no object and
// no list of objects: "context.message_id", "label_ids[]".
func (d *document) members(s *schema, f func(path string, s *schema)) { d.walk("", s, f, 0) }

func (d *document) walk(path string, s *schema, f func(string, *schema), depth int) {
	if s = d.resolve(s); s == nil || depth > 8 {
		return
	}
	switch {
	case len(s.AnyOf) > 0:
		for _, one := range s.AnyOf {
			d.walk(path, one, f, depth+1)
		}
	case s.is("array"):
		d.walk(path+"[]", s.Items, f, depth+1)
	case len(s.Properties) > 0:
		for name, property := range s.Properties {
			d.walk(strings.TrimPrefix(path+"."+name, "."), property, f, depth+1)
		}
	default:
		f(path, s)
	}
}

// sample is a body that passes the schema, with its required members alone.
func (d *document) sample(s *schema) any {
	s = d.resolve(s)
	switch {
	case s == nil:
		return nil
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.AnyOf) > 0:
		return d.sample(s.AnyOf[0])
	case s.is("object"):
		out := map[string]any{}
		for _, name := range s.Required {
			out[name] = d.sample(s.Properties[name])
		}
		return out
	case s.is("array"):
		out := []any{}
		for range s.MinItems {
			out = append(out, d.sample(s.Items))
		}
		return out
	case s.is("integer"), s.is("number"):
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 1
	case s.is("boolean"):
		return true
	case s.Format == "date-time":
		return "2026-11-21T08:00:00Z"
	case len(s.Examples) > 0:
		return s.Examples[0]
	}
	return strings.Repeat("x", max(1, s.MinLength))
}
