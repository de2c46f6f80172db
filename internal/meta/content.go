package meta

import (
	"strconv"

	"kontor/internal/wa"
)

// contentOf is what an inbound message says. known is false when its type is
// not in this list or the member that its type names is missing; the content
// then has only what every message can have.
func contentOf(m *Message) (c wa.Content, known bool) {
	c.Type = wa.Type(m.Type)
	c.Context, c.Referral = m.Context.words(), m.Referral.words()
	c.Errors = problems(m.Errors)
	switch m.Type {
	case "text":
		if m.Text == nil {
			return c, false
		}
		c.Text = &wa.Text{Body: m.Text.Body}
	case "image":
		c.Image = m.Image.words()
		return c, c.Image != nil
	case "video":
		c.Video = m.Video.words()
		return c, c.Video != nil
	case "audio":
		c.Audio = m.Audio.words()
		return c, c.Audio != nil
	case "voice":
		c.Type, c.Audio = wa.TypeAudio, m.Voice.words()
		if c.Audio == nil {
			return c, false
		}
		c.Audio.Voice = true
	case "document":
		c.Document = m.Document.words()
		return c, c.Document != nil
	case "sticker":
		c.Sticker = m.Sticker.words()
		return c, c.Sticker != nil
	case "location":
		if m.Location == nil {
			return c, false
		}
		l := m.Location
		c.Location = &wa.Location{Latitude: float64(l.Latitude), Longitude: float64(l.Longitude),
			Name: l.Name, Address: l.Address, URL: l.URL}
	case "contacts":
		c.Contacts = m.Contacts
		return c, len(c.Contacts) > 0
	case "reaction":
		if m.Reaction == nil {
			return c, false
		}
		c.Reaction = &wa.Reaction{MessageID: m.Reaction.MessageID, Emoji: m.Reaction.Emoji}
	case "button":
		c.Button = m.Button
		return c, c.Button != nil
	case "interactive":
		c.Reply = m.Interactive.words()
		return c, c.Reply != nil
	case "order":
		c.Order = m.Order
		return c, c.Order != nil
	default:
		return rareContent(m, c)
	}
	return c, true
}

// rareContent goes on with the types that are not written by a person.
func rareContent(m *Message, c wa.Content) (wa.Content, bool) {
	switch m.Type {
	case "system":
		c.System, c.Identity = m.System.words(), m.Identity.words()
		if c.System != nil && c.System.IdentityHash == "" && m.Identity != nil {
			c.System.IdentityHash = m.Identity.Hash
		}
		return c, c.System != nil
	case "request_welcome": // the chat was opened for the first time
		c.Type, c.System = wa.TypeSystem, &wa.System{Type: m.Type}
	case "edit":
		if m.Edit == nil {
			return c, false
		}
		c.Edit = &wa.Edit{OriginalMessageID: wa.Wamid(m.Edit.OriginalMessageID)}
		if m.Edit.Message == nil {
			return c, true
		}
		changed, known := m.Edit.Message.content()
		c.Edit.Message = &changed
		return c, known
	case "revoke":
		if m.Revoke == nil {
			return c, false
		}
		c.Revoke = &wa.Revoke{OriginalMessageID: wa.Wamid(m.Revoke.OriginalMessageID)}
	case "unsupported":
		c.Unsupported = m.Unsupported
	case "unknown": // how old versions wrote "unsupported"
		c.Type, c.Unsupported = wa.TypeUnsupported, m.Unsupported
		return c, len(m.Errors) > 0
	default:
		return c, false
	}
	return c, true
}

// content is the edited message as a content of its own.
func (e *EditMessage) content() (wa.Content, bool) {
	return contentOf(&Message{Type: e.Type, Context: e.Context, Text: e.Text,
		Image: e.Image, Video: e.Video, Document: e.Document})
}

func (m *InMedia) words() *wa.Media {
	if m == nil {
		return nil
	}
	return &wa.Media{ID: m.ID, Caption: m.Caption, Filename: m.Filename, MimeType: m.MimeType,
		SHA256: m.SHA256, URL: m.URL, Voice: m.Voice, Animated: m.Animated}
}

func (x *MessageContext) words() *wa.Context {
	if x == nil {
		return nil
	}
	return &wa.Context{From: x.From, ID: x.ID, Forwarded: x.Forwarded,
		FrequentlyForwarded: x.FrequentlyForwarded, ReferredProduct: x.ReferredProduct}
}

func (r *Referral) words() *wa.Referral {
	if r == nil {
		return nil
	}
	words := &wa.Referral{SourceURL: r.SourceURL, SourceID: r.SourceID, SourceType: r.SourceType,
		Body: r.Body, Headline: r.Headline, MediaType: r.MediaType, ImageURL: r.ImageURL,
		VideoURL: r.VideoURL, ThumbnailURL: r.ThumbnailURL, CtwaClid: r.CtwaClid}
	if r.WelcomeMessage != nil {
		words.WelcomeMessage = &wa.Greeted{Text: r.WelcomeMessage.Text}
	}
	return words
}

// words is nil for a kind of answer that must be kept raw: see parseAnything.
func (t *InteractiveTap) words() *wa.Reply {
	switch {
	case t == nil:
		return nil
	case t.Type == "button_reply" && t.ButtonReply != nil:
		return t.ButtonReply.words(t.Type)
	case t.Type == "list_reply" && t.ListReply != nil:
		return t.ListReply.words(t.Type)
	case t.Type == "nfm_reply" && t.NFMReply != nil:
		return &wa.Reply{Type: t.Type, Name: t.NFMReply.Name, Body: t.NFMReply.Body,
			ResponseJSON: string(t.NFMReply.ResponseJSON)}
	case t.Type == "call_permission_reply" && !isNull(t.CallPermissionReply):
		return &wa.Reply{Type: t.Type, Raw: t.CallPermissionReply}
	}
	return nil
}

func (r *TapReply) words(kind string) *wa.Reply {
	return &wa.Reply{Type: kind, ID: r.ID, Title: r.Title, Description: r.Description}
}

func (k *KeyIdentity) words() *wa.KeyIdentity {
	if k == nil {
		return nil
	}
	words := &wa.KeyIdentity{Acknowledged: looseText(k.Acknowledged) == "true", Hash: k.Hash}
	if !k.CreatedTimestamp.IsZero() {
		words.CreatedTimestamp = strconv.FormatInt(k.CreatedTimestamp.Unix(), 10)
	}
	return words
}

func (s *System) words() *wa.System {
	if s == nil {
		return nil
	}
	now := s.WaID
	if now == "" {
		now = s.NewWaID
	}
	hash := ""
	if key, _, ok := loosely[KeyIdentity](s.Identity); ok {
		hash = key.Hash
	} else if isScalar(s.Identity) {
		hash = looseText(s.Identity)
	}
	return &wa.System{IdentityHash: hash, Type: s.Type, Body: s.Body, WaID: phone(now), UserID: wa.BSUID(s.UserID),
		PreviousUserID: wa.BSUID(s.PreviousUserID), ParentUserID: wa.BSUID(s.ParentUserID),
		PreviousParentUserID: wa.BSUID(s.PreviousParentUserID)}
}
