package sandbox

import (
	"slices"
	"strings"
)

// pricingAnalytics is the field pricing_analytics: what was charged, in USD by
// the rates the sandbox knows (cloud-api.md 7.3, 7.5).
func (c *call) pricingAnalytics(f map[string]string) (any, *refusal) {
	q, bad := c.inquire(f, lookBack, "HALF_HOUR", "DAILY", "MONTHLY")
	if bad != nil {
		return nil, bad
	}
	for _, bad := range []*refusal{
		q.known("metric_types", "COST", "VOLUME"),
		q.known("dimensions", "COUNTRY", "PHONE", "PRICING_CATEGORY", "PRICING_TYPE", "TIER"),
		q.known("pricing_types", "REGULAR", "FREE_CUSTOMER_SERVICE", "FREE_ENTRY_POINT"),
		q.known("pricing_categories", "AUTHENTICATION", "AUTHENTICATION_INTERNATIONAL", "MARKETING", "MARKETING_LITE", "UTILITY",
			"SERVICE", "REFERRAL_CONVERSION", "GROUP_MARKETING", "GROUP_UTILITY", "GROUP_SERVICE"),
	} {
		if bad != nil {
			return nil, bad
		}
	}
	types, cats := q.list("pricing_types"), q.list("pricing_categories")
	points := newTally()
	for _, m := range c.pick(q) {
		if m.Inbound || m.Price == nil || m.DeliveredAt.IsZero() && m.ReadAt.IsZero() {
			continue
		}
		kind, category := strings.ToUpper(m.Price.Type), strings.ToUpper(strings.ReplaceAll(m.Price.Category, "-", "_"))
		if !among(types, kind) || !among(cats, category) {
			continue
		}
		start, end := q.interval(m.At)
		key := map[string]any{"start": start.Unix(), "end": end.Unix()}
		for dimension, v := range map[string]string{
			"PHONE": c.s.st.numbers[m.Number].digits, "COUNTRY": countryOf(m.Customer), "PRICING_TYPE": kind, "PRICING_CATEGORY": category,
			"TIER": "0:MAX",
		} {
			if q.asks(dimension) {
				key[priceMembers[dimension]] = v
			}
		}
		row := points.at(key)
		if among(q.metrics, "VOLUME") {
			plus(row, "volume", 1)
		}
		if among(q.metrics, "COST") {
			plusCost(row, "cost", m.Cost)
		}
	}
	return map[string]any{"data": []any{map[string]any{"data_points": points.list()}}}, nil
}

// priceMembers are the members of a data point by dimension; never changed.
var priceMembers = map[string]string{
	"PHONE": "phone_number", "COUNTRY": "country", "PRICING_TYPE": "pricing_type", "PRICING_CATEGORY": "pricing_category", "TIER": "tier",
}

// conversationAnalytics is the field conversation_analytics: 24 hours from the
// first message of one person, number and category on are one conversation.
func (c *call) conversationAnalytics(f map[string]string) (any, *refusal) {
	q, bad := c.inquire(f, lookBack, "HALF_HOUR", "DAILY", "MONTHLY")
	if bad != nil {
		return nil, bad
	}
	for _, bad := range []*refusal{
		q.known("metric_types", "COST", "CONVERSATION"),
		q.known("conversation_types", "FREE_ENTRY", "FREE_ENTRY_POINT", "FREE_TIER", "REGULAR"),
		q.known("conversation_directions", "BUSINESS_INITIATED", "USER_INITIATED", "UNKNOWN"),
		q.known("conversation_categories", "AUTHENTICATION", "MARKETING", "SERVICE", "UTILITY", "REFERRAL_CONVERSION"),
		q.known("dimensions", "CONVERSATION_CATEGORY", "CONVERSATION_DIRECTION", "CONVERSATION_TYPE", "COUNTRY", "PHONE"),
	} {
		if bad != nil {
			return nil, bad
		}
	}
	types, cats, directions := q.list("conversation_types"), q.list("conversation_categories"), q.list("conversation_directions")
	open := map[string]int64{} // end of the conversation, by person, number and category
	points := newTally()
	for _, m := range c.pick(q) {
		if m.Inbound || m.Price == nil || m.DeliveredAt.IsZero() && m.ReadAt.IsZero() {
			continue
		}
		kind, category, direction := conversationOf(m)
		if !among(types, kind) || !among(cats, category) || !among(directions, direction) {
			continue
		}
		start, end := q.interval(m.At)
		key := map[string]any{"start": start.Unix(), "end": end.Unix()}
		for dimension, v := range map[string]string{
			"PHONE": c.s.st.numbers[m.Number].digits, "COUNTRY": countryOf(m.Customer), "CONVERSATION_TYPE": kind,
			"CONVERSATION_CATEGORY": category, "CONVERSATION_DIRECTION": direction,
		} {
			if q.asks(dimension) {
				key[conversationMembers[dimension]] = v
			}
		}
		row := points.at(key)
		chat := m.Customer + " " + m.Number + " " + category
		if among(q.metrics, "CONVERSATION") {
			plus(row, "conversation", 0)
			if m.At.Unix() >= open[chat] {
				plus(row, "conversation", 1)
				open[chat] = m.At.Add(serviceWindow).Unix()
			}
		}
		if among(q.metrics, "COST") {
			plusCost(row, "cost", m.Cost)
		}
	}
	return map[string]any{"data": []any{map[string]any{"data_points": points.list()}}}, nil
}

// conversationMembers are the members of a data point by dimension; never changed.
var conversationMembers = map[string]string{
	"PHONE": "phone_number", "COUNTRY": "country", "CONVERSATION_TYPE": "conversation_type",
	"CONVERSATION_CATEGORY": "conversation_category", "CONVERSATION_DIRECTION": "conversation_direction",
}

// conversationOf is the type, category and direction of a message's conversation.
func conversationOf(m *message) (kind, category, direction string) {
	category = strings.ToUpper(m.Price.Category)
	kind, direction = "REGULAR", "BUSINESS_INITIATED"
	if slices.Contains([]string{"SERVICE", "REFERRAL_CONVERSION"}, category) {
		direction = "USER_INITIATED"
	}
	switch m.Price.Type {
	case "free_entry_point":
		kind = "FREE_ENTRY"
	case "free_customer_service":
		kind = "FREE_TIER"
	}
	return kind, category, direction
}
