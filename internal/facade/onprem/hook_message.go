package onprem

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"kontor/internal/callback"
	"kontor/internal/media"
	"kontor/internal/wa"
)

// hookBody is a callback (on-premises-api.md 4.2).
type hookBody struct {
	Contacts []hookContact `json:"contacts,omitempty"`
	Messages []hookMessage `json:"messages,omitempty"`
	Statuses []hookStatus  `json:"statuses,omitempty"`
	Services []hookService `json:"services,omitempty"`
	Errors   []Error       `json:"errors,omitempty"` // of no message
}

type hookContact struct {
	Profile hookProfile `json:"profile"`
	WaID    string      `json:"wa_id"`
}

type hookProfile struct {
	Name string `json:"name"`
}

// hookMessage is one message that came. Timestamp is a text: programs drop
// messages whose timestamp is a number.
type hookMessage struct {
	From      string           `json:"from"`
	ID        string           `json:"id"`
	Timestamp string           `json:"timestamp"`
	Type      string           `json:"type"`
	Context   *hookContext     `json:"context,omitempty"`
	Text      *hookText        `json:"text,omitempty"`
	Image     *hookMedia       `json:"image,omitempty"`
	Video     *hookMedia       `json:"video,omitempty"`
	Audio     *hookMedia       `json:"audio,omitempty"`
	Voice     *hookMedia       `json:"voice,omitempty"`
	Document  *hookMedia       `json:"document,omitempty"`
	Sticker   *hookMedia       `json:"sticker,omitempty"`
	Location  *wa.Location     `json:"location,omitempty"`
	Contacts  []wa.ContactCard `json:"contacts,omitempty"`
	Button    *hookButton      `json:"button,omitempty"`
	Reply     map[string]any   `json:"interactive,omitempty"`
	Order     *wa.Order        `json:"order,omitempty"`
	Reaction  *hookReaction    `json:"reaction,omitempty"`
	System    *hookSystem      `json:"system,omitempty"`
	Identity  *hookIdentity    `json:"identity,omitempty"` // with show_security_notifications
	Referral  *hookReferral    `json:"referral,omitempty"`
	Errors    []Error          `json:"errors,omitempty"`
}

type hookText struct {
	Body string `json:"body"`
}

type hookContext struct {
	From                string              `json:"from,omitempty"`
	ID                  string              `json:"id,omitempty"`
	Forwarded           bool                `json:"forwarded,omitempty"`
	FrequentlyForwarded bool                `json:"frequently_forwarded,omitempty"`
	ReferredProduct     *wa.ReferredProduct `json:"referred_product,omitempty"`
}

type hookMedia struct {
	ID       string `json:"id,omitempty"`
	MimeType string `json:"mime_type,omitempty"`
	SHA256   string `json:"sha256,omitempty"`
	Caption  string `json:"caption,omitempty"`
	Filename string `json:"filename,omitempty"`
	Status   string `json:"status,omitempty"` // undownloaded
}

type hookButton struct {
	Payload *string `json:"payload"` // may be null
	Text    string  `json:"text"`
}

type hookReaction struct {
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji"`
}

type hookSystem struct {
	Type     string        `json:"type"`
	Body     string        `json:"body,omitempty"`
	NewWaID  string        `json:"new_wa_id,omitempty"`
	Identity *hookIdentity `json:"identity,omitempty"`
}

type hookReferral struct {
	Headline   string `json:"headline,omitempty"`
	Body       string `json:"body,omitempty"`
	SourceType string `json:"source_type,omitempty"`
	SourceID   string `json:"source_id,omitempty"`
	SourceURL  string `json:"source_url,omitempty"`

	Image *hookMedia `json:"image,omitempty"`
	Video *hookMedia `json:"video,omitempty"`
}

