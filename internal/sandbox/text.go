package sandbox

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// index writes a position as paths do.
func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

func boolText(b bool) string { return strconv.FormatBool(b) }

// plainText is the text of a string or number, else "".
func plainText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// sortedKeys makes the order of checks, and so of errors, the same every time.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// listed lists values for an error text.
func listed(all []string) string { return strings.Join(all, ", ") }

func itoa(i int) string { return strconv.Itoa(i) }

func jsonNumber(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }
