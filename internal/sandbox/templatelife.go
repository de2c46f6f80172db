package sandbox

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kontor/internal/meta"
)

// review is a decision of Meta's about a template.
type review struct {
	Action         string `json:"action"` // see verdicts
	Reason         string `json:"reason"` // of a rejection: INVALID_FORMAT (default), SCAM, …
	Recommendation string `json:"recommendation"`
	Category       string `json:"category"`
	Quality        string `json:"quality"`
	Notice         bool   `json:"notice"` // of a category: announced now, changed in 24 hours
}

// verdicts are the actions of a review, and the status that follows.
var verdicts = map[string]string{
	"approve": "APPROVED", "reject": "REJECTED", "pause": "PAUSED", "unpause": "APPROVED", "disable": "DISABLED",
	"flag": "FLAGGED", "reinstate": "APPROVED", "appeal": "IN_APPEAL", "lock": "LOCKED", "category": "", "quality": "",
}

var qualities = []string{"GREEN", "YELLOW", "RED", "UNKNOWN"}

// normal upper-cases what is written so, and tells what is wrong, "" for nothing.
func (in *review) normal() string {
	in.Category, in.Quality = strings.ToUpper(in.Category), strings.ToUpper(in.Quality)
	_, known := verdicts[in.Action]
	switch {
	case !known:
		return "action must be one of " + strings.Join(sortedKeys(verdicts), ", ")
	case in.Action == "category" && !slices.Contains(categories, in.Category):
		return "category must be MARKETING, UTILITY or AUTHENTICATION"
	case in.Action == "quality" && !slices.Contains(qualities, in.Quality):
		return "quality must be GREEN, YELLOW, RED or UNKNOWN"
	}
	return ""
}

// verdict carries a decision out and tells the business; the caller holds mu.
func (s *Sandbox) verdict(old *Template, in review) *Template {
	switch in.Action {
	case "category":
		return s.recategorise(old, in)
	case "quality":
		return s.setQuality(old, in.Quality)
	}
	p := s.st.portfolio
	t := *old
	t.Status, t.RejectedReason, t.Updated = verdicts[in.Action], "", s.nowLocked().Unix()
	p.cancel(dueReview, t.ID)
	p.cancel(dueUnpause, t.ID)
	switch in.Action {
	case "reject":
		t.RejectedReason = or(in.Reason, "INVALID_FORMAT")
	case "pause":
		s.pauseFor(&t)
	}
	s.st.replaceTemplate(&t)
	in.Action = actionOf(&t, in.Action)
	s.tellReview(&t, in)
	s.events.publish("template", &t)
	return &t
}

// actionOf is the action as it turned out: a third pause disables.
func actionOf(t *Template, action string) string {
	if action == "pause" && t.Status == "DISABLED" {
		return "disable"
	}
	return action
}

// pauses are how long a template is paused the first and the second time; the
// third time it is disabled (cloud-api.md 5.5).
var pauses = []time.Duration{3 * time.Hour, 6 * time.Hour}

// pauseFor pauses a template for its quality, and plans the end.
func (s *Sandbox) pauseFor(t *Template) {
	f := s.st.portfolio.file(t.ID)
	if f.Pauses >= len(pauses) {
		t.Status = "DISABLED"
		return
	}
	length := pauses[f.Pauses]
	f.Pauses++
	f.Until = s.nowLocked().Add(length)
	s.after(length, dueUnpause, t.ID)
}

// setQuality gives a template a quality; RED pauses it (cloud-api.md 5.5).
func (s *Sandbox) setQuality(old *Template, quality string) *Template {
	t := *old
	t.Quality, t.QualityAt = quality, s.nowLocked().Unix()
	s.st.replaceTemplate(&t)
	if old.Quality != quality {
		s.announce(&t, "message_template_quality_update", quality, map[string]any{
			"previous_quality_score": old.Quality, "new_quality_score": quality,
		})
	}
	s.events.publish("template", &t)
	if quality == "RED" && t.Status == "APPROVED" {
		return s.verdict(&t, review{Action: "pause"})
	}
	return &t
}

// recategorise changes a category, or announces that it will change in a day
// (cloud-api.md 5.6). The status stays.
func (s *Sandbox) recategorise(old *Template, in review) *Template {
	t := *old
	if in.Notice {
		t.CorrectCategory = in.Category
		s.after(24*time.Hour, dueCategory, t.ID)
		s.announce(&t, "template_category_update", in.Category, map[string]any{
			"correct_category": in.Category, "new_category": t.Category, "category_update_timestamp": s.nowLocked().Add(24 * time.Hour).Unix(),
		})
	} else {
		s.st.portfolio.cancel(dueCategory, t.ID)
		t.PreviousCategory, t.Category, t.CorrectCategory = t.Category, in.Category, ""
		s.announce(&t, "template_category_update", t.Category, map[string]any{
			"previous_category": t.PreviousCategory, "new_category": t.Category,
		})
	}
	s.st.replaceTemplate(&t)
	s.events.publish("template", &t)
	return &t
}

