package sandbox

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain are the message types whose payload a table describes (cloud-api.md 1.2).
// template and interactive have files of their own.
var plain = map[string][]rule{
	"text": {
		{path: "text", kind: object, need: true},
		{path: "text.body", kind: text, need: true, min: 1, max: 4096},
		{path: "text.preview_url", kind: boolean},
	},
	"image": {
		{path: "image", kind: object, need: true},
		{path: "image.caption", kind: text, max: 1024},
	},
	"video": {
		{path: "video", kind: object, need: true},
		{path: "video.caption", kind: text, max: 1024},
	},
	"audio": {
		{path: "audio", kind: object, need: true},
		{path: "audio.caption", refused: true},
		{path: "audio.voice", kind: boolean},
	},
	"document": {
		{path: "document", kind: object, need: true},
		{path: "document.caption", kind: text, max: 1024},
		{path: "document.filename", kind: text, max: 240},
	},
	"sticker": {
		{path: "sticker", kind: object, need: true},
		{path: "sticker.caption", refused: true},
	},
	"location": {
		{path: "location", kind: object, need: true},
		{path: "location.latitude", kind: degree, need: true, also: within(-90, 90)},
		{path: "location.longitude", kind: degree, need: true, also: within(-180, 180)},
		{path: "location.name", kind: text},
		{path: "location.address", kind: text},
	},
	"contacts": contactRules,
	"reaction": {
		{path: "reaction", kind: object, need: true},
		{path: "reaction.message_id", kind: text, need: true, min: 1},
		{path: "reaction.emoji", kind: text, need: true, also: isEmoji},
		{path: "context", refused: true},
	},
	"pin": {{path: "pin", kind: object, need: true}},
}

var contactRules = []rule{
	{path: "contacts", kind: list, need: true, min: 1, max: 257},
	{path: "contacts[]", kind: object},
	{path: "contacts[].name", kind: object, need: true},
	{path: "contacts[].name.formatted_name", kind: text, need: true, min: 1},
	{path: "contacts[].name.first_name", kind: text},
	{path: "contacts[].name.last_name", kind: text},
	{path: "contacts[].name.middle_name", kind: text},
	{path: "contacts[].name.suffix", kind: text},
	{path: "contacts[].name.prefix", kind: text},
	{path: "contacts[].name", also: hasNamePart},
	{path: "contacts[].birthday", kind: text, also: isBirthday},
	{path: "contacts[].phones", kind: list},
	{path: "contacts[].phones[]", kind: object},
	{path: "contacts[].phones[].phone", kind: text},
	{path: "contacts[].phones[].type", kind: text},
	{path: "contacts[].phones[].wa_id", kind: text},
	{path: "contacts[].emails", kind: list},
	{path: "contacts[].emails[]", kind: object},
	{path: "contacts[].emails[].email", kind: text},
	{path: "contacts[].addresses", kind: list},
	{path: "contacts[].addresses[]", kind: object},
	{path: "contacts[].urls", kind: list},
	{path: "contacts[].urls[]", kind: object},
	{path: "contacts[].urls[].url", kind: text},
	{path: "contacts[].org", kind: object},
}

// hasNamePart: a name needs one more part than formatted_name (cloud-api.md 1.2).
func hasNamePart(v any, at string) *refusal {
	for _, part := range []string{"first_name", "last_name", "middle_name", "suffix", "prefix"} {
		if textOf(member(v, part)) != "" {
			return nil
		}
	}
	return refuse(codeMissing, "%s: at least one part beside formatted_name is required", at)
}

var birthday = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`)

func isBirthday(v any, at string) *refusal {
	if !birthday.MatchString(textOf(v)) {
		return refuse(codeValue, "%s: must be written YYYY-MM-DD", at)
	}
	return nil
}

// isEmoji takes one emoji, its \uXXXX writing, or "" which takes a reaction away.
func isEmoji(v any, at string) *refusal {
	s := textOf(v)
	if s == "" || strings.HasPrefix(s, `\u`) {
		return nil
	}
	symbol := false
	for _, r := range s {
		if (unicode.IsLetter(r) && r != 'ℹ') || unicode.IsSpace(r) || unicode.IsControl(r) {
			return refuse(codeValue, "%s: must be a single emoji", at)
		}
		symbol = symbol || r > 0x20ff || unicode.Is(unicode.So, r) || r == 0x20e3 || r == 0xa9 || r == 0xae
	}
	if !symbol || utf8.RuneCountInString(s) > 16 {
		return refuse(codeValue, "%s: must be a single emoji", at)
	}
	return nil
}

// isHTTP takes an absolute http or https address.
func isHTTP(v any, at string) *refusal {
	u, err := url.Parse(textOf(v))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return refuse(codeValue, "%s: must be an http or https URL", at)
	}
	return nil
}

// mediaRef is one place of a message that shows media by id or by link.
type mediaRef struct {
	kind string // image, video, audio, document, sticker, gif
	at   string // path, for errors
	id   string
	link string
	// voice asks for a voice note: .ogg with OPUS only.
	voice bool
}

var mediaKinds = map[string]bool{"image": true, "video": true, "audio": true, "document": true, "sticker": true, "gif": true}

// mediaRefs finds all media of a payload and checks that each names exactly one
// of id and link.
func mediaRefs(v any, at string) (refs []mediaRef, f *refusal) {
	switch v := v.(type) {
	case []any:
		for i, e := range v {
			more, f := mediaRefs(e, at+index(i))
			if f != nil {
				return nil, f
			}
			refs = append(refs, more...)
		}
	case map[string]any:
		for _, name := range sortedKeys(v) {
			e, here := v[name], name
			if at != "" {
				here = at + "." + name
			}
			if m, ok := e.(map[string]any); ok && mediaKinds[name] {
				ref, f := mediaOf(m, name, here)
				if f != nil {
					return nil, f
				}
				refs = append(refs, ref)
				continue
			}
			more, f := mediaRefs(e, here)
			if f != nil {
				return nil, f
			}
			refs = append(refs, more...)
		}
	}
	return refs, nil
}

func mediaOf(m map[string]any, name, at string) (mediaRef, *refusal) {
	f := check(m, []rule{{path: "id", kind: anything, also: textOrNumber}, {path: "link", kind: text, also: isHTTP}})
	if f != nil {
		f.details = at + "." + f.details
		return mediaRef{}, f
	}
	ref := mediaRef{kind: name, at: at, id: plainText(m["id"]), link: textOf(m["link"]), voice: m["voice"] == true || m["voice"] == "true"}
	switch {
	case ref.id == "" && ref.link == "":
		return mediaRef{}, refuse(codeMissing, "%s: one of id and link is required", at)
	case ref.id != "" && ref.link != "":
		return mediaRef{}, refuse(codeInvalid, "%s: id and link exclude each other", at)
	}
	return ref, nil
}

func textOrNumber(v any, at string) *refusal {
	if _, isText := v.(string); !isText && plainText(v) == "" {
		return refuse(codeInvalid, "%s: must be a string", at)
	}
	return nil
}
