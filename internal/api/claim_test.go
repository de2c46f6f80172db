package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/inbox"
	"kontor/internal/wa"
)

// TestAHundredAgentsClaimAThousandConversations has every agent try to take
// every tenth conversation, so that each is fought over by ten.
func TestAHundredAgentsClaimAThousandConversations(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		const agents, conversations, rivals = 100, 1000, 10
		one, ctx := h.tenants[0], context.Background()
		key := one.keys[account.Agent]
		d := &inbox.Delivery{}
		for n := range conversations {
			d.Received = append(d.Received, inbox.Received{Number: one.number, Received: wa.Received{
				PhoneNumberID: one.number.PhoneNumberID, From: wa.Identity{Phone: wa.Phone(fmt.Sprint(494515000000 + n))}, Wamid: wa.Wamid(fmt.Sprint("wamid.", n)), At: time.Now(),
				Content: wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: "hi"}},
			}})
		}
		if err := h.inbox.Take(ctx, d); err != nil {
			t.Fatal(err)
		}
		people := make([]string, agents)
		for n := range people {
			p, err := h.accounts.CreatePerson(ctx, one.ws.ID, account.NewPerson{Name: fmt.Sprint("Agent ", n), Role: account.Agent})
			if err != nil {
				t.Fatal(err)
			}
			people[n] = p.ID.String()
		}
		var mu sync.Mutex
		won, lost := map[string]string{}, 0
		var all sync.WaitGroup
		for n, person := range people {
			all.Go(func() {
				for c := n % (agents / rivals); c < conversations; c += agents / rivals {
					phone := fmt.Sprint(494515000000 + c)
					got, err := claim(h.url, key, phone, person)
					mu.Lock()
					switch {
					case err != nil:
						t.Error(err)
					case got == http.StatusOK && won[phone] == "":
						won[phone] = person
					case got == http.StatusConflict:
						lost++
					default:
						t.Errorf("%s claims %s: got %d after %q had won", person, phone, got, won[phone])
					}
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if len(won) != conversations || lost != conversations*(rivals-1) {
			t.Fatalf("got %d won and %d lost, want %d and %d", len(won), lost, conversations, conversations*(rivals-1))
		}
		for c := 0; c < conversations; c += 97 {
			phone := fmt.Sprint(494515000000 + c)
			v := h.ok(h.call(key, "GET", base+"/conversations/"+phone, ""), 200)
			if owner := v.json["assignee"].(map[string]any)["person_id"]; owner != won[phone] {
				t.Errorf("%s: got %v, want %s who was told so", phone, owner, won[phone])
			}
		}
		o := h.ok(h.call(one.keys[account.Admin], "GET", base+"/queue/overview", ""), 200)
		if o.json["waiting"] != 0.0 || o.json["assigned"] != float64(conversations) || o.json["longest_waiting_since"] != nil {
			t.Errorf("got %v waiting and %v assigned, want none and all", o.json["waiting"], o.json["assigned"])
		}
	})
}

func claim(url, key, phone, person string) (int, error) {
	r, err := http.NewRequest("POST", url+base+"/queue/"+phone+"/assign", strings.NewReader(`{"person_id":"`+person+`"}`))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

func TestTheOverviewCountsQueueAndLoad(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one, two := h.tenants[0], h.tenants[1]
		me := h.asOwner(one)
		team, err := h.accounts.EnsureTeam(context.Background(), one.ws.ID, "repairs", "Repairs")
		if err != nil {
			t.Fatal(err)
		}
		for n := range 5 {
			h.write(one, fmt.Sprint("49451555010", n), fmt.Sprint("wamid.", n), "hi")
		}
		since := h.ok(me("GET", "/conversations/494515550100", ""), 200).text("waiting_since")
		h.ok(me("POST", "/queue/494515550101/assign", `{}`), 200)
		h.ok(me("POST", "/queue/494515550102/assign", `{}`), 200)
		h.ok(me("POST", "/conversations/494515550102/snooze", `{"until_reply":true}`), 200)
		h.ok(me("POST", "/queue/494515550103/transfer", `{"team":"repairs"}`), 200)
		h.ok(me("POST", "/conversations/494515550104/snooze", `{"until_reply":true}`), 200)
		o := h.ok(me("GET", "/queue/overview", ""), 200)
		if o.json["waiting"] != 2.0 || o.json["assigned"] != 1.0 || o.json["snoozed"] != 2.0 || o.text("longest_waiting_since") != since {
			t.Errorf("got %s, want 2 waiting since %s, 1 assigned, 2 snoozed", o.raw, since)
		}
		teams := o.json["teams"].([]any)
		repairs, none := teams[0].(map[string]any), teams[1].(map[string]any)
		if repairs["team_id"] != team.ID.String() || repairs["waiting"] != 1.0 || none["team"] != nil || none["waiting"] != 1.0 || none["assigned"] != 1.0 {
			t.Errorf("got %v, want one waiting for each", teams)
		}
		agent := o.json["agents"].([]any)[0].(map[string]any)
		if agent["open"] != 1.0 || agent["snoozed"] != 1.0 || agent["unread"] != 1.0 {
			t.Errorf("got %v, want one open, unread, and one snoozed", agent)
		}
		h.whoIsThere(one, team.ID)
		if got := h.ok(h.call(two.keys[account.Auditor], "GET", base+"/queue/overview", ""), 200); got.json["waiting"] != 0.0 || len(got.json["teams"].([]any)) != 1 {
			t.Errorf("got %s for another tenant, want nothing", got.raw)
		}
		h.want(h.call(one.keys[account.Agent], "GET", base+"/queue/overview", ""), 403, "forbidden")
	})
}
