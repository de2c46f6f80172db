package meta

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/wa"
)

func TestParseSendAnswer(t *testing.T) {
	for body, want := range map[string]wa.Accepted{
		`{"messaging_product":"whatsapp","contacts":[{"input":"+55 11 91234","wa_id":"551191234"}],"messages":[{"id":"wamid.1"}]}`: {Wamid: "wamid.1", WaID: "551191234"},
		`{"contacts":[{"input":"DE.1","user_id":"DE.1"}],"messages":[{"id":"wamid.1","message_status":"accepted"}]}`:               {Wamid: "wamid.1", BSUID: "DE.1"},
		`{"contacts":[{"input":"1","wa_id":"1"}],"messages":[{"id":"wamid.1","message_status":"held_for_quality_assessment"}]}`:    {Wamid: "wamid.1", WaID: "1", Held: true},
		`{"messages":[{"id":"wamid.1","message_status":"paused"}]}`:                                                                {Wamid: "wamid.1", Held: true},
	} {
		got, err := ParseSendAnswer([]byte(body))
		if err != nil || got != want {
			t.Errorf("%s: got %+v and %v, want %+v", body, got, err, want)
		}
	}
	for _, body := range []string{"", "<html>", "{}", `{"messages":[]}`, `{"messages":[{}]}`, `{"success":true}`, `{"messages":"x"}`} {
		if _, err := ParseSendAnswer([]byte(body)); !errors.Is(err, ErrAnswer) {
			t.Errorf("%q: got %v, want ErrAnswer", body, err)
		}
	}
}

