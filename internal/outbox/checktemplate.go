package outbox

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"kontor/internal/wa"
)

var (
	templateName = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)
	alphanumeric = regexp.MustCompile(`^[A-Za-z0-9]*$`)
)

// template checks what can be said of a template message without its
// definition (cloud-api.md 1.4); the catalogue compares the rest.
func (k *checker) template(t *wa.Template) {
	k.text("template.name", t.Name, 1, 512)
	if t.Name != "" && len(t.Name) <= 512 && !templateName.MatchString(t.Name) {
		k.add("template.name", "A template's name has lower-case letters, digits and underscores only.")
	}
	k.present("template.language.code", t.Language.Code != "")
	if t.Language.Policy != "" {
		k.oneOf("template.language.policy", t.Language.Policy, "deterministic")
	}
	k.components("template.components", t.Components, false)
}

func (k *checker) components(name string, components []wa.TemplateComponent, inCard bool) {
	seen := map[string]bool{}
	for i := range components {
		c, at := &components[i], fmt.Sprintf("%s[%d]", name, i)
		kind := strings.ToLower(c.Type)
		if kind == "button" {
			k.unique(seen, at+".index", "button "+string(c.Index))
		} else {
			k.unique(seen, at+".type", kind)
		}
		switch kind {
		case "header":
			k.count(at+".parameters", len(c.Parameters), 0, 1, "parameters")
			k.parameters(at, c.Parameters)
		case "body":
			k.parameters(at, c.Parameters)
		case "button":
			k.templateButton(at, c)
		case "carousel":
			if inCard {
				k.add(at+".type", "A card holds no carousel.")
				continue
			}
			k.count(at+".cards", len(c.Cards), 1, 10, "cards")
			for j, card := range c.Cards {
				k.components(fmt.Sprintf("%s.cards[%d].components", at, j), card.Components, true)
			}
		case "limited_time_offer":
			k.offer(at, c)
		case "":
			k.present(at+".type", false)
		default: // tap_target_configuration, order_status and whatever Meta adds: passed on
			k.parameters(at, c.Parameters)
		}
	}
}

func (k *checker) parameters(name string, parameters []wa.TemplateParameter) {
	for i := range parameters {
		p, at := &parameters[i], fmt.Sprintf("%s.parameters[%d]", name, i)
		switch strings.ToLower(p.Type) {
		case "text":
			k.value(at+".text", p.Text)
		case "currency":
			if k.present(at+".currency", p.Currency != nil) {
				k.value(at+".currency.fallback_value", p.Currency.FallbackValue)
				if len(p.Currency.Code) != 3 {
					k.add(at+".currency.code", "A currency code has three letters (ISO 4217).")
				}
			}
		case "date_time":
			if k.present(at+".date_time", p.DateTime != nil) {
				k.value(at+".date_time.fallback_value", p.DateTime.FallbackValue)
			}
		case "image", "video", "document", "gif":
			m := map[string]*wa.Media{"image": p.Image, "video": p.Video, "document": p.Document, "gif": p.GIF}[strings.ToLower(p.Type)]
			at += "." + strings.ToLower(p.Type)
			if k.present(at, m != nil) {
				k.media(at, m)
			}
		case "location":
			if k.present(at+".location", p.Location != nil) {
				k.location(at+".location", p.Location)
			}
		case "":
			k.present(at+".type", false)
		}
	}
}

// value is a text that fills a variable of header or body.
func (k *checker) value(name, s string) {
	switch {
	case strings.TrimSpace(s) == "":
		k.add(name, "A value is required.")
	case strings.ContainsAny(s, "\n\r\t"):
		k.add(name, "A value has no line break and no tab.")
	case strings.Contains(s, "     "):
		k.fields = append(k.fields, Field{Name: name, Detail: "A value has at most 4 spaces in a row.", Limit: 4, Length: longestRun(s)})
	}
}

func longestRun(s string) (longest int) {
	run := 0
	for _, r := range s {
		if r != ' ' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

func (k *checker) templateButton(name string, c *wa.TemplateComponent) {
	if n, err := strconv.Atoi(string(c.Index)); err != nil || n < 0 || n > 9 {
		k.add(name+".index", "This must be the button's place, 0 to 9.")
	}
	sub := strings.ToLower(c.SubType)
	k.present(name+".sub_type", sub != "")
	k.count(name+".parameters", len(c.Parameters), 1, 2, "parameters")
	for i := range c.Parameters {
		p, at := &c.Parameters[i], fmt.Sprintf("%s.parameters[%d]", name, i)
		switch sub {
		case "quick_reply":
			k.text(at+".payload", plain(p.Payload), 1, 128)
		case "url":
			k.text(at+".text", p.Text, 1, 2000)
		case "copy_code":
			k.text(at+".coupon_code", p.CouponCode, 1, 20)
			if !alphanumeric.MatchString(p.CouponCode) {
				k.add(at+".coupon_code", "A coupon code has letters and digits only.")
			}
		case "mpm":
			k.multiProduct(at, p.Action)
		case "flow", "catalog":
			if len(p.Action) > 0 && !isObject(p.Action) {
				k.add(at+".action", "This must be an object.")
			}
		case "voice_call":
			if p.TTLMinutes != nil {
				k.minutes(at+".ttl_minutes", p.TTLMinutes)
			}
			k.text(at+".payload", plain(p.Payload), 0, 512)
		}
	}
}

func (k *checker) multiProduct(name string, raw json.RawMessage) {
	var a struct {
		Thumbnail string           `json:"thumbnail_product_retailer_id"`
		Sections  []productSection `json:"sections"`
	}
	if json.Unmarshal(raw, &a) != nil {
		k.add(name+".action", "An action with thumbnail_product_retailer_id and sections is required.")
		return
	}
	k.present(name+".action.thumbnail_product_retailer_id", a.Thumbnail != "")
	k.productSections(name+".action.sections", a.Sections)
}

func (k *checker) offer(name string, c *wa.TemplateComponent) {
	if !k.count(name+".parameters", len(c.Parameters), 1, 1, "parameters") {
		return
	}
	var o struct {
		Expires json.RawMessage `json:"expiration_time_ms"`
	}
	at := name + ".parameters[0].limited_time_offer"
	if json.Unmarshal(c.Parameters[0].LimitedOffer, &o) != nil {
		k.present(at, false)
		return
	}
	if n, err := strconv.ParseInt(plain(o.Expires), 10, 64); err != nil || n <= 0 {
		k.add(at+".expiration_time_ms", "This must be a time in milliseconds of Unix time.")
	}
}
