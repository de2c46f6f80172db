package plans

import (
	"context"
	"net/http"
	"testing"
	"time"

	"kontor/internal/account"
)

// day is what a business does all day: customers write, agents look, claim,
// answer and close, programs send and ask, subscribers are told.
func (w *world) day(t *testing.T) {
	t.Helper()
	hook, told := subscriber(t)
	for _, dialect := range []string{"kontor", "cloud-api"} {
		w.api(t, http.MethodPost, "subscriptions", map[string]any{"url": hook, "dialect": dialect, "secret": "0123456789abcdef0123456789abcdef", "verify_token": "v"}, http.StatusCreated)
	}
	const customer, other = "4915112345678", "4915112345679"
	for _, phone := range []string{customer, other} {
		for _, said := range []string{"Guten Morgen", "Ist meine Bestellung schon da?"} {
			w.ask(t, http.MethodPost, w.meta+"/sandbox/customers/"+phone+"/messages", map[string]any{"type": "text", "text": map[string]any{"body": said}}, http.StatusOK)
		}
	}
	until(t, "both customers in the queue", func() bool {
		return len(w.api(t, http.MethodGet, "queue/pending", nil, http.StatusOK)["data"].([]any)) == 2
	})
	w.look(t, customer)

	person := w.api(t, http.MethodGet, "people", nil, http.StatusOK)
	_ = person // a house without people: keys alone
	sent := w.api(t, http.MethodPost, "send/text", map[string]any{"to": customer, "text": "Ja, seit heute."}, http.StatusAccepted)
	w.api(t, http.MethodPost, "send/template", map[string]any{"to": "4915112345600", "template": map[string]any{"name": "hello_world", "language": map[string]any{"code": "en_US"}}}, http.StatusAccepted)
	id := sent["message_id"].(string)
	var wamid string
	until(t, "the message is delivered", func() bool {
		m := w.api(t, http.MethodGet, "messages/"+id, nil, http.StatusOK)
		wamid, _ = m["wamid"].(string)
		return m["status"] == "delivered"
	})
	w.api(t, http.MethodGet, "messages/"+wamid, nil, http.StatusOK)
	w.ask(t, http.MethodPost, w.meta+"/sandbox/customers/"+customer+"/read", nil, http.StatusOK)
	until(t, "the message is read", func() bool {
		return w.api(t, http.MethodGet, "messages/"+id, nil, http.StatusOK)["status"] == "read"
	})
	held := w.api(t, http.MethodPost, "send/text", map[string]any{"to": customer, "text": "Ein Irrtum.", "delay_seconds": 5}, http.StatusAccepted)
	w.api(t, http.MethodPost, "messages/"+held["message_id"].(string)+"/cancel", nil, http.StatusOK)
	w.api(t, http.MethodPost, "conversations/"+customer+"/read", nil, http.StatusOK)
	w.look(t, customer)
	w.api(t, http.MethodPost, "queue/"+other+"/close", nil, http.StatusOK)
	w.ask(t, http.MethodPost, w.meta+"/sandbox/customers/"+other+"/messages", map[string]any{"type": "text", "text": map[string]any{"body": "Noch eine Frage"}}, http.StatusOK)
	until(t, "subscribers were told", func() bool { return told() >= 20 })
	w.look(t, other)
	w.work(t, customer)
}