func TestParseTemplates(t *testing.T) {
	body := `{"data":[
	 {"id":"1","name":"hello_world","language":"en_US","category":"UTILITY","status":"APPROVED","quality_score":{"score":"GREEN","date":1},"rejected_reason":"NONE",
	  "components":[{"type":"HEADER","format":"TEXT","text":"Hi"},{"type":"BODY","text":"{{1}}","example":{"body_text":[["a"]]}},{"type":"BUTTONS","buttons":[{"type":"PHONE_NUMBER","text":"Call","phone_number":"+1"}]},
	   {"type":"CAROUSEL","cards":[{"components":[{"type":"BODY","text":"card"}]}]}]},
	 {"id":2,"name":"odd","language":"de","parameter_format":"NAMED","components":[{"type":"BODY","text":["x"]},7]},
	 {"id":"3","language":"de"}, "nonsense"],
	 "paging":{"cursors":{"before":"b","after":"c"},"next":"https://graph.facebook.com/next"}}`
	got, next, err := ParseTemplates([]byte(body))
	if err != nil || next != "c" {
		t.Fatalf("got cursor %q and %v, want c", next, err)
	}
	want := []wa.TemplateDefinition{
		{MetaID: "1", Name: "hello_world", Language: "en_US", Category: "UTILITY", Status: "APPROVED", ParameterFormat: "POSITIONAL", Quality: "GREEN",
			Components: []wa.DefinitionComponent{
				{Type: "HEADER", Format: "TEXT", Text: "Hi"},
				{Type: "BODY", Text: "{{1}}", Example: []byte(`{"body_text":[["a"]]}`)},
				{Type: "BUTTONS", Buttons: []wa.DefinitionButton{{Type: "PHONE_NUMBER", Text: "Call", PhoneNumber: "+1"}}},
				{Type: "CAROUSEL", Cards: []wa.DefinitionCard{{Components: []wa.DefinitionComponent{{Type: "BODY", Text: "card"}}}}},
			}},
		{MetaID: "2", Name: "odd", Language: "de", ParameterFormat: "NAMED", Components: []wa.DefinitionComponent{{Type: "BODY"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	page, next, err := ParseTemplates([]byte(`{"data":[],"paging":{"cursors":{"after":"c"}}}`))
	if len(page) != 0 || next != "" || err != nil {
		t.Errorf("last page: got %v, %q, %v, want nothing", page, next, err)
	}
	for _, body := range []string{"", "[]", "{}", `{"data":7}`} {
		if _, _, err := ParseTemplates([]byte(body)); !errors.Is(err, ErrAnswer) {
			t.Errorf("%q: got %v, want ErrAnswer", body, err)
		}
	}
}

func TestParseNumber(t *testing.T) {
	now := time.Unix(1790000000, 0)
	got, err := ParseNumber([]byte(`{"id":"1","display_phone_number":"+49 451 5550100","verified_name":"Kontor","quality_rating":"GREEN","throughput":{"level":"HIGH"},"status":"CONNECTED","whatsapp_business_manager_messaging_limit":"TIER_10K","messaging_limit_tier":"TIER_1K"}`), now)
	want := wa.NumberFields{DisplayPhone: "+49 451 5550100", VerifiedName: "Kontor", Quality: "GREEN", Throughput: "HIGH", MessagingTier: "TIER_10K", Status: "CONNECTED", CheckedAt: now}
	if err != nil || got != want {
		t.Errorf("got %+v and %v, want %+v", got, err, want)
	}
	got, err = ParseNumber([]byte(`{"id":1,"messaging_limit_tier":"TIER_1K","throughput":"x"}`), now)
	if want := (wa.NumberFields{MessagingTier: "TIER_1K", CheckedAt: now}); err != nil || got != want {
		t.Errorf("got %+v and %v, want %+v", got, err, want)
	}
	if _, err := ParseNumber([]byte(`{}`), now); !errors.Is(err, ErrAnswer) {
		t.Errorf("got %v, want ErrAnswer", err)
	}
}

func TestProfile(t *testing.T) {
	got, err := ParseProfile([]byte(`{"data":[{"about":"Open 9-5","websites":["https://example.com"],"profile_picture_url":"https://x","messaging_product":"whatsapp"}]}`))
	want := wa.Profile{About: "Open 9-5", Websites: []string{"https://example.com"}, ProfilePictureURL: "https://x"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := ParseProfile([]byte(`{"data":[]}`)); !errors.Is(err, ErrAnswer) {
		t.Errorf("got %v, want ErrAnswer", err)
	}
	body, err := Profile(want)
	if text := `{"messaging_product":"whatsapp","about":"Open 9-5","address":"","description":"","email":"","websites":["https://example.com"]}`; err != nil || string(body) != text {
		t.Errorf("got %s and %v, want %s", body, err, text)
	}
}

func TestParseMediaObject(t *testing.T) {
	for body, want := range map[string]wa.RemoteMedia{
		`{"id":"1","url":"https://u","mime_type":"image/jpeg","sha256":"s","file_size":"303833"}`: {ID: "1", URL: "https://u", MimeType: "image/jpeg", SHA256: "s", Size: 303833},
		`{"id":"1","url":"https://u","file_size":303833}`:                                         {ID: "1", URL: "https://u", Size: 303833},
		`{"id":1,"url":"https://u","file_size":"big"}`:                                            {ID: "1", URL: "https://u"},
		`{"id":"1","url":"https://u","file_size":null}`:                                           {ID: "1", URL: "https://u"},
	} {
		if got, err := ParseMediaObject([]byte(body)); err != nil || got != want {
			t.Errorf("%s: got %+v and %v, want %+v", body, got, err, want)
		}
	}
	if _, err := ParseMediaObject([]byte(`{"id":"1"}`)); !errors.Is(err, ErrAnswer) {
		t.Errorf("got %v, want ErrAnswer", err)
	}
}

func TestSmallAnswers(t *testing.T) {
	if err := ParseSuccess([]byte(` {"success":true}`)); err != nil {
		t.Errorf("got %v, want success", err)
	}
	for _, body := range []string{"", "{}", `{"success":false}`, `{"success":"yes"}`} {
		if err := ParseSuccess([]byte(body)); !errors.Is(err, ErrAnswer) {
			t.Errorf("%q: got %v, want ErrAnswer", body, err)
		}
	}
	for body, want := range map[string]string{`{"id":"5"}`: "5", `{"id":5}`: "5"} {
		if got, err := ParseMediaID([]byte(body)); err != nil || got != want {
			t.Errorf("%s: got %q and %v, want %s", body, got, err, want)
		}
	}
	body, err := Subscribe("https://example.com/hook", "tok")
	if want := `{"override_callback_uri":"https://example.com/hook","verify_token":"tok"}`; err != nil || string(body) != want {
		t.Errorf("got %s and %v, want %s", body, err, want)
	}
}
