package sandbox

var overrideRules = []rule{
	{path: "override_callback_uri", kind: text, max: 200},
	{path: "verify_token", kind: text},
}

// postSubscribed answers POST /{waba-id}/subscribed_apps: with
// override_callback_uri that address gets the webhooks once it has passed the
// handshake, without it the override is cleared (cloud-api.md 2.1, 6.5).
func (c *call) postSubscribed() (any, *refusal) {
	if bad := check(c.body, overrideRules); bad != nil {
		return nil, bad
	}
	uri := textOf(c.body["override_callback_uri"])
	if uri == "" {
		uri = c.query.Get("override_callback_uri")
	}
	if uri != "" {
		token := textOf(c.body["verify_token"])
		if token == "" {
			token = c.query.Get("verify_token")
		}
		if token == "" {
			return nil, missing("verify_token")
		}
		if bad := c.s.handshake(c.r.Context(), uri, token); bad != nil {
			return nil, bad
		}
	}
	c.s.mu.Lock()
	c.account.Subscribed, c.account.Override = true, uri
	c.s.mu.Unlock()
	c.s.changed()
	return done, nil
}

// getSubscribed answers GET /{waba-id}/subscribed_apps.
func (c *call) getSubscribed() (any, *refusal) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	data := []any{}
	if c.account.Subscribed {
		app := map[string]any{"whatsapp_business_api_data": map[string]any{
			"id": "300000000000001", "link": "https://www.facebook.com/games/?app_id=300000000000001", "name": "Kontor Sandbox",
		}}
		if c.account.Override != "" {
			app["override_callback_uri"] = c.account.Override
		}
		data = append(data, app)
	}
	return map[string]any{"data": data}, nil
}

// deleteSubscribed answers DELETE /{waba-id}/subscribed_apps: no more webhooks.
func (c *call) deleteSubscribed() (any, *refusal) {
	c.s.mu.Lock()
	c.account.Subscribed, c.account.Override = false, ""
	c.s.mu.Unlock()
	c.s.changed()
	return done, nil
}
