package sandbox

import (
	"slices"
	"strings"
	"time"
)

// The limits of edits of approved templates (cloud-api.md 4.4).
const (
	editsPerMonth = 10
	editMonth     = 30 * 24 * time.Hour
	editPause     = 24 * time.Hour
)

// templateLog is what Meta remembers of a template beside its definition.
type templateLog struct {
	Edits  []time.Time `json:"edits,omitempty"`  // while it was approved, of the last 30 days
	Pauses int         `json:"pauses,omitempty"` // for its quality
	Until  time.Time   `json:"until,omitzero"`   // end of a pause for quality; one by pacing has none
}

// file is what is remembered of a template; never nil.
func (p *portfolio) file(id string) *templateLog {
	f := p.Files[id]
	if f == nil {
		f = &templateLog{}
		p.Files[id] = f
	}
	return f
}

func notEditable(format string, args ...any) *refusal {
	return badTemplate(0, "Message template cannot be edited", format, args...)
}

// editTemplate answers POST /{template-id}: components replaces all of them,
// what is not given stays (cloud-api.md 5.1, 5.4).
func (c *call) editTemplate() (any, *refusal) {
	in := c.params()
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.st.template(c.object)
	if old == nil {
		return nil, unknownObject(c.r.Method, c.object)
	}
	c.note = old.Name
	t, bad := edited(old, in)
	if bad != nil {
		return nil, bad
	}
	if bad := s.edit(old, t); bad != nil {
		return nil, bad
	}
	s.changed()
	return map[string]any{"success": true, "id": t.ID, "name": t.Name, "category": t.Category}, nil
}

// edited is old with what the call gives.
func edited(old *Template, in map[string]any) (*Template, *refusal) {
	given, bad := readTemplate(in)
	if bad != nil {
		return nil, bad
	}
	t := *old
	if _, ok := in["components"]; ok {
		t.Components = given.Components
	}
	if _, ok := in["message_send_ttl_seconds"]; ok {
		t.SendTTL = given.SendTTL
	}
	if _, ok := in["parameter_format"]; ok {
		t.ParameterFormat = given.ParameterFormat
	}
	if _, ok := in["cta_url_link_tracking_opted_out"]; ok {
		t.TrackingOptOut = given.TrackingOptOut
	}
	if given.Creative != nil {
		t.Creative = given.Creative
	}
	if given.Category != "" && given.Category != old.Category {
		if old.Status == "APPROVED" {
			return nil, notEditable("The category of an approved template cannot be changed.")
		}
		t.Category = given.Category
	}
	if _, ok := in["components"]; ok {
		return &t, checkNew(&t)
	}
	if bad := checkDefinition(&t); bad != nil {
		return nil, bad
	}
	return &t, checkTTL(&t)
}

// edit puts t in the place of old and has it reviewed; the caller holds mu.
func (s *Sandbox) edit(old, t *Template) *refusal {
	now := s.nowLocked()
	f := s.st.portfolio.file(old.ID)
	f.Edits = slices.DeleteFunc(f.Edits, func(at time.Time) bool { return now.Sub(at) >= editMonth })
	switch {
	case old.Status != "APPROVED" && old.Status != "REJECTED" && old.Status != "PAUSED":
		return notEditable("A template can be edited when it is APPROVED, REJECTED or PAUSED; this one is %s.", old.Status)
	case old.Status != "APPROVED":
	case len(f.Edits) > 0 && now.Sub(f.Edits[len(f.Edits)-1]) < editPause:
		return notEditable("An approved template can be edited once in 24 hours.")
	case len(f.Edits) >= editsPerMonth:
		return notEditable("An approved template can be edited 10 times in 30 days.")
	}
	if bad := s.flowsExist(t); bad != nil {
		return bad
	}
	if old.Status == "APPROVED" {
		f.Edits = append(f.Edits, now)
	}
	t.Status, t.RejectedReason, t.Updated = "PENDING", "", now.Unix()
	s.st.portfolio.cancel(dueUnpause, t.ID)
	s.st.replaceTemplate(t)
	s.tellComponents(t)
	s.startReview(t)
	s.events.publish("template", t)
	return nil
}

// unpauseTemplate answers POST /{template-id}/unpause, which ends a pause by
// pacing; one for quality ends by itself (cloud-api.md 5.1, 5.5).
func (c *call) unpauseTemplate() (any, *refusal) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.st.template(c.object)
	if old == nil {
		return nil, unknownObject(c.r.Method, c.object)
	}
	f := s.st.portfolio.file(old.ID)
	switch {
	case old.Status != "PAUSED":
		return map[string]any{"success": false, "reason": "The template is not paused, its status is " + old.Status + "."}, nil
	case s.nowLocked().Before(f.Until):
		return map[string]any{"success": false, "reason": "The template was paused for its quality until " + f.Until.UTC().Format(time.RFC3339) + "; it resumes by itself."}, nil
	}
	s.verdict(old, review{Action: "unpause"})
	s.changed()
	return done, nil
}

