package api

import (
	"github.com/danielgtaylor/huma/v2"

	"kontor/internal/fault"
	"kontor/internal/wa"
)

// The bodies of the send calls. Members are Meta's where Meta has one; limits
// are those of cloud-api.md 1.1 to 1.4. A member that the call does not have is
// refused; inside the objects that Meta defines, unknown members are let pass.

// Envelope is what every send call takes.
type Envelope struct {
	To            string        `json:"to" minLength:"1" maxLength:"200" doc:"Whom: a phone number with country code in any usual writing, a BSUID, or a contact_id. 7–15 digits." example:"+49 451 5550100"`
	Context       *ReplyContext `json:"context,omitempty" doc:"Which message this one answers. The bubble is left out when that message is deleted or older than 30 days (cloud-api.md 1.1)."`
	Opaque        string        `json:"biz_opaque_callback_data,omitempty" maxLength:"512" doc:"A text of yours that comes back in every status of this message; at most 512 characters."`
	PhoneNumberID string        `json:"phone_number_id,omitempty" maxLength:"64" doc:"Which business number sends. Default: that of the newest conversation with this person, else the workspace's first."`
	OnUncertain   string        `json:"on_uncertain,omitempty" enum:"hold,resend" doc:"What to do when nobody can tell whether WhatsApp has the message (a crash or a lost answer) and no status settles it: hold it for a person's decision (default), or send it again, at the risk that the customer gets it twice."`
	Lane          string        `json:"lane,omitempty" enum:"interactive,bulk" doc:"interactive (default): before bulk. bulk: for many messages that nobody waits for; answers overtake them, and one message in ten is theirs."`
	OnRateLimit   *bool         `json:"retry_on_rate_limit,omitempty" doc:"What to do when WhatsApp refuses the message for speed or the messaging limit is reached: true (default) lets it wait, false fails it."`
	Order         string        `json:"order,omitempty" maxLength:"64" doc:"The shop's id of the order that this message belongs to; to must be its customer. The order's number sends unless phone_number_id says otherwise."`
	DelaySeconds  float64       `json:"delay_seconds,omitempty" minimum:"0" maximum:"5" doc:"Seconds to wait before sending, 0–5. Until then the message can be canceled."`
}

func (e *Envelope) envelope() *Envelope { return e }

// ReplyContext names the message that is answered.
type ReplyContext struct {
	_         struct{} `additionalProperties:"true"`
	MessageID string   `json:"message_id" minLength:"1" maxLength:"512" doc:"Our id or WhatsApp's."`
}

// TextBody is the body of send/text.
type TextBody struct {
	Envelope
	Text       string `json:"text" minLength:"1" maxLength:"4096" doc:"1–4096 characters." example:"Your bicycle is ready."`
	PreviewURL bool   `json:"preview_url,omitempty" doc:"Shows a preview of the first http(s) address in the text."`
}

func (b *TextBody) content() (wa.Content, error) {
	return wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: b.Text, PreviewURL: b.PreviewURL}}, nil
}

// TemplateBody is the body of send/template.
type TemplateBody struct {
	Envelope
	Template TemplateChoice `json:"template" doc:"Which template, with the values of its variables (cloud-api.md 1.4)."`
}

// TemplateChoice names a template and fills it in.
type TemplateChoice struct {
	_          struct{}           `additionalProperties:"true"`
	Name       string             `json:"name" minLength:"1" maxLength:"512" example:"hello_world"`
	Language   TemplateLanguage   `json:"language"`
	Components templateComponents `json:"components,omitempty" doc:"One entry for each part that has variables: header, body, button, carousel, limited_time_offer. None when the template has no variables."`
}

// TemplateLanguage is the language of a template, exactly as approved.
type TemplateLanguage struct {
	_      struct{} `additionalProperties:"true"`
	Code   string   `json:"code" minLength:"2" maxLength:"15" doc:"Meta's code." example:"en_US"`
	Policy string   `json:"policy,omitempty" enum:"deterministic"`
}

// templateComponents are Meta's, passed on as they are.
type templateComponents []wa.TemplateComponent

// Schema implements huma.SchemaProvider.
func (templateComponents) Schema(huma.Registry) *huma.Schema {
	return freeObjects("A component as Meta defines it: type, sub_type, index, parameters, cards.")
}

func freeObjects(text string) *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: text}}
}

func (b *TemplateBody) content() (wa.Content, error) {
	return wa.Content{Type: wa.TypeTemplate, Template: &wa.Template{
		Name: b.Template.Name, Language: wa.Language{Code: b.Template.Language.Code, Policy: b.Template.Language.Policy},
		Components: b.Template.Components,
	}}, nil
}

// MediaPart is a file in a message: exactly one of link, id and media_id.
type MediaPart struct {
	_       struct{} `additionalProperties:"true"`
	MediaID string   `json:"media_id,omitempty" maxLength:"64" doc:"A file uploaded with POST media: med_…"`
	ID      string   `json:"id,omitempty" maxLength:"512" doc:"A media id: Meta's, or one of ours (med_…)."`
	Link    string   `json:"link,omitempty" maxLength:"2048" doc:"An https address from which Meta fetches the file."`
	Caption string   `json:"caption,omitempty" maxLength:"1024" doc:"At most 1024 characters; not for audio and stickers."`
}

// DocumentPart is a MediaPart with a name.
type DocumentPart struct {
	MediaPart
	_        struct{} `additionalProperties:"true"`
	Filename string   `json:"filename,omitempty" maxLength:"240" doc:"The name that the customer sees; its extension chooses the icon."`
}

// AudioPart is a MediaPart that may be a voice message.
type AudioPart struct {
	MediaPart
	_     struct{} `additionalProperties:"true"`
	Voice bool     `json:"voice,omitempty" doc:"A voice message; needs Ogg with Opus."`
}

