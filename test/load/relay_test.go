package load

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"testing"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// relay does the least that may be done for a message that is answered 202 before
// it is sent: it is stored, posted to WhatsApp, and the answer is stored. Nobody
// paces it, nothing is looked up, and a crash loses what waits.
type relay struct {
	lines  *lines
	graph  string
	client *http.Client
	waits  chan accepted
}

type accepted struct {
	To     string `json:"to"`
	Text   string `json:"text"`
	Number string `json:"phone_number_id"`
}

// senders is how many messages are under way at once: 50 ms of 10,000 a second.
const senders = 512

func newRelay(lines *lines, graph string) *relay {
	r := &relay{lines: lines, graph: graph, waits: make(chan accepted, 1<<16), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}}}
	for range senders {
		go func() { // ends with the process
			for a := range r.waits {
				if err := r.send(a); err != nil {
					fmt.Fprintln(os.Stderr, "send:", err)
				}
			}
		}()
	}
	return r
}

func (r *relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(io.LimitReader(req.Body, 1<<20))
	var a accepted
	if err == nil {
		err = json.Unmarshal(body, &a)
	}
	if err == nil {
		err = r.lines.append(body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	r.waits <- a
	w.WriteHeader(http.StatusAccepted)
}

// send posts one message and stores the answer.
func (r *relay) send(a accepted) error {
	body, err := json.Marshal(map[string]any{"messaging_product": "whatsapp", "to": a.To, "type": "text", "text": map[string]string{"body": a.Text}})
	if err != nil {
		return err
	}
	resp, err := r.client.Post(r.graph+"/v1/"+a.Number+"/messages", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var taken struct{ Messages []struct{ ID string } }
	if err := json.Unmarshal(answer, &taken); err != nil || len(taken.Messages) != 1 {
		return fmt.Errorf("whatsapp answered %d %s", resp.StatusCode, answer)
	}
	return r.lines.append([]byte(taken.Messages[0].ID))
}

func benchmarkRelay(b *testing.B) (rate float64) {
	meta := whatsapp.Start(whatsapp.Options{Latency: answersAfter, Throughput: "HIGH"})
	b.Cleanup(meta.Close) // once the limit server, which still waits for its last answers, has ended
	i := &kontor.Installation{Address: startLimit(b, meta.URL)}
	for n := range 8 {
		i.Numbers = append(i.Numbers, whatsapp.Account{WABA: account.WABA, PhoneID: strconv.Itoa(200000000000001 + n), Display: account.Display})
	}
	_, rate = sendFor(b, i, meta, func() error { return nil })
	return rate
}
