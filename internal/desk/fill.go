package desk

import (
	"regexp"
	"slices"
	"strings"
)

// placeholder is {{name}} in a quick reply.
var placeholder = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_.\-]{1,60})\s*\}\}`)

// Fill puts values into the placeholders of a text. What has no value stays as
// it is, and its name is among the blanks, each once, in order.
func Fill(text string, values map[string]string) (filled string, blanks []string) {
	filled = placeholder.ReplaceAllStringFunc(text, func(hit string) string {
		name := placeholder.FindStringSubmatch(hit)[1]
		if value := strings.TrimSpace(values[name]); value != "" {
			return value
		}
		if !slices.Contains(blanks, name) {
			blanks = append(blanks, name)
		}
		return hit
	})
	return filled, blanks
}

// FirstName is what somebody is called by those who know them.
func FirstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}
