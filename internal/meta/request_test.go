package meta

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/fault"
	"kontor/internal/wa"
)

func TestParseSendTakesWhatGraphTakes(t *testing.T) {
	text := wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: "hi", PreviewURL: true}}
	place := wa.Content{Type: wa.TypeLocation, Location: &wa.Location{Latitude: 53.5, Longitude: 10}}
	for _, c := range []struct {
		name, body string
		want       wa.Content
	}{
		{"as documented", `{"to":"49","type":"text","text":{"body":"hi","preview_url":true}}`, text},
		{"type missing", `{"to":"49","text":{"body":"hi","preview_url":true}}`, text},
		{"type in capitals", `{"to":"49","type":"TEXT","text":{"body":"hi","preview_url":true}}`, text},
		{"nulls", `{"to":"49","type":"text","context":null,"image":null,"text":{"body":"hi","preview_url":true}}`, text},
		{"boolean as text", `{"to":"49","type":"text","text":{"body":"hi","preview_url":"true"}}`, text},
		{"boolean as number", `{"to":"49","type":"text","text":{"body":"hi","preview_url":1}}`, text},
		{"to as number", `{"to":49,"type":"text","text":{"body":"hi","preview_url":true}}`, text},
		{"object as text", `{"to":"49","type":"text","text":"{\"body\":\"hi\",\"preview_url\":true,\"x\":null}"}`, text},
		{"unknown members", `{"to":"49","type":"text","text":{"body":"hi","preview_url":true,"new":[{}]},"new":{}}`, text},
		{"degrees as text", `{"to":"49","type":"location","location":{"latitude":"53.5","longitude":"10"}}`, place},
		{"space around", " \n" + `{"to":"49","type":"location","location":{"latitude":53.5,"longitude":10}}` + "\n", place},
		{"media id as number", `{"to":"49","type":"image","image":{"id":123,"mime_type":"image/png","sha256":"x"}}`, wa.Content{Type: wa.TypeImage, Image: &wa.Media{ID: "123"}}},
		{"index as number", `{"to":"49","type":"template","template":{"name":"n","language":{"code":"de"},"components":[{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":7}]}]}}`,
			wa.Content{Type: wa.TypeTemplate, Template: &wa.Template{Name: "n", Language: wa.Language{Code: "de"}, Components: []wa.TemplateComponent{
				{Type: "button", SubType: "url", Index: "0", Parameters: []wa.TemplateParameter{{Type: "text", Text: "7"}}}}}}},
		{"identity", `{"to":"49","recipient_identity_key_hash":"h","type":"text","text":{"body":"hi","preview_url":true}}`, wa.Content{Type: wa.TypeText, Text: text.Text, IdentityHash: "h"}},
	} {
		got, err := ParseSend([]byte(c.body))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, got.Content()); diff != "" || got.To != "49" {
			t.Errorf("%s: to %q (-want +got):\n%s", c.name, got.To, diff)
		}
	}
}

func TestParseSendRefuses(t *testing.T) {
	for body, want := range map[string]string{
		``: "not_json", `null`: "not_json", `[]`: "not_json", `{`: "not_json", `{} {}`: "not_json", `"x"`: "not_json",
		`{"text":["x"]}`:                  "wrong_type: text",
		`{"text":"x"}`:                    "wrong_type: text",
		`{"text":{"body":{}}}`:            "wrong_type: text.body",
		`{"text":{"body":true}}`:          "wrong_type: text.body",
		`{"contacts":{"name":{}}}`:        "wrong_type: contacts",
		`{"contacts":[7]}`:                "wrong_type: contacts[0]",
		`{"location":{"latitude":"NaN"}}`: "wrong_type: location.latitude",
		`{"location":{"latitude":1e999}}`: "wrong_type: location.latitude",
		`{"template":{"components":[{"cards":[{"card_index":"first"}]}]}}`: "wrong_type: template.components[0].cards[0].card_index",
		`{"template":{"components":[{"index":{}}]}}`:                       "wrong_type: template.components[0].index",
		`{"interactive":{"type":"button","action":"{"}}`:                   "wrong_type: interactive.action",
	} {
		_, err := ParseSend([]byte(body))
		f := fault.As(err)
		got := f.Code
		if len(f.Fields) > 0 {
			got += ": " + f.Fields[0].Name
		}
		if err == nil || got != want || f.Kind != fault.Invalid {
			t.Errorf("%s: got %v, want %s", body, err, want)
		}
	}
}

func TestParseSendForm(t *testing.T) {
	got, err := ParseSendForm(url.Values{"to": {"49"}, "type": {"contacts"}, "contacts": {`[{"name":{"formatted_name":"Ida"},"birthday":null}]`}, "other": {"x"}})
	if err != nil {
		t.Fatal(err)
	}
	want := wa.Content{Type: wa.TypeContacts, Contacts: []wa.ContactCard{{Name: wa.ContactName{FormattedName: "Ida"}}}}
	if diff := cmp.Diff(want, got.Content()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzParseSend(f *testing.F) {
	f.Add(`{"to":"49","type":"text","text":{"body":"hi"}}`)
	f.Add(`{"template":"{\"name\":null}","context":{"message_id":7}}`)
	f.Add(strings.Repeat("[", 100))
	f.Fuzz(func(t *testing.T, body string) {
		r, err := ParseSend([]byte(body))
		if (r == nil) == (err == nil) && err == nil {
			t.Fatal("neither a request nor an error")
		}
		if err != nil && fault.As(err).Kind != fault.Invalid {
			t.Fatalf("got %v, want a fault of the caller's", err)
		}
		if err == nil {
			r.Content()
		}
	})
}
