package store

import (
	"encoding/json"
	"fmt"

	"kontor/internal/template"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Templates keeps the catalogue of templates.
type Templates struct{ s *Store }

// Templates returns the queries of package template.
func (s *Store) Templates() Templates { return Templates{s} }

var _ template.Store = Templates{}

// NewTemplateID implements template.Store.
func (q Templates) NewTemplateID() wa.TemplateID { return wa.TemplateID(q.s.NewID()) }

// Load implements template.Store.
func (q Templates) Load(tx txn.Tx, ws wa.WorkspaceID) ([]template.Entry, error) {
	return q.list(tx, `
		SELECT id, workspace_id, waba_id, definition, synced_at FROM template
		WHERE workspace_id = $1
		ORDER BY name, language, id -- only: sqlite
		ORDER BY name COLLATE "C", language COLLATE "C", id -- only: postgres (in the order of bytes, as SQLite and Go do)`, int64(ws))
}

// OfAccount implements template.Store.
func (q Templates) OfAccount(tx txn.Tx, ws wa.WorkspaceID, waba wa.WABAID) ([]template.Entry, error) {
	return q.list(tx, `
		SELECT id, workspace_id, waba_id, definition, synced_at FROM template
		WHERE workspace_id = $1 AND waba_id = $2
		ORDER BY id
		FOR UPDATE -- only: postgres (SQLite has one writer)`, int64(ws), string(waba))
}

func (q Templates) list(tx txn.Tx, query string, args ...any) (entries []template.Entry, err error) {
	err = within(tx).query(query, func(scan func(...any) error) error {
		var e template.Entry
		var definition string
		var synced int64
		if err := scan(&e.ID, &e.WorkspaceID, &e.WABAID, &definition, &synced); err != nil {
			return err
		}
		e.SyncedAt = at(synced)
		if err := json.Unmarshal([]byte(definition), &e.Definition); err != nil {
			return fmt.Errorf("template %s: %w", e.ID, err)
		}
		entries = append(entries, e)
		return nil
	}, args...)
	return entries, err
}

// Save implements template.Store.
func (q Templates) Save(tx txn.Tx, entries []template.Entry) error {
	n := len(entries)
	ids, workspaces, synced := make([]wa.TemplateID, n), make([]wa.WorkspaceID, n), make([]int64, n)
	wabas := make([]wa.WABAID, n)
	metaIDs, names, languages, categories := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	statuses, qualities, definitions := make([]string, n), make([]string, n), make([]string, n)
	for i, e := range entries {
		d := &e.Definition
		text, err := json.Marshal(d)
		if err != nil {
			return fmt.Errorf("template %s: %w", e.ID, err)
		}
		ids[i], workspaces[i], wabas[i], synced[i] = e.ID, e.WorkspaceID, e.WABAID, ms(e.SyncedAt)
		metaIDs[i], names[i], languages[i], categories[i] = d.MetaID, d.Name, d.Language, d.Category
		statuses[i], qualities[i], definitions[i] = d.Status, d.Quality, string(text)
	}
	if n == 0 {
		return nil
	}
	return within(tx).many(`
		INSERT INTO template (id, workspace_id, waba_id, meta_id, name, language, category, status, quality, definition, synced_at) {rows}
		ON CONFLICT (workspace_id, waba_id, name, language) DO UPDATE SET
			meta_id = excluded.meta_id, category = excluded.category, status = excluded.status,
			quality = excluded.quality, definition = excluded.definition, synced_at = excluded.synced_at`,
		[]column{
			ints("id", ids), ints("workspace_id", workspaces), texts("waba_id", wabas), texts("meta_id", metaIDs), texts("name", names),
			texts("language", languages), texts("category", categories), texts("status", statuses), texts("quality", qualities),
			texts("definition", definitions), ints("synced_at", synced),
		}, nil)
}
