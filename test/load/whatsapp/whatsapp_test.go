package whatsapp_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"kontor/internal/meta"
	"kontor/test/load/whatsapp"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestCapCountsInEverySlidingSecond(t *testing.T) {
	c := whatsapp.NewCap(2)
	for _, step := range []struct {
		at   time.Duration
		want bool
	}{
		{0, true}, {900 * time.Millisecond, true}, {950 * time.Millisecond, false},
		{time.Second, true}, // the first one has left the second
		{1800 * time.Millisecond, false}, {1900 * time.Millisecond, true},
	} {
		if got := c.Admit(noon.Add(step.at)); got != step.want {
			t.Errorf("after %v: got %v, want %v", step.at, got, step.want)
		}
	}
}

func TestBusiest(t *testing.T) {
	moments := []time.Time{noon.Add(1100 * time.Millisecond), noon, noon.Add(500 * time.Millisecond), noon.Add(time.Second)}
	if got := whatsapp.Busiest(moments); got != 3 {
		t.Errorf("got %d, want 3: the first is a whole second before the last but one", got)
	}
	if got := whatsapp.Busiest(nil); got != 0 {
		t.Errorf("got %d of none", got)
	}
}

func send(t *testing.T, f *whatsapp.Fake, body string) (int, string, error) {
	t.Helper()
	resp, err := http.Post(f.URL+"/v25.0/1001/messages", "application/json", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(answer), err
}

const hello = `{"messaging_product":"whatsapp","to":"+4915112345678","type":"text","text":{"body":"hello"},"biz_opaque_callback_data":"msg_1"}`

func TestFakeTakesRefusesAndLoses(t *testing.T) {
	faults := []whatsapp.Fault{{}, {Refuse: 131000}, {LoseAnswer: true}}
	told := 0
	f := whatsapp.Start(whatsapp.Options{Cap: 3, Taken: func(whatsapp.Sent) { told++ }, Fault: func() whatsapp.Fault {
		next := faults[0]
		faults = faults[1:]
		return next
	}})
	defer f.Close()
	if status, answer, err := send(t, f, hello); err != nil || status != 200 || !strings.Contains(answer, `"id":"wamid.`) {
		t.Errorf("taken: got %d %s %v", status, answer, err)
	}
	if status, answer, err := send(t, f, hello); err != nil || status != 500 || !strings.Contains(answer, "131000") {
		t.Errorf("refused: got %d %s %v", status, answer, err)
	}
	if status, answer, err := send(t, f, hello); !errors.Is(err, io.EOF) {
		t.Errorf("lost: got %d %s %v, want the end of the connection", status, answer, err)
	}
	if status, answer, err := send(t, f, hello); err != nil || status != 429 || !strings.Contains(answer, "130429") {
		t.Errorf("over the cap: got %d %s %v", status, answer, err)
	}
	sent := f.Sent()
	if len(sent) != 2 || f.Count() != 2 || told != 2 || f.Limited() != 1 || sent[0].Body != "hello" || sent[0].Opaque != "msg_1" || sent[0].Wamid == sent[1].Wamid {
		t.Errorf("noted %+v, %d told, %d limited; want the first and the lost one", sent, told, f.Limited())
	}
}

// The product's own reader of webhooks understands what is posted here.
func TestWebhooksAreMetas(t *testing.T) {
	a := whatsapp.Account{WABA: "1", PhoneID: "1001", Display: "15550001"}
	body := a.Messages(whatsapp.Text{From: "4915112345678", Name: "Ada", Wamid: "wamid.1", Body: "hi", At: noon}, whatsapp.Text{From: "4915112345679", Name: "Bo", Wamid: "wamid.2", Body: "ho", At: noon})
	if !meta.VerifySignature([]byte("secret"), body, whatsapp.Sign("secret", body)) || meta.VerifySignature([]byte("secret"), append(bytes.Clone(body), ' '), whatsapp.Sign("secret", body)) {
		t.Error("the signature is not that of the body")
	}
	hook, err := meta.ParseWebhook(body)
	if err != nil || len(hook.Messages) != 2 || hook.Messages[1].Wamid != "wamid.2" || hook.Messages[1].Content.Text.Body != "ho" || !hook.Messages[0].At.Equal(noon) {
		t.Errorf("got %+v and %v", hook.Messages, err)
	}
	hook, err = meta.ParseWebhook(a.Statuses(whatsapp.Status{To: "4915112345678", Wamid: "wamid.3", Status: "failed", Opaque: "msg_1", At: noon}))
	if err != nil || len(hook.Statuses) != 1 || hook.Statuses[0].Opaque != "msg_1" || len(hook.Statuses[0].Problems) != 1 {
		t.Errorf("got %+v and %v", hook.Statuses, err)
	}
}
