package cloudapi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/provider/providertest"
	"kontor/internal/wa"
)

func TestUpload(t *testing.T) {
	server := providertest.NewServer(t, providertest.Answer{Body: `{"id":"1003383421387256"}`})
	file := providertest.File(`Menü "new".pdf`, "application/pdf", "the menu")
	id, f := newClient(t).Upload(t.Context(), number(server.URL), file)
	if f != nil || id != "1003383421387256" {
		t.Fatalf("got %q and %v, want 1003383421387256", id, f)
	}
	r := server.Only(t)
	if r.Method != http.MethodPost || r.Path != "/v25.0/106540352242922/media" {
		t.Errorf("got %s %s", r.Method, r.Path)
	}
	if r.ContentLength != int64(len(r.Body)) {
		t.Errorf("got Content-Length %d, want %d", r.ContentLength, len(r.Body))
	}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	parts := multipart.NewReader(bytes.NewReader(r.Body), params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		got[part.FormName()] = strings.Join([]string{part.FileName(), part.Header.Get("Content-Type"), string(content)}, "|")
	}
	want := map[string]string{"messaging_product": "||whatsapp", "type": "||application/pdf", "file": `Menü "new".pdf|application/pdf|the menu`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
}

func TestUploadOfUnknownSizeIsStreamed(t *testing.T) {
	server := providertest.NewServer(t, providertest.Answer{Body: `{"id":"1"}`})
	file := providertest.File("", "image/jpeg\r\nX-Bad: 1", "picture")
	file.Size = 0
	if _, f := newClient(t).Upload(t.Context(), number(server.URL), file); f != nil {
		t.Fatal(f)
	}
	if r := server.Only(t); r.ContentLength != -1 || !bytes.Contains(r.Body, []byte("picture")) || bytes.Contains(r.Body, []byte("\r\nX-Bad: 1\r\n\r\n")) {
		t.Errorf("got Content-Length %d and %q, want it in pieces and no header of the file's own", r.ContentLength, r.Body)
	}
}

func TestUploadClosesTheFile(t *testing.T) {
	for name, script := range map[string]providertest.Answer{"taken": {Body: `{"id":"1"}`}, "lost": {Lose: true}} {
		opened := &closing{Reader: strings.NewReader("x")}
		file := wa.Upload{MimeType: "image/jpeg", Size: 1, Open: func() (io.ReadCloser, error) { return opened, nil }}
		newClient(t).Upload(t.Context(), number(providertest.NewServer(t, script).URL), file)
		if !opened.closed {
			t.Errorf("%s: the file is still open", name)
		}
	}
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

func TestUploadOfWhatCannotBeRead(t *testing.T) {
	gone := errors.New("gone")
	for name, open := range map[string]func() (io.ReadCloser, error){
		"not opened":   func() (io.ReadCloser, error) { return nil, gone },
		"breaks":       func() (io.ReadCloser, error) { return io.NopCloser(broken{gone}), nil },
		"is too short": func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil },
	} {
		server := providertest.NewServer(t, providertest.Answer{Body: `{"id":"1"}`})
		_, f := newClient(t).Upload(t.Context(), number(server.URL), wa.Upload{MimeType: "image/jpeg", Size: 100, Open: open})
		if f == nil || f.Class != wa.ClassBackoff {
			t.Errorf("%s: got %v, want %s", name, f, wa.ClassBackoff)
		}
	}
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func TestMediaAndDownload(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+providertest.Token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch r.URL.EscapedPath() {
		case "/v25.0/10%2F03":
			if r.URL.RawQuery != "phone_number_id=106540352242922" {
				t.Errorf("got query %q", r.URL.RawQuery)
			}
			io.WriteString(w, `{"messaging_product":"whatsapp","url":"http://`+r.Host+`/file?hash=1","mime_type":"image/jpeg","sha256":"s","file_size":"7"}`)
		case "/file":
			io.WriteString(w, "picture")
		case "/moved":
			http.Redirect(w, r, "/file", http.StatusFound)
		case "/away":
			http.Redirect(w, r, "https://example.com/file?hash=secret", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	c, n := newClient(t), number(server.URL+"/v25.0")

	media, f := c.Media(t.Context(), n, "10/03")
	want := wa.RemoteMedia{ID: "10/03", URL: server.URL + "/file?hash=1", MimeType: "image/jpeg", SHA256: "s", Size: 7}
	if f != nil || media != want {
		t.Fatalf("got %+v and %v, want %+v", media, f, want)
	}
	for _, path := range []string{"/file", "/moved"} {
		body, f := c.Download(t.Context(), n, wa.RemoteMedia{URL: server.URL + path})
		if f != nil {
			t.Fatalf("%s: %v", path, f)
		}
		content, err := io.ReadAll(body)
		if err != nil || string(content) != "picture" {
			t.Errorf("%s: got %q and %v, want picture", path, content, err)
		}
		if err := body.Close(); err != nil {
			t.Errorf("%s: close: %v", path, err)
		}
	}
	if _, f := c.Download(t.Context(), n, wa.RemoteMedia{URL: server.URL + "/expired"}); f == nil || f.Status != http.StatusNotFound {
		t.Errorf("expired: got %v, want status 404", f)
	}
	for _, path := range []string{"/away", "/round"} {
		_, f := c.Download(t.Context(), n, wa.RemoteMedia{URL: server.URL + path})
		if f == nil || f.Status != 0 || strings.Contains(f.Error(), "secret") {
			t.Errorf("%s: got %v, want the redirect refused, and its address not told", path, f)
		}
	}
	if _, f := c.Media(t.Context(), n, ""); f == nil || f.Class != wa.ClassNever {
		t.Errorf("no id: got %v, want %s", f, wa.ClassNever)
	}
}

// The token goes to Meta and to the configured base, whatever an address says.
func TestDownloadRefusesForeignAddresses(t *testing.T) {
	other := providertest.NewServer(t, providertest.Answer{Body: "inside"})
	own := providertest.NewServer(t, providertest.Answer{Body: "own"})
	for _, address := range []string{
		"", "file:///etc/passwd", "ftp://lookaside.fbsbx.com/x", "http://lookaside.fbsbx.com/x", other.URL + "/latest",
		"http://169.254.169.254/latest/meta-data", "https://example.com/x", "https://fbsbx.com.example.com/x",
		"https://evilfbsbx.com/x", "https://lookaside.fbsbx.com:8443/x", "https://user:pw@lookaside.fbsbx.com/x",
		"https://lookaside.fbsbx.com@example.com/x", "//lookaside.fbsbx.com/x", "lookaside.fbsbx.com/x", "http://[", "https:///x",
		strings.Replace(own.URL, "http:", "https:", 1) + "/x",
	} {
		body, f := newClient(t).Download(t.Context(), number(own.URL), wa.RemoteMedia{URL: address})
		if f == nil {
			body.Close()
			t.Fatalf("%q was fetched", address)
		}
		if f.Class != wa.ClassNever || f.Status != 0 {
			t.Errorf("%q: got %s with status %d, want %s with none", address, f.Class, f.Status, wa.ClassNever)
		}
	}
	if len(other.Seen())+len(own.Seen()) != 0 {
		t.Error("a foreign address was asked")
	}
	// Meta's own addresses pass the gate; with ctx over, nothing is asked of them.
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, address := range []string{"https://lookaside.fbsbx.com/x", "https://LOOKASIDE.FBSBX.COM:443/x", "https://graph.facebook.com/x", "https://mmg.whatsapp.net/x"} {
		if _, f := newClient(t).Download(over, number(own.URL), wa.RemoteMedia{URL: address}); f == nil || f.Class != wa.ClassBackoff {
			t.Errorf("%q: got %v, want it to be let through", address, f)
		}
	}
}
