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
	FlowID        string          `json:"flow_id,omitempty"`
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

var templateName = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)

// checkDefinition checks a template that somebody adds, as far as a wrong one
// would make sends behave oddly. Meta's review of texts is not played.
func checkDefinition(t *Template) *refusal {
	switch {
	case !templateName.MatchString(t.Name):
		return badParameter("name: must be 1 to 512 of a-z, 0-9 and _, is %q", clip(t.Name))
	case t.Language == "":
		return badParameter("language: parameter is required")
	case !slices.Contains([]string{"MARKETING", "UTILITY", "AUTHENTICATION"}, t.Category):
		return badParameter("category: must be one of {MARKETING, UTILITY, AUTHENTICATION}, is %q", clip(t.Category))
	case !slices.Contains([]string{"POSITIONAL", "NAMED"}, t.ParameterFormat):
		return badParameter("parameter_format: must be POSITIONAL or NAMED, is %q", clip(t.ParameterFormat))
	case part(t.Components, "BODY") == nil:
		return badParameter("components: a BODY is required")
	}
	for i, c := range t.Components {
		at := "components" + index(i)
		limit := map[string]int{"BODY": 1024, "HEADER": 60, "FOOTER": 60}[c.Type]
		switch n := len([]rune(c.Text)); {
		case limit > 0 && n > limit:
			return &refusal{code: codeInvalid, subcode: 2388040, details: at + ".text: exceeds its character limit"}
		case c.Type == "FOOTER" && len(variables(c.Text)) > 0:
			return &refusal{code: codeInvalid, subcode: 2388073, details: at + ".text: a footer has no variables"}
		case c.Type == "HEADER" && len(variables(c.Text)) > 1:
			return &refusal{code: codeInvalid, subcode: 2388047, details: at + ".text: a header has one variable at most"}
		case c.Type == "BODY" && n == 0 && t.Category != "AUTHENTICATION":
			return &refusal{code: codeInvalid, subcode: 2388072, details: at + ".text: must not be empty"}
		case len(c.Buttons) > 10:
			return badParameter("%s.buttons: at most 10, are %d", at, len(c.Buttons))
		}
		if !t.named() && !sequential(variables(c.Text)) {
			return &refusal{code: codeInvalid, subcode: 2388072, details: at + ".text: variables must be {{1}}, {{2}}, … without a gap"}
		}
	}
	return nil
}

// sequential tells whether names are 1…n, in whatever order.
func sequential(names []string) bool {
	for i := range names {
		if !slices.Contains(names, plainText(json.Number(itoa(i+1)))) {
			return false
		}
	}
	return true
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
			c.Buttons[j].Type = strings.ToUpper(c.Buttons[j].Type)
		}
		for j := range c.Cards {
			normalComponents(c.Cards[j].Components)
		}
	}
}
