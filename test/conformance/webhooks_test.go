package conformance

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// arrival is a file of testdata/webhook: one webhook of cloud-api.md 2, with
// names in place of what differs from run to run ("$PHONE").
type arrival struct {
	Section string          `json:"section"` // of the contract
	Field   string          `json:"field"`
	Value   json.RawMessage `json:"value"`
	// Shown is where the product shows it: "" as a message of its own, other: on
	// the message it is about, status: on the message of ours, none: nowhere.
	Shown string `json:"shown"`
	// Reads is the status of the message of ours that the API must tell, when it
	// is not the webhook's.
	Reads string `json:"reads"`

	name, phone, bsuid string
	wamid              string    // of what the customer writes
	wrote              string    // what the customer had written before
	ours, whatsapps    string    // a message of ours to the customer: our id, WhatsApp's
	api                string    // its id in our own API
	opaque             string    // biz_opaque_callback_data as WhatsApp got it
	at                 time.Time // of entry.time
	value, told        object    // the webhook's value, and what subscribers must be told

	// newer is a twin whose every object has members that nobody here knows.
	newer bool
}

const callerData = "order-17" // what the sender of our messages gave along

// arrivals reads the files and gives each a customer.
func arrivals(t *testing.T) []*arrival {
	t.Helper()
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil || len(files) < 130 {
		t.Fatalf("got %d files in testdata/webhook (%v), want all", len(files), err)
	}
	var all []*arrival
	for i, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a := &arrival{name: strings.TrimSuffix(filepath.Base(file), ".json")}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(a); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		twin := *a
		twin.name, twin.newer = a.name+"-newer", true
		for k, one := range []*arrival{a, &twin} {
			n := 1000*k + i
			one.phone, one.bsuid = fmt.Sprintf("4915880%06d", n), fmt.Sprintf("DE.77%010d", n)
			one.wamid, one.wrote = fmt.Sprintf("wamid.QUJD%06d", n), fmt.Sprintf("wamid.WFla%06d", n)
			all = append(all, one)
		}
	}
	return all
}

// unheard is the name of a member that no version of Meta's has.
const unheard = "unheard_of"

// grow gives v's every object a member that nobody knows.
func grow(v any) {
	switch v := v.(type) {
	case object:
		for _, member := range v {
			grow(member)
		}
		v[unheard] = object{"deep": []any{json.Number("1.50"), nil, "Ünal / 🚲 <b>", false, object{}}}
	case []any:
		for _, e := range v {
			grow(e)
		}
	case []object:
		for _, e := range v {
			grow(e)
		}
	}
}

// fill puts values in the place of names: those of the webhook, then those of
// what subscribers are told, where messages of ours have our ids.
func (a *arrival) fill(n *number, i int, now time.Time) {
	words := func(quoted, data string) *strings.Replacer {
		return strings.NewReplacer("$DISPLAY", n.digits(), "$PNID", n.ID, "$WABA", n.WABA, "$PHONE", a.phone, "$BSUID", a.bsuid, "$N", strconv.Itoa(1000+i),
			"$TIME", strconv.FormatInt(now.Unix(), 10), "$WAMID", a.wamid, "$WROTE", a.wrote, "$MEDIA", fmt.Sprintf("9990%06d", i),
			"$QUOTED", quoted, "$WHATSAPP", quoted, "$OPAQUE", data)
	}
	decode([]byte(words(a.whatsapps, a.opaque).Replace(string(a.Value))), &a.value)
	decode([]byte(words(a.ours, callerData).Replace(string(a.Value))), &a.told)
	for _, s := range list(a.told["statuses"]) {
		if a.Field == "messages" { // a call's status is none of a message
			s["biz_opaque_callback_data"] = callerData
		}
	}
	for _, m := range list(a.told["messages"]) {
		if media, ok := m[text(m["type"])].(object); ok && media["mime_type"] != nil {
			delete(media, "url") // Meta's token alone would open it (docs/callbacks.md)
		}
	}
}

