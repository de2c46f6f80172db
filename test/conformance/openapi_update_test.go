package conformance

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// TestTheVendoredFileIsMetas renews testdata/meta-openapi.json from a copy of
// Meta's whole file, which KONTOR_META_OPENAPI names: the schemas of the answers
// and of the message that TestMetasOwnSchemas looks at, and what they refer to,
// word for word. With KONTOR_UPDATE it writes the part, else it compares.
func TestTheVendoredFileIsMetas(t *testing.T) {
	name := os.Getenv("KONTOR_META_OPENAPI")
	if name == "" {
		t.Skip("KONTOR_META_OPENAPI names no copy of business-messaging-api_v23.0.yaml (github.com/facebook/openapi); the part of it in testdata is what the tests use")
	}
	raw, err := os.ReadFile(name)
	if err == nil {
		raw, err = yaml.YAMLToJSON(raw)
	}
	if err != nil {
		t.Fatal(err)
	}
	var whole object
	decode(raw, &whole)
	part := object{"openapi": whole["openapi"], "info": object{"title": at(whole, "info.title"), "version": at(whole, "info.version")}}
	pointers := [][]string{messagePointer, blockedPointer}
	for _, m := range managedCalls(newSandbox(t), t) {
		if m.metas != "" {
			pointers = append(pointers, m.pointer())
		}
	}
	for len(pointers) > 0 {
		p := pointers[0]
		pointers = pointers[1:]
		v, ok := member(whole, p)
		if !ok {
			t.Fatalf("Meta's file has no %s", strings.Join(p, "/"))
		}
		if _, have := member(part, p); have {
			continue
		}
		put(part, p, v)
		walk(v, func(s object) {
			if ref, ok := s["$ref"].(string); ok {
				pointers = append(pointers, strings.Split(strings.TrimPrefix(ref, "#/"), "/"))
			}
			if mapping, ok := at(s, "discriminator.mapping").(object); ok {
				for _, ref := range mapping {
					pointers = append(pointers, strings.Split(strings.TrimPrefix(text(ref), "#/"), "/"))
				}
			}
		})
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(part); err != nil {
		t.Fatal(err)
	}
	const file = "testdata/meta-openapi.json"
	if os.Getenv("KONTOR_UPDATE") != "" {
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, out.Bytes()) {
		t.Errorf("%s is not the part of %s (%v)", file, name, err)
	}
}

func member(v any, path []string) (any, bool) {
	for _, name := range path {
		o, ok := v.(object)
		if !ok {
			return nil, false
		}
		if v, ok = o[name]; !ok {
			return nil, false
		}
	}
	return v, true
}

func put(o object, path []string, v any) {
	for _, name := range path[:len(path)-1] {
		inner, ok := o[name].(object)
		if !ok {
			inner = object{}
			o[name] = inner
		}
		o = inner
	}
	o[path[len(path)-1]] = v
}

// The licence of Meta's file goes with the part of it.
func TestTheLicenceIsThere(t *testing.T) {
	raw, err := os.ReadFile("testdata/meta-openapi.LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"MIT License", "Copyright (c) Meta Platforms, Inc. and affiliates.", "github.com/facebook/openapi"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the licence lacks %q", want)
		}
	}
}
