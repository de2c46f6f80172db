package sandbox

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// buttonRule is one row "- …" of the table of buttons (cloud-api.md 5.3).
type buttonRule struct {
	most  int  // of this type in one template; 0: no limit of its own
	label bool // text is required
	alone bool // no other button beside it
	check func(b *TemplateButton, at string) *refusal
}

// buttonRules are data; never changed.
var buttonRules = map[string]buttonRule{
	"QUICK_REPLY":          {label: true},
	"URL":                  {most: 2, label: true, check: checkURLButton},
	"PHONE_NUMBER":         {most: 1, label: true, check: checkPhoneButton},
	"COPY_CODE":            {most: 1, check: checkCopyButton},
	"FLOW":                 {most: 1, label: true, check: checkFlowButton},
	"OTP":                  {most: 1, alone: true, check: checkOTPButton},
	"MPM":                  {most: 1, alone: true},
	"SPM":                  {most: 1, alone: true},
	"CATALOG":              {most: 1, alone: true},
	"VOICE_CALL":           {most: 1, label: true, check: checkCallButton},
	"REQUEST_CONTACT_INFO": {most: 1},
	"ORDER_DETAILS":        {most: 1},
	"REMINDER":             {most: 1},
}

// checkButtons checks the buttons of a template or a card.
func checkButtons(t *Template, buttons []TemplateButton, at string) *refusal {
	if len(buttons) == 0 || len(buttons) > 10 {
		return badTemplate(0, "Number of buttons", "%s.buttons: a template has 1 to 10 buttons, has %d", at, len(buttons))
	}
	count, labels := map[string]int{}, map[string]bool{}
	for i := range buttons {
		b, here := &buttons[i], at+".buttons"+index(i)
		rule, ok := buttonRules[b.Type]
		if !ok {
			return paramOneOf(here+"['type']", sortedKeys(buttonRules), b.Type)
		}
		count[b.Type]++
		switch {
		case rule.most > 0 && count[b.Type] > rule.most:
			return badTemplate(0, "Number of buttons", "%s.buttons: at most %d of type %s", at, rule.most, b.Type)
		case rule.alone && len(buttons) > 1:
			return badTemplate(0, "Button not allowed", "%s: a %s button stands alone", here, b.Type)
		case rule.label && strings.TrimSpace(b.Text) == "":
			return badTemplate(subMissing, "Missing field", "button of type %s is missing expected field(s) (text)", b.Type)
		case utf8.RuneCountInString(b.Text) > 25:
			return tooLong(here+".text", b.Text, 25)
		case strings.Contains(b.Text, "{{"):
			return badTemplate(0, "Button format incorrect", "%s.text: a button's text has no variables", here)
		case rule.label && labels[b.Text]:
			return badTemplate(0, "Button format incorrect", "%s.text: two buttons have the text %q", here, clip(b.Text))
		}
		labels[b.Text] = true
		if rule.check != nil {
			if bad := rule.check(b, here); bad != nil {
				return bad
			}
		}
	}
	if !grouped(buttons) {
		return badTemplate(0, "Order of buttons", "%s.buttons: quick replies stand together, and so do all others", at)
	}
	return nil
}

// grouped tells whether quick replies stand in one group and others in another.
func grouped(buttons []TemplateButton) bool {
	changes := 0
	for i := 1; i < len(buttons); i++ {
		if (buttons[i].Type == "QUICK_REPLY") != (buttons[i-1].Type == "QUICK_REPLY") {
			changes++
		}
	}
	return changes <= 1
}

func checkURLButton(b *TemplateButton, at string) *refusal {
	bare := strings.TrimSuffix(b.URL, "{{1}}")
	u, err := url.Parse(bare)
	switch {
	case b.URL == "":
		return badTemplate(subMissing, "Missing field", "button of type URL is missing expected field(s) (url)")
	case utf8.RuneCountInString(b.URL) > 2000:
		return tooLong(at+".url", b.URL, 2000)
	case strings.Contains(bare, "{{"):
		return badTemplate(0, "Button format incorrect", "%s.url: an address has one variable, {{1}}, at its end", at)
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return badTemplate(0, "Button format incorrect", "%s.url: is not an http or https address", at)
	}
	return nil
}

