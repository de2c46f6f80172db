package onprem

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"kontor/internal/wa"
)

func (c *call) profile() (wa.Profile, error) {
	p, f := c.Carrier.Profile(c.ctx(), c.number)
	if f != nil {
		return wa.Profile{}, refusalOfFailure(f)
	}
	return p, nil
}

func (c *call) readProfile() (*answer, error) {
	p, err := c.profile()
	if err != nil {
		return nil, err
	}
	if p.Websites == nil {
		p.Websites = []string{}
	}
	shown := map[string]any{"address": p.Address, "description": p.Description, "email": p.Email, "vertical": p.Vertical, "websites": p.Websites}
	return tell("settings", map[string]any{"business": map[string]any{"profile": shown}}), nil
}

// setProfile changes what the body names: the old call was partial, the Cloud
// API replaces everything.
func (c *call) setProfile() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	p, err := c.profile()
	if err != nil {
		return nil, err
	}
	for _, m := range []struct {
		name string
		into *string
		most int
	}{{"address", &p.Address, 256}, {"description", &p.Description, 512}, {"email", &p.Email, 128}} {
		if body.has(m.name) {
			*m.into = bounded(body, m.name, m.most)
		}
	}
	c.vertical(body, &p)
	c.websites(body, &p)
	body.ignore("messaging_product", "address", "description", "email")
	if err := body.end(); err != nil {
		return nil, err
	}
	if f := c.Carrier.SetProfile(c.ctx(), c.number, p); f != nil {
		return nil, refusalOfFailure(f)
	}
	return done(http.StatusOK), nil
}

func bounded(o *object, name string, most int) string {
	s := o.text(name)
	if utf8.RuneCountInString(s) > most {
		o.wrong(name, "it has more than "+strconv.Itoa(most)+" characters.")
	}
	return s
}

// verticals are the Cloud API's words (cloud-api.md 6.6); the old API took any text.
var verticals = []string{"UNDEFINED", "OTHER", "AUTO", "BEAUTY", "APPAREL", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GROCERY", "GOVT", "HOTEL", "HEALTH", "NONPROFIT",
	"PROF_SERVICES", "RETAIL", "TRAVEL", "RESTAURANT", "NOT_A_BIZ", "ALCOHOL", "ONLINE_GAMBLING", "PHYSICAL_GAMBLING", "OTC_DRUGS", "MATRIMONY_SERVICE"}

// verticalWords are the names that WhatsApp showed people, which clients send.
var verticalWords = map[string]string{
	"automotive": "AUTO", "beauty, spa and salon": "BEAUTY", "clothing and apparel": "APPAREL", "education": "EDU", "entertainment": "ENTERTAIN",
	"event planning and service": "EVENT_PLAN", "finance and banking": "FINANCE", "food and grocery": "GROCERY", "public service": "GOVT",
	"hotel and lodging": "HOTEL", "medical and health": "HEALTH", "non-profit": "NONPROFIT", "nonprofit": "NONPROFIT", "professional services": "PROF_SERVICES",
	"shopping and retail": "RETAIL", "travel and transportation": "TRAVEL", "restaurant": "RESTAURANT", "other": "OTHER",
}

// vertical takes a text, or an array with one, as 360dialog's clients send it.
func (c *call) vertical(body *object, p *wa.Profile) {
	v, ok := body.get("vertical")
	if !ok {
		return
	}
	if list, is := v.([]any); is && len(list) > 0 {
		v = list[0]
	}
	s, is := v.(string)
	if !is || len(s) > 128 {
		body.wrong("vertical", "it must be a text of at most 128 characters.")
		return
	}
	switch word, known := verticalWords[strings.ToLower(strings.TrimSpace(s))]; {
	case known:
		p.Vertical = word
	case slices.Contains(verticals, strings.ToUpper(s)):
		p.Vertical = strings.ToUpper(s)
	case s == "":
	default:
		p.Vertical = "OTHER"
		c.note("vertical")
	}
}

func (c *call) websites(body *object, p *wa.Profile) {
	if !body.has("websites") {
		body.ignore("websites")
		return
	}
	p.Websites = nil
	for _, one := range body.list("websites") {
		s, ok := one.(string)
		if !ok || utf8.RuneCountInString(s) > 256 {
			body.wrong("websites", "each must be a text of at most 256 characters.")
			return
		}
		if s != "" {
			p.Websites = append(p.Websites, s)
		}
	}
	if len(p.Websites) > 2 {
		body.wrong("websites", "there are more than two.")
	}
}

func (c *call) readAbout() (*answer, error) {
	p, err := c.profile()
	if err != nil {
		return nil, err
	}
	return tell("settings", map[string]any{"profile": map[string]any{"about": map[string]any{"text": p.About}}}), nil
}

func (c *call) setAbout() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	body.need("text")
	about := bounded(body, "text", 139)
	if err := body.end(); err != nil {
		return nil, err
	}
	p, err := c.profile()
	if err != nil {
		return nil, err
	}
	p.About = about
	if f := c.Carrier.SetProfile(c.ctx(), c.number, p); f != nil {
		return nil, refusalOfFailure(f)
	}
	return done(http.StatusOK), nil
}
