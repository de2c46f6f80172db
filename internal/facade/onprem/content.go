package onprem

import (
	"context"
	"encoding/json"
	"slices"

	"kontor/internal/wa"
)

// kinds are the types that can be sent.
var sendable = []string{"text", "image", "video", "document", "audio", "voice", "sticker", "location", "contacts", "template", "hsm", "interactive", "reaction"}

// plainKind keeps what strangers wrote out of the counters.
func plainKind(kind string) string {
	if slices.Contains(sendable, kind) {
		return kind
	}
	return "(unknown type)"
}

// content reads the object that type names. Its limits are the outbox's to check.
func (c *call) content(kind string, body *object, preview bool) (wa.Content, error) {
	switch kind {
	case "text":
		return c.textContent(body, preview), nil
	case "image", "video", "document", "audio", "sticker":
		m, err := c.media(body.needObject(kind), kind)
		content := wa.Content{Type: wa.Type(kind)}
		switch kind {
		case "image":
			content.Image = m
		case "video":
			content.Video = m
		case "document":
			content.Document = m
		case "audio":
			content.Audio = m
		case "sticker":
			content.Sticker = m
		}
		return content, err
	case "voice": // inbound only in the old API; sent, it is audio marked as voice
		m, err := c.media(body.needObject(kind), kind)
		if m != nil {
			m.Voice = true
		}
		return wa.Content{Type: wa.TypeAudio, Audio: m}, err
	case "location":
		return locationContent(body.needObject(kind)), nil
	case "contacts":
		return c.contactsContent(body), nil
	case "template":
		return c.templateContent(body.needObject(kind))
	case "hsm":
		return c.hsmContent(body.needObject(kind)), nil
	case "interactive":
		return c.interactiveContent(body)
	case "reaction":
		return c.reactionContent(body.needObject(kind))
	}
	body.wrong("type", "there is no such type.")
	return wa.Content{}, nil
}

// textContent: preview_url stands beside text; inside is taken too (3.2).
func (c *call) textContent(body *object, preview bool) wa.Content {
	t := body.needObject("text")
	text := &wa.Text{Body: t.words("body"), PreviewURL: preview || t.boolean("preview_url")}
	t.surplus()
	return wa.Content{Type: wa.TypeText, Text: text}
}

func locationContent(o *object) wa.Content {
	l := &wa.Location{Latitude: o.decimal("latitude"), Longitude: o.decimal("longitude"), Name: o.text("name"), Address: o.text("address")}
	for _, name := range []string{"latitude", "longitude"} {
		if !o.has(name) {
			o.missing(name)
		}
	}
	o.ignore("url")
	o.surplus()
	return wa.Content{Type: wa.TypeLocation, Location: l}
}

// contactsContent: cards are Meta's and the same in the Cloud API, but for ims.
func (c *call) contactsContent(body *object) wa.Content {
	content := wa.Content{Type: wa.TypeContacts}
	if !body.has("contacts") {
		body.ignore("contacts")
		body.missing("contacts")
		return content
	}
	for _, one := range body.list("contacts") {
		if card, ok := one.(map[string]any); ok && card["ims"] != nil {
			c.note("contacts.ims")
		}
	}
	body.into("contacts", &content.Contacts)
	return content
}

func (c *call) reactionContent(o *object) (wa.Content, error) {
	r := &wa.Reaction{MessageID: o.need("message_id"), Emoji: o.text("emoji")}
	o.surplus()
	content := wa.Content{Type: wa.TypeReaction, Reaction: r}
	if r.MessageID == "" {
		return content, nil
	}
	m, found, err := c.message(r.MessageID)
	switch {
	case err != nil:
		return content, err
	case !found:
		o.problem(1009, "message_id", "is not valid: there is no such message.")
	default:
		r.MessageID = m.ID.String()
	}
	return content, nil
}

// interactiveContent: the object is the Cloud API's; only media in its header
// have ids of the old form, and may name a provider.
func (c *call) interactiveContent(body *object) (wa.Content, error) {
	content := wa.Content{Type: wa.TypeInteractive}
	if !body.has("interactive") {
		body.ignore("interactive")
		body.missing("interactive")
		return content, nil
	}
	if body.object("interactive") == nil {
		return content, nil
	}
	var m wa.Interactive
	body.into("interactive", &m)
	content.Interactive = &m
	if part := m.Header.MediaPart(); part != nil {
		raw := reach(body.in, "interactive", "header", m.Header.Type)
		if err := c.own(part, providerName(raw)); err != nil {
			return content, err
		}
	}
	return content, nil
}

// reach follows names into nested objects; nil when there is nothing.
func reach(v any, names ...string) any {
	for _, name := range names {
		in, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = in[name]
	}
	return v
}

// media reads the media object of a message.
func (c *call) media(o *object, kind string) (*wa.Media, error) {
	m := &wa.Media{ID: o.text("id"), Link: o.text("link")}
	provider := providerName(o.in["provider"])
	o.ignore("provider", "mime_type", "sha256")
	switch kind {
	case "image", "video", "document":
		m.Caption = o.text("caption")
	}
	if kind == "document" {
		m.Filename = o.text("filename")
	} else if len(o.ignore("filename")) > 0 {
		c.note(kind + ".filename")
	}
	o.surplus()
	if m.ID == "" && m.Link == "" {
		o.problem(1008, "id", "or link is missing.")
		return m, nil
	}
	if m.ID != "" && m.Link != "" {
		o.wrong("link", "only one of id and link may be given.")
		return m, nil
	}
	if len(*o.problems) > 0 {
		return m, nil // nothing is fetched for a message that is refused
	}
	return m, c.own(m, provider)
}

// providerName takes {"name":"x"} and "x".
func providerName(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		name, _ := v["name"].(string)
		return name
	}
	return ""
}

// own turns a file of the old API into one of the house: an id is a UUID of
// ours; a link with a provider is fetched with its credentials.
func (c *call) own(m *wa.Media, provider string) error {
	switch {
	case m.ID != "":
		id, ok := ParseMediaID(m.ID)
		if ok {
			hidden, err := c.Premises.MediaHidden(c.ctx(), c.facade, id)
			if err != nil {
				return err
			}
			ok = !hidden
		}
		if !ok {
			return refuse(1006, "There is no media of this id.")
		}
		m.ID, m.MediaID = "", wa.MediaRef(id.String())
	case m.Link != "" && provider != "":
		return c.fetchLinked(m, provider)
	}
	return nil
}

// fetchLinked brings a file here that only the provider's credentials open.
func (c *call) fetchLinked(m *wa.Media, name string) error {
	list, err := c.providers()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(p provider) bool { return p.Name == name })
	if i < 0 {
		return errWrong("provider.name", "there is no media provider of this name.")
	}
	ctx, cancel := context.WithTimeout(c.ctx(), fetchTimeout)
	defer cancel()
	body, mimeType, err := c.Fetch.Fetch(ctx, m.Link, list[i].headers())
	if err != nil {
		return refuse(1014, "The linked file could not be fetched.").because(err)
	}
	defer body.Close()
	f, err := c.Media.Save(ctx, c.facade.WorkspaceID, m.Filename, mimeType, body, 0)
	if err != nil {
		return err
	}
	m.Link, m.MediaID = "", f.Ref()
	return nil
}

// raw is a member as JSON again, for parts that go on unchanged.
func rawJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil { // it was JSON a moment ago
		return nil
	}
	return b
}
