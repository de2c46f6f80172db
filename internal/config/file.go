package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile bounds a configuration or answers file; a larger one is a mistake.
const maxFile = 1 << 20

// readFile reads a configuration file into key → value. Keys are those of the
// table; what it does not know is a problem, since a misspelt setting would
// otherwise be silently left at its default.
func readFile(path string) (map[string]value, []Problem) {
	data, err := os.ReadFile(path)
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s is larger than 1 MiB", path)
	}
	if err != nil {
		return nil, []Problem{{Setting: "--config, KONTOR_CONFIG", Value: quote(path), Expected: fmt.Sprintf("a file that can be read: %v", err)}}
	}
	r := &reader{name: filepath.Base(path), dir: filepath.Dir(path), values: map[string]value{}}
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		r.json(data)
	} else {
		r.yaml(data)
	}
	return r.values, r.problems
}

type reader struct {
	name, dir string
	values    map[string]value
	problems  []Problem
}

func (r *reader) wrong(line int, key, got, expected string) {
	place := r.name
	if line > 0 {
		place = fmt.Sprintf("%s:%d", r.name, line)
	}
	if key != "" {
		place += ": " + key
	}
	r.problems = append(r.problems, Problem{Setting: place, Value: got, Expected: expected})
}

func (r *reader) yaml(data []byte) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		r.wrong(0, "", "", "YAML: "+strings.TrimSpace(yaml.FormatError(err, false, false)))
		return
	}
	for i, doc := range file.Docs {
		switch body := doc.Body.(type) {
		case nil, *ast.NullNode, *ast.CommentGroupNode:
		case ast.MapNode:
			if i > 0 {
				r.wrong(body.(ast.Node).GetToken().Position.Line, "", "a second document", "one document")
				return
			}
			r.yamlMap("", body)
		default:
			r.wrong(body.GetToken().Position.Line, "", "", "settings as \"name: value\" lines")
		}
	}
}

func (r *reader) yamlMap(prefix string, m ast.MapNode) {
	for entries := m.MapRange(); entries.Next(); {
		name := entries.Key().GetToken().Value
		line := entries.Key().GetToken().Position.Line
		key := prefix + name
		switch node := entries.Value().(type) {
		case ast.MapNode:
			if r.section(line, key) {
				r.yamlMap(key+".", node)
			}
		case *ast.NullNode:
			r.put(line, key, "")
		case *ast.StringNode:
			r.put(line, key, node.Value)
		case *ast.LiteralNode:
			r.put(line, key, node.Value.Value)
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
			r.put(line, key, node.GetToken().Value) // as written: ids are longer than numbers
		default:
			r.wrong(line, key, "a "+strings.ToLower(node.Type().String()), "one value")
		}
	}
}

func (r *reader) json(data []byte) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var all map[string]any
	if err := decoder.Decode(&all); err != nil {
		r.wrong(lineOf(data, err), "", "", "JSON: "+err.Error())
		return
	}
	if decoder.More() {
		r.wrong(0, "", "more after the closing brace", "one JSON object")
	}
	r.jsonMap("", all)
}

func (r *reader) jsonMap(prefix string, all map[string]any) {
	for name, v := range all {
		key := prefix + name
		switch v := v.(type) {
		case map[string]any:
			if r.section(0, key) {
				r.jsonMap(key+".", v)
			}
		case nil:
			r.put(0, key, "")
		case string, json.Number, bool:
			r.put(0, key, fmt.Sprint(v))
		default:
			r.wrong(0, key, "a list", "one value")
		}
	}
}

// section reports whether key may hold further settings; if not, that is a problem.
func (r *reader) section(line int, key string) bool {
	if isSection(key) {
		return true
	}
	r.unknown(line, key)
	return false
}

func (r *reader) put(line int, key, text string) {
	for _, s := range settings {
		if key != s.Key && !(s.Secret && key == s.Key+"_file") {
			continue
		}
		from := r.name
		if line > 0 {
			from = fmt.Sprintf("%s:%d", r.name, line)
		}
		r.values[key] = value{text: text, from: from, dir: r.dir}
		return
	}
	if isSection(key) && text == "" {
		return // "whatsapp:" with everything under it commented out
	}
	r.unknown(line, key)
}

func isSection(key string) bool {
	for _, s := range settings {
		if strings.HasPrefix(s.Key, key+".") {
			return true
		}
	}
	return false
}

func (r *reader) unknown(line int, key string) {
	var known []string
	for _, s := range settings {
		known = append(known, s.Key)
		if s.Secret {
			known = append(known, s.Key+"_file")
		}
	}
	expected := "a name from docs/configuration.md"
	if meant := nearest(key, known); meant != "" {
		expected = "a known name; did you mean " + meant + "?"
	}
	r.wrong(line, key, "an unknown name", expected)
}

// lineOf finds the line of a JSON error; 0 when it has none.
func lineOf(data []byte, err error) int {
	var offset int64
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	default:
		return 0
	}
	return 1 + bytes.Count(data[:min(int(offset), len(data))], []byte("\n"))
}