func stamp(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// about is the message that an event tells of, and the customer; ErrGone when
// either was deleted.
func (h *Hook) about(ctx context.Context, e *callback.Event) (m wa.Message, who *wa.Contact, err error) {
	m, found, err := h.Messages.Message(ctx, e.WorkspaceID, e.MessageID)
	if err == nil && found {
		who, err = h.Contacts.Contact(ctx, e.WorkspaceID, m.ContactID)
	}
	if err == nil && who == nil {
		err = callback.ErrGone
	}
	return m, who, err
}

// inbound writes a message that came.
func (h *Hook) inbound(ctx context.Context, e *callback.Event) (hookBody, error) {
	m, who, err := h.about(ctx, e)
	if err != nil {
		return hookBody{}, err
	}
	s := h.settings(m.NumberID)
	if m.Content.Type == wa.TypeSystem && !wantsSystem(m.Content.System, s.app) {
		return hookBody{}, callback.ErrGone
	}
	out := hookMessage{From: WaID(who.Phone, who.ID), ID: MessageID(m.ID, wa.Inbound), Timestamp: stamp(m.At), Type: string(m.Content.Type)}
	if err := h.say(ctx, &out, &m, s); err != nil {
		return hookBody{}, err
	}
	if err := h.identify(ctx, &out, &m, s); err != nil {
		return hookBody{}, err
	}
	out.Referral = h.referral(ctx, &m, s)
	name := who.ProfileName
	if name == "" {
		name = who.DisplayName()
	}
	return hookBody{Contacts: []hookContact{{hookProfile{name}, out.From}}, Messages: []hookMessage{out}}, nil
}

// say fills in what the message says.
func (h *Hook) say(ctx context.Context, out *hookMessage, m *wa.Message, s *hookSettings) (err error) {
	c := &m.Content
	if out.Context, err = h.context(ctx, m); err != nil {
		return err
	}
	for _, p := range c.Errors {
		out.Errors = append(out.Errors, LateError(p))
	}
	switch c.Type {
	case wa.TypeText:
		out.Text = &hookText{c.Text.Body}
	case wa.TypeImage, wa.TypeVideo, wa.TypeAudio, wa.TypeDocument, wa.TypeSticker:
		return h.media(ctx, out, m, s)
	case wa.TypeLocation:
		out.Location = c.Location
	case wa.TypeContacts:
		out.Contacts = plainCards(c.Contacts)
	case wa.TypeButton:
		out.Button = &hookButton{Text: c.Button.Text}
		if c.Button.Payload != "" {
			out.Button.Payload = &c.Button.Payload
		}
	case wa.TypeInteractive:
		out.Reply = replyOf(c.Reply)
	case wa.TypeOrder:
		out.Order = c.Order
	case wa.TypeReaction:
		id, err := h.idOf(ctx, m, c.Reaction.MessageID)
		out.Reaction = &hookReaction{id, c.Reaction.Emoji}
		return err
	case wa.TypeSystem:
		out.System = systemOf(c.System)
	case wa.TypeEdit, wa.TypeRevoke:
		return h.altered(ctx, out, m)
	default: // unsupported, and whatever is newer
		out.unknown()
	}
	return nil
}

// unknown makes the message one of a type that the old API does not know.
func (m *hookMessage) unknown() {
	m.Type = "unknown"
	m.Errors = []Error{{Code: 501, Title: "Unknown message type", Details: "Message type is not currently supported"}}
}

// idOf is the id by which the client knows a message that WhatsApp names.
func (h *Hook) idOf(ctx context.Context, m *wa.Message, wamid string) (string, error) {
	quoted, found, err := h.Messages.MessageByWamid(ctx, m.WorkspaceID, wa.Wamid(wamid))
	if err != nil || !found {
		return wamid, err // sent before Kontor was there: WhatsApp's own is all there is
	}
	return MessageID(quoted.ID, quoted.Direction), nil
}

func (h *Hook) context(ctx context.Context, m *wa.Message) (*hookContext, error) {
	c := m.Content.Context
	if c == nil {
		return nil, nil
	}
	out := &hookContext{From: c.From, Forwarded: c.Forwarded, FrequentlyForwarded: c.FrequentlyForwarded, ReferredProduct: c.ReferredProduct}
	if c.ID == "" {
		return out, nil
	}
	var err error
	out.ID, err = h.idOf(ctx, m, c.ID)
	if n, ok := h.Numbers.ByID(m.NumberID); ok && out.From == "" {
		out.From = digitsOf(n.DisplayPhone)
	}
	return out, err
}

// downloadWait is how long a callback is held while its file is on its way;
// after that it is tried again later.
const downloadWait = 8 * time.Second

var errOnItsWay = errors.New("the file of this message is still being fetched")

// media fills in the file: already here, unless the client does not want to
// wait for this kind, or it will not come.
func (h *Hook) media(ctx context.Context, out *hookMessage, m *wa.Message, s *hookSettings) error {
	part := m.Content.MediaPart()
	if part == nil {
		out.unknown()
		return nil
	}
	if m.Content.Type == wa.TypeAudio && part.Voice {
		out.Type = "voice"
	}
	file := &hookMedia{MimeType: part.MimeType, Caption: part.Caption, Filename: part.Filename}
	switch out.Type {
	case "image":
		out.Image = file
	case "video":
		out.Video = file
	case "audio":
		out.Audio = file
	case "voice":
		out.Voice = file
	case "document":
		out.Document = file
	case "sticker":
		out.Sticker = file
	}
	id, err := wa.ParseMediaID(string(part.MediaID))
	if err != nil || !s.app.AutoDownload(out.Type) {
		file.Status = "undownloaded"
		return nil
	}
	known, err := h.arrived(ctx, m.WorkspaceID, id)
	if err != nil {
		return err
	}
	if known.State == media.Failed {
		file.Status = "undownloaded"
		out.Errors = append(out.Errors, newError(400, "The media could not be downloaded: "+known.Reason))
		return nil
	}
	file.ID, file.MimeType, file.SHA256 = MediaID(id), known.MimeType, known.SHA256
	return nil
}

// arrived waits until a file is here, or will not come.
func (h *Hook) arrived(ctx context.Context, ws wa.WorkspaceID, id wa.MediaID) (media.File, error) {
	timer := time.NewTimer(downloadWait)
	defer timer.Stop()
	for {
		changed := h.Changed()
		f, err := h.Files.Find(ctx, ws, id)
		if err != nil || f.State != media.Fetching {
			return f, err
		}
		select {
		case <-changed:
		case <-timer.C:
			return f, errOnItsWay
		case <-ctx.Done():
			return f, ctx.Err()
		}
	}
}

// plainCards leaves out what the old API did not have.
func plainCards(cards []wa.ContactCard) []wa.ContactCard {
	out := make([]wa.ContactCard, len(cards))
	for i, c := range cards {
		c.VCard, c.Origin = "", ""
		out[i] = c
	}
	return out
}

func replyOf(r *wa.Reply) map[string]any {
	if r == nil {
		return map[string]any{}
	}
	inside := map[string]any{}
	switch {
	case len(r.Raw) > 0:
		var v any
		if json.Unmarshal(r.Raw, &v) == nil {
			return map[string]any{"type": r.Type, r.Type: v}
		}
	case r.Type == "nfm_reply":
		inside = map[string]any{"name": r.Name, "body": r.Body, "response_json": r.ResponseJSON}
	default:
		inside = map[string]any{"id": r.ID, "title": r.Title}
		if r.Description != "" {
			inside["description"] = r.Description
		}
	}
	return map[string]any{"type": r.Type, r.Type: inside}
}
