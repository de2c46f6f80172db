package meta

import (
	"encoding/json"
	"testing"
)

func TestEncodeEscapesAsMetaDoes(t *testing.T) {
	for in, want := range map[string]string{
		"a/b": `"a\/b"`, "é": `"\u00e9"`, "😀": `"\ud83d\ude00"`, "<&>": `"<&>"`, `\u003c`: `"\\u003c"`, "\"\\\n": `"\"\\\n"`, "\u2028": `"\u2028"`,
	} {
		got, err := Encode(in)
		if err != nil || string(got) != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
		html, err := json.Marshal(in) // as Go writes it for browsers
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Encode(json.RawMessage(html)); err != nil || string(got) != want {
			t.Errorf("%q escaped for browsers: got %s, %v, want %s", in, got, err, want)
		}
	}
	got, err := Encode(map[string]string{"a": "ü/<&>\"\\ 😀\n\\u003c"})
	want := `{"a":"\u00fc\/<&>\"\\ \ud83d\ude00\n\\u003c"}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}
