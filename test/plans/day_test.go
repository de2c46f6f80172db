package plans

import (
	"net/http"
	"testing"
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
}

// look is what people and programs ask for without changing anything.
func (w *world) look(t *testing.T, customer string) {
	t.Helper()
	for _, tab := range []string{"mine", "unassigned", "all", "closed"} {
		w.api(t, http.MethodGet, "conversations?tab="+tab, nil, http.StatusOK)
	}
	for _, path := range []string{
		"conversations/" + customer, "conversations/" + customer + "/history", "conversations/" + customer + "/history?order=desc",
		"queue/pending", "templates", "numbers", "metrics", "usage?phone_number_id=200000000000001", "messages?status=uncertain", "subscriptions", "me", "workspace", "quarantine",
	} {
		w.api(t, http.MethodGet, path, nil, http.StatusOK)
	}
}
