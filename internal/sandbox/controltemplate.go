package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"encoding/json"
	"kontor/internal/meta"
)

func (s *Sandbox) getTemplates(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	all := s.st.templates
	s.mu.Unlock()
	write(w, http.StatusOK, map[string]any{"data": append([]*Template{}, all...)})
}

// postTemplate adds a template to the catalogue, APPROVED unless it says otherwise.
func (s *Sandbox) postTemplate(w http.ResponseWriter, r *http.Request) {
	var t Template
	if !s.readJSON(w, r, &t) {
		return
	}
	t.normal()
	if bad := checkDefinition(&t); bad != nil {
		problem(w, http.StatusUnprocessableEntity, "invalid", bad.details)
		return
	}
	s.mu.Lock()
	if t.Account == "" {
		t.Account = s.firstNumber().cfg.WABAID
	}
	known := s.st.accounts[t.Account] != nil
	taken := s.st.templateNamed(t.Account, t.Name, t.Language) != nil
	if known && !taken {
		t.ID = s.st.objectID("template")
		s.st.templates = append(slices.Clone(s.st.templates), &t)
	}
	s.mu.Unlock()
	switch {
	case !known:
		problem(w, http.StatusUnprocessableEntity, "unknown_account", "waba_id: the sandbox has no such account")
	case taken:
		problem(w, http.StatusConflict, "template_exists", "there is a template with this name and language")
	default:
		s.events.publish("template", &t)
		s.changed()
		write(w, http.StatusCreated, &t)
	}
}

// review is a decision of Meta's about a template.
type review struct {
	Action   string `json:"action"` // approve, reject, pause, unpause, disable, category
	Reason   string `json:"reason"` // of a rejection: INVALID_FORMAT, SCAM, …
	Category string `json:"category"`
}

var reviews = map[string]string{
	"approve": "APPROVED", "reject": "REJECTED", "pause": "PAUSED", "unpause": "APPROVED", "disable": "DISABLED", "category": "",
}

// postReview decides about a template and tells the business.
func (s *Sandbox) postReview(w http.ResponseWriter, r *http.Request) {
	var in review
	if !s.readJSON(w, r, &in) {
		return
	}
	in.Category = strings.ToUpper(in.Category)
	status, ok := reviews[in.Action]
	if !ok {
		problem(w, http.StatusUnprocessableEntity, "invalid", "action must be one of approve, reject, pause, unpause, disable, category")
		return
	}
	if in.Action == "category" && !slices.Contains([]string{"MARKETING", "UTILITY", "AUTHENTICATION"}, in.Category) {
		problem(w, http.StatusUnprocessableEntity, "invalid", "category must be MARKETING, UTILITY or AUTHENTICATION")
		return
	}
	s.under(w, func() (any, *apiError) {
		old := s.findTemplate(r.PathValue("id"), r.URL.Query().Get("language"))
		if old == nil {
			return nil, &apiError{http.StatusNotFound, "unknown_template", "there is no template with this id, or not exactly one with this name and language"}
		}
		t := *old
		if in.Action == "category" {
			t.PreviousCategory, t.Category = t.Category, in.Category
		} else {
			t.Status, t.RejectedReason = status, ""
		}
		if in.Action == "reject" {
			if t.RejectedReason = in.Reason; in.Reason == "" {
				t.RejectedReason = "INVALID_FORMAT"
			}
		}
		s.st.replaceTemplate(&t)
		s.tellReview(&t, in)
		s.events.publish("template", &t)
		s.changed()
		return &t, nil
	})
}

// findTemplate finds a template by id, or by name when only one matches.
func (s *Sandbox) findTemplate(id, language string) *Template {
	if t := s.st.template(id); t != nil {
		return t
	}
	var found *Template
	for _, t := range s.st.templates {
		if t.Name == id && (language == "" || t.Language == language) {
			if found != nil {
				return nil
			}
			found = t
		}
	}
	return found
}

// tellReview sends message_template_status_update or template_category_update
// (cloud-api.md 2.7). They always go to the app's callback.
func (s *Sandbox) tellReview(t *Template, in review) {
	id, _ := strconv.ParseInt(t.ID, 10, 64) // ids of ours are decimal
	value := map[string]any{
		"message_template_id": id, "message_template_name": t.Name, "message_template_language": t.Language,
	}
	field, event := "message_template_status_update", t.Status
	switch in.Action {
	case "category":
		field, event = "template_category_update", t.Category
		value["previous_category"], value["new_category"] = t.PreviousCategory, t.Category
	case "reject":
		value["reason"] = t.RejectedReason
		if t.RejectedReason == "INVALID_FORMAT" {
			value["rejection_info"] = map[string]any{"reason": in.Reason, "recommendation": "Correct the format and submit the template again."}
		}
	case "pause":
		value["other_info"] = map[string]any{"title": "FIRST_PAUSE", "description": "The template was paused for 3 hours."}
	case "unpause":
		value["other_info"] = map[string]any{"title": "UNPAUSE", "description": "The template may be sent again."}
	case "disable":
		value["disable_info"] = map[string]any{"disable_date": s.nowLocked().Format("January 2, 2006")}
	}
	if field == "message_template_status_update" {
		value["event"], value["message_template_category"] = t.Status, t.Category
		if value["reason"] == nil {
			value["reason"] = "NONE"
		}
	}
	raw, err := json.Marshal(value)
	if err != nil {
		s.log.Error("webhook cannot be written", "field", field, "error", err)
		return
	}
	s.courier.put(update{
		account: t.Account, field: field, kind: field, detail: event, id: t.ID,
		value: meta.Value{Raw: raw}, made: s.nowLocked().Truncate(time.Second),
	})
}
