package sandbox

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kontor/internal/meta"
)

// webhookExample is a webhook that POST /sandbox/webhooks can send: a field, one
// of its events, and its value with names of the sandbox's own things in place
// of ids ("$waba_id").
type webhookExample struct {
	Field string         `json:"field"`
	Event string         `json:"event,omitempty"`
	About string         `json:"about"` // account, number or customer: what it needs
	Value map[string]any `json:"value"`
}

// webhookFile has one example for each field and event of cloud-api.md 2.7, 2.8.
//
//go:embed webhooks.json
var webhookFile []byte

// webhookExamples reads them anew, so that nobody shares their values.
func webhookExamples() []webhookExample {
	var all []webhookExample
	if err := json.Unmarshal(webhookFile, &all); err != nil {
		panic("sandbox: webhooks.json: " + err.Error()) // it is part of the program
	}
	return all
}

// firing is the body of POST /sandbox/webhooks.
type firing struct {
	Field    string          `json:"field"`
	Event    string          `json:"event"`
	Number   string          `json:"phone_number_id"`
	Account  string          `json:"waba_id"`
	Customer string          `json:"customer"` // phone or BSUID
	Template string          `json:"template"` // id, or name when only one has it
	Value    json.RawMessage `json:"value"`    // an object, laid over the example
}

// postWebhook answers POST /sandbox/webhooks: it sends any webhook there is. The
// value is that of the example with value laid over it; a field without an
// example needs the whole value.
func (s *Sandbox) postWebhook(w http.ResponseWriter, r *http.Request) {
	var in firing
	if !s.readJSON(w, r, &in) {
		return
	}
	s.under(w, func() (any, *apiError) { return s.fire(&in) })
}

// fire sends one webhook; the caller holds mu.
func (s *Sandbox) fire(in *firing) (any, *apiError) {
	invalid := func(format string, args ...any) (any, *apiError) {
		return nil, &apiError{http.StatusUnprocessableEntity, "invalid", fmt.Sprintf(format, args...)}
	}
	if in.Field != meta.FieldMessages && !slices.Contains(webhookFields, in.Field) {
		return invalid("field: %q is no webhook field; GET /sandbox/webhooks lists those with examples", in.Field)
	}
	n := s.numberTo(in.Number)
	if in.Number == "" && in.Account != "" {
		n = s.numberOf(in.Account)
	}
	if n == nil {
		return invalid("the sandbox has no such number or account")
	}
	given, err := exactly(in.Value)
	if err != nil {
		return invalid("value: %s", err)
	}
	example, ok := exampleOf(in.Field, in.Event)
	switch {
	case !ok && given == nil:
		return invalid("event: %q of field %s has no example, so value is required", in.Event, in.Field)
	case in.Field == meta.FieldMessages && !ok && in.Event != "":
		return invalid("event: must be error or empty for field messages")
	}
	words, bad := s.words(in, n)
	if bad != nil {
		return nil, bad
	}
	value := overlay(fill(example.Value, words), given)
	if m, isObject := value.(map[string]any); isObject {
		s.olden(m, in.Field, n)
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return invalid("value: %s", err)
	}
	u := update{
		number: n.cfg.PhoneNumberID, account: n.cfg.WABAID, field: in.Field, kind: in.Field, detail: or(in.Event, in.Field),
		value: meta.Value{Raw: raw}, made: s.nowLocked().Truncate(time.Second),
	}
	if example.About == "account" || (!ok && in.Number == "" && in.Field != meta.FieldMessages) {
		u.number = ""
	}
	s.courier.put(u)
	s.changed()
	return map[string]any{"field": in.Field, "value": json.RawMessage(raw)}, nil
}

// exactly reads an object with its numbers as they are written; nil for none.
func exactly(raw json.RawMessage) (map[string]any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var m map[string]any
	return m, d.Decode(&m)
}

// exampleOf finds the example of a field and event; the field's first when event is empty.
func exampleOf(field, event string) (webhookExample, bool) {
	for _, e := range webhookExamples() {
		if e.Field == field && (event == "" && field != meta.FieldMessages || strings.EqualFold(e.Event, event)) {
			return e, true
		}
	}
	return webhookExample{}, false
}

