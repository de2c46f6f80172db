package sandbox

import "strings"

// marketingRules are what the Marketing Messages API has beside a send
// (cloud-api.md 1.1).
var marketingRules = []rule{
	{path: "product_policy", kind: text, oneOf: []string{"CLOUD_API_FALLBACK", "STRICT"}},
	{path: "message_activity_sharing", kind: boolean},
}

// postMarketing answers POST /{phone-number-id}/marketing_messages: marketing
// templates only (cloud-api.md 1.1, 3.4, 3.5).
func (c *call) postMarketing() (any, *refusal) {
	c.note = textOf(c.body["type"])
	if bad := check(c.body, marketingRules); bad != nil {
		return nil, bad
	}
	o, bad := parseOutgoing(c.body, true)
	if bad != nil {
		return nil, bad
	}
	if o.typ != "template" {
		return nil, c.notMarketing("type: must be template, is " + clip(o.typ))
	}
	name, language := o.templateKey()
	c.s.mu.Lock()
	t := c.s.st.templateNamed(c.number.cfg.WABAID, name, language)
	way := c.s.st.conduct(c.number.cfg.WABAID).MarketingAPI
	c.s.mu.Unlock()
	if t != nil && t.Category != "MARKETING" {
		return nil, c.notMarketing("template name (" + t.Name + ") in " + t.Language + " is of category " + t.Category)
	}
	switch way {
	case "not_onboarded":
		return nil, refuse(131055, "The account is not onboarded to the Marketing Messages API.")
	case "ads_syncing":
		return nil, refuse(codeValue, "The synchronisation of the account with its ads is not complete; try again in ten minutes.")
	case "syncing":
		return nil, refuse(134101, "The template is syncing, which takes up to ten minutes.")
	case "unavailable":
		if textOf(c.body["product_policy"]) != "CLOUD_API_FALLBACK" {
			return nil, refuse(134102, "The template is unavailable for use with the Marketing Messages API.")
		}
		o.marketing = false // sent by the Cloud API instead
	}
	return c.take(o)
}

// notMarketing refuses what is no marketing template: 134100 since v23, 131055
// before (cloud-api.md 3.4, 3.5).
func (c *call) notMarketing(details string) *refusal {
	first, _, _ := strings.Cut(strings.TrimPrefix(c.r.URL.Path, "/"), "/")
	if version.MatchString(first) && majorOf(first) < 23 {
		return refuse(131055, "%s; the Marketing Messages API takes marketing templates only", details)
	}
	return refuse(134100, "%s; the Marketing Messages API takes marketing templates only", details)
}

// majorOf is the number of a version in a path, 0 for none.
func majorOf(s string) int {
	n := 0
	for _, r := range strings.TrimPrefix(s, "v") {
		if r < '0' || r > '9' {
			break
		}
		n = min(n*10+int(r-'0'), 1_000_000)
	}
	return n
}