// envelope is the webhook as WhatsApp writes it: 2.1, 2.2.
func (a *arrival) envelope(t *testing.T, n *number, now time.Time) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(a.around(n, a.value, now)); err != nil {
		t.Fatal(err)
	}
	return escaped(bytes.TrimSpace(b.Bytes()))
}

// around is the webhook that has this value.
func (a *arrival) around(n *number, value object, now time.Time) object {
	entry := object{"id": n.WABA, "changes": []any{object{"field": a.Field, "value": value}}}
	if a.Field != "messages" || a.newer {
		entry["time"] = json.Number(strconv.FormatInt(now.Unix(), 10))
	}
	w := object{"object": "whatsapp_business_account", "entry": []any{entry}}
	if a.newer {
		grow(w)
	}
	return w
}

// escaped writes what is not ASCII as \uXXXX and / as \/, as Meta does (2.1).
func escaped(text []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(text) {
		switch {
		case r == '/':
			b.WriteString(`\/`)
		case r < 0x80:
			b.WriteByte(byte(r))
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
	}
	return b.Bytes()
}

// receiver is a subscriber of the dialect cloud-api.
type receiver struct {
	url    string
	mu     sync.Mutex
	bodies []object
	bad    []string // deliveries that are not as Meta's
}

func newReceiver(t *testing.T, secret string) *receiver {
	r := &receiver{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		var o object
		decode(body, &o)
		r.mu.Lock()
		defer r.mu.Unlock()
		switch want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); {
		case err != nil:
			r.bad = append(r.bad, err.Error())
		case req.Header.Get("X-Hub-Signature-256") != want:
			r.bad = append(r.bad, fmt.Sprintf("signature %q, want %q", req.Header.Get("X-Hub-Signature-256"), want))
		case req.Header.Get("Content-Type") != "application/json":
			r.bad = append(r.bad, "content type "+req.Header.Get("Content-Type"))
		case bytes.ContainsFunc(body, func(c rune) bool { return c > 0x7e }) || bytes.Contains(bytes.ReplaceAll(body, []byte(`\/`), nil), []byte("/")):
			r.bad = append(r.bad, fmt.Sprintf("not escaped as Meta escapes: %s", body))
		}
		r.bodies = append(r.bodies, o)
	}))
	t.Cleanup(s.Close)
	r.url = s.URL
	return r
}

// told are the webhooks that came so far.
func (r *receiver) told() []object {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.bodies)
}

// TestEveryWebhookIsKeptAndTold posts every webhook of cloud-api.md 2 to a running
// product, signed as Meta signs, as it is and with members that nobody knows in
// every object, and looks at what it shows and what it tells subscribers in Meta's
// own dialect: what came in, value by value. Different are only the ids of our
// own messages, the biz_opaque_callback_data of their sender, and that media have
// no address.
func TestEveryWebhookIsKeptAndTold(t *testing.T) {
	t.Parallel()
	numbers := house(1)
	n := numbers[0]
	n.Paused = true // nobody but this test posts webhooks
	w := newWorld(t, "sqlite", numbers, nil)
	hook := newReceiver(t, "secret of the subscriber")
	w.must(t, "POST", "subscriptions", object{"url": hook.url, "dialect": "cloud-api", "secret": "secret of the subscriber"})
	all := arrivals(t)
	for _, a := range all {
		if bytes.Contains(a.Value, []byte("$QUOTED")) || bytes.Contains(a.Value, []byte("$WHATSAPP")) {
			a.wroteBefore(t, w, n, w.now().Add(-time.Hour))
			a.isWrittenTo(t, w, n)
		}
	}
	for i, a := range all {
		a.learn(t, w)
		now := w.now().Add(-time.Minute)
		a.fill(n, i, now)
		a.at = now
		if bytes.Contains(a.Value, []byte("$WROTE")) {
			a.wroteBefore(t, w, n, now.Add(-9*time.Second))
		}
		if got := w.posts(t, a.envelope(t, n, now)); got.status != http.StatusOK {
			t.Errorf("%s: the webhook was answered with %d %s, want 200 (2.1)", a.name, got.status, got.raw)
		}
	}
	end := time.Now().Add(20 * time.Second) // for all together
	for _, a := range all {
		t.Run(a.name, func(t *testing.T) {
			a.isShown(t, w, end)
			a.isTold(t, n, hook, end)
		})
	}
	hook.mu.Lock()
	defer hook.mu.Unlock()
	for _, what := range hook.bad {
		t.Error("a delivery of the dialect cloud-api: ", what)
	}
}

