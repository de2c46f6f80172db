package api_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"kontor/internal/account"
)

func TestWebApp(t *testing.T) {
	h := open(t, openSQLite(t))
	for path, want := range map[string]struct {
		status      int
		kind, cache string
	}{
		"/":                     {200, "text/html; charset=utf-8", "no-cache"},
		"/inbox/494515550100":   {200, "text/html; charset=utf-8", "no-cache"},
		"/index.html":           {200, "text/html; charset=utf-8", "no-cache"},
		"/assets/app-1a2b3c.js": {200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		"/assets/gone-1.js":     {404, "text/plain; charset=utf-8", "no-store"},
		"/assets":               {200, "text/html; charset=utf-8", "no-cache"},
		"/favicon.ico":          {404, "text/plain; charset=utf-8", "no-store"},
		"/sandbox.html":         {404, "text/plain; charset=utf-8", "no-store"},
		"/../../etc/passwd":     {200, "text/html; charset=utf-8", "no-cache"},
		"/api/v1/whatsapp":      {404, "application/problem+json", "no-store"},
		"/api/v2/x":             {404, "application/problem+json", "no-store"},
		"/v25.0/1/messages":     {404, "application/problem+json", "no-store"},
		"/v1/messages":          {404, "application/problem+json", "no-store"},
		"/webhook/whatsapp/a/b": {404, "application/problem+json", "no-store"},
	} {
		got := h.call("", "GET", path, "")
		if got.status != want.status || got.header.Get("Content-Type") != want.kind || got.header.Get("Cache-Control") != want.cache {
			t.Errorf("%s: got %d, %q, %q; want %v", path, got.status, got.header.Get("Content-Type"), got.header.Get("Cache-Control"), want)
		}
		if csp := got.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || !strings.Contains(csp, "form-action 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") || got.header.Get("Permissions-Policy") == "" {
			t.Errorf("%s: got policy %q, want the house's", path, csp)
		}
	}
	packed := h.call("", "GET", "/assets/big-1a2b3c.css", "", "Accept-Encoding", "br, gzip")
	if packed.header.Get("Content-Encoding") != "gzip" || string(packed.raw) != "packed" {
		t.Errorf("got %q of %q, want the packed file", packed.header.Get("Content-Encoding"), packed.raw)
	}
	plain := h.call("", "GET", "/assets/big-1a2b3c.css", "", "Accept-Encoding", "gzip;q=0")
	if plain.header.Get("Content-Encoding") != "" || string(plain.raw) != "body{}" {
		t.Errorf("got %q of %q, want the plain file", plain.header.Get("Content-Encoding"), plain.raw)
	}
	if got := h.call("", "POST", "/inbox", ""); got.status != 404 {
		t.Errorf("POST to a page: got %d, want 404", got.status)
	}
}

// What is told of people and messages stays in no cache: the next one at the
// same machine, or behind the same proxy, finds nothing of it.
func TestAnswersOfTheHouseAreNotKept(t *testing.T) {
	h := open(t, openSQLite(t))
	for _, path := range []string{"/me", "/people", "/conversations", "/search?q=Ida", "/keys"} {
		got := h.call(h.tenants[0].keys[account.Admin], "GET", base+path, "")
		if cache := got.header.Get("Cache-Control"); got.status != 200 || cache != "no-store" {
			t.Errorf("%s: got %d with Cache-Control %q, want no-store", path, got.status, cache)
		}
	}
}

func TestDocumentationComesFromTheBinary(t *testing.T) {
	h := open(t, openSQLite(t))
	page := h.call("", "GET", "/docs", "")
	if page.status != 200 || page.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("got %d %s, want the page", page.status, page.header.Get("Content-Type"))
	}
	if found := regexp.MustCompile(`(?:src|href)="(https?:)?//`).Find(page.raw); found != nil {
		t.Errorf("the page loads from elsewhere: %s", found)
	}
	if regexp.MustCompile(`<script[^>]*>[^<]|<style| on[a-z]+=| style=`).Match(page.raw) {
		t.Error("the page has a script or style inside, which its policy forbids")
	}
	for path, kind := range map[string]string{"/docs/docs.js": "text/javascript; charset=utf-8", "/docs/docs.css": "text/css; charset=utf-8", "/openapi.json": "application/json"} {
		got := h.call("", "GET", path, "")
		if got.status != 200 || got.header.Get("Content-Type") != kind || got.header.Get("ETag") == "" {
			t.Errorf("%s: got %d %s", path, got.status, got.header.Get("Content-Type"))
		}
		if again := h.call("", "GET", path, "", "If-None-Match", got.header.Get("ETag")); again.status != 304 {
			t.Errorf("%s again: got %d, want 304", path, again.status)
		}
	}
}

func TestReadiness(t *testing.T) {
	h := open(t, openSQLite(t))
	if got := h.call("", "GET", "/readyz", ""); got.status != 200 || got.text("status") != "ready" {
		t.Errorf("got %d %s, want ready", got.status, got.raw)
	}
	h.ready = errors.New("12 webhooks wait")
	got := h.call("", "GET", "/readyz", "")
	missing, _ := got.json["missing"].([]any)
	if got.status != 503 || len(missing) != 1 || missing[0].(map[string]any)["name"] != "backlog" || missing[0].(map[string]any)["reason"] != "12 webhooks wait" {
		t.Errorf("got %d %s, want the backlog named", got.status, got.raw)
	}
	if got := h.call("", "GET", "/healthz", ""); got.status != 200 {
		t.Errorf("got %d, want a process that is not ready to be healthy", got.status)
	}
	h.call("", "GET", base+"/conversations/494515550100", "")
	metrics := string(h.call("", "GET", "/metrics", "").raw)
	if !strings.Contains(metrics, `kontor_http_requests_total{method="GET",route="/api/v1/whatsapp/conversations/{phone}",status="401"} 1`) {
		t.Error("the metrics do not count by route")
	}
	if strings.Contains(metrics, "494515550100") {
		t.Error("the metrics hold a phone number")
	}
}

func TestAPanicIsOneRequestsOnly(t *testing.T) {
	h := open(t, openSQLite(t))
	got := h.call("", "GET", "/webhook/panic/494515550100", "", "X-Request-Id", "trace-1")
	h.want(got, 500, "internal")
	if got.text("request_id") != "trace-1" || strings.Contains(string(got.raw), "a bug") {
		t.Errorf("got %s, want the caller's request id and no cause", got.raw)
	}
	if got := h.call("", "GET", "/healthz", ""); got.status != 200 {
		t.Errorf("got %d afterwards, want 200", got.status)
	}
	h.logMu.Lock()
	defer h.logMu.Unlock()
	if log := h.log.String(); !strings.Contains(log, "a bug") || strings.Contains(log, "494515550100") {
		t.Error("want the cause in the log, and the phone number not")
	}
}
