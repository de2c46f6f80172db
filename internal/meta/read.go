package meta

import (
	"encoding/json"
	"time"

	"kontor/internal/wa"
)

// The fields that Kontor asks for.
const (
	TemplateFields = "id,name,language,category,status,parameter_format,quality_score,rejected_reason,components"
	NumberFields   = "id,display_phone_number,verified_name,quality_rating,throughput,status,whatsapp_business_manager_messaging_limit"
	OwnerFields    = "owner_business_info"
	ProfileFields  = "about,address,description,email,profile_picture_url,websites,vertical"
)

// Template is one template of GET /{waba}/message_templates (cloud-api.md 5.1, 5.2).
type Template struct {
	ID              string            `json:"id"`
	Name            string            `json:"name"`
	Language        string            `json:"language"`
	Category        string            `json:"category"`
	Status          string            `json:"status"`
	ParameterFormat string            `json:"parameter_format,omitempty"`
	QualityScore    *Score            `json:"quality_score,omitempty"`
	RejectedReason  string            `json:"rejected_reason,omitempty"`
	Components      []json.RawMessage `json:"components"`
}

// Score is quality_score.
type Score struct {
	Score string `json:"score"`
}

// ParseTemplates reads one page of templates. next is the cursor of the next
// page, empty on the last. A template without name or language is left out; a
// component with broken members keeps the others. ErrAnswer when there is no
// list.
func ParseTemplates(body []byte) (page []wa.TemplateDefinition, next string, err error) {
	answer, _, _ := loosely[struct {
		Data   json.RawMessage `json:"data"`
		Paging json.RawMessage `json:"paging"`
	}](trim(body))
	rows, ok := list(answer.Data)
	if !ok || answer.Data == nil {
		return nil, "", ErrAnswer
	}
	for _, row := range rows {
		if t, _, ok := loosely[Template](row); ok && t.Name != "" && t.Language != "" {
			page = append(page, t.definition())
		}
	}
	paging, _, _ := loosely[struct {
		Next    string `json:"next"`
		Cursors struct {
			After string `json:"after"`
		} `json:"cursors"`
	}](answer.Paging)
	if paging.Next != "" {
		next = paging.Cursors.After
	}
	return page, next, nil
}

func (t *Template) definition() wa.TemplateDefinition {
	d := wa.TemplateDefinition{
		MetaID: t.ID, Name: t.Name, Language: t.Language, Category: t.Category, Status: t.Status,
		ParameterFormat: t.ParameterFormat, RejectedReason: t.RejectedReason,
		Components: []wa.DefinitionComponent{},
	}
	if d.ParameterFormat == "" {
		d.ParameterFormat = "POSITIONAL"
	}
	if d.RejectedReason == "NONE" {
		d.RejectedReason = ""
	}
	if t.QualityScore != nil {
		d.Quality = t.QualityScore.Score
	}
	for _, raw := range t.Components {
		if c, _, ok := loosely[wa.DefinitionComponent](raw); ok {
			d.Components = append(d.Components, c)
		}
	}
	return d
}

// Number is the answer to GET /{phone-number-id} (cloud-api.md 6.2).
type Number struct {
	ID                 string      `json:"id"`
	DisplayPhoneNumber string      `json:"display_phone_number"`
	VerifiedName       string      `json:"verified_name"`
	QualityRating      string      `json:"quality_rating,omitempty"`
	Throughput         *Throughput `json:"throughput,omitempty"`
	Status             string      `json:"status,omitempty"`
	MessagingLimit     string      `json:"whatsapp_business_manager_messaging_limit,omitempty"`
	MessagingLimitTier string      `json:"messaging_limit_tier,omitempty"` // deprecated
}

// Throughput is throughput: STANDARD, HIGH or NOT_APPLICABLE.
type Throughput struct {
	Level string `json:"level"`
}

// ParseNumber reads the fields of a number as they were at now; ErrAnswer when
// the answer has no id.
func ParseNumber(body []byte, now time.Time) (wa.NumberFields, error) {
	n, _, _ := loosely[Number](trim(body))
	if n.ID == "" {
		return wa.NumberFields{}, ErrAnswer
	}
	f := wa.NumberFields{
		DisplayPhone: n.DisplayPhoneNumber, VerifiedName: n.VerifiedName, Quality: n.QualityRating,
		MessagingTier: n.MessagingLimit, Status: n.Status, CheckedAt: now,
	}
	if f.MessagingTier == "" {
		f.MessagingTier = n.MessagingLimitTier
	}
	if n.Throughput != nil {
		f.Throughput = n.Throughput.Level
	}
	return f, nil
}

// ParseOwner reads the id of the business portfolio that owns an account, of the
// answer to GET /{waba}?fields=owner_business_info (cloud-api.md 6.4); empty when
// it is not told.
func ParseOwner(body []byte) string {
	answer, _, _ := loosely[struct {
		Owner struct {
			ID string `json:"id"`
		} `json:"owner_business_info"`
	}](trim(body))
	return answer.Owner.ID
}

// ParseProfile reads the answer to GET /{phone-number-id}/whatsapp_business_profile
// (cloud-api.md 6.6), a list of one; ErrAnswer when it is empty.
func ParseProfile(body []byte) (wa.Profile, error) {
	answer, _, _ := loosely[struct {
		Data json.RawMessage `json:"data"`
	}](trim(body))
	rows, _ := list(answer.Data)
	if len(rows) == 0 {
		return wa.Profile{}, ErrAnswer
	}
	p, _, ok := loosely[wa.Profile](rows[0])
	if !ok {
		return wa.Profile{}, ErrAnswer
	}
	return p, nil
}

// Profile writes the body that sets the profile to p. Every member but the
// picture is written, so that an empty one is cleared; the picture is set by a
// handle, which this body has not. Vertical is left out when empty, since Meta
// takes none but its own names.
func Profile(p wa.Profile) ([]byte, error) {
	websites := p.Websites
	if websites == nil {
		websites = []string{}
	}
	return json.Marshal(struct {
		MessagingProduct string   `json:"messaging_product"`
		About            string   `json:"about,omitempty"` // 1–139 characters: cannot be cleared
		Address          string   `json:"address"`
		Description      string   `json:"description"`
		Email            string   `json:"email"`
		Vertical         string   `json:"vertical,omitempty"`
		Websites         []string `json:"websites"`
	}{Product, p.About, p.Address, p.Description, p.Email, p.Vertical, websites})
}

// Subscribe writes the body of POST /{waba}/subscribed_apps that has a WABA's
// webhooks sent to callbackURL (at most 200 characters; cloud-api.md 2.1).
func Subscribe(callbackURL string, verifyToken wa.Secret) ([]byte, error) {
	return json.Marshal(struct {
		CallbackURL string `json:"override_callback_uri"`
		VerifyToken string `json:"verify_token"`
	}{callbackURL, verifyToken.Reveal()})
}
