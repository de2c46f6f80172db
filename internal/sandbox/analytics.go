package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// analyses are the fields of an account that are computed of its traffic
// (cloud-api.md 7.5), by name. The caller holds mu.
var analyses = map[string]func(*call, map[string]string) (any, *refusal){
	"analytics":              (*call).messageAnalytics,
	"conversation_analytics": (*call).conversationAnalytics,
	"pricing_analytics":      (*call).pricingAnalytics,
	"template_analytics":     (*call).templateAnalytics,
}

// inquiry is what all analytics are asked with.
type inquiry struct {
	start, end time.Time
	step       string // HALF_HOUR, DAY, MONTH
	numbers    []string
	countries  []string
	metrics    []string
	dimensions []string
	text       map[string]string
}

// The look-back of analytics (cloud-api.md 4.4).
const (
	lookBack         = 366 * 24 * time.Hour
	templateLookBack = 90 * 24 * time.Hour
)

// inquire reads the filters of one field; steps are the granularities it knows.
func (c *call) inquire(f map[string]string, back time.Duration, steps ...string) (*inquiry, *refusal) {
	given := map[string]any{}
	for name, v := range f {
		given[name] = strings.Trim(v, `"'`)
	}
	start, end, bad := span2(given)
	if bad != nil {
		return nil, bad
	}
	if now := c.s.nowLocked(); now.Sub(start) > back+24*time.Hour {
		return nil, paramBad("Param start must not be more than %d days ago.", int(back.Hours()/24))
	}
	step := strings.ToUpper(textOf(given["granularity"]))
	switch {
	case step == "":
		return nil, paramMissing("granularity")
	case !slices.Contains(steps, step):
		return nil, paramOneOf("granularity", steps, step)
	}
	q := &inquiry{start: start, end: end, step: step, text: f}
	q.numbers, q.countries, q.metrics = q.list("phone_numbers"), q.list("country_codes"), q.list("metric_types")
	q.dimensions = q.list("dimensions")
	for i := range q.numbers {
		q.numbers[i] = digits(q.numbers[i])
	}
	return q, nil
}

// list reads a filter that is a list, upper-cased.
func (q *inquiry) list(name string) []string {
	var all []string
	for _, v := range listOf(strings.ReplaceAll(q.text[name], "'", `"`)) {
		if v != "" {
			all = append(all, strings.ToUpper(v))
		}
	}
	return all
}

// known refuses values of a list filter that are none of those allowed.
func (q *inquiry) known(name string, allowed ...string) *refusal {
	for _, v := range q.list(name) {
		if !slices.Contains(allowed, v) {
			return paramOneOf(name, allowed, v)
		}
	}
	return nil
}

// among tells whether v passes a filter: it does when the filter is empty.
func among(filter []string, v string) bool { return len(filter) == 0 || slices.Contains(filter, v) }

// asks tells whether a dimension was asked for.
func (q *inquiry) asks(dimension string) bool { return slices.Contains(q.dimensions, dimension) }

// interval is the interval of the inquiry's granularity that at falls into.
func (q *inquiry) interval(at time.Time) (start, end time.Time) {
	at = at.UTC()
	switch q.step {
	case "HALF_HOUR":
		start = at.Truncate(30 * time.Minute)
		return start, start.Add(30 * time.Minute)
	case "MONTH", "MONTHLY":
		start = time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
		return start, start.AddDate(0, 1, 0)
	}
	start = at.Truncate(24 * time.Hour)
	return start, start.Add(24 * time.Hour)
}

// pick are the account's messages that pass the filters of number and country.
func (c *call) pick(q *inquiry) []*message {
	var all []*message
	for _, m := range c.s.traffic(c.account.id, q.start, q.end) {
		n := c.s.st.numbers[m.Number]
		if among(q.numbers, n.digits) && among(q.countries, countryOf(m.Customer)) {
			all = append(all, m)
		}
	}
	return all
}

// tally sums rows up under keys and lists them in the order of their keys.
type tally struct {
	rows map[string]map[string]any
}

func newTally() *tally { return &tally{map[string]map[string]any{}} }

// at is the row of these key members; it is made when it is the first.
func (t *tally) at(key map[string]any) map[string]any {
	b, _ := json.Marshal(sortable(key)) // plain values
	row := t.rows[string(b)]
	if row == nil {
		row = key
		t.rows[string(b)] = row
	}
	return row
}

// sortable is key with its start in front.
func sortable(key map[string]any) []any {
	all := []any{key["start"]}
	for _, name := range sortedKeys(key) {
		all = append(all, key[name])
	}
	return all
}

func (t *tally) list() []any {
	all := []any{}
	for _, key := range sortedKeys(t.rows) {
		all = append(all, t.rows[key])
	}
	return all
}

// plus adds n to a member of a row.
func plus(row map[string]any, name string, n int) {
	have, _ := row[name].(int)
	row[name] = have + n
}

// plusCost adds to a member that is money.
func plusCost(row map[string]any, name string, cost float64) {
	have, _ := row[name].(float64)
	row[name] = round(have + cost)
}

// round keeps what sums of rates lose in binary fractions out of answers.
func round(f float64) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', 6, 64), 64)
	return v
}

// messageAnalytics is the field analytics: messages sent and delivered.
func (c *call) messageAnalytics(f map[string]string) (any, *refusal) {
	q, bad := c.inquire(f, lookBack, "HALF_HOUR", "DAY", "MONTH")
	if bad != nil {
		return nil, bad
	}
	if bad := q.known("product_types", "0", "2", "100"); bad != nil {
		return nil, bad
	}
	products := q.list("product_types")
	points := newTally()
	numbers, countries := map[string]bool{}, map[string]bool{}
	for _, m := range c.pick(q) {
		product := "2"
		switch {
		case m.Inbound:
			product = "100"
		case m.Type == "template":
			product = "0"
		}
		if !among(products, product) || m.Inbound && len(products) == 0 || !m.Inbound && rank(m.Status) < rank(sent) {
			continue
		}
		numbers[c.s.st.numbers[m.Number].digits], countries[countryOf(m.Customer)] = true, true
		start, end := q.interval(m.At)
		row := points.at(map[string]any{"start": start.Unix(), "end": end.Unix()})
		plus(row, "sent", 1)
		plus(row, "delivered", 0)
		if m.Inbound || !m.DeliveredAt.IsZero() || !m.ReadAt.IsZero() {
			plus(row, "delivered", 1)
		}
	}
	return map[string]any{
		"phone_numbers": sortedKeys(numbers), "country_codes": sortedKeys(countries), "granularity": q.step, "data_points": points.list(),
	}, nil
}
