package graph_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kontor/internal/meta"
)

// FuzzMessages: whatever comes as a message is answered as Graph would, with
// less than 500, and nothing panics.
func FuzzMessages(f *testing.F) {
	for _, s := range sends {
		f.Add([]byte(s.body), "application/json")
	}
	for _, text := range []string{
		``, `null`, `[]`, `{}`, `{"messaging_product":null}`, `{"messaging_product":"whatsapp","to":{},"type":7}`, "\xff\xfe{}", `{"a":` + strings.Repeat("[", 5000),
		`{"messaging_product":"whatsapp","to":"49451555","type":"interactive","interactive":{"type":"carousel","action":{"cards":[null,7,{"header":[]}]}}}`,
		`{"messaging_product":"whatsapp","to":"49451555","type":"template","template":{"name":"greeting","language":"en_US","components":[{"index":{}}]}}`,
		`{"messaging_product":"whatsapp","status":"read","message_id":"wamid.S09OVE9SAQ=="}`,
		`{"messaging_product":"whatsapp","to":"49451555","type":"location","location":{"latitude":1e999,"longitude":"NaN"}}`,
	} {
		f.Add([]byte(text), "application/json")
	}
	f.Add([]byte("messaging_product=whatsapp&to=4915510000001&text=%7B%22body%22%3A%22x%22%7D"), "application/x-www-form-urlencoded")
	f.Add([]byte("--x\r\n\r\n"), "multipart/form-data; boundary=x")
	h := open(f, "")
	h.writes(phone, "wamid.in", hello)
	handler := h.app.Handler()
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		for _, path := range []string{"/v25.0/" + phone + "/messages", "/v25.0/" + phone + "/media", "/v25.0/" + phone + "/whatsapp_business_profile"} {
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(string(body)))
			r.Header.Set("Content-Type", oneLine(kind))
			r.Header.Set("Authorization", "Bearer "+adminKey)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code >= 500 {
				t.Fatalf("%s: got %d %s", path, w.Code, w.Body)
			}
			if w.Code >= 400 && meta.ParseError(w.Body.Bytes()) == nil {
				t.Fatalf("%s: got %d %s, want a Graph error", path, w.Code, w.Body)
			}
		}
	})
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
}

// FuzzPaths: no path and no query below the gateway's addresses is answered
// with anything but Graph's JSON.
func FuzzPaths(f *testing.F) {
	for _, path := range []string{"/" + phone, "/" + account1 + "/message_templates?fields=a{b,c(d", "/me", "//", "/%2f", "/upload:x", "/" + greeting + "/compare?template_ids=[", "/9999999999999999999999/x", "/" + phone + "?fields=["} {
		f.Add(path)
	}
	h := open(f, "")
	handler := h.app.Handler()
	f.Fuzz(func(t *testing.T, path string) {
		r, err := http.NewRequest(http.MethodGet, "http://kontor.example/v25.0"+"/"+strings.TrimPrefix(path, "/"), nil)
		if err != nil {
			t.Skip()
		}
		r.Header.Set("Authorization", "Bearer "+adminKey)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code >= 500 || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
			t.Fatalf("%q: got %d %q %s", path, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	})
}