// work is what somebody who answers customers does beside that.
func (w *world) work(t *testing.T, customer string) {
	t.Helper()
	ctx, ws := context.Background(), w.app.Workspace.ID
	person, err := w.app.Accounts.CreatePerson(ctx, ws, account.NewPerson{Name: "Ana", Role: account.Admin})
	if err != nil {
		t.Fatal(err)
	}
	link, err := w.app.Accounts.NewLink(ctx, ws, person.ID)
	if err != nil {
		t.Fatal(err)
	}
	session, err := w.app.Accounts.SignIn(ctx, link.Token.Reveal(), account.Arrival{})
	if err != nil {
		t.Fatal(err)
	}
	w.session = session.Token.Reveal()
	defer func() { w.session = "" }()
	team, err := w.app.Accounts.EnsureTeam(ctx, ws, "repairs", "Repairs")
	if err != nil {
		t.Fatal(err)
	}
	about := "conversations/" + customer
	label := w.api(t, http.MethodPost, "labels", map[string]any{"name": "VIP", "colour": "#7c3aed"}, http.StatusCreated)["label_id"].(string)
	w.api(t, http.MethodPatch, "labels/"+label, map[string]any{"name": "Very important"}, http.StatusOK)
	w.api(t, http.MethodPut, about+"/labels", map[string]any{"label_ids": []string{label}}, http.StatusOK)
	note := w.api(t, http.MethodPost, about+"/notes", map[string]any{"text": "Ruft an", "mentions": []string{person.ID.String()}}, http.StatusCreated)["note_id"].(string)
	w.api(t, http.MethodPatch, "notes/"+note, map[string]any{"text": "Ruft morgen an", "mentions": []string{person.ID.String()}}, http.StatusOK)
	id := w.api(t, http.MethodGet, about, nil, http.StatusOK)["conversation_id"].(string)
	for _, path := range []string{
		"search?q=ja&conversation_id=" + id, about + "/timeline", about + "/timeline?order=desc&around=" + note, about + "/history?at=2026-01-01T00:00:00Z", about + "/notes", about + "/media", about + "/media?kind=image",
		"mentions?unseen=true", "queue/overview", "presence", "labels", "inbox-settings",
	} {
		w.api(t, http.MethodGet, path, nil, http.StatusOK)
	}
	for _, tab := range []string{"mine", "unassigned", "all", "later", "closed"} {
		w.api(t, http.MethodGet, "conversations?team=repairs&assignee="+person.ID.String()+"&label="+label+"&tab="+tab, nil, http.StatusOK)
		w.api(t, http.MethodGet, "conversations?unread=true&tab="+tab, nil, http.StatusOK)
	}
	reply := w.api(t, http.MethodPost, "quick-replies", map[string]any{"scope": "workspace", "shortcut": "hi", "text": "Guten Tag, {{contact.name}}"}, http.StatusCreated)["quick_reply_id"].(string)
	w.api(t, http.MethodPatch, "quick-replies/"+reply, map[string]any{"text": "Guten Morgen"}, http.StatusOK)
	w.api(t, http.MethodGet, "quick-replies?q=hi&conversation="+id, nil, http.StatusOK)
	w.api(t, http.MethodDelete, "quick-replies/"+reply, nil, http.StatusNoContent)
	w.api(t, http.MethodPut, about+"/draft", map[string]any{"text": "Guten"}, http.StatusOK)
	w.api(t, http.MethodGet, about+"/draft", nil, http.StatusOK)
	w.api(t, http.MethodGet, "drafts", nil, http.StatusOK)
	w.api(t, http.MethodPost, "mentions/seen", map[string]any{"note_ids": []string{note}}, http.StatusNoContent)
	w.api(t, http.MethodPut, "inbox-settings", map[string]any{"reopen_hours": 24, "pause_minutes": 60}, http.StatusOK)
	w.api(t, http.MethodPost, "queue/"+customer+"/assign", map[string]any{}, http.StatusOK)
	w.api(t, http.MethodPost, "queue/"+customer+"/transfer", map[string]any{"team": team.Slug}, http.StatusOK)
	w.api(t, http.MethodPost, about+"/snooze", map[string]any{"until": time.Now().Add(time.Hour).Format(time.RFC3339)}, http.StatusOK)
	w.api(t, http.MethodGet, "conversations?tab=later", nil, http.StatusOK)
	w.api(t, http.MethodDelete, about+"/snooze", nil, http.StatusOK)
	w.api(t, http.MethodPost, about+"/snooze", map[string]any{"until": time.Now().Add(2 * time.Second).Format(time.RFC3339)}, http.StatusOK)
	until(t, "it wakes", func() bool { return w.api(t, http.MethodGet, about, nil, http.StatusOK)["snooze"] == nil })
	w.api(t, http.MethodPost, about+"/unread", nil, http.StatusOK)
	w.api(t, http.MethodPost, "send/text", map[string]any{"to": customer, "text": "Bis morgen."}, http.StatusAccepted)
	w.api(t, http.MethodPut, about+"/automation", map[string]any{"state": "off"}, http.StatusOK)
	w.api(t, http.MethodPost, "queue/"+customer+"/assign", map[string]any{}, http.StatusOK)
	w.api(t, http.MethodPost, "conversations/bulk", map[string]any{"conversation_ids": []string{id}, "do": "close"}, http.StatusOK)
	until(t, "the rule for reopening holds", func() bool { // on this node within a second
		w.api(t, http.MethodPost, "queue/"+customer+"/close", nil, http.StatusOK)
		w.ask(t, http.MethodPost, w.meta+"/sandbox/customers/"+customer+"/messages", map[string]any{"type": "text", "text": map[string]any{"body": "Doch noch etwas"}}, http.StatusOK)
		state := ""
		until(t, "the message is there", func() bool {
			state, _ = w.api(t, http.MethodGet, about, nil, http.StatusOK)["state"].(string)
			return state != "closed"
		})
		if state == "waiting" {
			w.api(t, http.MethodPost, "queue/"+customer+"/assign", map[string]any{}, http.StatusOK)
		}
		return state == "assigned"
	})
	w.handOut(t, customer, person)
	w.api(t, http.MethodDelete, "notes/"+note, nil, http.StatusNoContent)
	w.api(t, http.MethodDelete, "labels/"+label, nil, http.StatusNoContent)
}

