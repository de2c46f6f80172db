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

// provider is a place from which messages link files (on-premises-api.md 2.2).
type provider struct {
	Name   string         `json:"name"`
	Type   string         `json:"type"`
	Config providerConfig `json:"config"`
}

type providerConfig struct {
	Bearer string         `json:"bearer,omitempty"`
	Basic  *providerBasic `json:"basic,omitempty"`
}

type providerBasic struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

func (c *call) providers() (list []provider, err error) {
	_, err = c.Premises.Load(c.ctx(), c.facade, premises.DocProviders, &list)
	return list, err
}

func (c *call) readProviders() (*answer, error) {
	list, err := c.providers()
	if err != nil {
		return nil, err
	}
	shown := make([]provider, len(list))
	for i, p := range list {
		shown[i] = p.masked()
	}
	return tell("settings", map[string]any{"application": map[string]any{"media": map[string]any{"providers": shown}}}), nil
}

// saveProviders takes a bare array and replaces those of the same name.
func (c *call) saveProviders() (*answer, error) {
	v, err := c.readJSON()
	if err != nil {
		return nil, err
	}
	in, ok := v.([]any)
	if !ok || len(in) == 0 || len(in) > 100 {
		return nil, errWrong("body", "it must be an array of media providers.")
	}
	fresh := make([]provider, 0, len(in))
	for _, one := range in {
		member, ok := one.(map[string]any)
		if !ok {
			return nil, errWrong("body", "it must be an array of objects.")
		}
		p, err := readProvider(newObject(member))
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, p)
	}
	_, err = premises.Change(c.ctx(), c.Premises, c.facade, premises.DocProviders, func(list *[]provider) error {
		for _, p := range fresh {
			*list = append(without(*list, p.Name), p)
		}
		return nil
	})
	return done(http.StatusOK), err
}

func readProvider(o *object) (provider, error) {
	p := provider{Name: o.need("name"), Type: o.text("type")}
	if p.Type == "" {
		p.Type = "www"
	}
	if p.Type != "www" {
		o.wrong("type", "it must be www.")
	}
	if config := o.object("config"); config != nil {
		p.Config.Bearer = config.text("bearer")
		if basic := config.object("basic"); basic != nil {
			p.Config.Basic = &providerBasic{basic.need("username"), basic.need("password")}
			basic.surplus()
		}
		config.surplus()
	}
	return p, o.end()
}

// masked leaves the credentials out: who sends them needs no copy.
func (p provider) masked() provider {
	const mask = "********"
	if p.Config.Bearer != "" {
		p.Config.Bearer = mask
	}
	if p.Config.Basic != nil {
		p.Config.Basic = &providerBasic{p.Config.Basic.Username, mask}
	}
	return p
}

func without(list []provider, name string) []provider {
	out := make([]provider, 0, len(list)+1)
	for _, p := range list {
		if p.Name != name {
			out = append(out, p)
		}
	}
	return out
}

func (c *call) deleteProvider() (*answer, error) {
	name := c.param("name")
	_, err := premises.Change(c.ctx(), c.Premises, c.facade, premises.DocProviders, func(list *[]provider) error {
		n := len(*list)
		if *list = without(*list, name); len(*list) == n {
			return refuse(1006, "There is no media provider of this name.")
		}
		return nil
	})
	return done(http.StatusOK), err
}
