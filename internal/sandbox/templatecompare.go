package sandbox

import (
	"slices"
	"strconv"
	"time"
)

// comparisons are the windows that may be compared, in days (cloud-api.md 5.1).
var comparisons = []int{7, 30, 60, 90}

// compareTemplates answers GET /{template-id}/compare?template_ids=[x]&start&end.
func (c *call) compareTemplates() (any, *refusal) {
	in := c.params()
	others := namesOf(in["template_ids"])
	if len(others) != 1 {
		return nil, paramBad("Param template_ids must have one element - got %d.", len(others))
	}
	start, end, bad := span2(in)
	if bad != nil {
		return nil, bad
	}
	if days := int(end.Sub(start) / (24 * time.Hour)); !slices.Contains(comparisons, days) {
		return nil, paramBad("Params start and end must be 7, 30, 60 or 90 days apart - got %d.", days)
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	one, two := c.s.st.template(c.object), c.s.st.template(others[0])
	if one == nil || two == nil || one.Account != two.Account {
		return nil, unknownObject(c.r.Method, others[0])
	}
	pair := []*Template{one, two}
	sends, rates := map[string]int{}, map[string]float64{}
	for _, m := range c.s.traffic(one.Account, start, end) {
		t := c.s.templateOf(m)
		if t == nil || rank(m.Status) < rank(sent) || m.Status == failed {
			continue
		}
		sends[t.ID]++
		if c.s.st.customer(m.Customer).Blocked {
			rates[t.ID]++
		}
	}
	ids, numbers, reasons := []string{}, []any{}, []any{}
	for _, t := range pair {
		if n := sends[t.ID]; n > 0 {
			rates[t.ID] /= float64(n)
		}
		ids = append(ids, t.ID)
		numbers = append(numbers, map[string]any{"key": t.ID, "value": strconv.Itoa(sends[t.ID])})
		reasons = append(reasons, map[string]any{"key": t.ID, "value": "UNKNOWN_BLOCK_REASON"})
	}
	slices.SortStableFunc(ids, func(a, b string) int {
		switch {
		case rates[a] > rates[b]:
			return -1
		case rates[a] < rates[b]:
			return 1
		}
		return 0
	})
	return map[string]any{"data": []any{
		map[string]any{"metric": "BLOCK_RATE", "type": "RELATIVE", "order_by_relative_metric": ids},
		map[string]any{"metric": "MESSAGE_SENDS", "type": "NUMBER_VALUES", "number_values": numbers},
		map[string]any{"metric": "TOP_BLOCK_REASON", "type": "STRING_VALUES", "string_values": reasons},
	}}, nil
}

// span2 reads start and end, unix seconds.
func span2(in map[string]any) (start, end time.Time, bad *refusal) {
	at := map[string]time.Time{}
	for _, name := range []string{"start", "end"} {
		text := plainText(in[name])
		if text == "" {
			return start, end, paramMissing(name)
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > 1<<34 {
			return start, end, paramBad("Param %s must be unix seconds - got %q.", name, clip(text))
		}
		at[name] = time.Unix(n, 0).UTC()
	}
	if !at["start"].Before(at["end"]) {
		return start, end, paramBad("Param start must be before end.")
	}
	return at["start"], at["end"], nil
}

// migrationPage is how many templates one call migrates.
const migrationPage = 100

// migrateTemplates answers POST /{waba-id}/migrate_message_templates: approved
// templates of another account of the portfolio are taken over.
func (c *call) migrateTemplates() (any, *refusal) {
	in := c.params()
	source := plainText(in["source_waba_id"])
	page, _ := strconv.Atoi(or(plainText(in["page_number"]), "0"))
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case source == "":
		return nil, paramMissing("source_waba_id")
	case s.st.accounts[source] == nil || source == c.account.id || c.token != nil && !c.token.covers(source):
		return nil, unknownObject(c.r.Method, source)
	case page < 0:
		return nil, paramBad("Param page_number must not be negative - got %d.", page)
	}
	var all []*Template
	for _, t := range s.st.templates {
		if t.Account == source && t.Status == "APPROVED" && t.Quality != "RED" && t.Quality != "YELLOW" {
			all = append(all, t)
		}
	}
	all = all[min(page*migrationPage, len(all)):]
	migrated, failures := []string{}, map[string]string{}
	for _, old := range all[:min(migrationPage, len(all))] {
		t := *old
		t.Account, t.Quality, t.QualityAt = c.account.id, "UNKNOWN", 0
		if bad := s.room(&t); bad != nil {
			failures[old.ID] = bad.user
			continue
		}
		s.place(&t)
		migrated = append(migrated, t.ID)
	}
	s.changed()
	return map[string]any{"migrated_templates": migrated, "failed_templates": failures}, nil
}
