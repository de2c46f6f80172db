package chaos

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// thread is a conversation as it should be: wamids of what the customer wrote
// and ids of what was sent, each in its order.
type thread struct {
	phone   string
	inbound []string
	sent    []*outbound
}

// customers are some people who write. Each writes the next message when the
// last one was answered, so that their order is known.
type customers struct {
	w       *world
	dice    *rand.Rand
	client  *kontor.Client
	scope   string
	written int64
	threads []*thread
	old     [][]byte // webhooks that were answered long ago
}

func newCustomers(w *world, n int) *customers {
	c := &customers{w: w, dice: w.dice(customerDice + uint64(n)), client: kontor.NewClient(w.kontor.Address), scope: fmt.Sprint("in", n)}
	for k := range 6 {
		c.threads = append(c.threads, &thread{phone: fmt.Sprintf("44791%02d%05d", n, k)})
	}
	return c
}

func (c *customers) write() {
	defer c.client.Close()
	for c.w.running() {
		t := c.threads[c.dice.IntN(len(c.threads))]
		switch n := c.dice.IntN(100); {
		case n < 15:
			c.onManyConnections(c.webhook(t))
		case n < 25 && len(t.inbound) > 0: // a batch that begins with a duplicate
			again := c.text(t, t.inbound[len(t.inbound)-1])
			c.w.insist(c.client, c.account().Messages(again, c.next(t)))
		case n < 30: // one webhook for two people
			other := c.threads[c.dice.IntN(len(c.threads))]
			c.w.insist(c.client, c.account().Messages(c.next(t), c.next(other)))
		case n < 35 && len(c.old) > 0: // much too late
			c.w.insist(c.client, c.old[c.dice.IntN(len(c.old))])
		default:
			body := c.webhook(t)
			c.w.insist(c.client, body)
			if len(c.old) < 100 {
				c.old = append(c.old, body)
			}
		}
		c.w.pause(time.Duration(c.dice.Int64N(int64(10 * time.Millisecond))))
	}
}

func (c *customers) account() whatsapp.Account { return c.w.kontor.Numbers[0] }

func (c *customers) webhook(t *thread) []byte { return c.account().Messages(c.next(t)) }

// next is the thread's next message, which is expected from now on.
func (c *customers) next(t *thread) whatsapp.Text {
	c.written++
	wamid := whatsapp.Wamid(c.scope, c.written)
	t.inbound = append(t.inbound, wamid)
	return c.text(t, wamid)
}

func (c *customers) text(t *thread, wamid string) whatsapp.Text {
	return whatsapp.Text{From: t.phone, Name: "Customer " + t.phone, Wamid: wamid, Body: "About " + wamid, At: time.Now()}
}

// onManyConnections posts a webhook on three at once, until one of them was answered.
func (c *customers) onManyConnections(body []byte) {
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			client := kontor.NewClient(c.w.kontor.Address)
			defer client.Close()
			c.w.insist(client, body)
		})
	}
	all.Wait()
}