// handOut has a team's queue handed out, to a person who comes back.
func (w *world) handOut(t *testing.T, customer string, person account.Person) {
	t.Helper()
	ctx, ws := context.Background(), w.app.Workspace.ID
	team, err := w.app.Accounts.EnsureTeam(ctx, ws, "sales", "Sales")
	if err != nil {
		t.Fatal(err)
	}
	w.api(t, http.MethodPut, "teams/"+team.ID.String()+"/members", map[string]any{"people": []string{person.ID.String()}}, http.StatusOK)
	w.api(t, http.MethodPut, "agents/me", map[string]any{"available": false}, http.StatusOK)
	w.api(t, http.MethodPut, "routing/sales", map[string]any{"mode": "least_busy", "time_zone": "Europe/Berlin", "numbers": []string{"200000000000001"}}, http.StatusOK)
	w.api(t, http.MethodPost, "queue/"+customer+"/transfer", map[string]any{"team": "sales", "force": true}, http.StatusOK)
	w.api(t, http.MethodPut, "agents/me", map[string]any{"available": true, "capacity": 30}, http.StatusOK)
	until(t, "it is handed out", func() bool {
		return w.api(t, http.MethodGet, "conversations/"+customer, nil, http.StatusOK)["state"] == "assigned"
	})
	for _, path := range []string{"routing", "agents", "queue/overview"} {
		w.api(t, http.MethodGet, path, nil, http.StatusOK)
	}
	w.api(t, http.MethodPut, "routing/sales", map[string]any{"mode": "manual", "numbers": []string{}}, http.StatusOK)
	w.api(t, http.MethodDelete, "teams/"+team.ID.String(), nil, http.StatusConflict)
}

// look is what people and programs ask for without changing anything.
func (w *world) look(t *testing.T, customer string) {
	t.Helper()
	for _, tab := range []string{"mine", "unassigned", "all", "closed"} {
		w.api(t, http.MethodGet, "conversations?tab="+tab, nil, http.StatusOK)
	}
	for _, path := range []string{
		"conversations/" + customer, "conversations/" + customer + "/history", "conversations/" + customer + "/history?order=desc",
		"search?q=bestellung", "search?q=ja&direction=outbound&from=2026-01-01T00:00:00Z", "queue/pending", "templates", "numbers", "metrics", "usage?phone_number_id=200000000000001", "messages?status=uncertain", "subscriptions", "me", "workspace", "quarantine",
	} {
		w.api(t, http.MethodGet, path, nil, http.StatusOK)
	}
}
