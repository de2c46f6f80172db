package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// files of the kinds that WhatsApp takes (cloud-api.md 1.5), as short as their
// beginnings allow.
var files = map[string]struct{ mime, bytes string }{
	"image":    {"image/png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"},
	"video":    {"video/mp4", "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08moov"},
	"audio":    {"audio/mpeg", "ID3\x03\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00"},
	"voice":    {"audio/ogg", "OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x13OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00"},
	"document": {"application/pdf", "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"},
	"sticker":  {"image/webp", "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x00\x07\x10\x11\x11\x88\x88\xfe\x07\x00"},
}

// request is a file of testdata/send: a message of cloud-api.md 1.
type request struct {
	Section string          `json:"section"`
	Message json.RawMessage `json:"message"`
	name    string
}

func requests(t *testing.T) (all []request) {
	t.Helper()
	names, err := filepath.Glob("testdata/send/*.json")
	if err != nil || len(names) < 50 {
		t.Fatalf("got %d files in testdata/send (%v), want all", len(names), err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		r := request{name: strings.TrimSuffix(filepath.Base(name), ".json")}
		if err == nil {
			err = json.Unmarshal(raw, &r)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, r)
	}
	return all
}

// TestEveryRequestPasses sends every message of cloud-api.md 1 twice: to the
// sandbox, and to the gateway with an API key. Both are answered in the form of
// 1.1, and what WhatsApp gets through the gateway is what the client sent.
func TestEveryRequestPasses(t *testing.T) {
	t.Parallel()
	numbers := house(1)
	n := numbers[0]
	w := newWorld(t, "sqlite", numbers, nil)
	links := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		f := files[strings.TrimPrefix(r.URL.Path, "/")]
		rw.Header().Set("Content-Type", f.mime)
		_, _ = rw.Write([]byte(f.bytes))
	}))
	defer links.Close()
	common := []string{"$LINK", links.URL, "$FLOW", w.flow(t, n)}
	w.approve(t, n, common)
	direct, through := append(w.uploads(t, w.meta, "token", n), common...), append(w.uploads(t, w.product, key, n), common...)
	for i, r := range requests(t) {
		t.Run(r.name, func(t *testing.T) {
			one, two := fmt.Sprintf("4915590%06d", i), fmt.Sprintf("4915591%06d", i)
			sent := w.asks(t, n, r, one, direct, func(body []byte) answer { return w.graph(t, "POST", n.ID+"/messages", body) })
			w.idle(t)
			w.isOn(t, one, sent)
			sent = w.asks(t, n, r, two, through, func(body []byte) answer { return w.gateway(t, "POST", n.ID+"/messages", body) })
			w.left(t, two, sent)
			w.isOn(t, two, sent)
		})
	}
}

// asks sends a request to a customer who has written, and holds the answer to 1.1.
func (w *world) asks(t *testing.T, n *number, r request, phone string, words []string, post func([]byte) answer) (sent object) {
	t.Helper()
	inbound := w.writes(t, n, phone)
	bsuid := text(w.control(t, "GET", "customers/"+phone, nil)["bsuid"])
	words = append([]string{"$TO", "+" + phone, "$BSUID", bsuid, "$INBOUND", inbound}, words...)
	body := []byte(strings.NewReplacer(words...).Replace(string(r.Message)))
	decode(body, &sent)
	got := post(body)
	want := object{"input": text(sent["to"])}
	if sent["to"] != nil {
		want["wa_id"] = phone
	} else {
		want["input"] = bsuid
	}
	if sent["recipient"] != nil {
		want["user_id"] = bsuid
	}
	if got.status != http.StatusOK || got.body["messaging_product"] != "whatsapp" || !strings.HasPrefix(text(at(got.body, "messages.0.id")), "wamid.") {
		t.Fatalf("%s (%s): got %d %s, want 200 and an id", r.name, r.Section, got.status, got.raw)
	}
	if diff := cmp.Diff([]any{want}, got.body["contacts"]); diff != "" {
		t.Errorf("%s (%s): contacts of the answer (-want +got):\n%s", r.name, r.Section, diff)
	}
	return sent
}

// isOn compares what the phone shows with what was sent.
func (w *world) isOn(t *testing.T, phone string, sent object) {
	t.Helper()
	shown := w.phone(t, phone)
	if sent["type"] == "reaction" && at(sent, "reaction.emoji") == "" {
		return // the phone shows that there is none
	}
	if len(shown) != 1 {
		t.Fatalf("the phone shows %d messages, want 1: %v", len(shown), shown)
	}
	typ := text(sent["type"])
	want, got := plain(object{typ: sent[typ]}), plain(object{typ: shown[0][typ]})
	if diff := within(want, got); diff != "" {
		t.Errorf("the phone shows %s otherwise: %s", typ, diff)
	}
	if quoted := at(sent, "context.message_id"); quoted != nil && at(shown[0], "context.id") != quoted {
		t.Errorf("the phone shows an answer to %v, want %v", at(shown[0], "context.id"), quoted)
	}
}

// left waits for the call with which the product gave the message to WhatsApp,
// and compares its body with the client's.
func (w *world) left(t *testing.T, phone string, sent object) {
	t.Helper()
	var got object
	eventually(t, "the message reaches WhatsApp", func() bool {
		for _, e := range list(call(t, "GET", w.meta+"/sandbox/log?limit=60", "token", nil).body["data"]) {
			r, _ := e["request"].(object)
			if e["edge"] == "messages" && e["direction"] == "in" && r["type"] != nil && (strings.TrimPrefix(text(r["to"]), "+") == phone || r["to"] == nil && r["recipient"] == sent["recipient"] && r["recipient"] != nil) {
				got = r
				return true
			}
		}
		return false
	})
	w.idle(t)
	if diff := cmp.Diff(plain(addressed(sent, sent)), plain(addressed(got, sent))); diff != "" {
		t.Errorf("WhatsApp got otherwise than the client sent (-sent +got):\n%s", diff)
	}
}

