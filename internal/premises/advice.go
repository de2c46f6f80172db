package premises

import "strings"

// unknownPrefix begins the name of a call that the API does not have.
const unknownPrefix = "unknown: "

// UnknownCall names a call that the API does not have. Of the path only its words
// count, no ids and nothing that a customer could be known by.
func UnknownCall(method, path string) string {
	var words []string
	for _, part := range strings.Split(strings.Trim(path, "/"), "/") {
		if part == "" || len(part) > 24 || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz_-") != "" && part != "v1" {
			part = "{…}"
		}
		if words = append(words, part); len(words) == 5 {
			break
		}
	}
	if len(method) > 10 {
		method = "{…}"
	}
	return unknownPrefix + method + " /" + strings.Join(words, "/")
}

// Advice says what to change about a call, or about what of it has no effect
// here; empty when nothing needs to be.
func (c Call) Advice() string {
	if name, unknown := strings.CutPrefix(c.Name, unknownPrefix); unknown {
		if strings.Contains(name, "/v1/groups") {
			return "groups were withdrawn by WhatsApp: remove the call"
		}
		return "the API has no such call: correct its method and path, or remove it"
	}
	if c.Note != "" {
		if advice, known := advices[c.Note]; known {
			return advice
		}
		if s, known := settingOf(c.Note); known {
			return s.Here
		}
		return "it does nothing here and can be left out"
	}
	if c.Failed > 0 && c.Failed*2 >= c.Count {
		return "most of these were refused: look at the errors that the program was answered"
	}
	return ""
}

// advices are by members of requests that have no effect.
var advices = map[string]string{
	"cert":               "the Cloud API keeps the display name: nothing to do",
	"method":             "the number is connected already: the call can be left out",
	"code":               "the number is connected already: the call can be left out",
	"pin":                "set and take away the PIN of two-step verification in WhatsApp Manager",
	"shards":             "there are no shards: the call can be left out",
	"gc":                 "Kontor's retention runs every day by itself, and keeps what was said and sent: the call can be left out",
	"photo":              "take the picture away in WhatsApp Manager",
	"context.message_id": "the quoted message is not known here; from now on quote ids that Kontor answered",
	"namespace":          "the Cloud API finds templates by name and language: leave namespace out",
	"policy":             "the Cloud API has no language policy: leave it out",
}
