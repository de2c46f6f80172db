package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// answersKey is the member of the answers file that is about us (S1-2).
const answersKey = "messaging-whatsapp"

// Answers is an answers file that was read and checked.
type Answers struct {
	Enabled bool     // false: the number is to be left alone
	Ignored []string // other members of the file, meant for other programs

	values map[string]string // key of the settings table → checked text
}

// question is one member under messaging-whatsapp.
type question struct {
	name     string
	setting  string // the row of the settings table that checks and takes it
	required bool
}

var questions = []question{
	{"public_base_url", "public_url", true},
	{"phone_number_id", "whatsapp.phone_number_id", true},
	{"access_token", "whatsapp.access_token", true},
	{"verify_token", "whatsapp.verify_token", true},
	{"business_account_id", "whatsapp.business_account_id", false},
	{"api_version", "whatsapp.api_version", false},
	{"app_secret", "whatsapp.app_secret", false},
}

// ParseAnswers reads an answers file: a JSON object whose member
// "messaging-whatsapp" holds enabled, public_base_url, phone_number_id,
// access_token, verify_token and, if wanted, business_account_id, api_version
// and app_secret. name is the file's name for the messages. The error is a
// fault.Invalid with one field for every problem.
func ParseAnswers(name string, data []byte) (*Answers, error) {
	fail := func(problems ...Problem) (*Answers, error) { return nil, refuse(problems) }
	if len(data) > maxFile {
		return fail(Problem{Setting: name, Value: "more than 1 MiB", Expected: "an answers file"})
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		place := name
		if line := lineOf(data, err); line > 0 {
			place = fmt.Sprintf("%s:%d", name, line)
		}
		return fail(Problem{Setting: place, Expected: "a JSON object with the member " + answersKey + ": " + err.Error()})
	}
	others := slices.Sorted(maps.Keys(all))
	others = slices.DeleteFunc(others, func(k string) bool { return k == answersKey })
	raw, ok := all[answersKey]
	if !ok {
		got := "no members"
		if len(others) > 0 {
			got = strings.Join(others, ", ")
		}
		return fail(Problem{Setting: name, Value: got, Expected: "the member " + answersKey})
	}
	var given map[string]json.RawMessage
	if kind(raw) != "an object" || json.Unmarshal(raw, &given) != nil {
		return fail(Problem{Setting: name + ": " + answersKey, Value: kind(raw), Expected: "an object with enabled, public_base_url and so on"})
	}
	a := &Answers{Ignored: others, values: map[string]string{}}
	problems := a.read(name+": "+answersKey+".", given)
	if err := refuse(problems); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *Answers) read(prefix string, given map[string]json.RawMessage) []Problem {
	var problems []Problem
	names := []string{"enabled"}
	switch raw, ok := given["enabled"]; {
	case !ok:
		problems = append(problems, Problem{Setting: prefix + "enabled", Value: "nothing", Expected: "true or false"})
	case json.Unmarshal(raw, &a.Enabled) != nil || kind(raw) != "a boolean":
		problems = append(problems, Problem{Setting: prefix + "enabled", Value: kind(raw), Expected: "true or false, without quotes"})
	}
	for _, q := range questions {
		names = append(names, q.name)
		s := byKey(q.setting)
		raw, ok := given[q.name]
		if !ok || kind(raw) == "null" {
			if q.required {
				problems = append(problems, Problem{Setting: prefix + q.name, Value: "nothing", Expected: s.Help})
			}
			continue
		}
		var text string
		if json.Unmarshal(raw, &text) != nil {
			problems = append(problems, Problem{Setting: prefix + q.name, Value: kind(raw), Expected: "text in quotes"})
			continue
		}
		text = strings.TrimSpace(text)
		if text == "" {
			if q.required {
				problems = append(problems, Problem{Setting: prefix + q.name, Value: "empty text", Expected: s.Help})
			}
			continue
		}
		kept, expected := s.check(text)
		if expected != "" {
			p := s.problem(value{text: text}, expected)
			p.Setting = prefix + q.name
			problems = append(problems, p)
			continue
		}
		a.values[q.setting] = kept
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if slices.Contains(names, name) {
			continue
		}
		expected := "one of " + strings.Join(names, ", ")
		if meant := nearest(name, names); meant != "" {
			expected = "a known name; did you mean " + meant + "?"
		}
		problems = append(problems, Problem{Setting: prefix + name, Value: "an unknown name", Expected: expected})
	}
	return problems
}

// Apply puts the answers over what c holds. What the file leaves out stays as
// it was, so that WHATSAPP_APP_SECRET may complete it. With a public_base_url,
// a WHATSAPP_WEBHOOK_URL of the environment no longer counts.
func (a *Answers) Apply(c *Config) {
	for key, text := range a.values {
		byKey(key).store(c, text)
		c.sources[key] = "the answers file"
	}
	c.WebhookURL = ""
}

// kind names a JSON value without showing it: it may be a secret.
func kind(raw json.RawMessage) string {
	switch b := bytes.TrimSpace(raw); {
	case len(b) == 0:
		return "nothing"
	case b[0] == '{':
		return "an object"
	case b[0] == '[':
		return "a list"
	case b[0] == '"':
		return "text"
	case b[0] == 't' || b[0] == 'f':
		return "a boolean"
	case b[0] == 'n':
		return "null"
	default:
		return "a number"
	}
}