// templateDue does what was planned for a template.
func (s *Sandbox) templateDue(d due) {
	t := s.st.template(d.ID)
	if t == nil {
		return
	}
	switch d.What {
	case dueReview:
		if t.Status == "PENDING" {
			s.verdict(t, judgement(t))
			s.reconsider(s.st.template(d.ID))
		}
	case dueUnpause:
		if t.Status == "PAUSED" {
			s.verdict(t, review{Action: "unpause"})
		}
	case dueCategory:
		s.recategorise(t, review{Category: or(t.CorrectCategory, t.Category)})
	case dueDelete, dueArchive:
		s.gone(t)
	}
}

// A review by the sandbox itself reads texts for these words, where Meta reads
// them with people and models; never changed.
var (
	codeWords    = regexp.MustCompile(`(?i)\b(one-time (pass)?code|verification code|otp|passcode)\b`)
	promoteWords = regexp.MustCompile(`(?i)\b(discount|% off|sale|coupon|promo code|special offer|buy now)\b`)
)

// judgement is what a review by the sandbox itself comes to: a one-time code
// that is not an authentication template is in the wrong category, all else is
// approved (cloud-api.md 5.6).
func judgement(t *Template) review {
	if t.Category != "AUTHENTICATION" && codeWords.MatchString(textIn(t, "BODY")) {
		return review{Action: "reject", Reason: "INCORRECT_CATEGORY"}
	}
	return review{Action: "approve"}
}

// reconsider approves as MARKETING what was handed in as UTILITY and promotes.
func (s *Sandbox) reconsider(t *Template) {
	if t.Status == "APPROVED" && t.Category == "UTILITY" && promoteWords.MatchString(textIn(t, "BODY")) {
		s.recategorise(t, review{Category: "MARKETING"})
	}
}

// tellReview tells what became of a template's status.
func (s *Sandbox) tellReview(t *Template, in review) {
	extra := map[string]any{}
	event := t.Status
	switch in.Action {
	case "reject":
		if t.RejectedReason == "INVALID_FORMAT" {
			extra["rejection_info"] = map[string]any{
				"reason":         "The format of the template is not valid.",
				"recommendation": or(in.Recommendation, "Correct the format and submit the template again."),
			}
		}
	case "pause":
		info := map[string]any{"title": "RATE_LIMITING_PAUSE", "description": "The template was paused by pacing."}
		if n := s.st.portfolio.file(t.ID).Pauses; s.nowLocked().Before(s.st.portfolio.file(t.ID).Until) {
			info = map[string]any{
				"title":       []string{"FIRST_PAUSE", "SECOND_PAUSE"}[n-1],
				"description": "The template was paused for " + itoa(int(pauses[n-1].Hours())) + " hours, because of what people said about it.",
			}
		}
		extra["other_info"] = info
	case "unpause":
		extra["other_info"] = map[string]any{"title": "UNPAUSE", "description": "The template may be sent again."}
	case "lock":
		extra["other_info"] = map[string]any{"title": "LOCKED", "description": "The template is locked and cannot be changed."}
	case "reinstate":
		event = "REINSTATED"
	case "disable":
		extra["disable_info"] = map[string]any{"disable_date": s.nowLocked().Format("January 2, 2006")}
	}
	s.tellStatus(t, event, extra)
}

// tellStatus sends message_template_status_update (cloud-api.md 2.7).
func (s *Sandbox) tellStatus(t *Template, event string, extra map[string]any) {
	value := map[string]any{"event": event, "message_template_category": t.Category, "reason": or(t.RejectedReason, "NONE")}
	for name, v := range extra {
		value[name] = v
	}
	s.announce(t, "message_template_status_update", event, value)
}

// tellComponents sends message_template_components_update after an edit.
func (s *Sandbox) tellComponents(t *Template) {
	value := map[string]any{"message_template_element": textIn(t, "BODY")}
	if title := textIn(t, "HEADER"); title != "" {
		value["message_template_title"] = title
	}
	if footer := textIn(t, "FOOTER"); footer != "" {
		value["message_template_footer"] = footer
	}
	if buttons := part(t.Components, "BUTTONS"); buttons != nil {
		var all []any
		for _, b := range buttons.Buttons {
			one := map[string]any{"message_template_button_type": b.Type, "message_template_button_text": b.Text}
			if b.URL != "" {
				one["message_template_button_url"] = b.URL
			}
			if b.PhoneNumber != "" {
				one["message_template_button_phone_number"] = b.PhoneNumber
			}
			all = append(all, one)
		}
		value["message_template_buttons"] = all
	}
	s.announce(t, "message_template_components_update", "EDITED", value)
}

// announce sends a webhook about a template. They always go to the callbacks of
// apps, never to overrides. The caller holds mu.
func (s *Sandbox) announce(t *Template, field, event string, value map[string]any) {
	id, _ := strconv.ParseInt(t.ID, 10, 64) // ids of ours are decimal
	value["message_template_id"], value["message_template_name"], value["message_template_language"] = id, t.Name, t.Language
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