// wroteBefore lets the customer have written a text.
func (a *arrival) wroteBefore(t *testing.T, w *world, n *number, when time.Time) {
	t.Helper()
	before := &arrival{Field: "messages", value: object{
		"messaging_product": "whatsapp", "metadata": object{"display_phone_number": n.digits(), "phone_number_id": n.ID},
		"contacts": []object{{"profile": object{"name": "Käthe / Ünal"}, "wa_id": a.phone, "user_id": a.bsuid}},
		"messages": []object{{"from": a.phone, "from_user_id": a.bsuid, "id": a.wrote, "timestamp": strconv.FormatInt(when.Unix(), 10), "type": "text", "text": object{"body": "at first"}}},
	}}
	if got := w.posts(t, before.envelope(t, n, when)); got.status != http.StatusOK {
		t.Fatalf("%s: got %d %s", a.name, got.status, got.raw)
	}
}

// isWrittenTo sends the customer something, so that there is a message of ours.
func (a *arrival) isWrittenTo(t *testing.T, w *world, n *number) {
	t.Helper()
	sent := w.gateway(t, "POST", n.ID+"/messages", object{
		"messaging_product": "whatsapp", "to": "+" + a.phone, "type": "template", "biz_opaque_callback_data": callerData,
		"template": object{"name": "hello_world", "language": object{"code": "en_US"}},
	})
	if a.ours = text(at(sent.body, "messages.0.id")); a.ours == "" {
		t.Fatalf("%s: send: got %d %s", a.name, sent.status, sent.raw)
	}
}

// learn finds out WhatsApp's id of the message of ours.
func (a *arrival) learn(t *testing.T, w *world) {
	t.Helper()
	if a.ours == "" {
		return
	}
	eventually(t, "WhatsApp has the message of "+a.name, func() bool {
		m := w.must(t, "GET", "messages/"+url.PathEscape(a.ours), nil)
		a.whatsapps, a.api = text(m["wamid"]), text(m["message_id"])
		return a.whatsapps != ""
	})
	log := call(t, "GET", w.meta+"/sandbox/log?limit=1000", "token", nil)
	for _, e := range list(log.body["data"]) {
		if e["wamid"] == a.whatsapps && e["edge"] == "messages" {
			a.opaque = text(at(e, "request.biz_opaque_callback_data"))
		}
	}
	if a.opaque == "" {
		t.Fatalf("%s: WhatsApp was given no biz_opaque_callback_data", a.name)
	}
}

