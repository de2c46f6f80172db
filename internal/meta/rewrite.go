package meta

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"kontor/internal/wa"
)

// Inbound writes a received message as Meta wrote it (cloud-api.md 2.4): from
// its raw JSON where that was kept, else from what was understood of it, which
// is all of it (see ParseWebhook). Media have no url: Meta's is for those who
// hold Meta's token, and was good for five minutes. kept is when it was sent.
func Inbound(wamid wa.Wamid, from wa.Identity, kept time.Time, c *wa.Content) (json.RawMessage, error) {
	if c.Raw != nil && (c.Type == wa.TypeUnknown || strings.Contains(string(c.Raw), string(wamid))) {
		return c.Raw, nil
	}
	m := inbound{
		From: string(from.Phone), FromUserID: string(from.BSUID), FromParentUserID: string(from.ParentBSUID),
		ID: string(wamid), Timestamp: At(kept), Type: string(c.Type), Context: contextOf(c.Context), Referral: referralOf(c.Referral), Errors: Errors(c.Errors),
		Text: textOf(c.Text), Contacts: c.Contacts, Button: c.Button, Order: c.Order, Unsupported: c.Unsupported,
		Image: mediaOf(c.Image), Video: mediaOf(c.Video), Document: mediaOf(c.Document), Location: c.Location, Interactive: tapOf(c.Reply), System: systemOf(c.System),
	}
	switch c.Type {
	case wa.TypeAudio:
		m.Audio = &inAudio{mediaOf(c.Audio), c.Audio != nil && c.Audio.Voice}
	case wa.TypeSticker:
		m.Sticker = &inSticker{mediaOf(c.Sticker), c.Sticker != nil && c.Sticker.Animated}
	case wa.TypeReaction:
		if c.Reaction != nil {
			m.Reaction = &InReaction{MessageID: c.Reaction.MessageID, Emoji: c.Reaction.Emoji}
		}
	case wa.TypeSystem:
		if c.System != nil && c.System.Type == "request_welcome" {
			m.Type, m.System = c.System.Type, nil
		}
	case wa.TypeEdit:
		m.Edit = editOf(c.Edit)
	case wa.TypeRevoke:
		if c.Revoke != nil {
			m.Revoke = &Revoke{OriginalMessageID: string(c.Revoke.OriginalMessageID)}
		}
	}
	return json.Marshal(m)
}

// faithful reports whether Inbound writes a message again as it came, but for
// members that say nothing (null, "", false), the url of media, and the form of
// its time.
func faithful(raw json.RawMessage, m *Message, c *wa.Content) bool {
	from := wa.Identity{Phone: wa.Phone(m.From), BSUID: wa.BSUID(m.FromUserID), ParentBSUID: wa.BSUID(m.FromParentUserID)}
	again, err := Inbound(wa.Wamid(m.ID), from, m.Timestamp.Time, c)
	if err != nil {
		return false
	}
	var before, after any
	if json.Unmarshal(raw, &before) != nil || json.Unmarshal(again, &after) != nil {
		return false
	}
	for _, m := range []any{before, after} {
		if m, ok := m.(map[string]any); ok {
			delete(m, "timestamp")
		}
	}
	return reflect.DeepEqual(said(before, ""), said(after, ""))
}

