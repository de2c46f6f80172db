package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// templateMetrics are data. Reads and clicks are there at once, not after seven
// days only: a test cannot wait.
var templateMetrics = []string{
	"COST", "CLICKED", "DELIVERED", "READ", "SENT", "REPLIED", "APP_ACTIVATIONS", "APP_ADD_TO_CART", "APP_CHECKOUTS_INITIATED", "APP_PURCHASES",
	"APP_PURCHASES_CONVERSION_VALUE", "WEBSITE_ADD_TO_CART", "WEBSITE_CHECKOUTS_INITIATED", "WEBSITE_PURCHASES", "WEBSITE_PURCHASES_CONVERSION_VALUE",
}

// getTemplateAnalytics answers GET /{waba-id}/template_analytics.
func (c *call) getTemplateAnalytics() (any, *refusal) {
	f := map[string]string{}
	for name := range c.query {
		f[name] = c.query.Get(name)
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.templateAnalytics(f)
}

// templateAnalytics is the field, and the edge, template_analytics: what became
// of messages by template and day. It has to be switched on first, by POST
// /{waba-id} with is_enabled_for_insights.
func (c *call) templateAnalytics(f map[string]string) (any, *refusal) {
	if !c.s.st.portfolio.office(c.account.id).Insights {
		return nil, &refusal{code: 200007, details: "Template insights are not enabled for this account: POST /" + c.account.id + "?is_enabled_for_insights=true"}
	}
	q, bad := c.inquire(f, templateLookBack, "DAILY")
	if bad != nil {
		return nil, bad
	}
	if bad := q.known("metric_types", templateMetrics...); bad != nil {
		return nil, bad
	}
	ids := q.list("template_ids")
	switch {
	case len(ids) == 0:
		return nil, paramMissing("template_ids")
	case len(ids) > 10:
		return nil, paramBad("Param template_ids must have at most 10 elements - got %d.", len(ids))
	}
	for _, id := range ids {
		if t := c.s.st.template(id); t == nil || t.Account != c.account.id {
			return nil, &refusal{code: 200005, details: "Template insights are not available for template " + clip(id) + "."}
		}
	}
	points := newTally()
	for day, _ := q.interval(q.start); day.Before(q.end); day = day.Add(24 * time.Hour) {
		for _, id := range ids {
			row := points.at(map[string]any{"template_id": id, "start": day.Unix(), "end": day.Add(24 * time.Hour).Unix()})
			for metric, name := range countedMetrics {
				if among(q.metrics, metric) {
					row[name] = 0
				}
			}
		}
	}
	clicks := c.clicks(q)
	for _, m := range c.pick(q) {
		if t := c.s.templateOf(m); t == nil || !slices.Contains(ids, t.ID) || rank(m.Status) < rank(sent) || m.Status == failed {
			continue
		}
		c.countSend(q, points, m, clicks[m.ID])
	}
	product := or(strings.ToUpper(q.text["product_type"]), "CLOUD_API")
	return map[string]any{"data": []any{map[string]any{"granularity": q.step, "product_type": strings.ToLower(product), "data_points": points.list()}}}, nil
}

// countedMetrics are the metrics that are plain counts; never changed.
var countedMetrics = map[string]string{"SENT": "sent", "DELIVERED": "delivered", "READ": "read"}

// countSend adds one message to its day.
func (c *call) countSend(q *inquiry, points *tally, m *message, clicked []string) {
	start, end := q.interval(m.At)
	row := points.at(map[string]any{"template_id": m.Template, "start": start.Unix(), "end": end.Unix()})
	count := func(metric string, happened bool) {
		if happened && among(q.metrics, metric) {
			plus(row, countedMetrics[metric], 1)
		}
	}
	count("SENT", true)
	count("DELIVERED", !m.DeliveredAt.IsZero() || !m.ReadAt.IsZero())
	count("READ", !m.ReadAt.IsZero())
	if among(q.metrics, "CLICKED") {
		for _, button := range clicked {
			addClick(row, "quick_reply_button", button)
		}
	}
	if among(q.metrics, "COST") && m.Cost > 0 {
		addCost(row, m.Cost)
	}
}

// addClick counts a tap on a button of a row.
func addClick(row map[string]any, kind, button string) {
	all, _ := row["clicked"].([]any)
	for _, e := range all {
		if one := e.(map[string]any); one["type"] == kind && one["button_content"] == button {
			plus(one, "count", 1)
			return
		}
	}
	row["clicked"] = append(all, map[string]any{"type": kind, "button_content": button, "count": 1})
}

// addCost adds to the amount spent of a row.
func addCost(row map[string]any, cost float64) {
	all, _ := row["cost"].([]any)
	if len(all) == 0 {
		all = []any{map[string]any{"type": "amount_spent"}}
		row["cost"] = all
	}
	plusCost(all[0].(map[string]any), "value", cost)
}

// clicks are the quick replies that were tapped, by the message they stood on.
func (c *call) clicks(q *inquiry) map[string][]string {
	all := map[string][]string{}
	for _, m := range c.s.traffic(c.account.id, q.start, q.end.Add(7*24*time.Hour)) {
		if !m.Inbound || m.Type != "button" || m.Context == "" {
			continue
		}
		var tapped struct{ Text string }
		if json.Unmarshal(m.Content, &tapped) == nil {
			all[m.Context] = append(all[m.Context], tapped.Text)
		}
	}
	return all
}
