package onprem

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"

	"kontor/internal/premises"
)

// Sticker packs of the house (on-premises-api.md 2.3). WhatsApp's own packs are
// gone with the client, so ?namespace=whatsapp is an empty list.

const (
	maxPacks    = 100
	maxStickers = 30
)

type pack struct {
	ID        string    `json:"id"`
	Publisher string    `json:"publisher"`
	Name      string    `json:"name"`
	IOS       string    `json:"ios_app_store_link,omitempty"`
	Android   string    `json:"android_app_store_link,omitempty"`
	Stickers  []sticker `json:"stickers,omitempty"`
}

type sticker struct {
	ID     string   `json:"id"`
	Image  string   `json:"image_data_id"`
	Emojis []string `json:"emojis"`
}

type packs []pack

func (c *call) packs() (all packs, err error) {
	_, err = c.Premises.Load(c.ctx(), c.facade, premises.DocStickers, &all)
	return all, err
}

func (c *call) changePacks(change func(all *packs) error) error {
	_, err := premises.Change(c.ctx(), c.Premises, c.facade, premises.DocStickers, change)
	return err
}

var errNoPack = func() *Refusal { return refuse(1006, "There is no such sticker pack.") }

func (all packs) find(id string) (*pack, error) {
	i := slices.IndexFunc(all, func(p pack) bool { return p.ID == id })
	if i < 0 {
		return nil, errNoPack()
	}
	return &all[i], nil
}

// at finds a sticker by its place in the pack.
func (p *pack) at(index string) (int, error) {
	n, err := strconv.Atoi(index)
	if err != nil || n < 0 || n >= len(p.Stickers) {
		return 0, refuse(1006, "There is no such sticker.")
	}
	return n, nil
}

func (c *call) listPacks() (*answer, error) {
	list := []any{}
	if c.r.URL.Query().Get("namespace") != "whatsapp" {
		all, err := c.packs()
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			list = append(list, map[string]any{"id": p.ID})
		}
	}
	return tell("stickerpacks", list), nil
}

func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}

func readPackBody(o *object, p *pack, required bool) {
	for _, m := range []struct {
		name string
		into *string
		need bool
	}{{"publisher", &p.Publisher, required}, {"name", &p.Name, required}, {"ios_app_store_link", &p.IOS, false}, {"android_app_store_link", &p.Android, false}} {
		switch {
		case m.need:
			*m.into = o.need(m.name)
		case o.has(m.name):
			*m.into = o.text(m.name)
		default:
			o.ignore(m.name)
		}
		if len(*m.into) > 512 {
			o.wrong(m.name, "it is too long.")
		}
	}
}

// pack is the one that the path names.
func (c *call) pack() (*pack, error) {
	all, err := c.packs()
	if err != nil {
		return nil, err
	}
	return all.find(c.param("pack"))
}

// inPack changes the one that the path names.
func (c *call) inPack(change func(p *pack) error) error {
	return c.changePacks(func(all *packs) error {
		p, err := all.find(c.param("pack"))
		if err != nil {
			return err
		}
		return change(p)
	})
}

func (c *call) createPack() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	p := pack{ID: newID()}
	readPackBody(body, &p, true)
	if err := body.end(); err != nil {
		return nil, err
	}
	err = c.changePacks(func(all *packs) error {
		if len(*all) >= maxPacks {
			return refuse(1015, "There are too many sticker packs.")
		}
		*all = append(*all, p)
		return nil
	})
	a := tell("stickerpacks", []any{map[string]any{"id": p.ID}})
	a.status = http.StatusCreated
	return a, err
}

func (c *call) readPack() (*answer, error) {
	p, err := c.pack()
	if err != nil {
		return nil, err
	}
	shown := *p
	shown.Stickers = nil
	return tell("stickerpacks", []any{shown}), nil
}

func (c *call) changePack() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	return done(http.StatusOK), c.inPack(func(p *pack) error {
		readPackBody(body, p, false)
		return body.end()
	})
}

func (c *call) deletePack() (*answer, error) {
	return done(http.StatusOK), c.changePacks(func(all *packs) error {
		p, err := all.find(c.param("pack"))
		if err != nil {
			return err
		}
		id := p.ID
		*all = slices.DeleteFunc(*all, func(p pack) bool { return p.ID == id })
		return nil
	})
}

func (c *call) listStickers() (*answer, error) {
	p, err := c.pack()
	if err != nil {
		return nil, err
	}
	list := []any{}
	for i := range p.Stickers {
		list = append(list, map[string]any{"index": i})
	}
	return tell("stickers", list), nil
}

// readStickerBody reads a sticker; its image is a file that was uploaded here.
func (c *call) readStickerBody(o *object, s *sticker, required bool) {
	if required || o.has("image_data_id") {
		s.Image = o.need("image_data_id")
		if _, ok := ParseMediaID(s.Image); s.Image != "" && !ok {
			o.wrong("image_data_id", "there is no media of this id.")
		}
	} else {
		o.ignore("image_data_id")
	}
	if required || o.has("emojis") {
		s.Emojis = []string{}
		for _, one := range o.list("emojis") {
			e, ok := one.(string)
			if !ok || len(s.Emojis) >= 3 {
				o.wrong("emojis", "it must be an array of at most three emoji.")
				return
			}
			s.Emojis = append(s.Emojis, e)
		}
	} else {
		o.ignore("emojis")
	}
}

func (c *call) addSticker() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	s := sticker{ID: newID()}
	c.readStickerBody(body, &s, true)
	if err := body.end(); err != nil {
		return nil, err
	}
	index := 0
	err = c.inPack(func(p *pack) error {
		if len(p.Stickers) >= maxStickers {
			return refuse(1009, "A sticker pack has at most 30 stickers.")
		}
		index = len(p.Stickers)
		p.Stickers = append(p.Stickers, s)
		return nil
	})
	a := tell("stickers", []any{map[string]any{"index": index}})
	a.status = http.StatusCreated
	return a, err
}

func (c *call) readSticker() (*answer, error) {
	p, err := c.pack()
	if err != nil {
		return nil, err
	}
	i, err := p.at(c.param("index"))
	if err != nil {
		return nil, err
	}
	return tell("stickers", []any{p.Stickers[i]}), nil
}

func (c *call) changeSticker() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	return done(http.StatusOK), c.inPack(func(p *pack) error {
		i, err := p.at(c.param("index"))
		if err != nil {
			return err
		}
		c.readStickerBody(body, &p.Stickers[i], false)
		return body.end()
	})
}

func (c *call) deleteSticker() (*answer, error) {
	return done(http.StatusOK), c.inPack(func(p *pack) error {
		i, err := p.at(c.param("index"))
		if err == nil {
			p.Stickers = slices.Delete(p.Stickers, i, i+1)
		}
		return err
	})
}
