package meta

import (
	"bytes"
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// Encode writes v as Meta writes JSON: what is outside ASCII as \uXXXX in lower
// case, "/" as "\/", and "<", ">", "&" as they are (cloud-api.md 2.1). Some
// receivers escape a body before they hash it; on these bytes that changes nothing.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	in := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	out := make([]byte, 0, len(in)+len(in)/8)
	for i := 0; i < len(in); {
		c := in[i]
		switch {
		case c == '\\' && i+6 <= len(in) && unescaped(in[i:i+6]) != 0:
			out = append(out, unescaped(in[i:i+6]))
			i += 6
		case c == '\\' && i+1 < len(in):
			out = append(out, in[i], in[i+1])
			i += 2
		case c == '/':
			out = append(out, '\\', '/')
			i++
		case c < utf8.RuneSelf:
			out = append(out, c)
			i++
		default:
			r, n := utf8.DecodeRune(in[i:])
			if hi, lo := utf16.EncodeRune(r); hi != utf8.RuneError {
				out = unit(unit(out, hi), lo)
			} else {
				out = unit(out, r)
			}
			i += n
		}
	}
	return out, nil
}

// unescaped is the character behind an escape that Go makes for browsers, and raw
// JSON from elsewhere may hold; 0 for any other.
func unescaped(escape []byte) byte {
	switch string(escape) {
	case `\u003c`:
		return '<'
	case `\u003e`:
		return '>'
	case `\u0026`:
		return '&'
	}
	return 0
}

func unit(out []byte, r rune) []byte {
	return append(out, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
