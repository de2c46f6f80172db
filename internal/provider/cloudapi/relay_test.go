package cloudapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kontor/internal/meta"
	"kontor/internal/provider"
	"kontor/internal/provider/cloudapi"
	"kontor/internal/provider/providertest"
	"kontor/internal/wa"
)

var _ provider.Relay = (*cloudapi.Client)(nil)

func TestRelayPassesCallAndAnswer(t *testing.T) {
	server := providertest.NewServer(t,
		providertest.Answer{Status: 400, Body: `{"error":{"code":100}}`, Header: map[string]string{"X-Business-Use-Case-Usage": "{}", "Retry-After": "7", "Set-Cookie": "a=b", "Location": "https://x.example"}})
	reply, f := newClient(t).Relay(t.Context(), number(server.URL), meta.Call{
		Method: http.MethodPost, Path: "/1/settings", Query: url.Values{"a": {"b"}}, ContentType: "application/json", Body: strings.NewReader(`{}`), Length: 2,
	})
	if f != nil || reply.Status != 400 || string(reply.Body) != `{"error":{"code":100}}` {
		t.Fatalf("got %+v and %v, want the refusal as it came", reply, f)
	}
	if len(reply.Header) != 2 || reply.Header.Get("Retry-After") != "7" || reply.Header.Get("X-Business-Use-Case-Usage") != "{}" {
		t.Errorf("got headers %v, want usage and waiting only", reply.Header)
	}
	r := server.Only(t)
	if r.Method != "POST" || r.Path != "/v25.0/1/settings" || r.Query != "a=b" || string(r.Body) != "{}" || r.ContentLength != 2 ||
		r.Header.Get("Authorization") != "Bearer "+providertest.Token || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("got %+v", r)
	}
}

func TestRelayOfUploadsSpeaksTheOlderScheme(t *testing.T) {
	server := providertest.NewServer(t, providertest.Answer{Body: `{"h":"4::x"}`})
	_, f := newClient(t).Relay(t.Context(), number(server.URL), meta.Call{
		Method: http.MethodPost, Path: "/upload:MTph", Body: strings.NewReader("picture"), Length: -1, ContentType: "image/png", Header: http.Header{"File_offset": {"0"}},
	})
	if r := server.Only(t); f != nil || r.Header.Get("Authorization") != "OAuth "+providertest.Token || r.Header.Get("file_offset") != "0" || string(r.Body) != "picture" {
		t.Errorf("got %+v and %v", r, f)
	}
}

func TestRelayWithoutAnAnswer(t *testing.T) {
	gone := providertest.NewServer(t)
	for name, c := range map[string]struct {
		answer providertest.Answer
		method string
		class  wa.Class
	}{
		"a lost answer to a change":   {providertest.Answer{Lose: true}, http.MethodPost, wa.ClassUncertain},
		"a lost answer to a question": {providertest.Answer{Lose: true}, http.MethodGet, wa.ClassBackoff},
		"a gateway's word":            {providertest.Answer{Status: 502}, http.MethodPost, wa.ClassUncertain},
		"a redirect":                  {providertest.Answer{Status: 302, Header: map[string]string{"Location": gone.URL}}, http.MethodGet, wa.ClassBackoff},
	} {
		server := providertest.NewServer(t, c.answer)
		_, f := newClient(t).Relay(t.Context(), number(server.URL), meta.Call{Method: c.method, Path: "/1"})
		if f == nil || f.Class != c.class || strings.Contains(f.Error(), providertest.Token) {
			t.Errorf("%s: got %v, want %s", name, f, c.class)
		}
	}
	if n := len(gone.Seen()); n != 0 {
		t.Error("a redirect was followed")
	}
}
