package sandbox

import "slices"

var overrideRules = []rule{
	{path: "override_callback_uri", kind: text, max: 200},
	{path: "verify_token", kind: text},
}

// overridable tells whether the override of a number or an account applies to a
// field; all others go to the callback of the app (cloud-api.md 2.1).
func overridable(field string) bool {
	switch field {
	case "messages", "message_echoes", "calls", "consumer_profile", "messaging_handovers", "group_lifecycle_update",
		"group_participants_update", "group_settings_update", "group_status_update", "smb_message_echoes", "smb_app_state_sync",
		"history", "account_settings_update":
		return true
	}
	return false
}

// otherApp is the id of the app that the call's token belongs to, "" for the
// configured app of the account. The caller holds mu.
func (c *call) otherApp() string {
	if c.token == nil || c.token.App == c.s.appFor(c.waba()).ID {
		return ""
	}
	return c.token.App
}

// subscribers are the apps that hear of an account: "" for the configured one,
// then the others that have subscribed. The caller holds mu.
func (s *Sandbox) subscribers(waba string) []string {
	all := []string{""}
	if o := s.st.portfolio.Offices[waba]; o != nil {
		for _, sub := range o.Subscriptions {
			all = append(all, sub.App)
		}
	}
	return all
}

// appTarget is where an update for another app than the configured one goes, and
// the secret it is signed with; the caller holds mu.
func (s *Sandbox) appTarget(u *update, n *number) (callback string, secret []byte) {
	a := s.st.portfolio.app(u.app)
	subs := s.st.portfolio.office(u.account).Subscriptions
	i := slices.IndexFunc(subs, func(sub subscription) bool { return sub.App == u.app })
	if a == nil || i < 0 || !a.wants(u.field) {
		return "", nil
	}
	callback = a.CallbackURL
	if overridable(u.field) {
		callback = or(subs[i].Override, callback)
		if u.number != "" {
			callback = or(s.st.portfolio.desk(n.cfg.PhoneNumberID).Overrides[u.app], callback)
		}
	}
	return callback, []byte(a.Secret)
}

// postSubscribed answers POST /{waba-id}/subscribed_apps: the app of the token
// gets the webhooks of the account; with override_callback_uri that address gets
// them once it has passed the handshake, without it the override is cleared
// (cloud-api.md 2.1, 6.5).
func (c *call) postSubscribed() (any, *refusal) {
	in := c.params()
	if bad := check(in, overrideRules); bad != nil {
		return nil, bad
	}
	uri := textOf(in["override_callback_uri"])
	if uri != "" {
		token := textOf(in["verify_token"])
		if token == "" {
			return nil, missing("verify_token")
		}
		if bad := c.s.handshake(c.r.Context(), uri, token); bad != nil {
			return nil, bad
		}
	}
	c.s.mu.Lock()
	if id := c.otherApp(); id != "" {
		o := c.s.st.portfolio.office(c.account.id)
		o.unsubscribe(id)
		o.Subscriptions = append(o.Subscriptions, subscription{id, uri})
	} else {
		c.account.Subscribed, c.account.Override = true, uri
	}
	c.s.mu.Unlock()
	c.s.changed()
	return done, nil
}

// unsubscribe drops the subscription of an app.
func (o *office) unsubscribe(id string) {
	o.Subscriptions = slices.DeleteFunc(slices.Clone(o.Subscriptions), func(sub subscription) bool { return sub.App == id })
}

// getSubscribed answers GET /{waba-id}/subscribed_apps.
func (c *call) getSubscribed() (any, *refusal) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	data := []any{}
	add := func(a *app, override string) {
		row := map[string]any{"whatsapp_business_api_data": map[string]any{"id": a.ID, "link": appLink(a.ID), "name": a.Name}}
		if override != "" {
			row["override_callback_uri"] = override
		}
		data = append(data, row)
	}
	if c.account.Subscribed {
		add(c.s.appFor(c.account.id), c.account.Override)
	}
	for _, sub := range c.s.st.portfolio.office(c.account.id).Subscriptions {
		if a := c.s.st.portfolio.app(sub.App); a != nil {
			add(a, sub.Override)
		}
	}
	return map[string]any{"data": data}, nil
}

// deleteSubscribed answers DELETE /{waba-id}/subscribed_apps: no more webhooks
// for the app of the token.
func (c *call) deleteSubscribed() (any, *refusal) {
	c.s.mu.Lock()
	if id := c.otherApp(); id != "" {
		c.s.st.portfolio.office(c.account.id).unsubscribe(id)
	} else {
		c.account.Subscribed, c.account.Override = false, ""
	}
	c.s.mu.Unlock()
	c.s.changed()
	return done, nil
}

// withEntry is m with one more entry, or without it when value is empty; m
// itself stays as it is.
func withEntry(m map[string]string, name, value string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	if delete(out, name); value != "" {
		out[name] = value
	}
	return out
}
