package onprem

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/premises"
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

// maxPhoto is WhatsApp's limit for the picture of a profile.
const maxPhoto = 5 << 20

// photo is which file the client set last. WhatsApp's own picture is changed in
// WhatsApp Manager: the carriers have no call for it.
type photo struct {
	Media wa.MediaRef `json:"media"`
}

// readPhoto answers the bytes of the picture that was set here, or with
// ?format=link the address of WhatsApp's own.
func (c *call) readPhoto() (*answer, error) {
	if c.r.URL.Query().Get("format") == "link" {
		p, err := c.profile()
		if err != nil {
			return nil, err
		}
		return tell("settings", map[string]any{"profile": map[string]any{"photo": map[string]any{"link": p.ProfilePictureURL}}}), nil
	}
	var kept photo
	if _, err := c.Premises.Load(c.ctx(), c.facade, premises.DocPhoto, &kept); err != nil {
		return nil, err
	}
	id, err := wa.ParseMediaID(string(kept.Media))
	if err != nil {
		return nil, errGone()
	}
	r, f, err := c.Media.Open(c.ctx(), c.facade.WorkspaceID, id)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return nil, errGone()
		}
		return nil, err
	}
	defer r.Close()
	picture, err := io.ReadAll(io.LimitReader(r, maxPhoto+1))
	if err != nil {
		return nil, err
	}
	return raw(func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", f.MimeType)
		w.Header().Set("Content-Length", strconv.Itoa(len(picture)))
		w.Write(picture) // a client that went away has nobody to be told
	}), nil
}

// setPhoto takes the raw bytes of a picture; clients send it with the type of a
// form, too, so the content tells what it is.
func (c *call) setPhoto() (*answer, error) {
	picture, err := c.readAll(maxPhoto)
	if err != nil {
		return nil, err
	}
	if len(picture) == 0 {
		return nil, refuse(1008, "The picture is missing: the body is empty.")
	}
	if t := http.DetectContentType(picture); t != "image/jpeg" && t != "image/png" {
		return nil, errWrong("body", "it must be a JPEG or PNG picture.")
	}
	f, err := c.Media.Save(c.ctx(), c.facade.WorkspaceID, "", "", bytes.NewReader(picture), maxPhoto)
	if err != nil {
		return nil, uploadRefusal(err)
	}
	c.note("photo")
	a := done(http.StatusCreated)
	return a, c.Premises.Save(c.ctx(), c.facade, premises.DocPhoto, photo{f.Ref()})
}

func (c *call) deletePhoto() (*answer, error) {
	c.note("photo")
	return done(http.StatusOK), c.Premises.Remove(c.ctx(), c.facade, premises.DocPhoto)
}
