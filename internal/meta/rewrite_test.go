package meta

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asMetaWrote is a message as it came, without what is said to be left out:
// the short-lived url of media.
func asMetaWrote(t *testing.T, raw json.RawMessage) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	strip := func(m map[string]any) {
		for _, kind := range []string{"image", "video", "audio", "document", "sticker"} {
			if media, ok := m[kind].(map[string]any); ok {
				delete(media, "url")
			}
		}
	}
	if text, ok := m["timestamp"].(string); !ok || len(text) != 10 {
		delete(m, "timestamp") // Meta's is ten digits in a text, and so is ours, whatever a stranger's was
	}
	strip(m)
	if edit, ok := m["edit"].(map[string]any); ok {
		if message, ok := edit["message"].(map[string]any); ok {
			strip(message)
		}
	}
	return m
}

// TestInboundIsWhatMetaWrote reads every webhook of testdata, writes its
// messages again, and finds nothing lost or added but members that say nothing.
func TestInboundIsWhatMetaWrote(t *testing.T) {
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no webhooks:", err)
	}
	types := map[string]bool{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		hook, err := ParseWebhook(body)
		if err != nil {
			continue // no webhook at all
		}
		var written struct {
			Entry []struct {
				Changes []struct {
					Value struct {
						Messages json.RawMessage `json:"messages"`
					} `json:"value"`
				} `json:"changes"`
			} `json:"entry"`
		}
		if json.Unmarshal(body, &written) != nil {
			continue // broken beyond what is told apart: kept as a notice
		}
		byID := map[string]json.RawMessage{}
		for _, e := range written.Entry {
			for _, c := range e.Changes {
				raws, _ := list(c.Value.Messages)
				for _, raw := range raws {
					var m struct {
						ID string `json:"id"`
					}
					if json.Unmarshal(raw, &m) == nil {
						byID[m.ID] = raw
					}
				}
			}
		}
		for _, m := range hook.Messages {
			original := byID[string(m.Wamid)]
			if original == nil {
				continue
			}
			t.Run(filepath.Base(file)+"/"+string(m.Content.Type), func(t *testing.T) {
				types[string(m.Content.Type)] = true
				from := m.From
				var who struct {
					From       any    `json:"from"`
					FromUserID string `json:"from_user_id"`
					FromParent string `json:"from_parent_user_id"`
				}
				if json.Unmarshal(original, &who) == nil { // who wrote is known from contacts[] too; that is tested with the webhook
					if who.From == nil {
						from.Phone = ""
					}
					if who.FromUserID == "" {
						from.BSUID = ""
					}
					if who.FromParent == "" {
						from.ParentBSUID = ""
					}
				}
				got, err := Inbound(m.Wamid, from, m.At, &m.Content)
				if err != nil {
					t.Fatal(err)
				}
				want, have := asMetaWrote(t, original), asMetaWrote(t, got)
				if want["timestamp"] == nil {
					delete(have, "timestamp")
				}
				if diff := cmp.Diff(said(want, ""), said(have, "")); diff != "" {
					t.Errorf("(-Meta wrote, +we write):\n%s", diff)
				}
			})
		}
	}
	for _, want := range []string{"text", "image", "video", "audio", "document", "sticker", "location", "contacts", "reaction", "button", "interactive", "order", "system", "edit", "revoke", "unsupported", "unknown"} {
		if !types[want] {
			t.Errorf("no webhook of testdata has the type %s", want)
		}
	}
}

func TestAMemberThatIsNewTomorrowSurvives(t *testing.T) {
	body := []byte(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"phone_number_id":"2"},` +
		`"messages":[{"from":"4915","id":"wamid.x","timestamp":"1790000000","type":"text","text":{"body":"hi","mood":"good"},"urgency":{"level":3}}]}}]}]}`)
	hook, err := ParseWebhook(body)
	if err != nil || len(hook.Messages) != 1 {
		t.Fatal(hook, err)
	}
	m := hook.Messages[0]
	if m.Content.Text == nil || m.Content.Text.Body != "hi" {
		t.Errorf("got %+v, want the text understood", m.Content)
	}
	got, err := Inbound(m.Wamid, m.From, m.At, &m.Content)
	want := `{"from":"4915","id":"wamid.x","timestamp":"1790000000","type":"text","text":{"body":"hi","mood":"good"},"urgency":{"level":3}}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}
