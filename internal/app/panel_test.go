package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"

	"kontor/internal/account"
)

const erp = "https://erp.example"

// panel is what a frame holds: its token, and the page around it.
type panelFrame struct {
	s             *shop
	token, origin string
}

func (p panelFrame) call(method, path string, body any, headers ...string) reply {
	p.s.t.Helper()
	return p.s.ask(p.token, method, p.s.base+path, body, append([]string{"X-Kontor-Panel-Origin", p.origin}, headers...)...)
}

func (p panelFrame) want(r reply, status int, code string) {
	p.s.t.Helper()
	if got, _ := r.body["code"].(string); r.status != status || got != code {
		p.s.t.Errorf("got %d %s, want %d %s", r.status, r.raw, status, code)
	}
}

// file sends a file from the panel.
func (p panelFrame) file(name, caption string, content []byte, headers ...string) reply {
	p.s.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	if caption != "" {
		form.WriteField("caption", caption)
	}
	part, _ := form.CreateFormFile("file", name)
	part.Write(content)
	form.Close()
	req, _ := http.NewRequest("POST", p.s.base+"panel/files", &b)
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("X-Kontor-Panel-Origin", p.origin)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var raw bytes.Buffer
	raw.ReadFrom(resp.Body)
	r := reply{status: resp.StatusCode, header: resp.Header, raw: raw.String()}
	json.Unmarshal(raw.Bytes(), &r.body)
	return r
}

func aPicture() []byte {
	var b bytes.Buffer
	png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)))
	return b.Bytes()
}

// openPanelShop is a shop with two orders of two customers and its origin listed.
func openPanelShop(s *shop) (open func(in map[string]any) panelFrame) {
	s.call("PUT", "panel-origins", map[string]any{"origins": []string{"HTTPS://erp.example:443/"}}, 200)
	s.call("PUT", "orders/R-1", draft("4915112345678", "de", "received"), 201)
	s.call("PUT", "orders/R-2", draft("4915112345679", "de", "received"), 201)
	return func(in map[string]any) panelFrame {
		s.t.Helper()
		body := map[string]any{"order": "R-1", "origin": erp}
		for k, v := range in {
			body[k] = v
		}
		r := s.call("POST", "panel-tokens", body, 201)
		return panelFrame{s, r.body["token"].(string), erp}
	}
}

