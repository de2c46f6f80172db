package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// blockMost is how many people a number may block (cloud-api.md 4.4).
const blockMost = 64_000

// blockedPerson is somebody whom the business has blocked.
type blockedPerson struct {
	Phone string    `json:"phone"`
	At    time.Time `json:"at"`
}

var blockRules = []rule{
	{path: "messaging_product", kind: text, need: true, oneOf: []string{"whatsapp"}},
	{path: "block_users", kind: list, need: true, min: 1, max: 1000},
	{path: "block_users[]", kind: object},
	{path: "block_users[].user", kind: text, min: 1},
	{path: "block_users[].user_id", kind: text, min: 1},
}

// blocks tells whether the person is on the block list.
func (d *numberDesk) blocks(phone string) bool {
	return slices.ContainsFunc(d.Blocked, func(b blockedPerson) bool { return b.Phone == phone })
}

// listBlocked answers GET /{phone-number-id}/block_users, the newest first.
func (c *call) listBlocked() (any, *refusal) {
	c.s.mu.Lock()
	var all []map[string]any
	for _, b := range slices.Backward(c.s.st.portfolio.desk(c.number.cfg.PhoneNumberID).Blocked) {
		all = append(all, c.person(b.Phone))
	}
	c.s.mu.Unlock()
	return answerOf(paged(c, all))
}

// person is a blocked person as they are listed; the caller holds mu.
func (c *call) person(phone string) map[string]any {
	one := map[string]any{"messaging_product": "whatsapp", "wa_id": phone}
	if who := c.s.st.customers[phone]; who != nil {
		one["user_id"] = who.BSUID
	}
	return one
}

// postBlocked answers POST /{phone-number-id}/block_users: only people who wrote
// in the last 24 hours can be blocked.
func (c *call) postBlocked() (any, *refusal) {
	return c.changeBlocked("added_users", func(d *numberDesk, who *customer, now time.Time) (code int, why string) {
		switch {
		case d.blocks(who.Phone):
		case !who.chat(c.number.cfg.PhoneNumberID).windowOpen(now):
			return codeWindow, "Re-engagement required: only people who have written in the last 24 hours can be blocked."
		case len(d.Blocked) >= blockMost:
			return 139101, "The block list is full, it has 64000 people."
		default:
			d.Blocked = append(d.Blocked, blockedPerson{who.Phone, now})
		}
		return 0, ""
	})
}

// deleteBlocked answers DELETE /{phone-number-id}/block_users.
func (c *call) deleteBlocked() (any, *refusal) {
	return c.changeBlocked("removed_users", func(d *numberDesk, who *customer, _ time.Time) (int, string) {
		d.Blocked = slices.DeleteFunc(slices.Clone(d.Blocked), func(b blockedPerson) bool { return b.Phone == who.Phone })
		return 0, ""
	})
}

// changeBlocked applies change to each person of the call. When some cannot be
// changed the answer is HTTP 400 with 139100 and tells which.
func (c *call) changeBlocked(list string, change func(*numberDesk, *customer, time.Time) (int, string)) (any, *refusal) {
	in := c.params()
	if bad := check(in, blockRules); bad != nil {
		return nil, bad
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	d, now := s.st.portfolio.desk(c.number.cfg.PhoneNumberID), s.nowLocked()
	changed, failed := []any{}, []any{}
	for _, one := range in["block_users"].([]any) { // the rules say so
		input := or(textOf(member(one, "user")), textOf(member(one, "user_id")))
		who := s.whoIs(input, c.number)
		if who == nil {
			failed = append(failed, map[string]any{"input": input, "errors": []any{blockError(codeUndeliver, "Nobody with this number or id is on WhatsApp.")}})
			continue
		}
		row := map[string]any{"input": input, "wa_id": who.Phone, "user_id": who.BSUID}
		if code, why := change(d, who, now); code != 0 {
			row["errors"] = []any{blockError(code, why)}
			failed = append(failed, row)
			continue
		}
		changed = append(changed, row)
	}
	s.changed()
	out := map[string]any{list: changed}
	answer := map[string]any{"messaging_product": "whatsapp", "block_users": out}
	if len(failed) > 0 {
		out["failed_users"] = failed
		c.status = http.StatusBadRequest
		bad := refuse(139100, "%d of %d people could not be blocked or unblocked", len(failed), len(failed)+len(changed))
		bad.message = "(#139100) Failed to block/unblock users"
		answer["error"] = bad.body(trace(s.st.seed, itoa(int(s.st.next())))).Error
	}
	return answer, nil
}

func blockError(code int, why string) map[string]any {
	return map[string]any{"message": fmt.Sprintf("(#%d) %s", code, refuse(code, "").title()), "code": code, "error_data": map[string]any{"details": why}}
}

// whoIs finds a person by phone or business-scoped id; the caller holds mu.
func (s *Sandbox) whoIs(input string, n *number) *customer {
	if c := s.st.byBSUID[input]; c != nil {
		return c
	}
	c := s.st.customers[normalise(input, n.digits, s.opt.CountryCodeAlways)]
	if c == nil {
		c = s.st.customers[digits(input)]
	}
	return c
}