// addressed is a body without what the gateway may write otherwise: the form of
// the number, its own callback data, and the recipient type that is the default. sent is the
// client's body.
func addressed(body, sent object) object {
	out := object{}
	for name, v := range body {
		out[name] = v
	}
	delete(out, "biz_opaque_callback_data")
	if sent["recipient"] != nil { // "with both, to wins" (1.1): it is the same person, on whose phone it must be
		delete(out, "to")
		delete(out, "recipient")
	}
	if out["to"] != nil {
		out["to"] = strings.TrimPrefix(text(out["to"]), "+")
	}
	if out["recipient_type"] == "individual" {
		delete(out, "recipient_type")
	}
	return out
}

// plain is v with numbers as text (index 0 and "0" mean the same), types of
// buttons in small letters, and one id for all uploads.
func plain(v any) any {
	switch v := v.(type) {
	case object:
		out := object{}
		for name, e := range v {
			out[name] = plain(e)
			if name == "sub_type" {
				out[name] = strings.ToLower(text(e))
			}
			switch name {
			case "image", "video", "audio", "document", "sticker":
				if o, ok := out[name].(object); ok && o["id"] != nil {
					o["id"] = "upload"
				}
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plain(v[i])
		}
		return out
	case json.Number:
		return v.String()
	}
	return v
}

// uploads uploads each file to a server (1.5).
func (w *world) uploads(t *testing.T, server, token string, n *number) (words []string) {
	t.Helper()
	for kind, f := range files {
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		_ = form.WriteField("messaging_product", "whatsapp") // a buffer takes everything
		_ = form.WriteField("type", f.mime)
		part, err := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="file"`}, "Content-Type": {f.mime}})
		if err == nil {
			_, err = part.Write([]byte(f.bytes))
		}
		if err == nil {
			err = form.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequest("POST", server+"/v25.0/"+n.ID+"/media", &b)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", form.FormDataContentType())
		a := do(t, req)
		if a.status != http.StatusOK || text(a.body["id"]) == "" {
			t.Fatalf("upload of %s to %s: got %d %s", kind, server, a.status, a.raw)
		}
		name := map[string]string{"document": "DOC"}[kind]
		if name == "" {
			name = strings.ToUpper(kind)
		}
		words = append(words, "$"+name, text(a.body["id"]))
	}
	return words
}

// flow makes and publishes a flow (6.8).
func (w *world) flow(t *testing.T, n *number) string {
	t.Helper()
	design := `{"version":"7.3","screens":[{"id":"WELCOME","title":"Book","terminal":true,"success":true,"layout":{"type":"SingleColumnLayout","children":[{"type":"TextHeading","text":"Book"},{"type":"Footer","label":"Done","on-click-action":{"name":"complete","payload":{}}}]}}]}`
	a := w.graph(t, "POST", n.WABA+"/flows", object{"name": "Booking", "categories": []string{"APPOINTMENT_BOOKING"}, "flow_json": design, "publish": true})
	if a.status != http.StatusOK || text(a.body["id"]) == "" || len(list(a.body["validation_errors"])) != 0 {
		t.Fatalf("flow: got %d %s", a.status, a.raw)
	}
	return text(a.body["id"])
}

// approve creates the templates of testdata/template as Meta wants them created
// (5.1, 5.3), has them approved, and waits until the product knows.
func (w *world) approve(t *testing.T, n *number, words []string) {
	t.Helper()
	app := text(list(w.control(t, "GET", "apps", nil)["data"])[0]["id"])
	for kind, name := range map[string]string{"image": "$HANDLE_IMAGE", "video": "$HANDLE_VIDEO", "document": "$HANDLE_DOCUMENT"} {
		f := files[kind]
		session := w.graph(t, "POST", fmt.Sprintf("%s/uploads?file_name=a&file_length=%d&file_type=%s", app, len(f.bytes), f.mime), nil)
		req, err := http.NewRequest("POST", w.meta+"/v25.0/"+text(session.body["id"]), strings.NewReader(f.bytes))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "OAuth token")
		req.Header.Set("file_offset", "0")
		loaded := do(t, req)
		handle := text(loaded.body["h"])
		if handle == "" {
			t.Fatalf("resumable upload of %s: got %s, then %d %s, want h (5.1)", kind, session.raw, loaded.status, loaded.raw)
		}
		words = append(words, name, handle)
	}
	names, err := filepath.Glob("testdata/template/*.json")
	if err != nil || len(names) < 15 {
		t.Fatalf("got %d files in testdata/template (%v)", len(names), err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		a := w.graph(t, "POST", n.WABA+"/message_templates", []byte(strings.NewReplacer(words...).Replace(string(raw))))
		id := text(a.body["id"])
		if a.status != http.StatusOK || id == "" || a.body["status"] != "PENDING" && a.body["status"] != "APPROVED" || a.body["category"] == nil {
			t.Errorf("%s: got %d %s, want id, status, category (5.1)", name, a.status, a.raw)
			continue
		}
		w.control(t, "POST", "templates/"+id+"/review", object{"action": "approve"})
	}
	w.idle(t)
	w.must(t, "POST", "templates/sync", nil)
	eventually(t, "the product knows the templates", func() bool {
		return len(list(w.must(t, "GET", "templates?limit=100&status=APPROVED&language=en_US", nil)["data"])) >= len(names)+1
	})
}
