package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/search"
	"kontor/internal/store/storetest"
)

// index brings the search index up to date.
func (h *house) index() {
	h.t.Helper()
	storetest.Facts(h.t, h.store)
	i := search.NewIndexer(h.store, h.store.Search(), h.store.Journal(), h.store.NewID, search.Options{})
	if err := i.Settle(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	i.Release(context.Background())
}

func (h *house) search(n *tenant, query ...string) reply {
	h.t.Helper()
	q := url.Values{}
	for i := 0; i < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	return h.call(n.keys[account.Auditor], "GET", base+"/search?"+q.Encode(), "")
}

type found struct {
	Data []struct {
		Message struct {
			MessageID      string `json:"message_id"`
			ConversationID string `json:"conversation_id"`
		}
		Contact struct{ Name string }
		Excerpt []search.Part
	}
	People []struct {
		ConversationID string `json:"conversation_id"`
		Name, Phone    []search.Part
	}
	Next     *string `json:"next_cursor"`
	Indexing struct {
		Until *time.Time
		Past  bool
	}
}

func (h *house) found(r reply) (f found) {
	h.t.Helper()
	if err := json.Unmarshal(r.raw, &f); err != nil || r.status != http.StatusOK {
		h.t.Fatalf("got %d %s, %v", r.status, r.raw, err)
	}
	return f
}

func TestSearchAnswersMessagesAndPeople(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		house, other := h.tenants[0], h.tenants[1]
		if f := h.found(h.search(house, "q", "rechnung")); len(f.Data) != 0 || f.Indexing.Until != nil || !f.Indexing.Past {
			t.Errorf("got %+v, want an index that has not begun", f)
		}
		for n := range 5 {
			h.write(house, "4915112345678", fmt.Sprint("wamid.a", n), fmt.Sprint("Die Rechnung Nr. ", n))
		}
		h.write(other, "4915112345678", "wamid.b", "Die Rechnung der anderen")
		h.index()

		first := h.found(h.search(house, "q", "rechn", "limit", "3"))
		if len(first.Data) != 3 || first.Next == nil || first.Indexing.Past || first.Indexing.Until == nil {
			t.Fatalf("got %+v, want three and a next page", first)
		}
		hit := first.Data[0]
		if hit.Contact.Name != "Carla" || len(hit.Excerpt) != 3 || hit.Excerpt[1] != (search.Part{Text: "Rechnung", Match: true}) || hit.Excerpt[2].Text != " Nr. 4" {
			t.Errorf("got %+v", hit)
		}
		rest := h.found(h.search(house, "q", "rechn", "limit", "3", "cursor", *first.Next))
		if len(rest.Data) != 2 || rest.Next != nil || rest.Data[1].Excerpt[2].Text != " Nr. 0" {
			t.Errorf("got %+v, want the two oldest", rest)
		}
		with := h.found(h.search(house, "q", "rechnung", "conversation_id", hit.Message.ConversationID))
		if len(with.Data) != 5 || len(with.People) != 0 {
			t.Errorf("got %+v, want all five of the conversation", with)
		}
		if f := h.found(h.search(other, "q", "rechnung", "conversation_id", hit.Message.ConversationID)); len(f.Data) != 0 {
			t.Errorf("got %+v for another house, want nothing", f)
		}
		h.want(h.search(house, "q", "rechnung", "conversation_id", "cnv_1"), http.StatusUnprocessableEntity, "invalid_request")
		if f := h.found(h.search(other, "q", "rechnung")); len(f.Data) != 1 || f.Data[0].Excerpt[2].Text != " der anderen" {
			t.Errorf("got %+v, want the other house's own", f)
		}

		people := h.found(h.search(house, "q", "0151 1234"))
		if len(people.People) != 1 || people.People[0].ConversationID != hit.Message.ConversationID || people.People[0].Phone[1] != (search.Part{Text: "1511234", Match: true}) {
			t.Errorf("got %+v, want the person", people.People)
		}
		if f := h.found(h.search(house, "q", "carla", "direction", "inbound")); len(f.People) != 0 {
			t.Errorf("got %+v, want no people beside a filter of messages", f.People)
		}
	})
}

func TestSearchFilters(t *testing.T) {
	h := open(t, openSQLite(t))
	house := h.tenants[0]
	h.write(house, "4915112345678", "wamid.1", "Die Rechnung liegt auf https://example.com")
	sent := h.call(house.keys[account.Agent], "POST", base+"/send/text", `{"to":"4915112345678","text":"Die Rechnung ist bezahlt"}`)
	if sent.status != http.StatusAccepted {
		t.Fatalf("got %d %s", sent.status, sent.raw)
	}
	h.index()
	number := string(house.number.PhoneNumberID)
	for _, c := range []struct {
		query []string
		want  int
	}{
		{nil, 2},
		{[]string{"direction", "outbound"}, 1},
		{[]string{"direction", "inbound"}, 1},
		{[]string{"has", "link"}, 1},
		{[]string{"has", "image"}, 0},
		{[]string{"phone_number_id", number}, 2},
		{[]string{"person_id", house.owner.ID.String()}, 0},
		{[]string{"from", time.Now().Add(-time.Hour).Format(time.RFC3339)}, 2},
		{[]string{"from", time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}, 0},
		{[]string{"to", time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)}, 0},
	} {
		if f := h.found(h.search(house, append(c.query, "q", "rechnung")...)); len(f.Data) != c.want {
			t.Errorf("%q: got %d, want %d", c.query, len(f.Data), c.want)
		}
	}
	if f := h.found(h.search(house, "has", "link")); len(f.Data) != 1 {
		t.Errorf("got %+v, want what carries a link", f)
	}
}

func TestSearchRefusesClearly(t *testing.T) {
	h := open(t, openSQLite(t))
	house := h.tenants[0]
	h.want(h.search(house), http.StatusUnprocessableEntity, "search_invalid")
	h.want(h.search(house, "q", "?!"), http.StatusUnprocessableEntity, "search_invalid")
	h.want(h.search(house, "q", strings.Repeat("x", 201)), http.StatusUnprocessableEntity, "search_invalid")
	h.want(h.search(house, "q", "rechnung", "has", "gold"), http.StatusUnprocessableEntity, "invalid_request")
	h.want(h.search(house, "q", "rechnung", "from", "gestern"), http.StatusUnprocessableEntity, "invalid_request")
	h.want(h.search(house, "q", "rechnung", "from", "2026-11-21T00:00:00Z", "to", "2026-11-20T00:00:00Z"), http.StatusUnprocessableEntity, "invalid_request")
	h.want(h.search(house, "q", "rechnung", "person_id", "Ida"), http.StatusUnprocessableEntity, "invalid_request")
	h.want(h.search(house, "q", "rechnung", "label", "VIP"), http.StatusUnprocessableEntity, "invalid_request")
	h.want(h.search(house, "q", "rechnung", "cursor", "?"), http.StatusUnprocessableEntity, "invalid_request")
	h.want(h.search(house, "q", "rechnung", "phone_number_id", string(h.tenants[1].number.PhoneNumberID)), http.StatusNotFound, "number_unknown")
}