func TestAPanelShowsItsOrderAndNothingElse(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		open := openPanelShop(s)
		p := open(nil)
		if got := p.call("GET", "panel", nil); got.status != 200 || got.body["order"].(map[string]any)["id"] != "R-1" || got.body["window_until"] != nil || len(got.body["rights"].([]any)) != 2 {
			t.Fatalf("got %d %s, want the order, which can be read and written for", got.status, got.raw)
		}
		p.want(p.call("POST", "panel/messages", map[string]any{"text": "Moin"}), 409, "window_closed")
		p.want(p.file("a.png", "", aPicture()), 409, "window_closed")
		facts := p.hear()
		s.says("4915112345679", "Fremd", "")
		s.says("4915112345678", "Moin!", "")
		s.until("the customer's words are in the panel", func() bool { return len(p.call("GET", "panel/history", nil).body["data"].([]any)) == 2 })

		// Words and files go out, each once.
		p.want(p.call("POST", "panel/messages", map[string]any{"text": "Zwei Tage."}, "Idempotency-Key", "a"), 202, "")
		p.want(p.call("POST", "panel/messages", map[string]any{"text": "Zwei Tage."}, "Idempotency-Key", "a"), 202, "")
		p.want(p.call("POST", "panel/messages", map[string]any{"text": "Drei."}, "Idempotency-Key", "a"), 409, "idempotency_mismatch")
		p.want(p.call("POST", "panel/messages", map[string]any{"text": "Drei.", "to": "4915112345679"}), 422, "invalid_request")
		sent := p.file("rad.png", "So sieht es aus", aPicture(), "Idempotency-Key", "b")
		p.want(sent, 202, "")
		p.want(p.file("rad.png", "So sieht es aus", aPicture(), "Idempotency-Key", "b"), 202, "")
		p.want(p.file("rad.png", "", append(aPicture(), make([]byte, 6<<20)...)), 413, "media_too_large")
		s.until("the phone has both", func() bool { return len(s.got("4915112345678")) >= 3 })
		mine := sent.body["message_id"].(string)
		if got := p.call("GET", "panel/messages/"+mine+"/file", nil); got.status != 200 || got.header.Get("Content-Type") != "image/png" || !strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("got %d %v, want the picture, harmless", got.status, got.header)
		}

		// A template goes out too; one with a file of somebody else's does not.
		template := func(parameter map[string]any) map[string]any {
			return map[string]any{"template": map[string]any{"name": "order_status_update", "language": map[string]any{"code": "de"}, "components": []any{map[string]any{"type": "body", "parameters": []any{parameter, map[string]any{"type": "text", "text": "fertig"}}}}}}
		}
		p.want(p.call("POST", "panel/messages", template(map[string]any{"type": "text", "text": "R-1"})), 202, "")
		p.want(p.call("POST", "panel/messages", template(map[string]any{"type": "image", "image": map[string]any{"id": "med_0000000000001"}})), 422, "invalid_request")
		if got := len(p.call("GET", "panel/templates", nil).body["data"].([]any)); got < 2 {
			t.Errorf("got %d templates, want the shop's", got)
		}

		// What belongs to the other order is not there: neither its file nor its news.
		other := open(map[string]any{"order": "R-2"})
		foreign := s.call("GET", "orders/R-2/history", nil, 200).body["data"].([]any)[0].(map[string]any)["message_id"].(string)
		p.want(p.call("GET", "panel/messages/"+foreign+"/file", nil), 404, "media_unknown")
		p.want(other.call("GET", "panel/messages/"+mine+"/file", nil), 404, "media_unknown")
		s.call("POST", "orders/R-1/messages", map[string]any{"text": "Ende"}, 202)
		last := ""
		s.until("the last message was told", func() bool {
			h := s.list("orders/R-1/history?order=desc&limit=1")
			last = h[0]["message_id"].(string)
			return h[0]["text"] == "Ende"
		})
		ours := map[string]bool{}
		for _, m := range s.list("orders/R-1/history") {
			ours[m["message_id"].(string)] = true
		}
		for f := range facts {
			for _, member := range []string{"conversation_id", "contact_id", "number_id", "actor_id"} {
				if f[member] != nil {
					t.Errorf("got %v, want no ids of others in it", f)
				}
			}
			if id, _ := f["message_id"].(string); id != "" && !ours[id] {
				t.Errorf("got %v, want news of this order alone", f)
			}
			if f["message_id"] == last && f["kind"] == "message.accepted" {
				break
			}
		}
	})
}

// hear follows the panel's stream until the test ends.
func (p panelFrame) hear() <-chan map[string]any {
	t := p.s.t
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, _ := http.NewRequestWithContext(ctx, "GET", p.s.base+"panel/events", nil)
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("X-Kontor-Panel-Origin", p.origin)
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != 200 {
		t.Fatal("the panel's stream: ", err, resp)
	}
	facts := make(chan map[string]any, 1000)
	var done sync.WaitGroup
	done.Go(func() {
		defer close(facts)
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			var f map[string]any
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && json.Unmarshal([]byte(data), &f) == nil && f["kind"] != nil {
				facts <- f
			}
		}
	})
	t.Cleanup(func() { cancel(); done.Wait(); resp.Body.Close() })
	return facts
}

