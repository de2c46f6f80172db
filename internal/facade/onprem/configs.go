package onprem

import (
	"net/url"
	"strconv"
	"strings"

	"kontor/internal/premises"
	"kontor/internal/template"
	"kontor/internal/wa"
)

// 360dialog's own calls (on-premises-api.md 1).

// hookConfig is a callback address with headers that every callback gets.
func (c *call) hookConfig(a premises.Application) (*answer, error) {
	headers := map[string]string{}
	if _, err := c.Premises.Load(c.ctx(), c.facade, premises.DocHeaders, &headers); err != nil {
		return nil, err
	}
	out := tell("url", a.WebhookURL())
	out.body["headers"] = headers
	return out, nil
}

func (c *call) readHook() (*answer, error) {
	a, err := c.Premises.Application(c.ctx(), c.facade)
	if err != nil {
		return nil, err
	}
	return c.hookConfig(a)
}

func (c *call) setHook() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	address := body.need("url")
	headers := map[string]string{}
	if h := body.object("headers"); h != nil {
		for name := range h.in {
			if value := h.text(name); validHeader(name, value) {
				headers[name] = value
			} else {
				h.wrong(clip(name), "it is not a header that can be sent.")
			}
		}
	}
	if err := body.end(); err != nil {
		return nil, err
	}
	if u, err := url.Parse(address); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, errWrong("url", "it must be an address that begins with https://.")
	}
	if err := c.callable(address); err != nil {
		return nil, err
	}
	a, err := c.Premises.Patch(c.ctx(), c.facade, map[string]any{"webhooks": map[string]any{"url": address}})
	if err != nil {
		return nil, err
	}
	if err := c.Premises.Save(c.ctx(), c.facade, premises.DocHeaders, headers); err != nil {
		return nil, err
	}
	if err := c.settingsChanged(); err != nil {
		return nil, err
	}
	return c.hookConfig(a)
}

// ownHeaders are set by Kontor and cannot be replaced.
var ownHeaders = []string{"host", "content-length", "content-type", "transfer-encoding", "connection", "te", "trailer", "upgrade"}

func validHeader(name, value string) bool {
	if name == "" || len(name) > 100 || len(value) > 2000 {
		return false
	}
	for _, own := range ownHeaders {
		if strings.EqualFold(name, own) {
			return false
		}
	}
	for _, r := range name {
		if !(r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z') {
			return false
		}
	}
	for _, r := range value {
		if r < ' ' || r > '~' {
			return false
		}
	}
	return true
}

// namespace is what templates are said to belong to; the Cloud API has none, so
// it is one of ours, the same for ever.
func namespace(n *wa.Number) string {
	return strings.ReplaceAll(MediaID(wa.MediaID(n.ID)), "-", "_")
}

// listTemplates reads the catalogue in the form of 360dialog.
func (c *call) listTemplates() (*answer, error) {
	q := c.r.URL.Query()
	limit, offset := between(q.Get("limit"), 1000, 0, 1000), between(q.Get("offset"), 0, 0, 1<<30)
	entries, _, err := c.Templates.List(c.ctx(), c.facade.WorkspaceID, template.Filter{WABAID: c.number.WABAID})
	if err != nil {
		return nil, err
	}
	list := []any{}
	for i := offset; i < len(entries) && len(list) < limit; i++ {
		list = append(list, c.shownTemplate(&entries[i].Definition))
	}
	a := tell("waba_templates", list)
	a.body["count"], a.body["total"], a.body["limit"], a.body["offset"] = len(list), len(entries), limit, offset
	a.body["sort"], a.body["filters"] = []string{q.Get("sort")}, map[string]any{}
	return a, nil
}

func (c *call) shownTemplate(d *wa.TemplateDefinition) map[string]any {
	shown := map[string]any{
		"namespace": namespace(c.number), "name": d.Name, "language": d.Language, "components": d.Components,
		"status": strings.ToLower(d.Status), "category": d.Category, "rejected_reason": d.RejectedReason,
	}
	if d.RejectedReason == "" {
		shown["rejected_reason"] = "NONE"
	}
	return shown
}

func between(s string, usual, least, most int) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return usual
	}
	return min(max(n, least), most)
}

func (c *call) phoneNumber() (*answer, error) {
	return tell("phone_number", digitsOf(c.number.DisplayPhone)), nil
}
