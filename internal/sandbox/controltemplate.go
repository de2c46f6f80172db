package sandbox

import (
	"net/http"
	"slices"
	"time"
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
	if t.Category == "AUTHENTICATION" && textIn(&t, "BODY") == "" {
		if bad := t.authTexts(); bad != nil {
			problem(w, http.StatusUnprocessableEntity, "invalid", bad.details)
			return
		}
	}
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

// postReview decides about a template and tells the business.
func (s *Sandbox) postReview(w http.ResponseWriter, r *http.Request) {
	var in review
	if !s.readJSON(w, r, &in) {
		return
	}
	if why := in.normal(); why != "" {
		problem(w, http.StatusUnprocessableEntity, "invalid", why)
		return
	}
	s.under(w, func() (any, *apiError) {
		s.settle()
		old := s.findTemplate(r.PathValue("id"), r.URL.Query().Get("language"))
		if old == nil {
			return nil, &apiError{http.StatusNotFound, "unknown_template", "there is no template with this id, or not exactly one with this name and language"}
		}
		t := s.verdict(old, in)
		s.changed()
		return t, nil
	})
}

// reviewModeView is reviewMode in the control API.
type reviewModeView struct {
	Mode  string  `json:"mode"`
	After float64 `json:"after_seconds"`
}

// getReviewMode answers GET /sandbox/review.
func (s *Sandbox) getReviewMode(w http.ResponseWriter, _ *http.Request) {
	s.under(w, func() (any, *apiError) { return s.reviewModeView(), nil })
}

func (s *Sandbox) reviewModeView() reviewModeView {
	mode := s.st.portfolio.Review
	return reviewModeView{mode.Mode, mode.After.Seconds()}
}

// patchReviewMode answers PATCH /sandbox/review: whether templates and display
// names are reviewed by themselves, and after how long. What waits already is
// planned anew.
func (s *Sandbox) patchReviewMode(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Mode  *string  `json:"mode"`
		After *float64 `json:"after_seconds"`
	}
	if !s.readJSON(w, r, &in) {
		return
	}
	if in.Mode != nil && *in.Mode != reviewAuto && *in.Mode != reviewDesk || in.After != nil && (*in.After < 0 || *in.After > 1e7) {
		problem(w, http.StatusUnprocessableEntity, "invalid", "mode must be auto or desk, after_seconds not negative")
		return
	}
	s.under(w, func() (any, *apiError) {
		mode := &s.st.portfolio.Review
		set(&mode.Mode, in.Mode)
		if in.After != nil {
			mode.After = time.Duration(*in.After * float64(time.Second))
		}
		for _, t := range s.st.templates {
			s.st.portfolio.cancel(dueReview, t.ID)
			s.startReview(t)
		}
		s.settle()
		s.changed()
		return s.reviewModeView(), nil
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