// isTold waits until the subscriber was told each message, status or value.
func (a *arrival) isTold(t *testing.T, n *number, hook *receiver, end time.Time) {
	part := "value"
	for _, name := range []string{"messages", "statuses"} {
		if a.Field == "messages" && a.told[name] != nil {
			part = name
		}
	}
	var wanted []object
	if part == "value" {
		wanted = append(wanted, a.around(n, a.told, a.at))
	} else {
		for _, one := range list(a.told[part]) { // one event per call
			alone := maps.Clone(a.told)
			alone[part] = []any{one}
			wanted = append(wanted, a.around(n, alone, a.at))
		}
	}
	for i, want := range wanted {
		var nearest object
		for found := false; !found; time.Sleep(20 * time.Millisecond) {
			for _, got := range hook.told() {
				const value = "entry.0.changes.0.value."
				if at(got, "entry.0.changes.0.field") != a.Field || part != "value" &&
					(at(got, value+part+".0.id") != at(want, value+part+".0.id") || at(got, value+part+".0.status") != at(want, value+part+".0.status")) {
					continue
				}
				nearest = got
				if found = cmp.Equal(want, got); found {
					break
				}
			}
			if !found && time.Now().After(end) {
				t.Fatalf("%s (%s), part %d: subscribers were told otherwise than WhatsApp told (-want +got):\n%s", a.name, a.Section, i, cmp.Diff(want, nearest))
			}
		}
	}
}

// shownAt finds a message in the history of its customer.
func (a *arrival) shownAt(t *testing.T, w *world, id string) object {
	t.Helper()
	for _, person := range []string{a.phone, a.bsuid, a.bsuid + "9", a.bsuid + "8"} {
		for _, m := range list(w.api(t, "GET", "conversations/"+person+"/history", nil).body["data"]) {
			if m["wamid"] == id || m["message_id"] == id {
				return m
			}
		}
	}
	return nil
}

// isShown waits until the history shows what came.
func (a *arrival) isShown(t *testing.T, w *world, end time.Time) {
	var last string
	for ; ; time.Sleep(20 * time.Millisecond) {
		if last = a.differs(t, w); last == "" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s (%s): the history does not show it (-want +got):\n%s", a.name, a.Section, last)
		}
	}
}

// differs tells how the history differs from what came; "" when it does not.
func (a *arrival) differs(t *testing.T, w *world) string {
	switch a.Shown {
	case "none":
		return ""
	case "status":
		return a.statusDiffers(a.shownAt(t, w, a.api), list(a.value["statuses"])[0])
	case "other":
		m := a.shownAt(t, w, a.wrote)
		if edit := at(a.value, "messages.0.edit"); edit != nil && (m["edited_at"] == nil || at(m, "content.edit.message.text.body") == nil && at(m, "content.text.body") != "corrected") {
			return fmt.Sprintf("the edited message: %v", m)
		}
		if at(a.value, "messages.0.revoke") != nil && m["revoked_at"] == nil {
			return fmt.Sprintf("the revoked message: %v", m)
		}
		return ""
	}
	for _, in := range list(a.value["messages"]) {
		m := a.shownAt(t, w, text(in["id"]))
		if m == nil {
			return "no message with the id " + text(in["id"])
		}
		if diff := contentDiffers(in, m); diff != "" {
			return diff
		}
		seconds, _ := strconv.ParseInt(text(in["timestamp"])[:10], 10, 64)
		if when, err := time.Parse(time.RFC3339Nano, text(m["at"])); err != nil || when.Unix() != seconds {
			return fmt.Sprintf("at %v, want %v", m["at"], time.Unix(seconds, 0).UTC())
		}
		if name := at(a.value, "contacts.0.profile.name"); name != nil && text(at(w.contact(t, a), "contact.profile_name")) != name {
			return fmt.Sprintf("the profile is called %v, want %v", at(w.contact(t, a), "contact.profile_name"), name)
		}
	}
	return ""
}

func (w *world) contact(t *testing.T, a *arrival) object {
	if c := w.api(t, "GET", "conversations/"+a.phone, nil); c.status == http.StatusOK {
		return c.body
	}
	return w.api(t, "GET", "conversations/"+a.bsuid, nil).body
}

