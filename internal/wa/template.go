package wa

import "encoding/json"

// Template is a template as sent (cloud-api.md 1.4): its name, its exact
// language, and the values for its variables.
type Template struct {
	Name       string              `json:"name"`
	Language   Language            `json:"language"`
	Components []TemplateComponent `json:"components,omitempty"`
}

// Language is Meta's code ("en_US", "pt_BR").
type Language struct {
	Code   string `json:"code"`
	Policy string `json:"policy,omitempty"` // "deterministic" or nothing
}

// TemplateComponent gives values to one part of a template: header, body,
// button, limited_time_offer, carousel, tap_target_configuration, or newer.
type TemplateComponent struct {
	Type       string              `json:"type"`
	SubType    string              `json:"sub_type,omitempty"` // buttons: quick_reply, url, copy_code, flow, catalog, mpm, voice_call, …
	Index      ButtonIndex         `json:"index,omitempty"`
	Parameters []TemplateParameter `json:"parameters,omitempty"`
	Cards      []TemplateCard      `json:"cards,omitempty"`
}

// ButtonIndex is a button's position; JSON text or number, as clients write both.
type ButtonIndex string

// UnmarshalJSON takes "0" and 0.
func (i *ButtonIndex) UnmarshalJSON(b []byte) error {
	var n json.Number
	if err := json.Unmarshal(b, &n); err == nil {
		*i = ButtonIndex(n)
		return nil
	}
	return json.Unmarshal(b, (*string)(i))
}

// TemplateCard is one card of a carousel.
type TemplateCard struct {
	CardIndex  int                 `json:"card_index"`
	Components []TemplateComponent `json:"components"`
}

// TemplateParameter is one value. The member that Type names is set; Extra
// keeps members of kinds that this program passes on without knowing them.
type TemplateParameter struct {
	Type          string          `json:"type"`
	ParameterName string          `json:"parameter_name,omitempty"`
	Text          string          `json:"text,omitempty"`
	Currency      *Currency       `json:"currency,omitempty"`
	DateTime      *DateTime       `json:"date_time,omitempty"`
	Image         *Media          `json:"image,omitempty"`
	Video         *Media          `json:"video,omitempty"`
	Document      *Media          `json:"document,omitempty"`
	GIF           *Media          `json:"gif,omitempty"`
	Location      *Location       `json:"location,omitempty"`
	Product       json.RawMessage `json:"product,omitempty"`
	Payload       json.RawMessage `json:"payload,omitempty"` // quick reply and voice call: text
	CouponCode    string          `json:"coupon_code,omitempty"`
	Action        json.RawMessage `json:"action,omitempty"` // flow, catalog, mpm
	TTLMinutes    json.RawMessage `json:"ttl_minutes,omitempty"`
	LimitedOffer  json.RawMessage `json:"limited_time_offer,omitempty"`
	TapTarget     json.RawMessage `json:"tap_target_configuration,omitempty"`
	OrderDetails  json.RawMessage `json:"order_details,omitempty"` // payments, passed through
	OrderStatus   json.RawMessage `json:"order_status,omitempty"`
}

// MediaPart is the parameter's media, or nil.
func (p *TemplateParameter) MediaPart() *Media {
	switch {
	case p.Image != nil:
		return p.Image
	case p.Video != nil:
		return p.Video
	case p.Document != nil:
		return p.Document
	}
	return p.GIF
}

// Currency is a localised amount; Amount1000 is the amount times 1 000.
type Currency struct {
	FallbackValue string `json:"fallback_value"`
	Code          string `json:"code"`
	Amount1000    int64  `json:"amount_1000"`
}

// DateTime is a date in words.
type DateTime struct {
	FallbackValue string `json:"fallback_value"`
}

// Rendered is a template with its values filled in, as the customer reads it.
type Rendered struct {
	Header  string   `json:"header,omitempty"`
	Body    string   `json:"body,omitempty"`
	Footer  string   `json:"footer,omitempty"`
	Buttons []string `json:"buttons,omitempty"`
}
