package nodes

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// traffic is everybody who writes to the house and whom it answers, over all nodes.
type traffic struct {
	*testing.T
	cluster *kontor.Cluster
	meta    *whatsapp.Fake
	ctx     context.Context // nothing is waited for any longer
	over    chan struct{}   // closed when nobody begins anything new
	actors  sync.WaitGroup
	reports sync.WaitGroup
	telling chan struct{} // closed once there are nodes to be told

	mu      sync.Mutex
	threads []*thread
}

// thread is one customer: wamids of what they wrote, and what was sent to them.
type thread struct {
	number  whatsapp.Account
	phone   string
	inbound []string
	sent    []*outbound
}

// outbound is one message that a program asked to send.
type outbound struct {
	id, body string
	maybe    bool // sent without a key, and no answer came: it was accepted or not
}

// start begins with a cluster of its own and a WhatsApp that answers within a moment.
func start(t *testing.T, binary, database string, front func(graph string) string) *traffic {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Second+2*absence(t))
	t.Cleanup(cancel)
	tr := &traffic{T: t, ctx: ctx, over: make(chan struct{}), telling: make(chan struct{})}
	tr.meta = whatsapp.Start(whatsapp.Options{Latency: 10 * time.Millisecond, Throughput: "HIGH", Taken: tr.taken})
	t.Cleanup(tr.meta.Close)
	tr.cluster = kontor.NewCluster(t, binary, database, front(tr.meta.URL))
	return tr
}

// anywhere is the address of some node.
func (tr *traffic) anywhere(dice *rand.Rand) string {
	return tr.cluster.Nodes[dice.IntN(len(tr.cluster.Nodes))].Address
}

func (tr *traffic) running() bool {
	select {
	case <-tr.over:
		return false
	case <-tr.ctx.Done():
		return false
	default:
		return true
	}
}

func (tr *traffic) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-tr.ctx.Done():
	}
}

// flow lets customers write and programs send, until tr.over is closed.
func (tr *traffic) flow(customers, senders int) {
	close(tr.telling)
	for n := range customers {
		tr.actors.Go(func() { tr.customers(n) })
	}
	for n := range senders {
		tr.actors.Go(func() { tr.sender(n) })
	}
}

func (tr *traffic) meet(phone string, dice *rand.Rand) *thread {
	numbers := tr.cluster.Nodes[0].Numbers
	th := &thread{phone: phone, number: numbers[dice.IntN(len(numbers))]}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.threads = append(tr.threads, th)
	return th
}

// customers are six people who write one message after the other.
func (tr *traffic) customers(n int) {
	dice := rand.New(rand.NewPCG(1, uint64(n)))
	var own []*thread
	for k := range 6 {
		own = append(own, tr.meet(fmt.Sprintf("44791%02d%05d", n, k), dice))
	}
	for tr.running() {
		tr.writes(own[dice.IntN(len(own))], dice)
		tr.pause(time.Duration(dice.Int64N(int64(20 * time.Millisecond))))
	}
}

// writes has the customer write once, to any node, again until one has it.
func (tr *traffic) writes(th *thread, dice *rand.Rand) {
	wamid := whatsapp.Wamid(th.phone, int64(len(th.inbound)))
	body := th.number.Messages(whatsapp.Text{From: th.phone, Name: "Customer " + th.phone, Wamid: wamid, Body: "about " + wamid, At: time.Now()})
	if tr.insist(body, dice) {
		th.inbound = append(th.inbound, wamid)
	}
}

// insist posts a webhook to one node after the other until one answers 200.
func (tr *traffic) insist(body []byte, dice *rand.Rand) bool {
	for tr.ctx.Err() == nil {
		c := kontor.NewClient(tr.anywhere(dice))
		c.Patience = 12 * time.Second
		status, err := c.PostWebhook(body)
		c.Close()
		if err == nil && status == 200 {
			return true
		}
		if err == nil && status < 500 {
			tr.Errorf("a webhook was answered %d", status)
			return false
		}
		tr.pause(50 * time.Millisecond)
	}
	return false
}

// sender writes to twelve customers, a message after the other to each. Every
// fourth message has no idempotency key, and is never asked for twice.
func (tr *traffic) sender(n int) {
	dice := rand.New(rand.NewPCG(2, uint64(n)))
	var own []*thread
	for k := range 12 {
		th := tr.meet(fmt.Sprintf("44792%02d%05d", n, k), dice)
		tr.writes(th, dice) // which opens the window
		own = append(own, th)
	}
	for count := 0; tr.running(); count++ {
		tr.say(own[dice.IntN(len(own))], count, dice)
		tr.pause(time.Duration(dice.Int64N(int64(40 * time.Millisecond))))
	}
}

