package chaos

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// outbound is one message that was accepted.
type outbound struct {
	id, to, body string
	turn         int // its place among those to the same customer
}

// outgoing are all of them by their text, which each has for itself.
type outgoing map[string]*outbound

func (o outgoing) add(sent []*outbound) {
	for _, m := range sent {
		o[m.body] = m
	}
}

// sender sends one message after the other, each with an idempotency key, and
// repeats a request until it is answered 202.
type sender struct {
	w       *world
	dice    *rand.Rand
	client  *kontor.Client
	name    string
	threads []*thread
	sent    []*outbound
}

func newSender(w *world, n int) *sender {
	return &sender{w: w, dice: w.dice(senderDice + uint64(n)), client: kontor.NewClient(w.kontor.Address), name: fmt.Sprint("out", n)}
}

const (
	audience = 12 // customers at a time
	enough   = 30 // messages to one customer: below the pair's burst of 45
)

func (s *sender) send() {
	defer s.client.Close()
	var open []*thread
	for s.w.running() {
		if len(open) < audience {
			open = append(open, s.meet())
			continue
		}
		n := s.dice.IntN(len(open))
		s.say(open[n])
		if len(open[n].sent) == enough {
			open = append(open[:n], open[n+1:]...)
		}
		s.w.pause(time.Duration(s.dice.Int64N(int64(30 * time.Millisecond))))
	}
}

// meet lets a new customer write first, which opens the window.
func (s *sender) meet() *thread {
	t := &thread{phone: fmt.Sprintf("44792%s%05d", s.name[3:], len(s.threads))}
	wamid := whatsapp.Wamid(s.name, int64(len(s.threads)))
	s.w.insist(s.client, s.w.kontor.Numbers[0].Messages(whatsapp.Text{From: t.phone, Name: "Customer " + t.phone, Wamid: wamid, Body: "hello", At: time.Now()}))
	t.inbound = append(t.inbound, wamid)
	s.threads = append(s.threads, t)
	return t
}

func (s *sender) say(t *thread) {
	m := &outbound{to: t.phone, body: fmt.Sprintf("%s message %d", s.name, len(s.sent)), turn: len(t.sent)}
	body, err := json.Marshal(map[string]string{"to": "+" + t.phone, "text": m.body})
	if err != nil {
		s.w.Error(err)
		return
	}
	for s.w.ctx.Err() == nil {
		status, answer, err := s.client.PostAPI("send/text", "key of "+m.body, body)
		if err == nil && status == 202 {
			var receipt struct {
				MessageID string `json:"message_id"`
			}
			if err := json.Unmarshal(answer, &receipt); err != nil || receipt.MessageID == "" {
				s.w.Errorf("send/text answered %s", answer)
			}
			m.id = receipt.MessageID
			t.sent, s.sent = append(t.sent, m), append(s.sent, m)
			return
		}
		if err == nil && status < 500 && status != 429 {
			s.w.Errorf("send/text was answered %d %s", status, answer)
			return
		}
		s.w.pause(20 * time.Millisecond)
	}
}