// words are what the names in examples stand for; the caller holds mu.
func (s *Sandbox) words(in *firing, n *number) (map[string]any, *apiError) {
	now := s.nowLocked()
	metadata := n.metadata()
	all := map[string]any{
		"$display_phone_number": n.digits, "$phone_number_id": n.cfg.PhoneNumberID, "$waba_id": n.cfg.WABAID,
		"$verified_name": n.cfg.VerifiedName, "$business_id": businessID, "$metadata": metadata,
		"$object_id": s.st.objectID("webhook"), "$group_id": "Y2FwaV9ncm91cDo" + tail(n.digits, 6), "$wacid": "wacid." + trace(s.st.seed, itoa(int(s.st.next()))),
		"$now": now.Unix(), "$seconds": strconv.FormatInt(now.Unix(), 10), "$tomorrow": now.Add(24 * time.Hour).Unix(),
		"$date": now.Format("January 2, 2006"), "$month": now.Format("2006-01"),
	}
	if len(s.st.portfolio.Apps) > 0 {
		all["$app_id"] = s.st.portfolio.Apps[0].ID
	}
	t := s.findTemplate(in.Template, "")
	if in.Template == "" {
		t = s.st.templateNamed(n.cfg.WABAID, "hello_world", "en_US")
	}
	if t == nil && in.Template != "" {
		return nil, &apiError{http.StatusNotFound, "unknown_template", "template: there is none with this id, or not exactly one with this name"}
	}
	if t != nil {
		id, _ := strconv.ParseInt(t.ID, 10, 64) // ids of ours are decimal
		all["$template_id"], all["$template_name"], all["$template_language"], all["$template_category"] = id, t.Name, t.Language, t.Category
	}
	phone := digits(in.Customer)
	c := s.st.byBSUID[in.Customer]
	if in.Customer == "" {
		phone = "15550100000"
	}
	if c == nil {
		if len(phone) < 7 || len(phone) > 15 {
			return nil, &apiError{http.StatusUnprocessableEntity, "invalid_phone", "customer: a phone number has 7 to 15 digits, with its country code"}
		}
		c = s.st.customers[phone]
	}
	if c == nil {
		c = &customer{Phone: phone, BSUID: bsuid(s.st.seed, phone), Name: "Customer " + tail(phone, 4)}
	}
	all["$wa_id"], all["$user_id"], all["$name"], all["$wamid"] = c.Phone, c.BSUID, c.Name, s.st.wamid(c.Phone, false)
	all["$contacts"] = []any{s.contactFor(c, n, s.shown(c, n), true)}
	return all, nil
}

// businessID is the id of the portfolio that owns everything.
const businessID = "400000000000001"

// fill puts words in the place of names.
func fill(v any, words map[string]any) any {
	switch v := v.(type) {
	case string:
		if word, ok := words[v]; ok {
			return word
		}
	case []any:
		for i := range v {
			v[i] = fill(v[i], words)
		}
	case map[string]any:
		for name := range v {
			v[name] = fill(v[name], words)
		}
		return v
	}
	return v
}

// overlay lays over's members over base, objects member by member; null takes a
// member away.
func overlay(base, over any) any {
	o, ok := over.(map[string]any)
	b, both := base.(map[string]any)
	if !ok || !both {
		return over
	}
	out := maps.Clone(b)
	if out == nil {
		out = map[string]any{}
	}
	for name, v := range o {
		if v == nil {
			delete(out, name)
			continue
		}
		out[name] = overlay(out[name], v)
	}
	return out
}

// olden gives a value the members of the version that webhooks of the number
// have (cloud-api.md 2.7): before v24 the capability is the phone's.
func (s *Sandbox) olden(value map[string]any, field string, n *number) {
	if field != "business_capability_update" || s.webhookVersion(n) >= 24 {
		return
	}
	if v, ok := value["max_daily_conversations_per_business"]; ok {
		delete(value, "max_daily_conversations_per_business")
		value["max_daily_conversation_per_phone"] = v
		delete(value, "max_phone_numbers_per_waba")
	}
}
