package cloudapi_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"kontor/internal/meta"
	"kontor/internal/provider"
	"kontor/internal/provider/cloudapi"
	"kontor/internal/provider/providertest"
	"kontor/internal/wa"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const accepted = `{"messaging_product":"whatsapp","contacts":[{"input":"+4915510000001","wa_id":"4915510000001"}],"messages":[{"id":"wamid.1"}]}`

func newClient(t testing.TB) *cloudapi.Client {
	c := cloudapi.New(cloudapi.Options{Now: func() time.Time { return noon }, UserAgent: "kontor/test"})
	t.Cleanup(c.Close)
	return c
}

func number(address string) *wa.Number {
	return &wa.Number{PhoneNumberID: "106540352242922", WABAID: "102290129340398", BaseURL: address,
		APIVersion: "v25.0", AccessToken: providertest.Token}
}

func refuse(code int) (providertest.Answer, bool) {
	row, ok := meta.LookupError(code)
	return providertest.Answer{Status: row.HTTP, Header: map[string]string{"Content-Type": "application/json"},
		Body: fmt.Sprintf(`{"error":{"message":"(#%d) %s","type":"OAuthException","code":%d,"error_data":{"messaging_product":"whatsapp","details":"no"},"fbtrace_id":"A1"}}`,
			code, row.Title, code)}, ok
}

func TestCarrier(t *testing.T) {
	providertest.Run(t, providertest.Dialect{
		New:      func(t testing.TB) provider.Carrier { return newClient(t) },
		Number:   number,
		Accept:   providertest.Answer{Body: accepted},
		Accepted: wa.Accepted{Wamid: "wamid.1", WaID: "4915510000001"},
		Refuse:   refuse,
	})
}

// Every code of the table reaches the sender with its class and its delay.
func TestSendEveryCode(t *testing.T) {
	c := newClient(t)
	for _, row := range meta.ErrorTable() {
		answer, _ := refuse(row.Code)
		_, f := c.Send(t.Context(), number(providertest.NewServer(t, answer).URL), providertest.Message())
		if f == nil || f.Class != row.Class || f.RetryAfter != row.MinDelay || f.Status != row.HTTP {
			t.Errorf("%d: got %+v, want %s after %v with status %d", row.Code, f, row.Class, row.MinDelay, row.HTTP)
		}
	}
}

