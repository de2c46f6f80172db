package meta

import (
	"bytes"
	"encoding/json"
)

// loosely reads an object of a webhook whose members may have surprising
// types. Each member that does not fit is left out, so that it cannot take its
// neighbours with it; numbers where text is expected become text. whole tells
// that nothing was left out, ok that raw is an object at all.
func loosely[T any](raw []byte) (v T, whole, ok bool) {
	if json.Unmarshal(raw, &v) == nil && isObject(raw) {
		return v, true, true
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || members == nil {
		return *new(T), false, false
	}
	whole = true
	for name, value := range members {
		fitting := fit[T](name, value)
		if fitting == nil {
			delete(members, name)
			whole = false
			continue
		}
		members[name] = fitting
	}
	v = *new(T)
	joined, err := json.Marshal(members)
	if err != nil || json.Unmarshal(joined, &v) != nil {
		return *new(T), false, true
	}
	return v, whole, true
}

// fit is value, or its text, whichever T takes under that name; else nil.
func fit[T any](name string, value json.RawMessage) json.RawMessage {
	if takes[T](name, value) {
		return value
	}
	text, err := json.Marshal(looseText(value))
	if err == nil && isScalar(value) && takes[T](name, text) {
		return text
	}
	return nil
}

func takes[T any](name string, value json.RawMessage) bool {
	var v T
	one, err := json.Marshal(map[string]json.RawMessage{name: value})
	return err == nil && json.Unmarshal(one, &v) == nil
}

// list is the elements of a JSON array; a lone object counts as a list of one,
// null as an empty list.
func list(raw json.RawMessage) (elements []json.RawMessage, ok bool) {
	switch {
	case isNull(raw):
		return nil, true
	case isObject(raw):
		return []json.RawMessage{raw}, true
	}
	err := json.Unmarshal(raw, &elements)
	return elements, err == nil
}

// A RawMessage starts at its first significant byte, so one byte tells its kind.
func isObject(raw []byte) bool { return len(raw) > 0 && raw[0] == '{' }
func isArray(raw []byte) bool  { return len(raw) > 0 && raw[0] == '[' }
func isNull(raw []byte) bool   { return len(raw) == 0 || string(raw) == "null" }
func isScalar(raw []byte) bool { return !isObject(raw) && !isArray(raw) && !isNull(raw) }

// trim takes white space off the front, which a RawMessage never has.
func trim(body []byte) []byte { return bytes.TrimLeft(body, " \t\r\n") }