// said is v without members that say nothing; nil when nothing is left. under
// is the name of the member that v is.
func said(v any, under string) any {
	switch v := v.(type) {
	case map[string]any:
		switch under {
		case "image", "video", "audio", "document", "sticker":
			delete(v, "url")
		}
		for name, member := range v {
			if member = said(member, name); member == nil {
				delete(v, name)
			} else {
				v[name] = member
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = said(v[i], "")
		}
		if len(v) == 0 {
			return nil
		}
	case string:
		if v == "" {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return v
}

// inbound is Message with the members that Meta always writes.
type inbound struct {
	From             string           `json:"from,omitempty"`
	FromUserID       string           `json:"from_user_id,omitempty"`
	FromParentUserID string           `json:"from_parent_user_id,omitempty"`
	ID               string           `json:"id"`
	Timestamp        Timestamp        `json:"timestamp"`
	Type             string           `json:"type"`
	Context          *MessageContext  `json:"context,omitempty"`
	Referral         *Referral        `json:"referral,omitempty"`
	Errors           []Error          `json:"errors,omitempty"`
	Text             *TextBody        `json:"text,omitempty"`
	Image            *InMedia         `json:"image,omitempty"`
	Video            *InMedia         `json:"video,omitempty"`
	Audio            *inAudio         `json:"audio,omitempty"`
	Document         *InMedia         `json:"document,omitempty"`
	Sticker          *inSticker       `json:"sticker,omitempty"`
	Location         *wa.Location     `json:"location,omitempty"`
	Contacts         []wa.ContactCard `json:"contacts,omitempty"`
	Reaction         *InReaction      `json:"reaction,omitempty"`
	Button           *wa.Button       `json:"button,omitempty"`
	Interactive      *InteractiveTap  `json:"interactive,omitempty"`
	Order            *wa.Order        `json:"order,omitempty"`
	System           *System          `json:"system,omitempty"`
	Edit             *Edit            `json:"edit,omitempty"`
	Revoke           *Revoke          `json:"revoke,omitempty"`
	Unsupported      *wa.Unsupported  `json:"unsupported,omitempty"`
}

type inAudio struct {
	*InMedia
	Voice bool `json:"voice"`
}

type inSticker struct {
	*InMedia
	Animated bool `json:"animated"`
}

func contextOf(x *wa.Context) *MessageContext {
	if x == nil {
		return nil
	}
	return &MessageContext{From: x.From, ID: x.ID, Forwarded: x.Forwarded, FrequentlyForwarded: x.FrequentlyForwarded, ReferredProduct: x.ReferredProduct}
}

func referralOf(r *wa.Referral) *Referral {
	if r == nil {
		return nil
	}
	out := &Referral{SourceURL: r.SourceURL, SourceID: r.SourceID, SourceType: r.SourceType, Body: r.Body, Headline: r.Headline, MediaType: r.MediaType,
		ImageURL: r.ImageURL, VideoURL: r.VideoURL, ThumbnailURL: r.ThumbnailURL, CtwaClid: r.CtwaClid}
	if r.WelcomeMessage != nil {
		out.WelcomeMessage = &PartText{r.WelcomeMessage.Text}
	}
	return out
}

func textOf(t *wa.Text) *TextBody {
	if t == nil {
		return nil
	}
	return &TextBody{Body: t.Body}
}

func mediaOf(m *wa.Media) *InMedia {
	if m == nil {
		return nil
	}
	return &InMedia{Caption: m.Caption, Filename: m.Filename, MimeType: m.MimeType, SHA256: m.SHA256, ID: m.ID}
}

func tapOf(r *wa.Reply) *InteractiveTap {
	if r == nil {
		return nil
	}
	t := &InteractiveTap{Type: r.Type}
	switch r.Type {
	case "button_reply":
		t.ButtonReply = &TapReply{ID: r.ID, Title: r.Title}
	case "list_reply":
		t.ListReply = &TapReply{ID: r.ID, Title: r.Title, Description: r.Description}
	case "nfm_reply":
		t.NFMReply = &NFMReply{Name: r.Name, Body: r.Body, ResponseJSON: JSONText(r.ResponseJSON)}
	case "call_permission_reply":
		t.CallPermissionReply = r.Raw
	}
	return t
}

func systemOf(s *wa.System) *System {
	if s == nil {
		return nil
	}
	return &System{Type: s.Type, Body: s.Body, WaID: string(s.WaID), UserID: string(s.UserID), ParentUserID: string(s.ParentUserID),
		PreviousUserID: string(s.PreviousUserID), PreviousParentUserID: string(s.PreviousParentUserID)}
}

func editOf(e *wa.Edit) *Edit {
	if e == nil {
		return nil
	}
	out := &Edit{OriginalMessageID: string(e.OriginalMessageID)}
	if m := e.Message; m != nil {
		out.Message = &EditMessage{Type: string(m.Type), Context: contextOf(m.Context), Text: textOf(m.Text), Image: mediaOf(m.Image), Video: mediaOf(m.Video), Document: mediaOf(m.Document)}
	}
	return out
}

// Errors writes problems as webhooks carry them (cloud-api.md 3.1); the
// message is the title again.
func Errors(problems []wa.Problem) []Error {
	out := make([]Error, len(problems))
	for i, p := range problems {
		out[i] = Error{Code: Int(p.Code), Title: p.Title, Message: p.Title, Href: p.Href}
		if p.Details != "" {
			out[i].ErrorData = &ErrorData{Details: p.Details}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// StatusPricing writes what was charged, and the conversation where Meta named one.
func StatusPricing(p *wa.Pricing, sent bool) (*Pricing, *Conversation) {
	if p == nil {
		return nil, nil
	}
	billable := p.Billable
	out := &Pricing{Billable: &billable, PricingModel: p.Model, Type: p.Type, Category: p.Category}
	if p.Conversation == nil {
		return out, nil
	}
	c := &Conversation{ID: p.Conversation.ID}
	if p.Conversation.Origin != "" {
		c.Origin = &Origin{Type: p.Conversation.Origin}
	}
	if sent {
		c.ExpirationTimestamp = Timestamp{p.Conversation.ExpiresAt}
	}
	return out, c
}
