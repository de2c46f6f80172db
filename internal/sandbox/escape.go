package sandbox

import (
	"bytes"
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// encode writes v as Meta writes JSON: everything outside ASCII as \uXXXX in
// lower case, "/" as "\/", and "<", ">", "&" as they are (cloud-api.md 2.1).
// Signatures are over these bytes, so a receiver that re-encodes fails here as
// it would there.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return escape(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// escape turns JSON as Go writes it into JSON as Meta does.
func escape(in []byte) []byte {
	out := make([]byte, 0, len(in)+len(in)/8)
	for i := 0; i < len(in); {
		switch c := in[i]; {
		case c == '\\':
			n := 2
			if plain, ok := unescaped(in[i:]); ok {
				out = append(out, plain)
				n = 6
			} else {
				out = append(out, in[i:min(i+2, len(in))]...)
			}
			i += n
		case c == '/': // only inside strings
			out = append(out, '\\', '/')
			i++
		case c < utf8.RuneSelf:
			out = append(out, c)
			i++
		default:
			r, n := utf8.DecodeRune(in[i:])
			if r1, r2 := utf16.EncodeRune(r); r1 != utf8.RuneError {
				out = appendUnit(appendUnit(out, r1), r2)
			} else {
				out = appendUnit(out, r)
			}
			i += n
		}
	}
	return out
}

// unescaped reads the three escapes that Go makes for browsers and Meta does not.
func unescaped(in []byte) (byte, bool) {
	if len(in) < 6 {
		return 0, false
	}
	switch string(in[:6]) {
	case `\u003c`:
		return '<', true
	case `\u003e`:
		return '>', true
	case `\u0026`:
		return '&', true
	}
	return 0, false
}

func appendUnit(out []byte, r rune) []byte {
	return append(out, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
