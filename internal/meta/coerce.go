package meta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"kontor/internal/fault"
)

// Callers of Graph write values loosely: a number as text, text as a number,
// "true" for true, a whole object as text (forms have nothing else, and some
// SDKs do so inside JSON). Graph takes all of it where the meaning is plain
// (cloud-api.md 0 and 10), and so does coerce.

var rawMessage = reflect.TypeFor[json.RawMessage]()

// codeWrongType is the fault of a member that cannot be read as what it should be.
const codeWrongType = "wrong_type"

// coerce turns a decoded value (numbers as json.Number) into one that
// json.Unmarshal takes for t. Members that t does not have are left out; at is
// the path for the fault.
func coerce(v any, t reflect.Type, at string) (any, error) {
	if v == nil || t == rawMessage {
		return v, nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return coerce(v, t.Elem(), at)
	case reflect.Struct:
		return coerceStruct(v, t, at)
	case reflect.Slice:
		return coerceList(v, t, at)
	case reflect.String:
		return coerceText(v, at)
	case reflect.Bool:
		return coerceBool(v, at)
	case reflect.Float64, reflect.Int, reflect.Int64:
		return coerceNumber(v, t.Kind() != reflect.Float64, at)
	}
	return v, nil
}

func coerceStruct(v any, t reflect.Type, at string) (any, error) {
	members, ok := inner(v).(map[string]any)
	if !ok {
		return nil, wrongType(at, "an object")
	}
	out := make(map[string]any, len(members))
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		value, given := members[name]
		if !given || name == "" || name == "-" {
			continue
		}
		path := name
		if at != "" {
			path = at + "." + name
		}
		fit, err := coerce(value, f.Type, path)
		if err != nil {
			return nil, err
		}
		out[name] = fit
	}
	return out, nil
}

func coerceList(v any, t reflect.Type, at string) (any, error) {
	elements, ok := inner(v).([]any)
	if !ok {
		return nil, wrongType(at, "an array")
	}
	out := make([]any, len(elements))
	for i, e := range elements {
		fit, err := coerce(e, t.Elem(), fmt.Sprintf("%s[%d]", at, i))
		if err != nil {
			return nil, err
		}
		out[i] = fit
	}
	return out, nil
}

// inner is the object or array that a text holds, or the value itself.
func inner(v any) any {
	text, ok := v.(string)
	if !ok {
		return v
	}
	if text = strings.TrimSpace(text); !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return v
	}
	if held, err := decodeAny([]byte(text)); err == nil {
		return withoutNulls(held)
	}
	return v
}

func coerceText(v any, at string) (any, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	}
	return nil, wrongType(at, "a string")
}

func coerceBool(v any, at string) (any, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case json.Number:
		return v != "0", nil
	case string:
		if b, err := strconv.ParseBool(strings.ToLower(v)); err == nil {
			return b, nil
		}
	}
	return nil, wrongType(at, "a boolean")
}

func coerceNumber(v any, whole bool, at string) (any, error) {
	what := "a number"
	if whole {
		what = "an integer"
	}
	text := ""
	switch v := v.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = strings.TrimSpace(v)
	default:
		return nil, wrongType(at, what)
	}
	if whole {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, nil
		}
		return nil, wrongType(at, what)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n != n || n > maxNumber || n < -maxNumber { // JSON has no NaN and no infinity
		return nil, wrongType(at, what)
	}
	return n, nil
}

const maxNumber = 1e300

func wrongType(at, want string) error {
	if at == "" {
		at = "body"
	}
	return fault.Wrong(codeWrongType, fault.Field{Name: at, Detail: "This must be " + want + "."})
}

// decodeAny reads exactly one JSON value, numbers as written.
func decodeAny(body []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err = d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() || len(bytes.TrimSpace(body[d.InputOffset():])) > 0 {
		return nil, fmt.Errorf("more than one JSON value")
	}
	return v, nil
}

// withoutNulls takes members and elements away that are null: optional members
// may be (cloud-api.md 10).
func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if member == nil {
				delete(v, name)
				continue
			}
			v[name] = withoutNulls(member)
		}
	case []any:
		kept := v[:0]
		for _, element := range v {
			if element != nil {
				kept = append(kept, withoutNulls(element))
			}
		}
		return kept
	}
	return v
}
