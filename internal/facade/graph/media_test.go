package graph_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"

	"kontor/internal/account"
)

// png is the smallest picture that passes for one.
var png = append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"), bytes.Repeat([]byte{7}, 200)...)

// upload is a multipart body.
type upload struct {
	body bytes.Buffer
	kind string
}

// newUpload writes members in their order; a name that begins with "@" is the
// file, its type follows a "|".
func newUpload(t testing.TB, file []byte, members ...string) *upload {
	t.Helper()
	u := &upload{}
	w := multipart.NewWriter(&u.body)
	for i := 0; i < len(members); i += 2 {
		name, value := members[i], members[i+1]
		if name != "@" {
			if err := w.WriteField(name, value); err != nil {
				t.Fatal(err)
			}
			continue
		}
		head := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="photo.png"`}}
		if value != "" {
			head.Set("Content-Type", value)
		}
		part, err := w.CreatePart(head)
		if err == nil {
			_, err = part.Write(file)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	u.kind = w.FormDataContentType()
	return u
}

func TestUploadSendDownloadDelete(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.writes(phone, "wamid.in", hello)
		h.graph.forget()
		up := h.post("/"+phone+"/media", newUpload(t, png, "messaging_product", "whatsapp", "type", "image/png", "@", "image/png")).wants(200, 0)
		id := up.text("id")
		if len(id) < 15 || strings.Trim(id, "0123456789") != "" {
			t.Fatalf("got id %q, want digits", id)
		}
		h.post("/"+phone+"/messages", `{`+to+`"type":"image","image":{"id":"`+id+`","caption":"new"}}`).wants(200, 0)
		h.post("/"+phone+"/messages", `{`+to+`"type":"image","image":{"id":`+id+`}}`).wants(200, 0) // a number, as some write it
		h.post("/"+phone+"/messages", `{`+to+`"type":"interactive","interactive":{"type":"button","header":{"type":"image","image":{"id":"`+id+`"}},"body":{"text":"?"},"action":{"buttons":[{"type":"reply","reply":{"id":"y","title":"Yes"}}]}}}`).wants(200, 0)
		card := `{"card_index":%d,"type":"cta_url","header":{"type":"image","image":{"id":"` + id + `"}},"action":{"name":"cta_url","parameters":{"display_text":"Open","url":"https://shop.example"}}}`
		h.post("/"+phone+"/messages", `{`+to+`"type":"interactive","interactive":{"type":"carousel","body":{"text":"?"},"action":{"cards":[`+fmt.Sprintf(card, 0)+`,`+fmt.Sprintf(card, 1)+`]}}}`).wants(200, 0)
		for i, body := range h.messagesSent(4) {
			if text := fmt.Sprint(body); strings.Contains(text, id) || !strings.Contains(text, "1003383421387256") {
				t.Errorf("%d: got %s, want WhatsApp's id of the file", i, text)
			}
		}
		if n := len(h.graph.calls("POST /" + phone + "/media")); n != 1 {
			t.Errorf("the file was uploaded %d times, want once", n)
		}

		sum := sha256.Sum256(png)
		got := h.get("/"+id+"?phone_number_id="+phone).wants(200, 0)
		if got.text("mime_type") != "image/png" || got.text("sha256") != hex.EncodeToString(sum[:]) || got.dig("file_size") != float64(len(png)) || got.text("id") != id || got.text("messaging_product") != "whatsapp" {
			t.Errorf("got %s", got.raw)
		}
		address := got.text("url")
		if !strings.HasPrefix(address, h.url+"/v25.0/") {
			t.Errorf("got %s, want an address on the gateway's own host", address)
		}
		if file := h.call(h.key, "GET", address, nil); file.status != 200 || !bytes.Equal(file.raw, png) || file.header.Get("Content-Type") != "image/png" {
			t.Errorf("got %d %q of %d bytes", file.status, file.header.Get("Content-Type"), len(file.raw))
		}
		if part := h.call(h.key, "GET", address, nil, "Range", "bytes=0-7"); part.status != 206 || !bytes.Equal(part.raw, png[:8]) {
			t.Errorf("got %d %q of a range", part.status, part.raw)
		}
		h.call("", "GET", address, nil).wants(401, 190)
		h.call(h.otherKey, "GET", address, nil).wants(404, 100)
		h.call(h.key, "GET", strings.Replace(address, "hash=", "hash=A", 1), nil).wants(404, 100)
		h.call(h.otherKey, "GET", "/v25.0/"+id, nil).wants(400, 100)
		h.get("/"+id+"?phone_number_id="+other).wants(400, 100)
		h.ahead.Store(int64(5 * time.Minute))
		h.call(h.key, "GET", address, nil).wants(404, 100)
		h.ahead.Store(0)

		h.call(h.otherKey, "DELETE", "/v25.0/"+id, nil).wants(400, 100)
		h.call(h.keyOf(h.app.Workspace.ID, account.Auditor), "DELETE", "/v25.0/"+id, nil).wants(403, 10)
		if gone := h.call(h.keyOf(h.app.Workspace.ID, account.Agent), "DELETE", "/v25.0/"+id, nil).wants(200, 0); gone.dig("success") != true {
			t.Errorf("got %s", gone.raw)
		}
		h.get("/"+id).wants(400, 100)
		h.call(h.key, "DELETE", "/v25.0/"+id, nil).wants(400, 100)
		h.call(h.key, "GET", address, nil).wants(400, 131052)
		h.post("/"+phone+"/messages", `{`+to+`"type":"image","image":{"id":"`+id+`"}}`).wants(400, 100)
	})
}

func TestUploadsAsSDKsWriteThem(t *testing.T) {
	h := open(t, "")
	csv := []byte("name,price\nbell,12\n")
	for _, c := range []struct {
		name, query, want string
		body              *upload
	}{
		{"file first, its type last", "", "image/png", newUpload(t, png, "@", "application/octet-stream", "messaging_product", "whatsapp", "type", "image/png")},
		{"type of the part only", "", "image/png", newUpload(t, png, "messaging_product", "whatsapp", "@", "image/png")},
		{"product in the query", "?messaging_product=whatsapp", "image/png", newUpload(t, png, "@", "image/png")},
		{"no type at all", "", "image/png", newUpload(t, png, "messaging_product", "whatsapp", "@", "")},
		{"only a kind", "", "image/png", newUpload(t, png, "messaging_product", "whatsapp", "type", "image", "@", "image/png")},
		{"what only its sender knows", "", "text/csv", newUpload(t, csv, "@", "application/octet-stream", "type", "text/csv", "messaging_product", "whatsapp")},
	} {
		got := h.post("/"+phone+"/media"+c.query, c.body).wants(200, 0)
		if kind, _, _ := strings.Cut(h.get("/"+got.text("id")).text("mime_type"), ";"); kind != c.want {
			t.Errorf("%s: got %q, want %q", c.name, kind, c.want)
		}
	}
	// The key in the form, as curl -F does.
	h.call("", "POST", "/v25.0/"+phone+"/media", newUpload(t, png, "access_token", adminKey, "messaging_product", "whatsapp", "@", "image/png")).wants(200, 0)
	for name, c := range map[string]struct {
		code int
		body any
	}{
		"no file":              {131008, newUpload(t, nil, "messaging_product", "whatsapp", "type", "image/png")},
		"no product":           {131008, newUpload(t, png, "type", "image/png", "@", "image/png")},
		"another product":      {131009, newUpload(t, png, "messaging_product", "x", "@", "image/png")},
		"an empty file":        {131053, newUpload(t, nil, "messaging_product", "whatsapp", "@", "image/png")},
		"no picture":           {131053, newUpload(t, []byte("hello"), "messaging_product", "whatsapp", "@", "image/png")},
		"a type not taken":     {131053, newUpload(t, []byte("GIF89a0123456789"), "messaging_product", "whatsapp", "@", "image/gif")},
		"too large":            {131053, newUpload(t, append(bytes.Clone(png), make([]byte, 6<<20)...), "messaging_product", "whatsapp", "@", "image/png")},
		"to be forgotten":      {100, newUpload(t, png, "messaging_product", "whatsapp", "ttl_minutes", "60", "@", "image/png")},
		"no form":              {100, `{"file":"x"}`},
		"a form that ends too": {100, &upload{body: *bytes.NewBufferString("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc"), kind: "multipart/form-data; boundary=x"}},
	} {
		got := h.post("/"+phone+"/media", c.body)
		if got.status != http.StatusBadRequest || got.code() != c.code {
			t.Errorf("%s: got %d with %d (%s), want 400 with %d", name, got.status, got.code(), got.raw, c.code)
		}
		got.wellFormed()
	}
	h.call("", "POST", "/v25.0/"+phone+"/media", newUpload(t, png, "messaging_product", "whatsapp", "@", "image/png")).wants(401, 190)
}

// What a customer sent has the id that the webhook told.
func TestMediaOfCustomers(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		const id = "1903383421387000"
		sum := sha256.Sum256(png)
		h.graph.on("GET /"+id, func(r *http.Request, _ []byte) (int, string) {
			if r.URL.Query().Get("phone_number_id") != phone {
				return 400, noObject
			}
			return 200, `{"messaging_product":"whatsapp","url":"` + h.graph.url + `/v25.0/file","mime_type":"image/png","sha256":"` + hex.EncodeToString(sum[:]) + `","file_size":"` + fmt.Sprint(len(png)) + `","id":"` + id + `"}`
		})
		h.graph.answers("GET /file", 200, string(png))
		h.writes(phone, "wamid.photo", `"type":"image","image":{"id":"`+id+`","mime_type":"image/png","sha256":"`+base64.StdEncoding.EncodeToString(sum[:])+`"}`)
		h.until("the file is here", func() bool {
			h.graph.forget()
			return h.get("/"+id).status == 200 && len(h.graph.calls("GET /"+id)) == 0
		})
		h.graph.forget()
		got := h.get("/"+id).wants(200, 0)
		if file := h.call(h.key, "GET", got.text("url"), nil); file.status != 200 || !bytes.Equal(file.raw, png) {
			t.Errorf("got %d and %d bytes", file.status, len(file.raw))
		}
		if n := len(h.graph.calls("")); n != 0 {
			t.Errorf("WhatsApp was asked %d times for what is here", n)
		}
		h.call(h.otherKey, "GET", "/v25.0/"+id, nil).wants(400, 100)
		// Sent on by the same id: our copy goes, since WhatsApp's ends after seven days.
		h.post("/"+phone+"/messages", `{`+to+`"type":"image","image":{"id":"`+id+`"}}`).wants(200, 0)
		if text := fmt.Sprint(h.messagesSent(1)[0]); !strings.Contains(text, "1003383421387256") {
			t.Errorf("got %s, want the new id", text)
		}
		h.call(h.keyOf(h.app.Workspace.ID, account.Agent), "DELETE", "/v25.0/"+id, nil).wants(403, 10)
		h.call(h.key, "DELETE", "/v25.0/"+id, nil).wants(200, 0)
		h.get("/"+id).wants(400, 100)
	})
}

// A file that was uploaded past Kontor is fetched for the caller.
func TestMediaThatOnlyWhatsAppHas(t *testing.T) {
	h := open(t, "")
	const id = "1803383421387000"
	h.graph.on("GET /"+id, func(r *http.Request, _ []byte) (int, string) {
		if r.URL.Query().Get("phone_number_id") != phoneTwo { // it belongs to one number
			return 400, noObject
		}
		return 200, `{"messaging_product":"whatsapp","url":"` + h.graph.url + `/v25.0/file","mime_type":"image/png","sha256":"ab","file_size":` + fmt.Sprint(len(png)) + `,"id":"` + id + `"}`
	})
	h.graph.answers("GET /file", 200, string(png))
	h.graph.answers("DELETE /"+id, 200, `{"success":true}`)
	got := h.get("/"+id).wants(200, 0)
	at, err := url.Parse(got.text("url"))
	if err != nil || "http://"+at.Host != h.url || strings.Contains(string(got.raw), strings.TrimPrefix(h.graph.url, "http://")) {
		t.Errorf("got %s, want an address of the gateway's", got.raw)
	}
	if file := h.call(h.key, "GET", got.text("url"), nil); file.status != 200 || !bytes.Equal(file.raw, png) || file.header.Get("Content-Type") != "image/png" {
		t.Errorf("got %d and %d bytes", file.status, len(file.raw))
	}
	h.call(h.otherKey, "GET", got.text("url"), nil).wants(404, 100)
	h.call(h.otherKey, "GET", "/v25.0/"+id, nil).wants(400, 100)
	h.call(h.keyOf(h.app.Workspace.ID, account.Agent), "DELETE", "/v25.0/"+id, nil).wants(403, 10)
	h.call(h.key, "DELETE", "/v25.0/"+id, nil).wants(200, 0)
}
