package wa

import "encoding/json"

// TemplateDefinition is a template as approved (cloud-api.md 5.2): its parts
// and where its variables stand. Name and Language together are its key.
type TemplateDefinition struct {
	MetaID          string                `json:"meta_id"`
	Name            string                `json:"name"`
	Language        string                `json:"language"`
	Category        string                `json:"category"`         // MARKETING, UTILITY, AUTHENTICATION
	Status          string                `json:"status"`           // APPROVED, PENDING, REJECTED, PAUSED, …
	ParameterFormat string                `json:"parameter_format"` // POSITIONAL, NAMED
	Quality         string                `json:"quality,omitempty"`
	RejectedReason  string                `json:"rejected_reason,omitempty"`
	Components      []DefinitionComponent `json:"components"`
}

// DefinitionComponent is one part of a template (cloud-api.md 5.3). Example is
// kept as Meta wrote it.
type DefinitionComponent struct {
	Type    string             `json:"type"`             // HEADER, BODY, FOOTER, BUTTONS, CAROUSEL, LIMITED_TIME_OFFER, …
	Format  string             `json:"format,omitempty"` // header: TEXT, IMAGE, VIDEO, DOCUMENT, GIF, LOCATION, PRODUCT
	Text    string             `json:"text,omitempty"`
	Buttons []DefinitionButton `json:"buttons,omitempty"`
	Cards   []DefinitionCard   `json:"cards,omitempty"`
	Example json.RawMessage    `json:"example,omitempty"`
}

// DefinitionButton is one button of a template.
type DefinitionButton struct {
	Type        string          `json:"type"` // QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE, FLOW, OTP, …
	Text        string          `json:"text,omitempty"`
	URL         string          `json:"url,omitempty"`
	PhoneNumber string          `json:"phone_number,omitempty"`
	OTPType     string          `json:"otp_type,omitempty"`
	Example     json.RawMessage `json:"example,omitempty"`
}

// DefinitionCard is one card of a carousel.
type DefinitionCard struct {
	Components []DefinitionComponent `json:"components"`
}
