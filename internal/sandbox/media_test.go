package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
)

// form builds a multipart body.
func form(t *testing.T, fields map[string]string, filename, mimeType string, content []byte) (string, *bytes.Buffer) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := m.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	if filename != "" {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", `form-data; name="file"; filename="`+filename+`"`)
		h.Set("Content-Type", mimeType)
		p, err := m.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return m.FormDataContentType(), &b
}

func tryUpload(t *testing.T, w *world, fields map[string]string, filename, mimeType string, content []byte) answer {
	t.Helper()
	kind, b := form(t, fields, filename, mimeType, content)
	return w.do("POST", "/v25.0/"+pnid+"/media", b.String(), "Content-Type", kind)
}

func uploaded(t *testing.T, w *world, filename, mimeType string, content []byte) string {
	t.Helper()
	a := tryUpload(t, w, map[string]string{"messaging_product": "whatsapp", "type": mimeType}, filename, mimeType, content)
	if a.status != 200 {
		t.Fatalf("upload: got %d %s", a.status, a.raw)
	}
	return a.body["id"].(string)
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("GET %s: %d %v", url, resp.StatusCode, err)
	}
	return b
}

func TestMediaLives(t *testing.T) {
	c := standing()
	w := newWorld(t, func(o *Options) { o.Clock = c.now })
	jpeg := []byte("\xff\xd8\xff\xe0picture")
	id := uploaded(t, w, "a.jpg", "image/jpeg", jpeg)
	a := w.must("GET", "/v25.0/"+id+"?phone_number_id="+pnid, "")
	sum := sha256.Sum256(jpeg)
	if a.body["sha256"] != hex.EncodeToString(sum[:]) || a.body["mime_type"] != "image/jpeg" || a.body["file_size"] != json.Number("11") {
		t.Errorf("media object: got %s", a.raw)
	}
	url := strings.TrimPrefix(a.body["url"].(string), w.url)
	if url == a.body["url"] {
		t.Fatalf("url is on another host: %s", url)
	}
	if a := w.do("GET", url, ""); a.status != 200 || !bytes.Equal(a.raw, jpeg) || a.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("download: got %d %q %s", a.status, a.raw, a.header.Get("Content-Type"))
	}
	if a := w.do("GET", url, "", "Authorization", ""); a.status != 401 {
		t.Errorf("download without token: got %d, want 401", a.status)
	}
	if a := w.do("GET", strings.Replace(url, "hash=", "hash=0", 1), ""); a.status != 404 {
		t.Errorf("download with a forged url: got %d, want 404", a.status)
	}
	w.must("POST", "/sandbox/clock", `{"advance":"5m"}`)
	if a := w.do("GET", url, ""); a.status != 404 {
		t.Errorf("download after 5 minutes: got %d, want 404", a.status)
	}
	if a := w.do("GET", "/"+id+"?phone_number_id=1", ""); a.status != 400 {
		t.Errorf("other number: got %d, want 400", a.status)
	}
	w.must("DELETE", "/v25.0/"+id, "")
	if a := w.do("GET", "/"+id, ""); a.status != 400 || dig(a.body, "error", "error_subcode") != json.Number("33") {
		t.Errorf("after delete: got %d %s", a.status, a.raw)
	}
	other := uploaded(t, w, "a.jpg", "image/jpeg", jpeg)
	w.must("POST", "/sandbox/clock", `{"advance":"31d"}`)
	if a := w.do("GET", "/"+other, ""); a.status != 400 {
		t.Errorf("after 31 days: got %d, want 400", a.status)
	}
}

