package onprem

import (
	"context"
	"encoding/base64"
	"net/http"

	"kontor/internal/premises"
)

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
	return done(http.StatusOK), addProviders(c.ctx(), c.Premises, c.facade, fresh)
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

// TakeProviders adds the media providers that an old client told, and answers
// the names of those that were taken, and of the others why not. in is the array
// of its answer. Credentials that it masked are worth nothing.
func TakeProviders(ctx context.Context, book *premises.Book, f premises.Facade, in any) (taken, refused []string, err error) {
	list, _ := in.([]any)
	var fresh []provider
	for _, one := range list {
		member, ok := one.(map[string]any)
		if !ok {
			refused = append(refused, "a media provider: it must be an object")
			continue
		}
		p, err := readProvider(newObject(member))
		switch {
		case err != nil:
			refused = append(refused, "media provider "+clip(p.Name)+": "+err.Error())
		case p.isMasked():
			refused = append(refused, "media provider "+clip(p.Name)+": its credentials were not told; add it with POST /v1/settings/application/media/providers")
		default:
			fresh, taken = append(fresh, p), append(taken, p.Name)
		}
	}
	if len(fresh) == 0 {
		return nil, refused, nil
	}
	return taken, refused, addProviders(ctx, book, f, fresh)
}

// addProviders replaces those of the same name.
func addProviders(ctx context.Context, book *premises.Book, f premises.Facade, fresh []provider) error {
	_, err := premises.Change(ctx, book, f, premises.DocProviders, func(list *[]provider) error {
		for _, p := range fresh {
			*list = append(without(*list, p.Name), p)
		}
		return nil
	})
	return err
}

const mask = "********"

// masked leaves the credentials out: who sends them needs no copy.
func (p provider) masked() provider {
	if p.Config.Bearer != "" {
		p.Config.Bearer = mask
	}
	if p.Config.Basic != nil {
		p.Config.Basic = &providerBasic{p.Config.Basic.Username, mask}
	}
	return p
}

func (p provider) isMasked() bool {
	return p.Config.Bearer == mask || p.Config.Basic != nil && p.Config.Basic.Password == mask
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

// headers are the credentials of a provider.
func (p provider) headers() map[string]string {
	switch {
	case p.Config.Bearer != "":
		return map[string]string{"Authorization": "Bearer " + p.Config.Bearer}
	case p.Config.Basic != nil:
		pair := p.Config.Basic.Username + ":" + p.Config.Basic.Password
		return map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))}
	}
	return nil
}
