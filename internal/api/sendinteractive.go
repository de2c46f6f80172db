package api

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"kontor/internal/fault"
	"kontor/internal/wa"
)

// Frame is what interactive messages have in common (cloud-api.md 1.3).
type Frame struct {
	Header *Header `json:"header,omitempty" doc:"A text of at most 60 characters, or an object with type and one of text, image, video, document. Lists take a text only."`
	Footer string  `json:"footer,omitempty" maxLength:"60" doc:"At most 60 characters."`
}

// ButtonsBody is the body of send/buttons.
type ButtonsBody struct {
	Envelope
	Frame
	Text    string   `json:"text" minLength:"1" maxLength:"1024" doc:"1–1024 characters." example:"Shall we start the repair?"`
	Buttons []Button `json:"buttons" minItems:"1" maxItems:"3" nullable:"false" doc:"1–3 buttons."`
}

// Button is one that the customer can tap.
type Button struct {
	ID    string `json:"id" minLength:"1" maxLength:"256" doc:"What comes back when it is tapped; unique, at most 256 characters." example:"yes"`
	Title string `json:"title" minLength:"1" maxLength:"20" doc:"What is on it; unique, at most 20 characters." example:"Yes, please"`
}

func (b *ButtonsBody) content() (wa.Content, error) {
	action := wa.ButtonsAction{Buttons: make([]wa.ReplyButton, len(b.Buttons))}
	for i, one := range b.Buttons {
		action.Buttons[i] = wa.ReplyButton{Type: "reply", Reply: wa.ButtonText{ID: one.ID, Title: one.Title}}
	}
	return b.interactive("button", b.Text, action)
}

// ListBody is the body of send/list.
type ListBody struct {
	Envelope
	Frame
	Text     string    `json:"text" minLength:"1" maxLength:"4096" doc:"1–4096 characters."`
	Button   string    `json:"button" minLength:"1" maxLength:"20" doc:"What is on the button that opens the list; at most 20 characters." example:"Choose a day"`
	Sections []Section `json:"sections" minItems:"1" maxItems:"10" nullable:"false" doc:"1–10 sections with at most 10 rows in all."`
}

// Section is a part of a list.
type Section struct {
	Title string `json:"title,omitempty" maxLength:"24" doc:"At most 24 characters; needed when there is more than one section."`
	Rows  []Row  `json:"rows" minItems:"1" maxItems:"10" nullable:"false"`
}

// Row is one that the customer can choose.
type Row struct {
	ID          string `json:"id" minLength:"1" maxLength:"200" doc:"What comes back; unique, at most 200 characters."`
	Title       string `json:"title" minLength:"1" maxLength:"24" doc:"At most 24 characters."`
	Description string `json:"description,omitempty" maxLength:"72" doc:"At most 72 characters."`
}

func (b *ListBody) content() (wa.Content, error) {
	action := wa.ListAction{Button: b.Button, Sections: make([]wa.ListSection, len(b.Sections))}
	for i, s := range b.Sections {
		rows := make([]wa.ListRow, len(s.Rows))
		for j, r := range s.Rows {
			rows[j] = wa.ListRow(r)
		}
		action.Sections[i] = wa.ListSection{Title: s.Title, Rows: rows}
	}
	return b.interactive("list", b.Text, action)
}

// CTABody is the body of send/cta_url.
type CTABody struct {
	Envelope
	Frame
	Text        string `json:"text" minLength:"1" maxLength:"1024" doc:"1–1024 characters."`
	DisplayText string `json:"display_text" minLength:"1" maxLength:"20" doc:"What is on the button; at most 20 characters." example:"See your order"`
	URL         string `json:"url" minLength:"1" maxLength:"2000" doc:"The http(s) address that it opens." example:"https://shop.example/orders/1042"`
}

func (b *CTABody) content() (wa.Content, error) {
	return b.interactive("cta_url", b.Text, wa.CTAURLAction{Name: "cta_url", Parameters: wa.CTAURLParameters{DisplayText: b.DisplayText, URL: b.URL}})
}

func (f *Frame) interactive(kind, text string, action any) (wa.Content, error) {
	raw, err := json.Marshal(action)
	if err != nil {
		return wa.Content{}, err
	}
	i := &wa.Interactive{Type: kind, Body: &wa.TextPart{Text: text}, Action: raw}
	if f.Footer != "" {
		i.Footer = &wa.TextPart{Text: f.Footer}
	}
	if f.Header != nil {
		if i.Header, err = f.Header.header(); err != nil {
			return wa.Content{}, err
		}
	}
	return wa.Content{Type: wa.TypeInteractive, Interactive: i}, nil
}

// Header is a text, written as such, or an object.
type Header struct {
	Type     string
	Text     string
	Image    *DocumentPart
	Video    *DocumentPart
	Document *DocumentPart
}

// UnmarshalJSON implements json.Unmarshaler.
func (h *Header) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		h.Type = "text"
		return json.Unmarshal(b, &h.Text)
	}
	var o struct {
		Type     string        `json:"type"`
		Text     string        `json:"text"`
		Image    *DocumentPart `json:"image"`
		Video    *DocumentPart `json:"video"`
		Document *DocumentPart `json:"document"`
	}
	err := json.Unmarshal(b, &o)
	*h = Header{o.Type, o.Text, o.Image, o.Video, o.Document}
	return err
}

// Schema implements huma.SchemaProvider.
func (Header) Schema(r huma.Registry) *huma.Schema {
	file := func(kind string) *huma.Schema {
		return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "The " + kind + ": exactly one of media_id, id and link; documents may have a filename."}
	}
	object := &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: false, Required: []string{"type"},
		Properties: map[string]*huma.Schema{
			"type":  {Type: huma.TypeString, Enum: []any{"text", "image", "video", "document"}},
			"text":  {Type: huma.TypeString, Description: "At most 60 characters."},
			"image": file("image"), "video": file("video"), "document": file("document"),
		},
	}
	// No maxLength: inside anyOf its message would name neither limit nor length. The outbox checks it.
	text := &huma.Schema{Type: huma.TypeString, Description: "At most 60 characters."}
	object.PrecomputeMessages()
	text.PrecomputeMessages()
	return &huma.Schema{AnyOf: []*huma.Schema{text, object}}
}

func (h *Header) header() (*wa.Header, error) {
	out := &wa.Header{Type: h.Type, Text: h.Text}
	parts := map[string]struct {
		part *DocumentPart
		into **wa.Media
	}{"image": {h.Image, &out.Image}, "video": {h.Video, &out.Video}, "document": {h.Document, &out.Document}}
	for kind, p := range parts {
		switch {
		case kind == h.Type && p.part == nil:
			return nil, fault.Wrong(codeInvalid, fault.Field{Name: "header." + kind, Detail: "This member is required."})
		case kind != h.Type && p.part != nil:
			return nil, fault.Wrong(codeInvalid, fault.Field{Name: "header." + kind, Detail: "does not belong to a header of the type " + h.Type + "."})
		case p.part == nil:
			continue
		}
		m, err := p.part.media("header." + kind)
		if err != nil {
			return nil, err
		}
		m.Filename = p.part.Filename
		*p.into = m
	}
	if h.Type == "text" && h.Text == "" {
		return nil, fault.Wrong(codeInvalid, fault.Field{Name: "header", Detail: "must not be empty."})
	}
	if h.Type != "text" && h.Text != "" {
		return nil, fault.Wrong(codeInvalid, fault.Field{Name: "header.text", Detail: "does not belong to a header of the type " + h.Type + "."})
	}
	return out, nil
}