func (p *MediaPart) media(field string) (*wa.Media, error) {
	m := &wa.Media{MediaID: wa.MediaRef(p.MediaID), ID: p.ID, Link: p.Link, Caption: p.Caption}
	if m.MediaID == "" && len(p.ID) > 4 && p.ID[:4] == "med_" { // whoever knows Meta's API writes our id as id
		m.MediaID, m.ID = wa.MediaRef(p.ID), ""
	}
	given := 0
	for _, s := range []string{string(m.MediaID), m.ID, m.Link} {
		if s != "" {
			given++
		}
	}
	if given != 1 {
		return nil, fault.Wrong(codeInvalid, fault.Field{Name: field, Detail: "needs exactly one of media_id, id and link."})
	}
	if m.MediaID != "" {
		if _, err := wa.ParseMediaID(string(m.MediaID)); err != nil {
			return nil, fault.Wrong(codeInvalid, fault.Field{Name: field + ".media_id", Detail: "is not a media_id: it has med_ and 13 more characters."})
		}
	}
	return m, nil
}

// ImageBody is the body of send/image.
type ImageBody struct {
	Envelope
	Image MediaPart `json:"image" doc:"JPEG or PNG, at most 5 MB (cloud-api.md 1.5)."`
}

func (b *ImageBody) content() (wa.Content, error) {
	m, err := b.Image.media("image")
	return wa.Content{Type: wa.TypeImage, Image: m}, err
}

// VideoBody is the body of send/video.
type VideoBody struct {
	Envelope
	Video MediaPart `json:"video" doc:"MP4 or 3GP with H.264 and AAC, at most 16 MB (cloud-api.md 1.5)."`
}

func (b *VideoBody) content() (wa.Content, error) {
	m, err := b.Video.media("video")
	return wa.Content{Type: wa.TypeVideo, Video: m}, err
}

// AudioBody is the body of send/audio.
type AudioBody struct {
	Envelope
	Audio AudioPart `json:"audio" doc:"AAC, AMR, MP3, M4A or Ogg/Opus, at most 16 MB (cloud-api.md 1.5)."`
}

func (b *AudioBody) content() (wa.Content, error) {
	m, err := b.Audio.media("audio")
	if m != nil {
		m.Voice = b.Audio.Voice
	}
	return wa.Content{Type: wa.TypeAudio, Audio: m}, err
}

// DocumentBody is the body of send/document.
type DocumentBody struct {
	Envelope
	Document DocumentPart `json:"document" doc:"Any document, at most 100 MB (cloud-api.md 1.5)."`
}

func (b *DocumentBody) content() (wa.Content, error) {
	m, err := b.Document.media("document")
	if m != nil {
		m.Filename = b.Document.Filename
	}
	return wa.Content{Type: wa.TypeDocument, Document: m}, err
}

// StickerBody is the body of send/sticker.
type StickerBody struct {
	Envelope
	Sticker MediaPart `json:"sticker" doc:"WebP, 512×512 pixels; at most 100 KB, or 500 KB when animated (cloud-api.md 1.5)."`
}

func (b *StickerBody) content() (wa.Content, error) {
	m, err := b.Sticker.media("sticker")
	return wa.Content{Type: wa.TypeSticker, Sticker: m}, err
}

// LocationBody is the body of send/location.
type LocationBody struct {
	Envelope
	Location Place `json:"location"`
}

// Place is a point on the map.
type Place struct {
	_         struct{} `additionalProperties:"true"`
	Latitude  float64  `json:"latitude" minimum:"-90" maximum:"90" doc:"Degrees, −90 to 90." example:"53.8655"`
	Longitude float64  `json:"longitude" minimum:"-180" maximum:"180" doc:"Degrees, −180 to 180." example:"10.6866"`
	Name      string   `json:"name,omitempty" maxLength:"1000"`
	Address   string   `json:"address,omitempty" maxLength:"1000"`
}

func (b *LocationBody) content() (wa.Content, error) {
	p := b.Location
	return wa.Content{Type: wa.TypeLocation, Location: &wa.Location{Latitude: p.Latitude, Longitude: p.Longitude, Name: p.Name, Address: p.Address}}, nil
}

// ContactsBody is the body of send/contacts.
type ContactsBody struct {
	Envelope
	Contacts contactCards `json:"contacts" minItems:"1" maxItems:"257" doc:"Cards as Meta defines them: name with formatted_name and one more part, phones, emails, addresses, urls, org, birthday (cloud-api.md 1.2)."`
}

type contactCards []wa.ContactCard

// Schema implements huma.SchemaProvider.
func (contactCards) Schema(huma.Registry) *huma.Schema {
	return freeObjects("A contact object as Meta defines it.")
}

func (b *ContactsBody) content() (wa.Content, error) {
	return wa.Content{Type: wa.TypeContacts, Contacts: b.Contacts}, nil
}

// ReactionBody is the body of send/reaction.
type ReactionBody struct {
	Envelope
	Reaction Reaction `json:"reaction"`
}

// Reaction puts an emoji on a message.
type Reaction struct {
	_         struct{} `additionalProperties:"true"`
	MessageID string   `json:"message_id" minLength:"1" maxLength:"512" doc:"The message: our id or WhatsApp's. It is of this conversation, younger than 30 days, and no reaction itself."`
	Emoji     string   `json:"emoji" maxLength:"64" doc:"One emoji; the empty text takes the reaction away." example:"👍"`
}

func (b *ReactionBody) content() (wa.Content, error) {
	return wa.Content{Type: wa.TypeReaction, Reaction: &wa.Reaction{MessageID: b.Reaction.MessageID, Emoji: b.Reaction.Emoji}}, nil
}
