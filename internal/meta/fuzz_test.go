package meta

import (
	"bytes"
	"encoding/json"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kontor/internal/wa"
)

// Whatever comes, parsing ends, what it keeps can be written down, and reading
// in one pass gives what reading layer by layer gives.
func FuzzParseWebhook(f *testing.F) {
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		f.Add(read(f, file))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := ParseWebhook(body)
		if err != nil {
			return
		}
		for _, part := range []any{got.Messages, got.Statuses, got.Notices} {
			if _, err := json.Marshal(part); err != nil {
				t.Fatalf("cannot be written down: %v", err)
			}
		}
		Tell(body, &got)
		for _, told := range toldOf(got) {
			if told == nil {
				continue // its names are not written as Meta writes them
			}
			again := Rename(told, func(wa.Wamid) (Ours, bool) { return Ours{"wamid.ours", "theirs"}, true })
			if !json.Valid(told) || !json.Valid(again) {
				t.Fatalf("told as %s, renamed %s", told, again)
			}
		}
		// A member that stands twice is read differently by the two, and no
		// webhook has one; so compare what the body says once.
		var once any
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		if d.Decode(&once) != nil {
			t.Fatal("parsed what is not JSON")
		}
		canonical, err := json.Marshal(small(once)) // Go reads "tYpe" as "type", and keeps raw what is spelt so
		if err != nil {
			t.Fatal(err)
		}
		quick, ok := parseUsual(canonical)
		if !ok {
			return
		}
		slow, err := parseAnything(canonical)
		if err != nil {
			t.Fatalf("layer by layer: %v", err)
		}
		if !reflect.DeepEqual(quick, slow) {
			t.Fatalf("one pass: %s\nlayers: %s", pretty(t, quick), pretty(t, slow))
		}
	})
}

// small is v with the names of members as Meta writes them: in small letters.
func small(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			out[strings.ToLower(name)] = small(v[name])
		}
		return out
	case []any:
		for i := range v {
			v[i] = small(v[i])
		}
	}
	return v
}

func toldOf(hook wa.Webhook) (all []json.RawMessage) {
	for _, m := range hook.Messages {
		all = append(all, m.Told)
	}
	for _, s := range hook.Statuses {
		all = append(all, s.Told)
	}
	for _, n := range hook.Notices {
		all = append(all, n.Told)
	}
	return all
}

// No header is accepted but the one that Sign writes, in either case of letters.
func FuzzVerifySignature(f *testing.F) {
	f.Add([]byte("secret"), []byte("body"), Sign([]byte("secret"), []byte("body")))
	f.Add([]byte("secret"), []byte("body"), "sha256=00")
	f.Add([]byte(""), []byte(""), Sign(nil, nil))
	f.Add([]byte("s"), []byte{0xff}, "sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709")
	f.Fuzz(func(t *testing.T, secret, body []byte, header string) {
		signed := Sign(secret, body)
		if len(secret) > 0 && !VerifySignature(secret, body, signed) {
			t.Fatal("its own signature was refused")
		}
		if VerifySignature(secret, body, header) && !equalFoldHex(header, signed) {
			t.Fatalf("accepted %q, want only %q", header, signed)
		}
	})
}

func equalFoldHex(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		x := a[i]
		if i >= len(signaturePrefix) && 'A' <= x && x <= 'F' {
			x += 'a' - 'A'
		}
		if x != b[i] {
			return false
		}
	}
	return true
}
