package wa

import "encoding/json"

// Interactive is an outbound message that can be tapped (cloud-api.md 1.3).
// Types other than button, list and cta_url are passed on as written: Action
// keeps every member in Raw.
type Interactive struct {
	Type   string          `json:"type"` // button, list, cta_url, …
	Header *Header         `json:"header,omitempty"`
	Body   *TextPart       `json:"body,omitempty"`
	Footer *TextPart       `json:"footer,omitempty"`
	Action json.RawMessage `json:"action,omitempty"`
}

// Header is text (60 characters) or one media.
type Header struct {
	Type     string `json:"type"` // text, image, video, document
	Text     string `json:"text,omitempty"`
	Image    *Media `json:"image,omitempty"`
	Video    *Media `json:"video,omitempty"`
	Document *Media `json:"document,omitempty"`
}

// MediaPart is the header's media, or nil.
func (h *Header) MediaPart() *Media {
	switch {
	case h == nil:
		return nil
	case h.Image != nil:
		return h.Image
	case h.Video != nil:
		return h.Video
	}
	return h.Document
}

// TextPart is a body or footer.
type TextPart struct {
	Text string `json:"text"`
}

// ButtonsAction is the Action of Interactive type "button": 1–3 reply buttons.
type ButtonsAction struct {
	Buttons []ReplyButton `json:"buttons"`
}

// ReplyButton is one button; Type is "reply".
type ReplyButton struct {
	Type  string     `json:"type"`
	Reply ButtonText `json:"reply"`
}

// ButtonText is a button's id (256 characters, unique) and title (20, unique).
type ButtonText struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// ListAction is the Action of Interactive type "list": 1–10 sections, 10 rows in all.
type ListAction struct {
	Button   string        `json:"button"`
	Sections []ListSection `json:"sections"`
}

// ListSection has a title of 24 characters, required when there is more than one.
type ListSection struct {
	Title string    `json:"title,omitempty"`
	Rows  []ListRow `json:"rows"`
}

// ListRow has an id (200, unique), a title (24) and a description (72).
type ListRow struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

// CTAURLAction is the Action of Interactive type "cta_url".
type CTAURLAction struct {
	Name       string           `json:"name"` // cta_url
	Parameters CTAURLParameters `json:"parameters"`
}

// CTAURLParameters are the label (20 characters) and the address it opens.
type CTAURLParameters struct {
	DisplayText string `json:"display_text"`
	URL         string `json:"url"`
}