func TestAPanelsTokenOpensNoOtherCall(t *testing.T) {
	s := openShop(t, "sqlite")
	p := openPanelShop(s)(nil)
	var document struct {
		Paths map[string]map[string]any
	}
	root := strings.TrimSuffix(s.base, "/api/v1/whatsapp/")
	if err := json.Unmarshal([]byte(s.ask("", "GET", root+"/openapi.json", nil).raw), &document); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for path, methods := range document.Paths {
		for method := range methods {
			full := root + strings.NewReplacer("{id}", "R-1", "{phone}", "4915112345678", "{phone_number_id}", pnid, "{delivery}", "dlv_0000000000001").Replace(path)
			panelPath := strings.HasSuffix(path, "/panel") || strings.Contains(path, "/panel/")
			if panelPath {
				if r := s.ask(adminKey, strings.ToUpper(method), full, nil); r.status != 401 {
					t.Errorf("%s %s with an API key: got %d, want 401: it is the panel's", method, path, r.status)
				}
				continue
			}
			if r := s.ask("", strings.ToUpper(method), full, nil); r.status == 200 {
				continue // it is everybody's: how one comes in
			}
			tried++
			if r := s.ask(p.token, strings.ToUpper(method), full, nil, "X-Kontor-Panel-Origin", erp); r.status != 403 {
				t.Errorf("%s %s: got %d %s, want 403", method, path, r.status, r.raw)
			}
		}
	}
	if tried < 60 {
		t.Errorf("tried %d calls, want all of the document's", tried)
	}
	for _, path := range []string{"/v25.0/" + pnid + "/messages", "/v25.0/" + pnid, "/v1/messages"} {
		if r := s.ask(p.token, "POST", root+path, map[string]any{}); r.status < 400 || r.status == 422 {
			t.Errorf("%s: got %d %s, want it refused", path, r.status, r.raw)
		}
	}
}

func TestAPanelIsFramedByItsOriginAlone(t *testing.T) {
	s := openShop(t, "sqlite")
	p := openPanelShop(s)(nil)
	root := strings.TrimSuffix(s.base, "/api/v1/whatsapp/")
	id := s.call("POST", "panel-tokens", map[string]any{"order": "R-1", "origin": erp}, 201).body["token_id"].(string)
	policy := func(path string) (int, string) {
		r := s.ask("", "GET", root+path, nil)
		_, rest, _ := strings.Cut(r.header.Get("Content-Security-Policy"), "frame-ancestors ")
		ancestors, _, _ := strings.Cut(rest, ";")
		return r.status, ancestors
	}
	for path, want := range map[string]string{"/": "'none'", "/settings": "'none'", "/embed/panel/pnl_0000000000001": "'none'", "/embed/panel/x": "'none'", "/embed.html": "'none'"} {
		if _, got := policy(path); got != want {
			t.Errorf("%s: got frame-ancestors %s, want %s", path, got, want)
		}
	}
	if status, got := policy("/embed/panel/" + id); status != 200 || got != erp {
		t.Errorf("got %d with frame-ancestors %s, want 200 and %s alone", status, got, erp)
	}
	if r := s.ask("", "GET", root+"/embed/panel/"+id, nil); !strings.Contains(r.raw, `<meta name="kontor-panel-origin" content="`+erp+`" />`) {
		t.Errorf("got %s, want the origin told to the frame", r.raw)
	}
	elsewhere := p
	elsewhere.origin = "https://evil.example"
	p.want(elsewhere.call("GET", "panel", nil), 403, "panel_origin_refused")
	p.want(p.call("GET", "panel", nil, "Origin", erp), 403, "panel_origin_refused") // a page that calls by itself
	s.call("PUT", "panel-origins", map[string]any{"origins": []string{}}, 200)
	p.want(p.call("GET", "panel", nil), 403, "panel_origin_refused")
	if status, got := policy("/embed/panel/" + id); status != 404 || got != "'none'" {
		t.Errorf("got %d with %s after the origin went, want 404 and 'none'", status, got)
	}
}

