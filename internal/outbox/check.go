package outbox

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"kontor/internal/wa"
)

// Check compares a message with every limit of the contract (cloud-api.md
// 1.1–1.4) before it is queued, and names all wrong fields at once in Meta's
// names. Lengths are counted in characters, sizes in bytes. It is pure: what
// only the database or the template catalogue knows is checked in Accept.
func Check(c *wa.Content) []Field {
	var k checker
	switch c.Type {
	case wa.TypeText:
		if k.present("text", c.Text != nil) {
			k.text("text.body", c.Text.Body, 1, 4096)
		}
	case wa.TypeImage, wa.TypeVideo, wa.TypeAudio, wa.TypeDocument, wa.TypeSticker:
		k.mediaMessage(c)
	case wa.TypeLocation:
		if k.present("location", c.Location != nil) {
			k.location("location", c.Location)
		}
	case wa.TypeContacts:
		k.contacts(c.Contacts)
	case wa.TypeReaction:
		k.reaction(c)
	case wa.TypeInteractive:
		if k.present("interactive", c.Interactive != nil) {
			k.interactive(c.Interactive)
		}
	case wa.TypeTemplate:
		if k.present("template", c.Template != nil) {
			k.template(c.Template)
		}
	default:
		k.add("type", fmt.Sprintf("Messages of type %q cannot be sent.", clip(string(c.Type))))
	}
	return k.fields
}

// checker collects wrong fields.
type checker struct{ fields []Field }

func (k *checker) add(name, detail string) {
	k.fields = append(k.fields, Field{Name: name, Detail: detail})
}

func (k *checker) present(name string, there bool) bool {
	if !there {
		k.add(name, "This member is required.")
	}
	return there
}

// text bounds a text in characters; least 0 means that it may be missing.
func (k *checker) text(name, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	switch {
	case !utf8.ValidString(s):
		k.add(name, "The text is not valid UTF-8.")
	case least > 0 && strings.TrimSpace(s) == "":
		k.fields = append(k.fields, Field{Name: name, Detail: fmt.Sprintf("A text of 1 to %d characters is required.", most), Limit: most, Length: n})
	case n > most:
		k.fields = append(k.fields, Field{Name: name, Detail: fmt.Sprintf("The text has %d characters; at most %d are allowed.", n, most), Limit: most, Length: n})
	}
}

// count bounds a list.
func (k *checker) count(name string, n, least, most int, what string) bool {
	if n >= least && n <= most {
		return true
	}
	detail := fmt.Sprintf("There are %d %s; %d to %d are allowed.", n, what, least, most)
	k.fields = append(k.fields, Field{Name: name, Detail: detail, Limit: most, Length: n})
	return false
}

// unique refuses a value that was seen before.
func (k *checker) unique(seen map[string]bool, name, value string) {
	if value != "" && seen[value] {
		k.add(name, "The same value stands in this message twice; it must be unique.")
	}
	seen[value] = true
}

func (k *checker) link(name, s string) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		k.add(name, "This must be an address that begins with http:// or https://.")
	}
}

func (k *checker) oneOf(name, s string, allowed ...string) {
	for _, a := range allowed {
		if s == a {
			return
		}
	}
	k.add(name, fmt.Sprintf("This must be one of: %s; it is %q.", strings.Join(allowed, ", "), clip(s)))
}

// mediaMessage: cloud-api.md 1.2.
func (k *checker) mediaMessage(c *wa.Content) {
	name := string(c.Type)
	m := c.MediaPart()
	if !k.present(name, m != nil) {
		return
	}
	k.media(name, m)
	switch c.Type {
	case wa.TypeImage, wa.TypeVideo, wa.TypeDocument:
		k.text(name+".caption", m.Caption, 0, 1024)
	default:
		if m.Caption != "" {
			k.add(name+".caption", "A message of type "+name+" has no caption.")
		}
	}
	if m.Filename != "" && c.Type != wa.TypeDocument && m.MediaID == "" {
		k.add(name+".filename", "Only documents have a filename.")
	}
	k.text(name+".filename", m.Filename, 0, 240)
	if m.Voice && c.Type != wa.TypeAudio {
		k.add(name+".voice", "Only audio can be a voice message.")
	}
}

// media wants exactly one source.
func (k *checker) media(name string, m *wa.Media) {
	given := 0
	for _, s := range []string{m.ID, m.Link, string(m.MediaID)} {
		if s != "" {
			given++
		}
	}
	switch {
	case given == 0:
		k.add(name, "One of id, link and media_id is required.")
	case given > 1:
		k.add(name, "Only one of id, link and media_id may be given.")
	}
	if m.Link != "" {
		k.link(name+".link", m.Link)
	}
	if m.MediaID != "" {
		if _, err := wa.ParseMediaID(string(m.MediaID)); err != nil {
			k.add(name+".media_id", "This is not the id of an uploaded file (med_…).")
		}
	}
}

func (k *checker) location(name string, l *wa.Location) {
	if !(l.Latitude >= -90 && l.Latitude <= 90) { // so written that NaN is refused
		k.add(name+".latitude", "The latitude must lie between -90 and 90 degrees.")
	}
	if !(l.Longitude >= -180 && l.Longitude <= 180) {
		k.add(name+".longitude", "The longitude must lie between -180 and 180 degrees.")
	}
}

var birthday = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`)

// contacts: cloud-api.md 1.2, contact object.
func (k *checker) contacts(cards []wa.ContactCard) {
	k.count("contacts", len(cards), 1, 257, "contacts")
	for i, card := range cards {
		name := fmt.Sprintf("contacts[%d]", i)
		n := card.Name
		if n.FormattedName == "" {
			k.add(name+".name.formatted_name", "The formatted name is required.")
		}
		if n.FirstName+n.LastName+n.MiddleName+n.Suffix+n.Prefix == "" {
			k.add(name+".name", "At least one part beside formatted_name is required: first_name, last_name, middle_name, suffix or prefix.")
		}
		if card.Birthday != "" && !birthday.MatchString(card.Birthday) {
			k.add(name+".birthday", "A birthday is written YYYY-MM-DD.")
		}
	}
}

func (k *checker) reaction(c *wa.Content) {
	if !k.present("reaction", c.Reaction != nil) {
		return
	}
	k.present("reaction.message_id", c.Reaction.MessageID != "")
	if !isEmoji(c.Reaction.Emoji) {
		k.add("reaction.emoji", "This must be a single emoji, or empty to take the reaction away.")
	}
	if c.Context != nil && c.Context.ID != "" {
		k.add("context.message_id", "A reaction cannot quote a message.")
	}
}

// isEmoji takes one emoji, its \uXXXX writing, or nothing. It looks at classes
// of characters rather than at a table, since emoji are added every year.
func isEmoji(s string) bool {
	if s == "" || strings.HasPrefix(s, `\u`) {
		return true
	}
	if utf8.RuneCountInString(s) > 16 { // the longest sequences (families, flags of regions) have fewer
		return false
	}
	symbol := false
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsSpace(r) || unicode.IsControl(r) {
			return false
		}
		// ©, ®, the keycap mark, and everything from the arrows on.
		symbol = symbol || r == 0xa9 || r == 0xae || r == 0x20e3 || r > 0x20ff
	}
	return symbol
}

func clip(s string) string {
	if utf8.RuneCountInString(s) > 40 {
		return string([]rune(s)[:40]) + "…"
	}
	return s
}
