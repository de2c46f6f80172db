package api_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"kontor/internal/account"
)

// room reads on until something is told of presence, as people and their states.
func (l *listener) room() string {
	l.t.Helper()
	for {
		e, ok := l.next()
		if !ok {
			l.t.Fatal("the stream ended, want presence")
		}
		if e.name != "presence" {
			continue
		}
		var r struct {
			People []struct{ Name, State string }
		}
		if err := json.Unmarshal([]byte(e.data), &r); err != nil || e.id != "" {
			l.t.Fatalf("got %+v (%v), want a room without a cursor", e, err)
		}
		out := ""
		for _, p := range r.People {
			out += fmt.Sprint(p.Name, " ", p.State, ", ")
		}
		return out
	}
}

func TestColleaguesSeeWhoIsThere(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one, two := h.tenants[0], h.tenants[1]
		me, other := h.asOwner(one), h.asOwner(two)
		h.write(one, "494515550100", "wamid.1", "hi")
		h.write(two, "494515550100", "wamid.2", "hi")
		const path = "/conversations/494515550100/presence"
		mine, theirs := h.listen(t, one.keys[account.Auditor], ""), h.listen(t, two.keys[account.Auditor], "")
		for _, s := range []struct{ say, want string }{{"viewing", "Ida of default viewing, "}, {"typing", "Ida of default typing, "}, {"left", ""}, {"typing", "Ida of default typing, "}} {
			h.ok(me("POST", path, `{"state":"`+s.say+`"}`), 204)
			if got := mine.room(); got != s.want {
				t.Errorf("%s: got %q, want %q", s.say, got, s.want)
			}
		}
		// Another house has heard nothing of that when it hears of its own.
		h.ok(other("POST", path, `{"state":"viewing"}`), 204)
		if got := theirs.room(); got != "Ida of other viewing, " {
			t.Errorf("got %q, want its own people alone", got)
		}
		if got := h.listen(t, one.keys[account.Auditor], "").room(); got != "Ida of default typing, " {
			t.Errorf("got %q for who comes later, want who is there", got)
		}
		if got := h.ok(me("GET", "/presence", ""), 200); len(got.data()) != 1 {
			t.Errorf("got %s, want one room", got.raw)
		}
		id := h.ok(me("GET", "/conversations/494515550100", ""), 200).text("conversation_id")
		h.want(other("POST", "/conversations/"+id+"/presence", `{"state":"viewing"}`), 404, "conversation_unknown")
		h.want(h.call(one.keys[account.Agent], "POST", base+path, `{"state":"viewing"}`), 409, "not_a_person")
	})
}
