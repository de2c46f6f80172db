package meta

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/internal/wa"
)

// TestAuthorsAreWhoMetaNamed reads every webhook of testdata and names the
// authors of its messages again, from contacts that know a number of everybody.
func TestAuthorsAreWhoMetaNamed(t *testing.T) {
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no webhooks:", err)
	}
	kept, rebuilt := 0, 0
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
						Contacts []map[string]any `json:"contacts"`
						Messages []struct {
							ID         string `json:"id"`
							From       string `json:"from"`
							FromUserID string `json:"from_user_id"`
							FromParent string `json:"from_parent_user_id"`
						} `json:"messages"`
					} `json:"value"`
				} `json:"changes"`
			} `json:"entry"`
		}
		if json.Unmarshal(body, &written) != nil {
			continue // broken members are the business of TestInboundIsWhatMetaWrote
		}
		for _, e := range written.Entry {
			for _, change := range e.Changes {
				for _, original := range change.Value.Messages {
					for _, m := range hook.Messages {
						if string(m.Wamid) != original.ID {
							continue
						}
						if m.Content.Sender != nil {
							kept++
						} else {
							rebuilt++
						}
						known := m.From
						if known.Phone == "" {
							known.Phone = "4915777777777" // from before they had a username
						}
						from, contacts, err := Author(&m.Content, known)
						if err != nil {
							t.Fatal(err)
						}
						if string(from.Phone) != original.From || string(from.BSUID) != original.FromUserID || string(from.ParentBSUID) != original.FromParent {
							t.Errorf("%s: got the author %+v, want what Meta wrote: %+v", file, from, original)
						}
						t.Run(filepath.Base(file)+"/"+original.ID, func(t *testing.T) { oneOf(t, contacts, change.Value.Contacts) })
					}
				}
			}
		}
	}
	if kept == 0 || rebuilt < 2*kept {
		t.Errorf("of %d messages the author was kept, of %d not; want both, and mostly not", kept, rebuilt)
	}
}

// oneOf wants what is written to be one of the entries that were, and none
// only where none is the author's.
func oneOf(t *testing.T, got []json.RawMessage, entries []map[string]any) {
	t.Helper()
	if len(got) == 0 {
		if len(entries) == 1 && filepath.Base(t.Name()) != "wamid.HBgN0060" { // another person's entry, which contradicts the message
			t.Errorf("got no contact, want %v", entries[0])
		}
		return
	}
	var contact any
	if err := json.Unmarshal(got[0], &contact); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if cmp.Equal(said(e, ""), said(contact, "")) {
			return
		}
	}
	t.Errorf("got the contact %s, want one of %v", got[0], entries)
}

// A member that nobody here knows is kept, and costs nothing where it is not.
func TestAContactThatIsNewTomorrowSurvives(t *testing.T) {
	parse := func(contact string) wa.Received {
		t.Helper()
		hook, err := ParseWebhook([]byte(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"phone_number_id":"2"},` +
			`"contacts":[` + contact + `],"messages":[{"from":"4915112345678","from_user_id":"DE.1","id":"wamid.x","timestamp":"1790000000","type":"text","text":{"body":"hi"}}]}}]}]}`))
		if err != nil || len(hook.Messages) != 1 {
			t.Fatal(hook, err)
		}
		return hook.Messages[0]
	}
	for contact, want := range map[string]bool{
		`{"profile":{"name":"Ada"},"wa_id":"4915112345678","user_id":"DE.1"}`:                                    false,
		`{"profile":{"name":"Ada","username":"ada.k"},"wa_id":"4915112345678","user_id":"DE.1"}`:                 false,
		`{"profile":{"name":"Ada","badge":"blue"},"wa_id":"4915112345678","user_id":"DE.1"}`:                     true,
		`{"profile":{"name":"Ada"},"wa_id":"4915112345678","user_id":"DE.1","identity_key_hash":"Sjvjlx8G6Z0="}`: true,
		`{"profile":{"name":"Ada"},"user_id":"DE.1"}`:                                                            true,
		`{"profile":{"name":"Ada"},"wa_id":"4915112345678","user_id":"DE.1","tier":7}`:                           true,
	} {
		m := parse(contact)
		_, contacts, err := Author(&m.Content, m.From)
		if err != nil || len(contacts) != 1 || string(contacts[0]) != contact || (m.Content.Sender != nil) != want {
			t.Errorf("got %s, %v, kept %v; want %s, kept %v", contacts, err, m.Content.Sender != nil, contact, want)
		}
	}
}
