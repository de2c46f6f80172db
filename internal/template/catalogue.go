package template

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"kontor/internal/fault"
	"kontor/internal/wa"
)

// Find looks a template up by its key: name and exact language (cloud-api.md
// 1.4). A template that WhatsApp no longer lists is not found.
func (c *Catalogue) Find(ctx context.Context, ws wa.WorkspaceID, waba wa.WABAID, name, language string) (wa.TemplateDefinition, bool, error) {
	p, err := c.page(ctx, ws)
	if err != nil {
		return wa.TemplateDefinition{}, false, err
	}
	i, ok := p.byKey[key{waba, name, language}]
	if !ok || p.entries[i].Definition.Status == Deleted {
		return wa.TemplateDefinition{}, false, nil
	}
	return p.entries[i].Definition, true, nil
}

// Languages are those in which a template exists, sorted.
func (c *Catalogue) Languages(ctx context.Context, ws wa.WorkspaceID, waba wa.WABAID, name string) ([]string, error) {
	p, err := c.page(ctx, ws)
	if err != nil {
		return nil, err
	}
	var languages []string
	for _, e := range p.entries {
		if e.WABAID == waba && e.Definition.Name == name && e.Definition.Status != Deleted {
			languages = append(languages, e.Definition.Language)
		}
	}
	slices.Sort(languages)
	return languages, nil
}

// Filter chooses templates. Empty members choose all; without a Status, those
// that WhatsApp no longer lists are left out.
type Filter struct {
	WABAID   wa.WABAID
	Status   string // APPROVED, …; any case
	Language string // exact code
	Query    string // part of the name or the text, any case
	After    string // the cursor that the last page answered
	Limit    int    // 0: all
}

// List returns a page in the order of names and languages, and the cursor of
// the next one; empty at the end. A cursor that List did not make is an Invalid
// fault "cursor_unknown".
func (c *Catalogue) List(ctx context.Context, ws wa.WorkspaceID, f Filter) ([]Entry, string, error) {
	p, err := c.page(ctx, ws)
	if err != nil {
		return nil, "", err
	}
	var after place
	if f.After != "" {
		if after, err = parsePlace(f.After); err != nil {
			return nil, "", err
		}
	}
	var out []Entry
	for i := range p.entries {
		e := &p.entries[i]
		if !f.takes(e) || f.After != "" && placeOf(e).compare(after) <= 0 {
			continue
		}
		if f.Limit > 0 && len(out) == f.Limit {
			return out, placeOf(&out[len(out)-1]).String(), nil
		}
		out = append(out, *e)
	}
	return out, "", nil
}

func (f *Filter) takes(e *Entry) bool {
	d := &e.Definition
	switch {
	case f.WABAID != "" && e.WABAID != f.WABAID,
		f.Language != "" && d.Language != f.Language,
		f.Status != "" && !strings.EqualFold(d.Status, f.Status),
		f.Status == "" && d.Status == Deleted:
		return false
	}
	q := strings.ToLower(f.Query)
	if q == "" || strings.Contains(d.Name, q) {
		return true
	}
	return slices.ContainsFunc(d.Components, func(c wa.DefinitionComponent) bool {
		return strings.Contains(strings.ToLower(c.Text), q)
	})
}

// place is where an entry stands in the order of List.
type place struct {
	Name, Language string
	ID             wa.TemplateID
}

func placeOf(e *Entry) place { return place{e.Definition.Name, e.Definition.Language, e.ID} }

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.Name, q.Name), cmp.Compare(p.Language, q.Language), cmp.Compare(p.ID, q.ID))
}

func (p place) String() string {
	b, _ := json.Marshal(p) // text and a number: cannot fail
	return base64.RawURLEncoding.EncodeToString(b)
}

func parsePlace(s string) (p place, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil {
		return p, fault.New(fault.Invalid, "cursor_unknown", "This cursor was not made by this list.", "Begin again without a cursor.").Because(err)
	}
	return p, nil
}