func TestMediaRules(t *testing.T) {
	w := newWorld(t)
	w.writes(ana, "hi")
	ok := map[string]string{"messaging_product": "whatsapp", "type": "image/png"}
	big := make([]byte, 5<<20+1)
	for _, c := range []struct {
		name, filename, mimeType string
		fields                   map[string]string
		content                  []byte
		code                     int
	}{
		{"without product", "a.png", "image/png", map[string]string{"type": "image/png"}, []byte("x"), 131008},
		{"without file", "", "", ok, nil, 131008},
		{"empty", "a.png", "image/png", ok, nil, 131053},
		{"type", "a.tif", "image/tiff", map[string]string{"messaging_product": "whatsapp", "type": "image/tiff"}, []byte("x"), 131053},
		{"size", "a.png", "image/png", ok, big, 131053},
		{"types differ", "a.png", "image/jpeg", ok, []byte("x"), 100},
		{"ogg without opus", "a.ogg", "audio/ogg", map[string]string{"messaging_product": "whatsapp", "type": "audio/ogg"}, []byte("OggS\x00\x02vorbis"), 131053},
		{"static sticker", "a.webp", "image/webp", map[string]string{"messaging_product": "whatsapp", "type": "image/webp"}, make([]byte, 100<<10+1), 131053},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			a := tryUpload(t, w, c.fields, c.filename, c.mimeType, c.content)
			if got := dig(a.body, "error", "code"); got != json.Number(itoa(c.code)) {
				t.Errorf("got %d %s, want code %d", a.status, a.raw, c.code)
			}
		})
	}
	w.t = t
	pdf := uploaded(t, w, "a.pdf", "application/pdf", []byte("%PDF"))
	wantRefusal(t, w.send("+"+ana, `"type":"image","image":{"id":"`+pdf+`"}`), 131053, "image")
	mp3 := uploaded(t, w, "a.mp3", "audio/mpeg", []byte("ID3"))
	wantRefusal(t, w.send("+"+ana, `"type":"audio","audio":{"id":"`+mp3+`","voice":true}`), 131053, "audio.voice")
	w.hooks.status(w.sendOK("+"+ana, `"type":"document","document":{"id":"`+pdf+`","filename":"a.pdf"}`), "delivered")
	shown := w.phone(ana)
	if got := get(t, dig(shown[1], "document", "url").(string)); string(got) != "%PDF" {
		t.Errorf("document on the phone: got %q", got)
	}
}

func TestLinksAreFetched(t *testing.T) {
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a.png":
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write([]byte("png"))
		case "/page":
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>"))
		default:
			http.NotFound(w, r)
		}
	}))
	defer files.Close()
	w := newWorld(t)
	w.writes(ana, "hi")
	good := w.sendOK("+"+ana, `"type":"image","image":{"link":"`+files.URL+`/a.png","caption":"c"}`)
	w.hooks.status(good, "delivered")
	if got := get(t, dig(w.phone(ana)[1], "image", "url").(string)); string(got) != "png" {
		t.Errorf("picture on the phone: got %q", got)
	}
	header := w.sendOK("+"+ana, template("visit_photo", "de", `{"type":"header","parameters":[{"type":"image","image":{"link":"`+files.URL+`/a.png"}}]},`+bodyOf(txt("R-1"))+","+urlButton("R-1")))
	w.hooks.status(header, "delivered")
	shown := w.phone(ana)[2]
	if got := get(t, dig(shown, "rendered", "header", "media", "url").(string)); string(got) != "png" {
		t.Errorf("header picture: got %q", got)
	}
	if got := dig(shown, "rendered", "buttons", "0", "url"); got != "https://nordlicht.example/orders/R-1" {
		t.Errorf("button address: got %v", got)
	}
	for _, path := range []string{"/none", "/page"} {
		v := w.hooks.status(w.sendOK("+"+ana, `"type":"image","image":{"link":"`+files.URL+path+`"}`), "failed")
		if dig(v, "statuses", "0", "errors", "0", "code") != json.Number("131053") {
			t.Errorf("%s: got %v, want 131053", path, v)
		}
	}
}

func TestCustomerSendsMedia(t *testing.T) {
	w := newWorld(t)
	kind, b := form(t, map[string]string{"message": `{"type":"audio","audio":{"voice":true}}`}, "v.ogg", "audio/ogg; codecs=opus", []byte("OggS"))
	a := w.do("POST", "/sandbox/customers/"+ana+"/messages", b.String(), "Content-Type", kind)
	if a.status != 200 {
		t.Fatalf("voice: got %d %s", a.status, a.raw)
	}
	v := w.hooks.message(a.body["id"].(string))
	audio := dig(v, "messages", "0", "audio")
	if dig(audio, "voice") != true || dig(audio, "mime_type") != "audio/ogg; codecs=opus" || len(dig(audio, "sha256").(string)) != 44 {
		t.Errorf("audio: got %v", audio)
	}
	meta := w.must("GET", "/v25.0/"+dig(audio, "id").(string), "")
	if a := w.do("GET", strings.TrimPrefix(meta.body["url"].(string), w.url), ""); string(a.raw) != "OggS" {
		t.Errorf("voice bytes: got %q", a.raw)
	}
	kind, b = form(t, nil, "x.pdf", "application/pdf", []byte("%PDF"))
	a = w.do("POST", "/sandbox/customers/"+ana+"/messages", b.String(), "Content-Type", kind)
	if v := w.hooks.message(a.body["id"].(string)); dig(v, "messages", "0", "document", "filename") != "x.pdf" {
		t.Errorf("document: got %v", v)
	}
}
