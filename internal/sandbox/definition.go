package sandbox

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// Template is a template as Meta keeps it (cloud-api.md 5.2, 5.3). Name and
// Language together are its key inside an account. ID, Account, Status and
// ParameterFormat may be empty when it is given to the sandbox, which then
// chooses: a new id, every account, APPROVED, POSITIONAL.
type Template struct {
	ID               string      `json:"id"`
	Account          string      `json:"waba_id,omitempty"`
	Name             string      `json:"name"`
	Language         string      `json:"language"`
	Category         string      `json:"category"` // MARKETING, UTILITY, AUTHENTICATION
	SubCategory      string      `json:"sub_category,omitempty"`
	PreviousCategory string      `json:"previous_category,omitempty"`
	Status           string      `json:"status"`           // APPROVED, PENDING, REJECTED, PAUSED, DISABLED, …
	ParameterFormat  string      `json:"parameter_format"` // POSITIONAL, NAMED
	RejectedReason   string      `json:"rejected_reason,omitempty"`
	Quality          string      `json:"quality,omitempty"` // GREEN, YELLOW, RED, UNKNOWN
	SendTTL          int         `json:"message_send_ttl_seconds,omitempty"`
	Components       []Component `json:"components"`

	CorrectCategory string          `json:"correct_category,omitempty"` // announced, not yet in force
	Library         string          `json:"library_template_name,omitempty"`
	TrackingOptOut  bool            `json:"cta_url_link_tracking_opted_out,omitempty"`
	PrimaryDevice   bool            `json:"is_primary_device_delivery_only,omitempty"`
	Creative        json.RawMessage `json:"degrees_of_freedom_spec,omitempty"`
	QualityAt       int64           `json:"quality_date,omitempty"`      // unix seconds
	Updated         int64           `json:"last_updated_time,omitempty"` // unix seconds
}

// Component is one part of a template.
type Component struct {
	Type    string           `json:"type"`             // HEADER, BODY, FOOTER, BUTTONS, CAROUSEL, LIMITED_TIME_OFFER, …
	Format  string           `json:"format,omitempty"` // of a HEADER: TEXT, IMAGE, VIDEO, DOCUMENT, GIF, LOCATION, PRODUCT
	Text    string           `json:"text,omitempty"`
	Buttons []TemplateButton `json:"buttons,omitempty"`
	Cards   []Card           `json:"cards,omitempty"`
	Offer   *Offer           `json:"limited_time_offer,omitempty"`
	Example json.RawMessage  `json:"example,omitempty"`
	// Of authentication templates, whose text is Meta's.
	AddSecurityRecommendation *bool `json:"add_security_recommendation,omitempty"`
	CodeExpirationMinutes     int   `json:"code_expiration_minutes,omitempty"`
}

// TemplateButton is one button of a template.
type TemplateButton struct {
	Type          string          `json:"type"` // QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE, FLOW, OTP, CATALOG, MPM, …
	Text          string          `json:"text,omitempty"`
	URL           string          `json:"url,omitempty"`
	PhoneNumber   string          `json:"phone_number,omitempty"`
	OTPType       string          `json:"otp_type,omitempty"`
	AutofillText  string          `json:"autofill_text,omitempty"`
	ZeroTapTerms  *bool           `json:"zero_tap_terms_accepted,omitempty"`
	FlowID        string          `json:"flow_id,omitempty"`
	FlowName      string          `json:"flow_name,omitempty"`
	FlowJSON      string          `json:"flow_json,omitempty"`
	Icon          string          `json:"icon,omitempty"`
	TTLMinutes    int             `json:"ttl_minutes,omitempty"`
	FlowAction    string          `json:"flow_action,omitempty"`
	NavigateTo    string          `json:"navigate_screen,omitempty"`
	SupportedApps json.RawMessage `json:"supported_apps,omitempty"`
	Example       json.RawMessage `json:"example,omitempty"`
}

// Card is one card of a carousel.
type Card struct {
	Components []Component `json:"components"`
}

// Offer is a limited-time offer.
type Offer struct {
	Text          string `json:"text"`
	HasExpiration bool   `json:"has_expiration"`
}

func (t *Template) named() bool { return strings.EqualFold(t.ParameterFormat, "NAMED") }

// part finds the component of that type, nil when the template has none.
func part(components []Component, kind string) *Component {
	i := slices.IndexFunc(components, func(c Component) bool { return strings.EqualFold(c.Type, kind) })
	if i < 0 {
		return nil
	}
	return &components[i]
}

var variable = regexp.MustCompile(`\{\{\s*([a-z0-9_]+)\s*\}\}`)

// variables are the names (or numbers) of the variables in text, each once, in
// the order in which they first stand there.
func variables(text string) []string {
	var names []string
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// normal upper-cases what Meta upper-cases and fills what may be left out.
func (t *Template) normal() {
	up := func(s *string, def string) {
		if *s = strings.ToUpper(*s); *s == "" {
			*s = def
		}
	}
	up(&t.Category, "")
	up(&t.Status, "APPROVED")
	up(&t.ParameterFormat, "POSITIONAL")
	up(&t.Quality, "UNKNOWN")
	t.Components = slices.Clone(t.Components)
	normalComponents(t.Components)
	if t.Components == nil {
		t.Components = []Component{}
	}
}

func normalComponents(components []Component) {
	for i := range components {
		c := &components[i]
		c.Type, c.Format = strings.ToUpper(c.Type), strings.ToUpper(c.Format)
		if c.Type == "HEADER" && c.Format == "" {
			c.Format = "TEXT"
		}
		c.Buttons = slices.Clone(c.Buttons)
		for j := range c.Buttons {
			b := &c.Buttons[j]
			b.Type, b.OTPType, b.FlowAction = strings.ToUpper(b.Type), strings.ToUpper(b.OTPType), strings.ToLower(b.FlowAction)
		}
		for j := range c.Cards {
			normalComponents(c.Cards[j].Components)
		}
	}
}
