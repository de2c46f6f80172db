package sandbox

import (
	"slices"
	"strings"
	"time"
)

// traffic are the messages of an account's numbers from start on and before end,
// oldest first. It is what the phones still show: messages beyond
// Options.MessagesPerCustomer and those before a reset do not count. The caller
// holds mu.
func (s *Sandbox) traffic(waba string, start, end time.Time) []*message {
	var all []*message
	for _, phone := range sortedKeys(s.st.customers) {
		for _, m := range s.st.customers[phone].list {
			n := s.st.numbers[m.Number]
			if n != nil && n.cfg.WABAID == waba && m.Type != "reaction" && !m.At.Before(start) && m.At.Before(end) {
				all = append(all, m)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *message) int {
		if d := a.At.Compare(b.At); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all
}

// templateOf is the template that a message was sent with; nil for none, and
// for one that is gone. The caller holds mu.
func (s *Sandbox) templateOf(m *message) *Template {
	if m.Template == "" {
		return nil
	}
	return s.st.template(m.Template)
}
