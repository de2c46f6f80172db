package sandbox

import (
	"slices"
	"strconv"
)

// app is a Meta app: it holds the secret that signs webhooks, its own callback,
// and the tokens that were given to it.
type app struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Secret      string   `json:"secret"`
	CallbackURL string   `json:"callback_url,omitempty"`
	VerifyToken string   `json:"verify_token,omitempty"`
	Fields      []string `json:"fields,omitempty"`     // subscribed webhook fields; none: all
	Configured  bool     `json:"configured,omitempty"` // callback and secret are those of its numbers
	Silent      bool     `json:"silent,omitempty"`     // its subscription was deleted
}

// configuredAppID is the id of the n-th app of the configuration.
func configuredAppID(n int) string { return strconv.FormatUint(300_000_000_000_001+uint64(n), 10) }

// app finds an app by its id.
func (p *portfolio) app(id string) *app {
	i := slices.IndexFunc(p.Apps, func(a *app) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	return p.Apps[i]
}

// wants tells whether the app has subscribed to a field.
func (a *app) wants(field string) bool {
	return !a.Silent && (len(a.Fields) == 0 || slices.Contains(a.Fields, field))
}

// webhookFields are the fields that an app may subscribe to (cloud-api.md 2.7).
var webhookFields = []string{
	"messages", "message_template_status_update", "message_template_quality_update", "message_template_components_update",
	"template_category_update", "phone_number_quality_update", "phone_number_name_update", "account_update", "account_review_update",
	"account_alerts", "business_capability_update", "security", "user_preferences", "smb_message_echoes", "message_echoes",
	"smb_app_state_sync", "history", "calls", "account_settings_update", "flows", "payment_configuration_update",
	"group_lifecycle_update", "group_participants_update", "group_settings_update", "group_status_update", "business_username_update",
	"partner_solutions", "automatic_events", "messaging_handovers", "consumer_profile", "standby", "tracking_events",
}

var appNode = node{"Application", map[string]handler{
	"GET ":                 (*call).getApp,
	"GET subscriptions":    (*call).getSubscriptions,
	"POST subscriptions":   (*call).postSubscriptions,
	"DELETE subscriptions": (*call).deleteSubscriptions,
	"POST uploads":         (*call).postUploads,
}}

// getApp answers GET /{app-id}.
func (c *call) getApp() (any, *refusal) {
	return choose(map[string]any{
		"id": c.app.ID, "name": c.app.Name, "category": "Business", "namespace": "", "link": appLink(c.app.ID),
	}, parseFields(c.query.Get("fields")), "category", "link", "name"), nil
}

func appLink(id string) string { return "https://www.facebook.com/games/?app_id=" + id }

// getSubscriptions answers GET /{app-id}/subscriptions: the app's callback.
func (c *call) getSubscriptions() (any, *refusal) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	data := []any{}
	if callback := c.s.callbackOf(c.app); callback != "" && !c.app.Silent {
		names := c.app.Fields
		if len(names) == 0 {
			names = webhookFields
		}
		var list []any
		for _, name := range names {
			list = append(list, map[string]any{"name": name, "version": c.s.newest()})
		}
		data = append(data, map[string]any{
			"object": "whatsapp_business_account", "callback_url": callback, "active": true, "fields": list,
		})
	}
	return map[string]any{"data": data}, nil
}

// callbackOf is the app's own callback; that of a configured app stands at its
// numbers. The caller holds mu.
func (s *Sandbox) callbackOf(a *app) string {
	if !a.Configured {
		return a.CallbackURL
	}
	for _, n := range s.st.each() {
		if n.cfg.AppSecret == a.Secret {
			return n.appCallback()
		}
	}
	return ""
}

// postSubscriptions answers POST /{app-id}/subscriptions: it sets the callback,
// after the handshake, and the fields (cloud-api.md 2.1).
func (c *call) postSubscriptions() (any, *refusal) {
	in := c.params()
	if object := textOf(in["object"]); object != "whatsapp_business_account" {
		return nil, badParameter("object: must be whatsapp_business_account, is %q", clip(object))
	}
	callback, token := textOf(in["callback_url"]), textOf(in["verify_token"])
	switch {
	case callback == "":
		return nil, badParameter("callback_url: parameter is required")
	case token == "":
		return nil, badParameter("verify_token: parameter is required")
	}
	names := namesOf(in["fields"])
	for _, name := range names {
		if !slices.Contains(webhookFields, name) {
			return nil, badParameter("fields: %q is no field of whatsapp_business_account", clip(name))
		}
	}
	if bad := c.s.handshake(c.r.Context(), callback, token); bad != nil {
		return nil, bad
	}
	c.s.mu.Lock()
	a := c.app
	a.CallbackURL, a.VerifyToken, a.Fields, a.Silent = callback, token, names, false
	for _, n := range c.s.st.each() {
		if n.cfg.AppSecret == a.Secret {
			n.Callback, n.VerifyToken = callback, token
		}
	}
	c.s.mu.Unlock()
	c.s.changed()
	return done, nil
}

// deleteSubscriptions answers DELETE /{app-id}/subscriptions: with fields those
// are left, without them nothing is told any more.
func (c *call) deleteSubscriptions() (any, *refusal) {
	names := namesOf(c.params()["fields"])
	c.s.mu.Lock()
	a := c.app
	kept := a.Fields
	if len(kept) == 0 {
		kept = webhookFields
	}
	kept = slices.DeleteFunc(slices.Clone(kept), func(name string) bool { return slices.Contains(names, name) })
	if a.Silent = len(names) == 0 || len(kept) == 0; !a.Silent {
		a.Fields = kept
	}
	c.s.mu.Unlock()
	c.s.changed()
	return done, nil
}

// namesOf reads a list of names: a JSON array, or text with commas.
func namesOf(v any) []string {
	var all []string
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if s := plainText(e); s != "" {
				all = append(all, s)
			}
		}
	case string:
		for _, s := range listOf(v) {
			if s != "" {
				all = append(all, s)
			}
		}
	}
	return all
}