func checkPhoneButton(b *TemplateButton, at string) *refusal {
	switch {
	case b.PhoneNumber == "":
		return badTemplate(subMissing, "Missing field", "button of type PHONE_NUMBER is missing expected field(s) (phone_number)")
	case utf8.RuneCountInString(b.PhoneNumber) > 20 || len(digits(b.PhoneNumber)) < 5:
		return badTemplate(subTooLong, "Button format incorrect", "%s.phone_number: is no phone number of at most 20 characters", at)
	}
	return nil
}

// couponMost is the length of a coupon's code since 3 December 2025; it was 15.
const couponMost = 20

func checkCopyButton(b *TemplateButton, at string) *refusal {
	for _, code := range texts(b.Example) {
		if utf8.RuneCountInString(code) > couponMost {
			return tooLong(at+".example", code, couponMost)
		}
	}
	return nil
}

func checkFlowButton(b *TemplateButton, at string) *refusal {
	given := 0
	for _, s := range []string{b.FlowID, b.FlowName, b.FlowJSON} {
		if s != "" {
			given++
		}
	}
	switch {
	case given != 1:
		return badTemplate(subMissing, "Missing field", "%s: a FLOW button has exactly one of flow_id, flow_name and flow_json", at)
	case b.FlowAction != "" && b.FlowAction != "navigate" && b.FlowAction != "data_exchange":
		return paramOneOf(at+"['flow_action']", []string{"navigate", "data_exchange"}, b.FlowAction)
	case b.FlowAction == "data_exchange" && b.NavigateTo != "":
		return paramBad("Param %s['navigate_screen'] is for flow_action navigate.", at)
	}
	return nil
}

func checkOTPButton(b *TemplateButton, at string) *refusal {
	if !slices.Contains([]string{"COPY_CODE", "ONE_TAP", "ZERO_TAP"}, b.OTPType) {
		return paramOneOf(at+"['otp_type']", []string{"COPY_CODE", "ONE_TAP", "ZERO_TAP"}, b.OTPType)
	}
	if utf8.RuneCountInString(b.AutofillText) > 25 {
		return tooLong(at+".autofill_text", b.AutofillText, 25)
	}
	if b.OTPType == "COPY_CODE" {
		return nil
	}
	if b.OTPType == "ZERO_TAP" && (b.ZeroTapTerms == nil || !*b.ZeroTapTerms) {
		return badTemplate(subMissing, "Terms not accepted", "%s: a ZERO_TAP button needs zero_tap_terms_accepted to be true", at)
	}
	var apps []struct {
		Package   string `json:"package_name"`
		Signature string `json:"signature_hash"`
	}
	if json.Unmarshal(b.SupportedApps, &apps) != nil || len(apps) == 0 || len(apps) > 5 {
		return badTemplate(subMissing, "Missing field", "%s: a %s button needs supported_apps, 1 to 5 with package_name and signature_hash", at, b.OTPType)
	}
	for i, a := range apps {
		here := at + ".supported_apps" + index(i)
		switch {
		case len(a.Package) == 0 || len(a.Package) > 224 || !strings.Contains(a.Package, "."):
			return badTemplate(0, "Button format incorrect", "%s.package_name: must have 1 to 224 characters and two parts with a dot", here)
		case len(a.Signature) != 11:
			return badTemplate(0, "Button format incorrect", "%s.signature_hash: must have 11 characters", here)
		}
	}
	return nil
}

func checkCallButton(b *TemplateButton, at string) *refusal {
	if b.TTLMinutes < 0 || b.TTLMinutes > 43200 {
		return paramBad("Param %s['ttl_minutes'] must be between 1 and 43200 - got %d.", at, b.TTLMinutes)
	}
	return nil
}
