package template

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Sync brings the catalogue of the number's WABA up to date with WhatsApp's and
// answers how many templates changed. One that WhatsApp no longer lists keeps
// its text, with the status DELETED.
func (c *Catalogue) Sync(ctx context.Context, number *wa.Number) (changed int, err error) {
	listed, failure := c.Carrier.Templates(ctx, number)
	if failure != nil {
		return 0, fault.New(fault.Unavailable, "templates_not_read", "WhatsApp did not hand over the templates; the catalogue stays as it was.", "Try again later; GET numbers tells whether the number is in order.").Because(failure)
	}
	now := c.Now().UTC()
	err = c.Runner.Write(ctx, func(tx txn.Tx) error {
		known, err := c.Store.OfAccount(tx, number.WorkspaceID, number.WABAID)
		if err != nil {
			return err
		}
		save := c.difference(number, listed, known, now)
		changed = 0
		for _, d := range save {
			if d.changed {
				changed++
			}
		}
		entries := make([]Entry, len(save))
		for i, d := range save {
			entries[i] = d.Entry
		}
		if err := c.Store.Save(tx, entries); err != nil || changed == 0 {
			return err
		}
		return c.Journal.Append(tx, journal.Fact{WorkspaceID: number.WorkspaceID, Kind: journal.TemplateChanged, NumberID: number.ID, Detail: "synced", At: now})
	})
	if err != nil {
		return 0, fmt.Errorf("store templates of %s: %w", number.ID, err)
	}
	c.Invalidate(number.WorkspaceID)
	return changed, nil
}

type entryChange struct {
	Entry
	changed bool
}

// difference is what to write: everything listed, and what is gone.
func (c *Catalogue) difference(number *wa.Number, listed []wa.TemplateDefinition, known []Entry, now time.Time) []entryChange {
	byKey := map[key]*Entry{}
	for i := range known {
		d := &known[i].Definition
		byKey[key{number.WABAID, d.Name, d.Language}] = &known[i]
	}
	var out []entryChange
	seen := map[key]bool{}
	for _, def := range listed {
		k := key{number.WABAID, def.Name, def.Language}
		if seen[k] { // a page boundary that moved while we read
			continue
		}
		seen[k] = true
		e := entryChange{Entry: Entry{WorkspaceID: number.WorkspaceID, WABAID: number.WABAID, Definition: def, SyncedAt: now}}
		if old := byKey[k]; old != nil {
			e.ID, e.changed = old.ID, !same(&old.Definition, &def)
		} else {
			e.ID, e.changed = c.Store.NewTemplateID(), true
		}
		out = append(out, e)
	}
	for _, old := range known {
		k := key{number.WABAID, old.Definition.Name, old.Definition.Language}
		if seen[k] || old.Definition.Status == Deleted {
			continue
		}
		old.Definition.Status, old.SyncedAt = Deleted, now
		out = append(out, entryChange{old, true})
	}
	return out
}

func same(a, b *wa.TemplateDefinition) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// Seed makes hello_world known before the first Sync, so that a number can be
// tried at once: every WABA has it (cloud-api.md 5; design.md 5, sandbox).
func (c *Catalogue) Seed(ctx context.Context, ws wa.WorkspaceID, waba wa.WABAID) error {
	now := c.Now().UTC()
	err := c.Runner.Write(ctx, func(tx txn.Tx) error {
		known, err := c.Store.OfAccount(tx, ws, waba)
		if err != nil || len(known) > 0 {
			return err
		}
		e := Entry{ID: c.Store.NewTemplateID(), WorkspaceID: ws, WABAID: waba, Definition: helloWorld(), SyncedAt: now}
		if err := c.Store.Save(tx, []Entry{e}); err != nil {
			return err
		}
		return c.Journal.Append(tx, journal.Fact{WorkspaceID: ws, Kind: journal.TemplateChanged, Detail: "seeded", At: now})
	})
	if err != nil {
		return fmt.Errorf("make hello_world known: %w", err)
	}
	c.Invalidate(ws)
	return nil
}

func helloWorld() wa.TemplateDefinition {
	return wa.TemplateDefinition{
		Name: "hello_world", Language: "en_US", Category: "UTILITY", Status: "APPROVED", ParameterFormat: "POSITIONAL",
		Components: []wa.DefinitionComponent{
			{Type: "HEADER", Format: "TEXT", Text: "Hello World"},
			{Type: "BODY", Text: "Welcome and congratulations!! This message demonstrates your ability to send a WhatsApp message notification from the Cloud API, hosted by Meta. Thank you for taking the time to test with us."},
			{Type: "FOOTER", Text: "WhatsApp Business Platform sample message"},
		},
	}
}

// Change is what a webhook tells about a template (cloud-api.md 2.7:
// message_template_status_update, template_category_update,
// message_template_quality_update). Empty members were not told.
type Change struct {
	WorkspaceID wa.WorkspaceID
	WABAID      wa.WABAID
	MetaID      string
	Name        string
	Language    string
	Status      string
	Category    string
	Quality     string
	Reason      string // of a rejection
}

// Changed applies a webhook's word. unknown reports that the catalogue does not
// have the template, or not its text: then a Sync is due. Call Invalidate after
// the commit.
func (c *Catalogue) Changed(tx txn.Tx, ch Change) (unknown bool, err error) {
	known, err := c.Store.OfAccount(tx, ch.WorkspaceID, ch.WABAID)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(known, func(e Entry) bool {
		if ch.Name != "" {
			return e.Definition.Name == ch.Name && e.Definition.Language == ch.Language
		}
		return ch.MetaID != "" && e.Definition.MetaID == ch.MetaID
	})
	if i < 0 {
		return true, nil
	}
	e := known[i]
	before := e.Definition
	for _, m := range []struct {
		into *string
		told string
	}{
		{&e.Definition.MetaID, ch.MetaID}, {&e.Definition.Status, status(ch.Status)}, {&e.Definition.Category, strings.ToUpper(ch.Category)},
		{&e.Definition.Quality, strings.ToUpper(ch.Quality)},
	} {
		if m.told != "" {
			*m.into = m.told
		}
	}
	if ch.Status != "" {
		e.Definition.RejectedReason = ""
		if e.Definition.Status == "REJECTED" {
			e.Definition.RejectedReason = ch.Reason
		}
	}
	if same(&before, &e.Definition) {
		return false, nil
	}
	if err := c.Store.Save(tx, []Entry{e}); err != nil {
		return false, err
	}
	return false, c.Journal.Append(tx, journal.Fact{WorkspaceID: ch.WorkspaceID, Kind: journal.TemplateChanged, Detail: strings.ToLower(e.Definition.Status), At: c.Now().UTC()})
}

// status is the state that an event leads to (cloud-api.md 5.4): some webhooks
// name what happened instead.
func status(event string) string {
	switch event = strings.ToUpper(event); event {
	case "REINSTATED", "UNPAUSED", "UNARCHIVED":
		return "APPROVED"
	}
	return event
}