func TestAPanelMayWhatItsPersonMay(t *testing.T) {
	s := openShop(t, "sqlite")
	open := openPanelShop(s)
	tom, err := s.app.Accounts.CreatePerson(t.Context(), s.app.Workspace.ID, account.NewPerson{Name: "Tom", Email: "tom@shop.example", Role: account.Technician})
	if err != nil {
		t.Fatal(err)
	}
	auditor, err := s.app.Accounts.CreatePerson(t.Context(), s.app.Workspace.ID, account.NewPerson{Name: "Uta", Role: account.Auditor})
	if err != nil {
		t.Fatal(err)
	}
	byTom := map[string]any{"email": "tom@shop.example"}
	ask := func(in map[string]any, want int, code string) {
		t.Helper()
		if r := s.call("POST", "panel-tokens", in, want); r.body["code"] != code {
			t.Errorf("got %s, want %s", r.raw, code)
		}
	}
	ask(map[string]any{"order": "R-1", "origin": erp, "person": byTom}, 404, "order_unknown") // not his
	ask(map[string]any{"order": "R-9", "origin": erp}, 404, "order_unknown")
	ask(map[string]any{"order": "R-1", "origin": "https://evil.example"}, 409, "panel_origin_unlisted")
	ask(map[string]any{"order": "R-1", "origin": erp, "person": map[string]any{"name": "Nobody"}}, 422, "person_unknown")
	ask(map[string]any{"order": "R-1", "origin": erp, "person": map[string]any{"person_id": auditor.ID.String()}, "rights": []string{"send"}}, 403, "panel_may_not_send")

	mine := draft("4915112345678", "de", "received")
	mine["technician"] = map[string]any{"person_id": tom.ID.String()}
	s.call("PUT", "orders/R-1", mine, 200)
	p := open(map[string]any{"person": byTom})
	s.says("4915112345678", "Moin!", "")
	s.until("the window is open", func() bool { return p.call("GET", "panel", nil).body["window_until"] != nil })
	p.want(p.call("POST", "panel/messages", map[string]any{"text": "Bin unterwegs."}), 202, "")
	if m := s.list("orders/R-1/history?order=desc&limit=1")[0]; m["author"].(map[string]any)["id"] != tom.ID.String() {
		t.Errorf("got the author %v, want Tom", m["author"])
	}
	reads := open(map[string]any{"rights": []string{"read"}})
	p.want(reads.call("POST", "panel/messages", map[string]any{"text": "x"}), 403, "panel_reads_only")
	p.want(reads.file("a.png", "", aPicture()), 403, "panel_reads_only")
	look := open(map[string]any{"person": map[string]any{"name": "Uta"}})
	if got := look.call("GET", "panel", nil); len(got.body["rights"].([]any)) != 1 {
		t.Errorf("got %s, want reading alone", got.raw)
	}

	// A technician's key sees no more by naming somebody who does.
	van := s.call("POST", "keys", map[string]any{"name": "van", "role": "technician"}, 201).body["key"].(string)
	s.callAs(van, "GET", "orders/R-1", nil, 404)
	if r := s.callAs(van, "POST", "panel-tokens", map[string]any{"order": "R-1", "origin": erp, "person": map[string]any{"name": "Uta"}}, 404); r.body["code"] != "order_unknown" {
		t.Errorf("got %s, want order_unknown", r.raw)
	}
	s.callAs(van, "POST", "panel-tokens", map[string]any{"order": "R-1", "origin": erp, "person": byTom}, 201)

	facts := p.hear()
	delete(mine, "technician")
	s.call("PUT", "orders/R-1", mine, 200)
	p.want(p.call("GET", "panel", nil), 404, "order_unknown")
	for range facts { // the stream ends with it
	}

	made := s.call("POST", "keys", map[string]any{"name": "erp"}, 201).body
	r := s.callAs(made["key"].(string), "POST", "panel-tokens", map[string]any{"order": "R-1", "origin": erp}, 201)
	p = panelFrame{s, r.body["token"].(string), erp}
	p.want(p.call("GET", "panel", nil), 200, "")
	s.call("DELETE", "keys/"+made["key_id"].(string), nil, 204)
	p.want(p.call("GET", "panel", nil), 401, "panel_token_invalid")
}