func TestSendRequest(t *testing.T) {
	server := providertest.NewServer(t, providertest.Answer{Body: accepted})
	if _, f := newClient(t).Send(t.Context(), number(server.URL), providertest.Message()); f != nil {
		t.Fatal(f)
	}
	r := server.Only(t)
	if r.Method != http.MethodPost || r.Path != "/v25.0/106540352242922/messages" {
		t.Errorf("got %s %s, want POST /v25.0/106540352242922/messages", r.Method, r.Path)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer " + providertest.Token, "Content-Type": "application/json", "User-Agent": "kontor/test",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	const want = `{"messaging_product":"whatsapp","recipient_type":"individual","to":"+4915510000001","type":"text","text":{"body":"a text that must not be seen"},"biz_opaque_callback_data":"msg_000000000002k"}`
	if string(r.Body) != want {
		t.Errorf("got %s\nwant %s", r.Body, want)
	}
}

func TestBaseURLWithAndWithoutVersion(t *testing.T) {
	for suffix, want := range map[string]string{
		"": "/v25.0/106540352242922/messages", "/": "/v25.0/106540352242922/messages",
		"/v18.0": "/v18.0/106540352242922/messages", "/v18.0/": "/v18.0/106540352242922/messages",
		"/graph": "/graph/v25.0/106540352242922/messages", "/graph/v9": "/graph/v9/106540352242922/messages",
		"/vienna": "/vienna/v25.0/106540352242922/messages", "/v": "/v/v25.0/106540352242922/messages",
	} {
		server := providertest.NewServer(t, providertest.Answer{Body: accepted})
		if _, f := newClient(t).Send(t.Context(), number(server.URL+suffix), providertest.Message()); f != nil {
			t.Fatal(f)
		}
		if got := server.Only(t).Path; got != want {
			t.Errorf("%q: got %s, want %s", suffix, got, want)
		}
	}
	server := providertest.NewServer(t, providertest.Answer{Body: accepted})
	n := number(server.URL)
	n.APIVersion, n.PhoneNumberID = "", "../x?y"
	if _, f := newClient(t).Send(t.Context(), n, providertest.Message()); f != nil {
		t.Fatal(f)
	}
	if got, want := server.Only(t).Path, "/..%2Fx%3Fy/messages"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSendWithUnusableBase(t *testing.T) {
	for _, base := range []string{"http://[", "gopher://example.com", "::"} {
		_, f := newClient(t).Send(t.Context(), number(base), providertest.Message())
		if f == nil || f.Status != 0 || f.Class == wa.ClassUncertain {
			t.Errorf("%q: got %v, want a failure before anything left", base, f)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for name, c := range map[string]struct {
		header map[string]string
		code   int
		want   time.Duration
	}{
		"seconds":             {map[string]string{"Retry-After": "90"}, 80007, 90 * time.Second},
		"a date":              {map[string]string{"Retry-After": noon.Add(5 * time.Minute).Format(http.TimeFormat)}, 80007, 5 * time.Minute},
		"a date gone by":      {map[string]string{"Retry-After": noon.Add(-time.Hour).Format(http.TimeFormat)}, 80007, time.Minute},
		"less than the table": {map[string]string{"Retry-After": "1"}, 80007, time.Minute},
		"nonsense":            {map[string]string{"Retry-After": "soon"}, 80007, time.Minute},
		"a year":              {map[string]string{"Retry-After": "31536000"}, 80007, 24 * time.Hour},
		"usage": {map[string]string{"X-Business-Use-Case-Usage": `{"102290129340398":[{"type":"whatsapp","call_count":100,"estimated_time_to_regain_access":19}]}`},
			80007, 19 * time.Minute},
		"usage nonsense": {map[string]string{"X-Business-Use-Case-Usage": `[1]`}, 80007, time.Minute},
		"none":           {nil, 131008, 0},
	} {
		answer, _ := refuse(c.code)
		for k, v := range c.header {
			answer.Header[k] = v
		}
		_, f := newClient(t).Send(t.Context(), number(providertest.NewServer(t, answer).URL), providertest.Message())
		if f == nil || f.RetryAfter != c.want {
			t.Errorf("%s: got %+v, want %v", name, f, c.want)
		}
	}
}

// A link that Meta could not fetch is worth one more try; an id is not.
func TestMediaErrorOfLinks(t *testing.T) {
	answer, _ := refuse(131053)
	for want, media := range map[wa.Class]*wa.Media{
		wa.ClassRetryNow: {Link: "https://example.com/a.jpg"}, wa.ClassNever: {ID: "1"},
	} {
		param := []wa.TemplateParameter{{Type: "image", Image: media}}
		for _, content := range []wa.Content{
			{Type: wa.TypeImage, Image: media},
			{Type: wa.TypeInteractive, Interactive: &wa.Interactive{Type: "button", Header: &wa.Header{Type: "image", Image: media}}},
			{Type: wa.TypeTemplate, Template: &wa.Template{Name: "x", Components: []wa.TemplateComponent{{Type: "header", Parameters: param}}}},
		} {
			m := providertest.Message()
			m.Content = content
			_, f := newClient(t).Send(t.Context(), number(providertest.NewServer(t, answer).URL), m)
			if f == nil || f.Class != want {
				t.Errorf("%s: got %+v, want %s", content.Type, f, want)
			}
		}
	}
}

func TestErrorInAGoodAnswer(t *testing.T) {
	answer, _ := refuse(131047)
	answer.Status = 200
	_, f := newClient(t).Send(t.Context(), number(providertest.NewServer(t, answer).URL), providertest.Message())
	if f == nil || f.Class != wa.ClassTemplate {
		t.Errorf("got %+v, want %s", f, wa.ClassTemplate)
	}
}

// The carrier's own limit, not the caller's, ends a call without an answer.
func TestTimeout(t *testing.T) {
	c := cloudapi.New(cloudapi.Options{Now: time.Now, Timeout: 250 * time.Millisecond})
	t.Cleanup(c.Close)
	n := number(providertest.NewServer(t, providertest.Answer{Hang: true}).URL)
	if _, f := c.Send(t.Context(), n, providertest.Message()); f == nil || f.Class != wa.ClassUncertain {
		t.Errorf("got %v, want %s", f, wa.ClassUncertain)
	}
	if f := c.MarkRead(t.Context(), n, "wamid.1", false); f == nil || f.Class != wa.ClassBackoff {
		t.Errorf("got %v, want %s", f, wa.ClassBackoff)
	}
}

func BenchmarkSend(b *testing.B) {
	server := providertest.NewServer(b, providertest.Answer{Body: accepted})
	c, n, m := newClient(b), number(server.URL), providertest.Message()
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, f := c.Send(b.Context(), n, m); f != nil {
				b.Fatal(f)
			}
		}
	})
}
