package conformance

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// trial is a message of ours that meets an error.
type trial struct {
	expected
	name    string
	number  *number
	phone   string // the customer's, nobody else's
	trouble object // the fault, when it is not just the code
	fault   string // its id
	id      string // the message
	sent    time.Time
}

// TestEveryErrorOfSendingHasItsReaction lets each error answer a send of a
// running product, through its own carrier, and looks at what becomes of the
// message and of the number: at once, and when the trouble is over.
func TestEveryErrorOfSendingHasItsReaction(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); meet(t, "sqlite", sending) })
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		meet(t, "postgres", some(190, 131005, 130429, 131056, 131048, 131026, 131047, 131049, 2, 132015))
	})
}

func some(codes ...int) (rows []expected) {
	for _, row := range sending {
		for _, code := range codes {
			if row.code == code {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// trialsOf gives each row a customer, and a number of its own where the error
// is about a number.
func trialsOf(rows []expected) (trials []*trial, numbers []*number, shared *number) {
	for _, row := range rows {
		trials = append(trials, &trial{expected: row, name: fmt.Sprint(row.code)})
	}
	fault := func(name string, code int, want reaction, trouble object) {
		trials = append(trials, &trial{expected: expected{code: code, want: want}, name: name, trouble: trouble})
	}
	// cloud-api.md 3.1: "5xx may have no JSON body: treat as transient".
	fault("a page instead of Graph", 0, again, object{"kind": "refuse", "http_status": 503, "body": "html"})
	fault("an empty 500", 0, again, object{"kind": "refuse", "http_status": 500, "body": "empty"})
	// 3.3: "Some deployments see HTTP 429 for throttling: key on the code, accept both statuses".
	fault("130429 with 429", 130429, rests, object{"kind": "refuse", "http_status": 429, "code": 130429})
	fault("131056 with 429", 131056, pair, object{"kind": "refuse", "http_status": 429, "code": 131056})
	// A gateway that lost Graph, and a connection that broke after Graph took the message.
	fault("502", 0, doubts, object{"kind": "refuse", "http_status": 502, "body": "html"})
	fault("a lost answer", 0, doubts, object{"kind": "lose_answer"})
	// 3.2, 190 and permissions, by real tokens.
	for name, want := range map[string]expected{"revoked": {code: 190, want: stands}, "expired": {code: 190, want: stands}, "without-messaging": {code: 131005, want: stands}} {
		trials = append(trials, &trial{expected: want, name: "token-" + name, trouble: object{}})
	}
	// 100 with subcode 33: the number is gone at WhatsApp.
	trials = append(trials, &trial{expected: expected{code: 100, want: fails}, name: "an unknown number", trouble: object{}})

	numbers = house(len(trials) + 1)
	shared = numbers[0]
	for i, c := range trials {
		c.phone, c.number = fmt.Sprintf("4915550%06d", i), numbers[i+1]
		switch {
		case strings.HasPrefix(c.name, "token-"):
			c.number.Token = c.name
		case c.name == "an unknown number":
			c.number.Unknown = true
		case c.by == "" && c.want != rests && c.want != stands:
			c.number = shared
		}
	}
	return trials, numbers, shared
}

func meet(t *testing.T, engine string, rows []expected) {
	trials, numbers, shared := trialsOf(rows)
	w := newWorld(t, engine, numbers, func(w *world) {
		for _, c := range trials {
			switch c.name {
			case "token-revoked":
				w.control(t, "POST", "tokens", object{"token": c.name, "waba_ids": []string{c.number.WABA}})
			case "token-expired":
				w.control(t, "POST", "tokens", object{"token": c.name, "waba_ids": []string{c.number.WABA}, "expires_in": "30m"})
			case "token-without-messaging":
				w.control(t, "POST", "tokens", object{"token": c.name, "waba_ids": []string{c.number.WABA}, "scopes": []string{"whatsapp_business_management"}})
			}
		}
	})
	w.control(t, "POST", "clock", object{"advance": "31m"})
	w.control(t, "DELETE", "tokens/token-revoked", nil)
	for _, c := range trials {
		c.prepare(t, w)
	}
	for _, c := range trials {
		c.sent = w.now()
		c.id = text(w.must(t, "POST", "send/template", object{
			"to": "+" + c.phone, "phone_number_id": c.number.ID, "template": object{"name": "hello_world", "language": object{"code": "en_US"}},
		})["message_id"])
	}
	for _, c := range trials {
		t.Run(c.name, func(t *testing.T) { c.meets(t, w) })
		c.over(t, w)
	}
	t.Run("the others of the number", func(t *testing.T) {
		n := w.number(t, shared)
		if n["state"] != "active" || n["paused_until"] != nil {
			t.Errorf("the number that all errors about one message had in common: got %v paused until %v, want it active", n["state"], n["paused_until"])
		}
	})
	w.control(t, "POST", "clock", object{"advance": "61m"})
	for _, c := range trials {
		if c.want == stands {
			w.must(t, "POST", "numbers/"+c.number.ID+"/resume", nil)
		}
	}
	for _, c := range trials {
		t.Run(c.name+", afterwards", func(t *testing.T) { c.ends(t, w) })
	}
}

// prepare brings the trouble about.
func (c *trial) prepare(t *testing.T, w *world) {
	t.Helper()
	switch {
	case c.by != "":
		w.control(t, "PATCH", "conduct/"+c.number.ID, object{"standing": c.by})
	case c.trouble == nil:
		c.trouble = object{"kind": "refuse", "code": c.code}
		fallthrough
	case c.trouble["kind"] != nil:
		c.trouble["match"] = object{"edge": "messages", "phone": c.phone}
		for _, f := range list(w.control(t, "POST", "faults", c.trouble)["data"]) {
			if at(f, "match.phone") == c.phone {
				c.fault = text(f["id"])
			}
		}
	}
}

// over ends the trouble.
func (c *trial) over(t *testing.T, w *world) {
	t.Helper()
	switch {
	case c.by != "":
		w.control(t, "PATCH", "conduct/"+c.number.ID, object{"standing": ""})
	case strings.HasPrefix(c.name, "token-"):
		c.number.Token = "token"
		w.connect(t, c.number)
	case c.trouble["kind"] != nil:
		w.control(t, "DELETE", "faults/"+c.fault, nil)
	}
}

func (w *world) number(t *testing.T, n *number) object {
	t.Helper()
	for _, o := range list(w.must(t, "GET", "numbers", nil)["data"]) {
		if o["phone_number_id"] == n.ID {
			return o
		}
	}
	t.Fatalf("the product has no number %s", n.ID)
	return nil
}

// paused tells whether a number cools down.
func (w *world) paused(number object) bool {
	until, err := time.Parse(time.RFC3339Nano, text(number["paused_until"]))
	return err == nil && until.After(w.now())
}

// meets waits for what the error must lead to, as long as the trouble lasts.
func (c *trial) meets(t *testing.T, w *world) {
	var message, number object
	shown := func() string {
		return fmt.Sprintf("message: status %v, waiting %v, errors %v; number: %v %v, paused until %v",
			message["status"], message["waiting"], message["errors"], number["state"], number["state_reason"], number["paused_until"])
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		message, number = w.must(t, "GET", "messages/"+c.id, nil), w.number(t, c.number)
		if c.shows(message, number) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s (%s): got %s; want %s, no sooner than after %q", c.name, c.class, shown(), c.want, c.least)
		}
	}
}

// shows tells whether the message and its number are as the reaction wants them.
func (c *trial) shows(message, number object) bool {
	calm := number["state"] == "active" && number["paused_until"] == nil
	waits := func(reason string) bool {
		return message["status"] == "accepted" && at(message, "waiting.reason") == reason
	}
	says := c.code == 0 || text(at(message, "errors.0.code")) == strconv.Itoa(c.code)
	switch c.want {
	case fails:
		return message["status"] == "failed" && says && text(at(message, "errors.0.title")) != "" && calm
	case again, pair:
		return waits("retrying") && says && c.patient(at(message, "waiting.until")) && calm
	case rests:
		return waits("number_paused") && number["state"] == "active" && c.patient(number["paused_until"])
	case stands:
		reason := "whatsapp_" + strconv.Itoa(c.code)
		if c.code == 190 {
			reason = "token_invalid"
		}
		return waits("number_stopped") && number["state"] == "stopped" && number["state_reason"] == reason
	case doubts: // a status may have told already that WhatsApp has it
		return (message["status"] == "uncertain" || c.trouble["kind"] == "lose_answer" && message["status"] == "delivered") && calm
	}
	return false
}

// patient tells that until is no sooner than the contract allows.
func (c *trial) patient(until any) bool {
	least, _ := time.ParseDuration(c.least)
	at, err := time.Parse(time.RFC3339Nano, text(until))
	return err == nil && !at.Before(c.sent.Add(least))
}

// ends looks at the message when the trouble is over: it arrives once, or it had
// failed and never arrives.
func (c *trial) ends(t *testing.T, w *world) {
	want, copies := "delivered", 1
	switch {
	case c.want == fails:
		want, copies = "failed", 0
	case c.name == "502": // it never arrived, and nobody will ever say so: a person decides
		want, copies = "held", 0
	}
	eventually(t, fmt.Sprintf("message %s is %s", c.name, want), func() bool {
		return w.must(t, "GET", "messages/"+c.id, nil)["status"] == want
	})
	w.idle(t)
	if c.want == fails && c.number.Unknown {
		return // it has no phone
	}
	seen := w.phone(t, c.phone)
	if len(seen) != copies {
		t.Errorf("%s: the phone shows %d messages, want %d", c.name, len(seen), copies)
	}
	if n := w.number(t, c.number); n["state"] != "active" || w.paused(n) {
		t.Errorf("%s: the number is %v, paused until %v; want it to send again", c.name, n["state"], n["paused_until"])
	}
}

// phone is what the business wrote to a customer, oldest first, arrived or not.
func (w *world) phone(t *testing.T, phone string) []object {
	t.Helper()
	a := call(t, "GET", w.meta+"/sandbox/customers/"+phone+"/messages?all=true&direction=outbound", "token", nil)
	return list(a.body["data"])
}

// TestWhatTheSandboxAnswersIsKnown compares GET /sandbox/codes with the rows.
func TestWhatTheSandboxAnswersIsKnown(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, row := range sending {
		known[strconv.Itoa(row.code)] = true
	}
	for code := range elsewhere {
		known[strconv.Itoa(code)] = true
	}
	w := newSandbox(t)
	rows := list(w.control(t, "GET", "codes", nil)["data"])
	for _, row := range rows {
		if !known[text(row["code"])] {
			t.Errorf("the sandbox answers %v (%v), which no row expects", row["code"], row["when"])
		}
	}
	if len(rows) < 60 {
		t.Errorf("got %d codes of the sandbox, want all", len(rows))
	}
}