func (tr *traffic) say(th *thread, count int, dice *rand.Rand) {
	if len(th.sent) >= 40 { // below the pair's burst of 45
		return
	}
	m := &outbound{body: fmt.Sprintf("to %s: %d", th.phone, len(th.sent))}
	key := "key of " + m.body
	if count%4 == 3 {
		key = ""
	}
	ask, err := json.Marshal(map[string]string{"to": "+" + th.phone, "text": m.body, "phone_number_id": th.number.PhoneID})
	if err != nil {
		tr.Error(err)
		return
	}
	for tr.ctx.Err() == nil {
		c := kontor.NewClient(tr.anywhere(dice))
		c.Patience = 12 * time.Second
		status, answer, err := c.PostAPI("send/text", key, ask)
		c.Close()
		switch {
		case err == nil && status == 202:
			var receipt struct {
				MessageID string `json:"message_id"`
			}
			if err := json.Unmarshal(answer, &receipt); err != nil || receipt.MessageID == "" {
				tr.Errorf("send/text answered %s", answer)
			}
			m.id = receipt.MessageID
			th.sent = append(th.sent, m)
			return
		case err == nil && status < 500 && status != 429:
			tr.Errorf("send/text was answered %d %s", status, answer)
			return
		case key == "":
			// A refusal says that nothing was stored, but for the one that says
			// that nobody knows; no answer says nothing.
			m.maybe = err != nil || strings.Contains(string(answer), "store_uncertain")
			if m.maybe {
				th.sent = append(th.sent, m)
			}
			return
		}
		tr.pause(50 * time.Millisecond)
	}
}

// taken is told by WhatsApp of each message it takes; it reports sent and
// delivered, in any order, to any nodes.
func (tr *traffic) taken(s whatsapp.Sent) {
	tr.reports.Go(func() {
		<-tr.telling
		dice := rand.New(rand.NewPCG(3, uint64(s.At.UnixNano())))
		account := whatsapp.Account{WABA: "100000000000001", PhoneID: s.PhoneID, Display: s.PhoneID}
		statuses := []string{"sent", "delivered"}
		for _, n := range dice.Perm(2) {
			tr.insist(account.Statuses(whatsapp.Status{To: strings.TrimPrefix(s.To, "+"), Wamid: s.Wamid, Opaque: s.Opaque, Status: statuses[n], At: s.At.Truncate(time.Second).Add(time.Duration(n) * time.Second)}), dice)
		}
	})
}

// stop ends the traffic and waits until everything accepted has left or is in doubt.
func (tr *traffic) stop(asked *kontor.Member) {
	tr.Helper()
	close(tr.over)
	tr.actors.Wait()
	err := kontor.Until(tr.ctx, func() (bool, error) {
		waiting := 0
		err := tr.cluster.DB.QueryRow(`SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'claimed')`).Scan(&waiting)
		if err == nil && waiting > 0 {
			err = fmt.Errorf("%d messages are still to leave", waiting)
		}
		return waiting == 0, err
	})
	if err != nil {
		tr.Fatal("wait for the queue to empty: ", err)
	}
	tr.reports.Wait()
	tr.check(asked)
}

// check asks a node what became of everything.
func (tr *traffic) check(asked *kontor.Member) {
	tr.Helper()
	copies, last := map[string]int{}, map[string]int{}
	for n, s := range tr.meta.Sent() {
		copies[s.Body]++
		last[s.Body] = n
	}
	sent, received, doubts := 0, 0, 0
	for _, th := range tr.threads {
		var inbound, told []string
		for _, m := range tr.history(asked, th) {
			if m.Direction == "inbound" {
				inbound = append(inbound, m.Wamid)
			} else {
				told = append(told, m.ID)
			}
		}
		if !slices.Equal(inbound, th.inbound) {
			tr.Errorf("written by %s: got %d messages, want %d, in their order and each once", th.phone, len(inbound), len(th.inbound))
		}
		received += len(th.inbound)
		before := -1
		for _, m := range th.sent {
			if copies[m.body] > 1 {
				tr.Errorf("WhatsApp got %q %d times", m.body, copies[m.body])
			}
			if m.maybe {
				continue
			}
			sent++
			if !slices.Contains(told, m.id) {
				tr.Errorf("%q was accepted and is not in its conversation", m.body)
			}
			if copies[m.body] == 0 {
				doubts++
				if got := tr.message(asked, m.id).Status; got != "uncertain" && got != "held" {
					tr.Errorf("%q never reached WhatsApp, and its status is %s", m.body, got)
				}
				continue
			}
			if last[m.body] < before {
				tr.Errorf("%q overtook the one before it", m.body)
			}
			before = last[m.body]
			if got := tr.message(asked, m.id).Status; got != "delivered" {
				tr.Errorf("%q: got status %s, want the highest that was told", m.body, got)
			}
		}
	}
	tr.Logf("%d messages received, %d accepted, %d of them in doubt for good", received, sent, doubts)
	if received < 100 || sent < 50 {
		tr.Errorf("only %d messages were received and %d accepted: the nodes did not work", received, sent)
	}
}

type message struct {
	ID        string `json:"message_id"`
	Wamid     string `json:"wamid"`
	Direction string `json:"direction"`
	Status    string `json:"status"`
}

func (tr *traffic) message(asked *kontor.Member, id string) (m message) {
	tr.Helper()
	if err := asked.Get(tr.ctx, "messages/"+url.PathEscape(id), &m); err != nil {
		tr.Error(err)
	}
	return m
}

// history is a whole conversation, oldest first.
func (tr *traffic) history(asked *kontor.Member, th *thread) (all []message) {
	cursor := ""
	for {
		var page struct {
			Data []message `json:"data"`
			Next *string   `json:"next_cursor"`
		}
		if err := asked.Get(tr.ctx, "conversations/"+th.phone+"/history?limit=100&phone_number_id="+th.number.PhoneID+"&cursor="+url.QueryEscape(cursor), &page); err != nil {
			tr.Errorf("history of %s: %v", th.phone, err)
			return all
		}
		all = append(all, page.Data...)
		if page.Next == nil {
			return all
		}
		cursor = *page.Next
	}
}
