package sandbox

// getAccount answers GET /{waba-id} (cloud-api.md 6.4).
func (c *call) getAccount() (any, *refusal) {
	c.s.mu.Lock()
	n := c.s.numberOf(c.account.id)
	object := map[string]any{
		"id": c.account.id, "name": n.cfg.VerifiedName, "timezone_id": "1", "currency": "EUR", "country": countryOf(n.digits),
		"status": "ACTIVE", "message_template_namespace": "sandbox_" + c.account.id, "account_review_status": "APPROVED",
		"business_verification_status": "verified", "ownership_type": "SELF", "is_enabled_for_insights": true,
		"marketing_messages_onboarding_status":      "ELIGIBLE",
		"whatsapp_business_manager_messaging_limit": "TIER_UNLIMITED",
		"health_status": map[string]any{
			"can_send_message": "AVAILABLE",
			"entities":         []any{map[string]any{"entity_type": "WABA", "id": c.account.id, "can_send_message": "AVAILABLE"}},
		},
	}
	c.s.mu.Unlock()
	return choose(object, parseFields(c.query.Get("fields")), "name", "timezone_id", "message_template_namespace", "currency"), nil
}

// listNumbers answers GET /{waba-id}/phone_numbers.
func (c *call) listNumbers() (any, *refusal) {
	want := parseFields(c.query.Get("fields"))
	c.s.mu.Lock()
	var all []map[string]any
	for _, n := range c.s.st.each() {
		if n.cfg.WABAID == c.account.id {
			all = append(all, choose(n.object(c.account), want, numberDefaults...))
		}
	}
	c.s.mu.Unlock()
	return answerOf(paged(c, all))
}

// answerOf lets a typed answer pass as any.
func answerOf(m map[string]any, bad *refusal) (any, *refusal) {
	if bad != nil {
		return nil, bad
	}
	return m, nil
}