// statusDiffers compares a status (2.6) with the message of ours.
func (a *arrival) statusDiffers(m, s object) string {
	want := text(s["status"])
	if a.Reads != "" {
		want = a.Reads
	}
	if m["status"] != want {
		return fmt.Sprintf("status %v, want %s", m["status"], want)
	}
	if p, ok := s["pricing"].(object); ok {
		for _, name := range []string{"billable", "pricing_model", "type", "category"} {
			if p[name] != nil && p[name] != at(m, "pricing."+name) {
				return fmt.Sprintf("pricing.%s: %v, want %v", name, at(m, "pricing."+name), p[name])
			}
		}
	}
	for i, e := range list(s["errors"]) {
		if got := at(m, "errors."+strconv.Itoa(i)); text(at(got, "code")) != text(e["code"]) || at(got, "title") != e["title"] || at(got, "details") != at(e, "error_data.details") {
			return fmt.Sprintf("error: %v, want %v", got, e)
		}
	}
	return ""
}

// contentDiffers compares a message (2.4) with how the API shows it. The API's
// member names are Meta's (docs: wa.Content); what it adds is allowed.
func contentDiffers(in, m object) string {
	typ, _ := in["type"].(string)
	content, _ := m["content"].(object)
	if m["direction"] != "inbound" || m["status"] != "received" {
		return fmt.Sprintf("direction %v, status %v", m["direction"], m["status"])
	}
	want, name := in[typ], typ
	switch typ {
	case "interactive":
		kind := text(at(in, "interactive.type"))
		reply := object{"type": kind}
		for member, v := range at(in, "interactive."+kind).(object) {
			reply[member] = v
		}
		if got := content["reply"]; within(reply, got) == "" {
			want = nil
			break
		} else if within(at(in, "interactive."+kind), at(got, "raw")) == "" && at(got, "type") == kind {
			want = nil // a kind that the product does not know, as it came
			break
		}
		want, name = reply, "reply"
	case "voice":
		name = "audio"
	case "unsupported", "text", "image", "video", "audio", "document", "sticker", "location", "contacts", "reaction", "button", "order", "system":
	case "request_welcome": // it is about the customer, as system messages are
		return within(object{"type": typ}, content["system"])
	default: // as it came
		if m["type"] != "unknown" && m["type"] != "unsupported" {
			return fmt.Sprintf("type %v, want unknown or unsupported", m["type"])
		}
		if content["raw"] != nil || typ != "unknown" {
			return within(in, content["raw"])
		}
		want = nil
	}
	if name == "reaction" { // a removal has no emoji
		if text(at(want, "emoji")) != text(at(content, "reaction.emoji")) {
			return fmt.Sprintf("emoji %v, want %v", at(content, "reaction.emoji"), at(want, "emoji"))
		}
		return ""
	}
	if want != nil {
		if diff := within(want, content[name]); diff != "" {
			return name + ": " + diff
		}
	}
	for _, beside := range []string{"context", "referral", "identity"} {
		if in[beside] == nil {
			continue
		}
		if diff := within(in[beside], content[beside]); diff != "" {
			return beside + ": " + diff
		}
	}
	return ""
}

// within tells what of want is not in got: got may have more, and leave out
// what is false, empty or an address that only Meta's token opens.
func within(want, got any) string {
	switch want := want.(type) {
	case object:
		o, _ := got.(object)
		for _, name := range names(want) {
			v := want[name]
			if o[name] == nil && (v == false || v == "" || name == "url" && want["mime_type"] != nil) {
				continue
			}
			if name == "emphasis" || name == unheard { // a member that is newer than the product: the dialect tells it
				continue
			}
			if diff := within(v, o[name]); diff != "" {
				return name + ": " + diff
			}
		}
		return ""
	case []any:
		l, _ := got.([]any)
		if len(l) != len(want) {
			return fmt.Sprintf("%v, want %v", got, want)
		}
		for i := range want {
			if diff := within(want[i], l[i]); diff != "" {
				return diff
			}
		}
		return ""
	}
	if text(want) == "" && want != got || text(want) != text(got) {
		return fmt.Sprintf("%v, want %v", got, want)
	}
	return ""
}

func names(o object) []string {
	var all []string
	for name := range o {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
