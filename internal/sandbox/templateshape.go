package sandbox

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// checkTogether checks which components may stand beside each other.
func checkTogether(t *Template) *refusal {
	seen := map[string]bool{}
	for _, c := range t.Components {
		if seen[c.Type] {
			return badTemplate(0, "Component is there twice", "components: there is more than one %s", c.Type)
		}
		seen[c.Type] = true
	}
	switch {
	case !seen["BODY"]:
		return badTemplate(subMissing, "Missing body", "components: a BODY is required")
	case t.Category == "AUTHENTICATION":
		return checkAuthentication(t, seen)
	case hasButton(t.Components, "OTP"):
		return badTemplate(0, "Button not allowed", "components: an OTP button is for authentication templates")
	case seen["LIMITED_TIME_OFFER"]:
		return checkOfferTemplate(t, seen)
	case seen["CAROUSEL"] && (seen["HEADER"] || seen["FOOTER"] || seen["BUTTONS"]):
		return badTemplate(0, "Component not allowed", "components: a carousel template has a BODY and a CAROUSEL, nothing else")
	case seen["CALL_PERMISSION_REQUEST"] && seen["BUTTONS"]:
		return badTemplate(0, "Component not allowed", "components: a call permission request has no buttons")
	case seen["CAROUSEL"] && t.Category != "MARKETING" && t.Category != "UTILITY":
		return badTemplate(0, "Component not allowed", "components: a carousel is for marketing and utility templates")
	}
	return nil
}

// checkAuthentication checks an authentication template: Meta's text, one OTP
// button, nothing else (cloud-api.md 5.3).
func checkAuthentication(t *Template, seen map[string]bool) *refusal {
	for _, kind := range []string{"HEADER", "CAROUSEL", "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST"} {
		if seen[kind] {
			return badTemplate(0, "Component not allowed", "components: an authentication template has no %s", kind)
		}
	}
	buttons := part(t.Components, "BUTTONS")
	if buttons == nil || len(buttons.Buttons) != 1 || buttons.Buttons[0].Type != "OTP" {
		return badTemplate(subMissing, "Missing button", "components: an authentication template has one button, of type OTP")
	}
	return nil
}

func checkOffer(c *Component, at string) *refusal {
	switch {
	case c.Offer == nil || c.Offer.Text == "":
		return badTemplate(subMissing, "Missing field", "component of type LIMITED_TIME_OFFER is missing expected field(s) (text)")
	case utf8.RuneCountInString(c.Offer.Text) > 16:
		return tooLong(at+".limited_time_offer.text", c.Offer.Text, 16)
	}
	return nil
}

// checkOfferTemplate checks what stands beside a limited-time offer.
func checkOfferTemplate(t *Template, seen map[string]bool) *refusal {
	header := part(t.Components, "HEADER")
	buttons := part(t.Components, "BUTTONS")
	switch {
	case t.Category != "MARKETING":
		return badTemplate(0, "Component not allowed", "components: a limited-time offer is for marketing templates")
	case seen["FOOTER"]:
		return badTemplate(subFooter, "Footer format incorrect", "components: a limited-time offer has no footer")
	case seen["CAROUSEL"]:
		return badTemplate(0, "Component not allowed", "components: a limited-time offer has no carousel")
	case header != nil && header.Format != "IMAGE" && header.Format != "VIDEO":
		return badTemplate(subHeader, "Header format incorrect", "components: the header of a limited-time offer is an image or a video")
	case buttons == nil:
		return badTemplate(subMissing, "Missing button", "components: a limited-time offer has a URL button, and a COPY_CODE button when it expires")
	}
	offer := part(t.Components, "LIMITED_TIME_OFFER").Offer
	for _, b := range buttons.Buttons {
		if b.Type != "URL" && b.Type != "COPY_CODE" {
			return badTemplate(0, "Button not allowed", "components: a limited-time offer has no %s button", b.Type)
		}
	}
	if offer.HasExpiration && !hasButton(t.Components, "COPY_CODE") {
		return badTemplate(subMissing, "Missing button", "components: an offer that expires has a COPY_CODE button")
	}
	return nil
}

// checkCards checks a carousel: two to ten cards of the same shape.
func checkCards(t *Template, cards []Card, at string) *refusal {
	if len(cards) < 2 || len(cards) > 10 {
		return badTemplate(0, "Number of cards", "%s.cards: a carousel has 2 to 10 cards, has %d", at, len(cards))
	}
	for i, card := range cards {
		here := at + ".cards" + index(i)
		if bad := checkCard(t, card, here); bad != nil {
			return bad
		}
		if cardShape(card) != cardShape(cards[0]) {
			return badTemplate(0, "Cards differ", "%s: all cards have the same components, header format and buttons; the first is %s, this is %s", here, cardShape(cards[0]), cardShape(card))
		}
	}
	return nil
}

func checkCard(t *Template, card Card, at string) *refusal {
	header, body, buttons := part(card.Components, "HEADER"), part(card.Components, "BODY"), part(card.Components, "BUTTONS")
	switch {
	case header == nil || !slices.Contains([]string{"IMAGE", "VIDEO", "PRODUCT"}, header.Format):
		return badTemplate(subHeader, "Header format incorrect", "%s: a card has a HEADER that is an image, a video or a product", at)
	case buttons == nil || len(buttons.Buttons) > 2:
		return badTemplate(0, "Number of buttons", "%s: a card has 1 or 2 buttons", at)
	case body != nil && strings.TrimSpace(body.Text) == "":
		return badTemplate(subBody, "Body format incorrect", "%s: the text of a card must not be empty", at)
	case body != nil && utf8.RuneCountInString(body.Text) > 160:
		return tooLong(at+".components.text", body.Text, 160)
	}
	for i, c := range card.Components {
		if c.Type != "HEADER" && c.Type != "BODY" && c.Type != "BUTTONS" {
			return paramOneOf(at+".components"+index(i)+"['type']", []string{"HEADER", "BODY", "BUTTONS"}, c.Type)
		}
	}
	if body != nil {
		if bad := checkVariables(t, body.Text, at, subBody); bad != nil {
			return bad
		}
	}
	return checkButtons(t, buttons.Buttons, at)
}

// cardShape is what all cards of a carousel have in common.
func cardShape(card Card) string {
	var all []string
	for _, c := range card.Components {
		one := c.Type
		switch c.Type {
		case "HEADER":
			one += " " + c.Format
		case "BUTTONS":
			for _, b := range c.Buttons {
				one += " " + b.Type
			}
		}
		all = append(all, one)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
