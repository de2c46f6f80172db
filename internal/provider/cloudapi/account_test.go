package cloudapi_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/meta"
	"kontor/internal/provider/providertest"
	"kontor/internal/wa"
)

func page(name, after string) providertest.Answer {
	paging := ""
	if after != "" {
		paging = `,"paging":{"cursors":{"after":"` + after + `"},"next":"https://graph.facebook.com/x"}`
	}
	return providertest.Answer{Body: `{"data":[{"id":"1","name":"` + name + `","language":"en_US","components":[]}]` + paging + `}`}
}

func names(templates []wa.TemplateDefinition) (names []string) {
	for _, t := range templates {
		names = append(names, t.Name)
	}
	return names
}

func TestTemplatesReadsAllPages(t *testing.T) {
	server := providertest.NewServer(t, page("a", "c1"), page("b", "c2"), page("c", ""))
	got, f := newClient(t).Templates(t.Context(), number(server.URL))
	if diff := cmp.Diff([]string{"a", "b", "c"}, names(got)); f != nil || diff != "" {
		t.Fatalf("%v (-want +got):\n%s", f, diff)
	}
	for i, after := range []string{"", "c1", "c2"} {
		r := server.Seen()[i]
		query, err := url.ParseQuery(r.Query)
		if err != nil || r.Path != "/v25.0/102290129340398/message_templates" || query.Get("after") != after || query.Get("fields") != meta.TemplateFields {
			t.Errorf("request %d: got %s?%s, want after=%s", i, r.Path, r.Query, after)
		}
	}
}

func TestTemplatesStartsAnewWhenTheCursorExpired(t *testing.T) {
	expired, _ := refuse(131059)
	server := providertest.NewServer(t, page("a", "c1"), expired, page("a", "c1"), page("b", ""))
	got, f := newClient(t).Templates(t.Context(), number(server.URL))
	if diff := cmp.Diff([]string{"a", "b"}, names(got)); f != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", f, diff)
	}
	server = providertest.NewServer(t, page("a", "c1"), expired, expired)
	if got, f := newClient(t).Templates(t.Context(), number(server.URL)); f == nil || got != nil {
		t.Errorf("got %v and %v, want a failure and no half list", got, f)
	}
}

func TestTemplatesEnds(t *testing.T) {
	server := providertest.NewServer(t, page("a", "again"))
	if got, f := newClient(t).Templates(t.Context(), number(server.URL)); f == nil || got != nil {
		t.Errorf("got %d templates and %v, want a failure", len(got), f)
	}
}

func TestFields(t *testing.T) {
	server := providertest.NewServer(t, providertest.Answer{Body: `{"id":"106540352242922","display_phone_number":"+49 451 5550100","verified_name":"Kontor","quality_rating":"GREEN","throughput":{"level":"STANDARD"},"status":"CONNECTED"}`},
		providertest.Answer{Body: `{"id":"102290129340398","owner_business_info":{"name":"Kontor","id":"400000000000001"}}`})
	got, f := newClient(t).Fields(t.Context(), number(server.URL))
	want := wa.NumberFields{DisplayPhone: "+49 451 5550100", VerifiedName: "Kontor", Quality: "GREEN", Throughput: "STANDARD", Status: "CONNECTED", PortfolioID: "400000000000001", CheckedAt: noon}
	if f != nil || got != want {
		t.Errorf("got %+v and %v, want %+v", got, f, want)
	}
	seen := server.Seen()
	if r := seen[0]; r.Path != "/v25.0/106540352242922" || r.Query != "fields="+url.QueryEscape(meta.NumberFields) {
		t.Errorf("got %s?%s", r.Path, r.Query)
	}
	if r := seen[1]; len(seen) != 2 || r.Path != "/v25.0/"+string(number(server.URL).WABAID) || r.Query != "fields="+meta.OwnerFields {
		t.Errorf("got %s?%s", r.Path, r.Query)
	}
}

// A token that may not read the account still reads the number.
func TestFieldsWithoutTheOwner(t *testing.T) {
	for what, answer := range map[string]providertest.Answer{
		"refused": {Status: 403, Body: `{"error":{"message":"(#200) Permissions error","type":"OAuthException","code":200}}`},
		"untold":  {Body: `{"id":"102290129340398"}`}, "odd": {Body: `{"owner_business_info":"Kontor"}`},
	} {
		server := providertest.NewServer(t, providertest.Answer{Body: `{"id":"106540352242922","display_phone_number":"+49 451 5550100","verified_name":"Kontor"}`}, answer)
		if got, f := newClient(t).Fields(t.Context(), number(server.URL)); f != nil || got.PortfolioID != "" || got.VerifiedName != "Kontor" {
			t.Errorf("%s: got %+v and %v", what, got, f)
		}
	}
}

func TestProfile(t *testing.T) {
	server := providertest.NewServer(t, providertest.Answer{Body: `{"data":[{"about":"Open 9-5","messaging_product":"whatsapp"}]}`}, providertest.Answer{Body: `{"success":true}`})
	c, n := newClient(t), number(server.URL)
	got, f := c.Profile(t.Context(), n)
	if diff := cmp.Diff(wa.Profile{About: "Open 9-5"}, got); f != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", f, diff)
	}
	if f := c.SetProfile(t.Context(), n, wa.Profile{About: "Closed"}); f != nil {
		t.Fatal(f)
	}
	for i, want := range []string{"GET", "POST"} {
		if r := server.Seen()[i]; r.Method != want || r.Path != "/v25.0/106540352242922/whatsapp_business_profile" {
			t.Errorf("got %s %s, want %s", r.Method, r.Path, want)
		}
	}
}

func TestMarkReadAndSubscribe(t *testing.T) {
	server := providertest.NewServer(t, providertest.Answer{Body: `{"success":true}`})
	c, n := newClient(t), number(server.URL)
	if f := c.MarkRead(t.Context(), n, "wamid.1", true); f != nil {
		t.Error(f)
	}
	if f := c.Subscribe(t.Context(), n, "https://example.com/hook", "verify"); f != nil {
		t.Error(f)
	}
	for i, want := range []struct{ path, body string }{
		{"/v25.0/106540352242922/messages", `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.1","typing_indicator":{"type":"text"}}`},
		{"/v25.0/102290129340398/subscribed_apps", `{"override_callback_uri":"https://example.com/hook","verify_token":"verify"}`},
	} {
		if r := server.Seen()[i]; r.Method != "POST" || r.Path != want.path || string(r.Body) != want.body {
			t.Errorf("got %s %s %s, want POST %s %s", r.Method, r.Path, r.Body, want.path, want.body)
		}
	}
}
