package onprem

import (
	"encoding/json"
	"net/http"

	"kontor/internal/fault"
	"kontor/internal/premises"
)

func (c *call) readSettings() (*answer, error) {
	a, err := c.Premises.Application(c.ctx(), c.facade)
	if err != nil {
		return nil, err
	}
	return c.shownSettings(a), nil
}

func (c *call) shownSettings(a premises.Application) *answer {
	shown := a.Shown()
	shown["wa_id"] = digitsOf(c.number.DisplayPhone)
	return tell("settings", map[string]any{"application": shown})
}

// patchSettings changes what the body names. Some clients nest the object as
// GET answers it; both are taken.
func (c *call) patchSettings() (*answer, error) {
	v, err := c.readJSON()
	if err != nil {
		return nil, err
	}
	in, ok := plainNumbers(v).(map[string]any)
	if !ok {
		return nil, errWrong("body", "it must be an object of settings.")
	}
	delete(in, "messaging_product")
	if settings, nested := in["settings"].(map[string]any); nested && len(in) == 1 {
		in = settings
	}
	if application, nested := in["application"].(map[string]any); nested && len(in) == 1 {
		in = application
	}
	if address, ok := reach(in, "webhooks", "url").(string); ok && address != "" {
		if err := c.callable(address); err != nil {
			return nil, err
		}
	}
	a, err := c.Premises.Patch(c.ctx(), c.facade, in)
	if err != nil {
		return nil, err
	}
	for _, s := range a.WithoutEffect() {
		c.note(s.Key)
	}
	return done(http.StatusOK), c.settingsChanged()
}

// callable refuses a callback address before anything is changed.
func (c *call) callable(address string) error {
	if err := c.Callbacks.Check(address); err != nil {
		return errWrong("webhooks.url", fault.As(err).Detail).because(err)
	}
	return nil
}

func (c *call) resetSettings() (*answer, error) {
	if err := c.Premises.Reset(c.ctx(), c.facade); err != nil {
		return nil, err
	}
	return done(http.StatusOK), c.settingsChanged()
}

// plainNumbers turns JSON numbers into floats, as the settings' table reads them.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case map[string]any:
		for name, one := range v {
			v[name] = plainNumbers(one)
		}
	case []any:
		for i, one := range v {
			v[i] = plainNumbers(one)
		}
	}
	return v
}
