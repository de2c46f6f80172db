package graph_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The same message in every form in which clients of Graph write one: JSON under
// several names, forms with JSON or with PHP's brackets, multipart, the query;
// with the token in the header, the query or the body.
func TestAMessageInEveryForm(t *testing.T) {
	h := open(t, "")
	h.writes(phone, "wamid.first", `"type":"text","text":{"body":"hello"}`)
	const form = "application/x-www-form-urlencoded"
	flat := url.Values{"messaging_product": {"whatsapp"}, "to": {"+" + customer}, "type": {"text"}, "text": {`{"body":"Hi","preview_url":true}`}}
	nested := url.Values{"messaging_product": {"whatsapp"}, "to": {"+" + customer}, "type": {"text"}, "text[body]": {"Hi"}, "text[preview_url]": {"1"}}
	token := url.Values{"access_token": {adminKey}}
	body := `{` + to + `"type":"text","text":{"body":"Hi","preview_url":true}}`
	with := func(a, b url.Values) string { return a.Encode() + "&" + b.Encode() }
	for i, c := range []struct {
		key, query string
		body       any
		headers    []string
	}{
		{h.key, "", body, []string{"Content-Type", "application/json; charset=utf-8"}},
		{h.key, "", body, []string{"Content-Type", `application/json;charset="UTF-8"`}},
		{h.key, "", body, []string{"Content-Type", "text/plain"}},
		{h.key, "", body, []string{"Content-Type", form}},
		{"", "", `{"access_token":"` + adminKey + `",` + body[1:], []string{"Content-Type", "application/json"}},
		{"", "?" + token.Encode(), body, []string{"Content-Type", "application/json"}},
		{h.key, "", flat.Encode(), []string{"Content-Type", form}},
		{h.key, "", nested.Encode(), []string{"Content-Type", form + "; charset=UTF-8"}},
		{"", "", with(nested, token), []string{"Content-Type", form}},
		{"", "?" + with(flat, token), nil, nil},
		{"", "?" + with(nested, token), nil, nil},
		{h.key, "", newUpload(t, nil, "messaging_product", "whatsapp", "to", "+"+customer, "type", "text", "text", `{"body":"Hi","preview_url":true}`), nil},
		{"", "", newUpload(t, nil, "access_token", adminKey, "messaging_product", "whatsapp", "to", "+"+customer, "type", "text", "text[body]", "Hi", "text[preview_url]", "true"), nil},
	} {
		h.call(c.key, "POST", "/v21.0/"+phone+"/messages"+c.query, c.body, c.headers...).wants(200, 0)
		sent := h.messagesSent(i + 1)
		if diff := cmp.Diff(object(t, body), sent[i]); diff != "" {
			t.Errorf("form %d reached WhatsApp otherwise (-want +got):\n%s", i, diff)
		}
	}
	if got := h.call(h.key, "POST", "/v21.0/"+phone+"/messages", newUpload(t, []byte("x"), "to", customer, "@", "image/png")).wants(400, 131009); !strings.Contains(string(got.raw), "file") {
		t.Errorf("a message with a file: got %s", got.raw)
	}
}

// What names no object of the workspace is answered, or refused, in Graph's form
// with and without a version, never by the web app.
func TestAddressesWithoutANode(t *testing.T) {
	h := open(t, "")
	for _, version := range []string{"", "/v19.0"} {
		if got := h.call(h.key, "GET", version+"/me", nil).wants(200, 0); got.text("id") == "" {
			t.Errorf("me: got %s", got.raw)
		}
		app := h.call(h.key, "GET", version+"/app", nil).wants(200, 0)
		if again := h.call(h.key, "GET", version+"/"+app.text("id"), nil).wants(200, 0); app.text("name") != "Kontor" || string(again.raw) != string(app.raw) {
			t.Errorf("app: got %s, by its id %s", app.raw, again.raw)
		}
		for _, path := range []string{"/me/accounts", "/me/permissions", "/app/nothing"} {
			h.call(h.key, "GET", version+path, nil).wants(400, 100)
		}
		h.call(h.key, "POST", version+"/", `{"batch":[{"method":"GET","relative_url":"me"}]}`).wants(400, 100)
	}
}
