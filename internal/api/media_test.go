package api_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"kontor/internal/account"
)

// upload sends a form with the members in order; a member "file" is a file.
func (h *house) upload(key string, members ...[3]string) reply {
	h.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for _, m := range members {
		head := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name=%q`, m[0])}}
		if m[0] == "file" {
			head.Set("Content-Disposition", `form-data; name="file"; filename="`+m[1]+`"`)
			head.Set("Content-Type", "application/octet-stream")
		}
		part, err := form.CreatePart(head)
		if err != nil {
			h.t.Fatal(err)
		}
		_, _ = part.Write([]byte(m[2]))
	}
	form.Close()
	return h.call(key, "POST", base+"/media", b.String(), "Content-Type", form.FormDataContentType())
}

var png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + strings.Repeat("\x00", 500)

func TestFilesGoInAndOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		key := h.tenants[0].keys[account.Agent]
		got := h.upload(key, [3]string{"messaging_product", "", "whatsapp"}, [3]string{"file", "Fahrräder.png", png})
		if got.status != 201 || got.text("mime_type") != "image/png" || got.json["size"] != float64(len(png)) || got.text("filename") != "Fahrräder.png" {
			t.Fatalf("got %d %s, want a stored picture", got.status, got.raw)
		}
		address := base + "/media/" + got.text("media_id")
		whole := h.call(key, "GET", address, "")
		if whole.status != 200 || string(whole.raw) != png || whole.header.Get("Content-Type") != "image/png" || whole.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("got %d with %d bytes of %s", whole.status, len(whole.raw), whole.header.Get("Content-Type"))
		}
		if d := whole.header.Get("Content-Disposition"); !strings.HasPrefix(d, "inline; filename*=utf-8''Fahrr%C3%A4der.png") {
			t.Errorf("got Content-Disposition %q, want it shown in place under its name", d)
		}
		if cache, vary := whole.header.Get("Cache-Control"), whole.header.Get("Vary"); cache != "private, max-age=3600" || vary != "Cookie, Authorization" {
			t.Errorf("got Cache-Control %q and Vary %q, want it kept for whoever asked alone", cache, vary)
		}
		part := h.call(key, "GET", address, "", "Range", "bytes=1-3")
		if part.status != http.StatusPartialContent || string(part.raw) != "PNG" {
			t.Errorf("got %d %q, want the part PNG", part.status, part.raw)
		}
		head := h.call(key, "HEAD", address, "")
		if head.status != 200 || head.header.Get("Content-Length") != fmt.Sprint(len(png)) || len(head.raw) != 0 {
			t.Errorf("got %d with length %s", head.status, head.header.Get("Content-Length"))
		}
		if same := h.call(key, "GET", address, "", "If-None-Match", whole.header.Get("ETag")); same.status != http.StatusNotModified {
			t.Errorf("got %d for a file that the browser has, want 304", same.status)
		}
		h.want(h.call(h.tenants[1].keys[account.Admin], "GET", address, ""), 404, "media_unknown")
		h.want(h.call(key, "GET", base+"/media/med_x", ""), 404, "media_unknown")
	})
}

func TestWhatMayRunIsNeverShownInPlace(t *testing.T) {
	h := open(t, openSQLite(t))
	key := h.tenants[0].keys[account.Agent]
	got := h.upload(key, [3]string{"file", "a;x.html", "<!doctype html><script>alert(1)</script>"})
	if got.status != 201 {
		t.Fatalf("got %d %s, want it taken as a document", got.status, got.raw)
	}
	page := h.call(key, "GET", base+"/media/"+got.text("media_id"), "")
	if d := page.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") {
		t.Errorf("got %q, want attachment", d)
	}
	if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("got policy %q, want a sandbox", csp)
	}
}

func TestUploadsAreRefusedWithReason(t *testing.T) {
	h := open(t, openSQLite(t))
	key := h.tenants[0].keys[account.Agent]
	h.want(h.call(key, "POST", base+"/media", `{}`), 400, "not_multipart")
	h.want(h.upload(key), 422, "invalid_request")
	h.want(h.upload(key, [3]string{"file", "a.png", ""}), 422, "media_empty")
	h.want(h.upload(key, [3]string{"what", "", "x"}, [3]string{"file", "a.png", png}), 422, "invalid_request")
	h.want(h.upload(key, [3]string{"type", "", "image/\xff\x00"}, [3]string{"file", "a.png", png}), 422, "invalid_request")
	if got := h.upload(key, [3]string{"file", "a\xffb.png", png}); got.status != 201 || got.text("filename") != "ab.png" {
		t.Errorf("got %d %s, want a name that can be written", got.status, got.raw)
	}
	h.want(h.upload(key, [3]string{"type", "", "video/mp4"}, [3]string{"file", "a.mp4", png}), 422, "media_type_mismatch")
	large := h.upload(key, [3]string{"file", "a.png", png + strings.Repeat("x", 5<<20)})
	h.want(large, 413, "media_too_large")
	if errs, _ := large.json["errors"].([]any); len(errs) != 1 || errs[0].(map[string]any)["limit"] != float64(5<<20) {
		t.Errorf("got %s, want the limit named", large.raw)
	}
}