// deleteTemplates answers DELETE /{waba-id}/message_templates: by name all
// languages, with hsm_id and name one, with hsm_ids up to a hundred.
func (c *call) deleteTemplates() (any, *refusal) {
	in := c.params()
	name, id, ids := textOf(in["name"]), plainText(in["hsm_id"]), namesOf(in["hsm_ids"])
	c.note = name
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	var doomed []*Template
	switch {
	case len(ids) > 100:
		return nil, paramBad("Param hsm_ids must have at most 100 elements - got %d.", len(ids))
	case len(ids) == 0 && name == "":
		return nil, paramMissing("name")
	case id != "":
		ids = []string{id}
	}
	for _, t := range s.st.templates {
		byID := slices.Contains(ids, t.ID) && (name == "" || t.Name == name)
		if t.Account == c.account.id && t.Status != "PENDING_DELETION" && (byID || len(ids) == 0 && t.Name == name) {
			doomed = append(doomed, t)
		}
	}
	if len(doomed) == 0 || len(ids) > 0 && len(doomed) < len(ids) {
		return nil, badTemplate(subNotFound, "Message Template Not Found",
			"Message template could not be deleted: there is none with this name and id in account %s.", c.account.id)
	}
	for _, t := range doomed {
		if t.Status == "DISABLED" {
			return nil, badTemplate(0, "Message template cannot be deleted", "Template %q in %s is disabled; disabled templates cannot be deleted.", t.Name, t.Language)
		}
	}
	whole := len(ids) == 0
	for _, t := range doomed {
		s.remove(t, whole)
	}
	s.changed()
	return done, nil
}

// remove deletes a template. One that was approved is pending deletion for 30
// days, for messages under way, and its name is blocked as long; the others are
// gone at once. The caller holds mu.
func (s *Sandbox) remove(old *Template, whole bool) {
	p := s.st.portfolio
	for _, what := range []string{dueReview, dueUnpause, dueCategory} {
		p.cancel(what, old.ID)
	}
	t := *old
	if !slices.Contains([]string{"APPROVED", "PAUSED", "FLAGGED", "ARCHIVED"}, old.Status) {
		s.gone(&t)
		return
	}
	taken := takenName{Name: t.Name, Language: t.Language, Until: s.nowLocked().Add(nameBlockedFor)}
	if whole {
		taken.Language = ""
	}
	o := p.office(t.Account)
	o.Names = append(o.Names, taken)
	t.Status = "PENDING_DELETION"
	s.st.replaceTemplate(&t)
	s.tellStatus(&t, "PENDING_DELETION", nil)
	s.after(nameBlockedFor, dueDelete, t.ID)
	s.events.publish("template", &t)
}

// gone takes a template out of the catalogue; the caller holds mu.
func (s *Sandbox) gone(t *Template) {
	s.st.templates = slices.DeleteFunc(slices.Clone(s.st.templates), func(other *Template) bool { return other.ID == t.ID })
	delete(s.st.portfolio.Files, t.ID)
	deleted := *t
	deleted.Status = "DELETED"
	s.tellStatus(&deleted, "DELETED", nil)
	s.events.publish("template", &deleted)
}

// archiveTemplates answers POST /{waba-id}/message_templates/archive: the
// templates cannot be sent, and are gone after 28 days (cloud-api.md 5.4).
func (c *call) archiveTemplates() (any, *refusal) {
	return c.shelve("APPROVED", "ARCHIVED", "ARCHIVED")
}

// unarchiveTemplates answers POST /{waba-id}/message_templates/unarchive.
func (c *call) unarchiveTemplates() (any, *refusal) {
	return c.shelve("ARCHIVED", "APPROVED", "UNARCHIVED")
}

const archiveLife = 28 * 24 * time.Hour

// shelve moves templates from one status to another.
func (c *call) shelve(from, to, event string) (any, *refusal) {
	in := c.params()
	ids := append(namesOf(in["template_ids"]), namesOf(in["hsm_ids"])...)
	if len(ids) == 0 {
		return nil, paramMissing("template_ids")
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	moved, failed := []string{}, map[string]string{}
	for _, id := range ids {
		old := s.st.template(id)
		if old == nil || old.Account != c.account.id || old.Status != from {
			failed[id] = "There is no template of this account with this id and status " + from + "."
			continue
		}
		t := *old
		t.Status = to
		s.st.replaceTemplate(&t)
		s.tellStatus(&t, event, nil)
		s.st.portfolio.cancel(dueArchive, id)
		if to == "ARCHIVED" {
			s.after(archiveLife, dueArchive, id)
		}
		s.events.publish("template", &t)
		moved = append(moved, id)
	}
	s.changed()
	return map[string]any{"success": len(failed) == 0, strings.ToLower(event) + "_templates": moved, "failed_templates": failed}, nil
}
