package hard

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// What comes twice at once counts once, by HTTP and on both databases: the same
// webhook on two connections, a batch that begins with what is known, and two
// first messages of somebody whom nobody knows yet.
func TestWhatComesTwiceAtOnceCountsOnce(t *testing.T) {
	binary := kontor.Build(t)
	for _, engine := range kontor.Engines {
		t.Run(engine, func(t *testing.T) {
			meta := whatsapp.Start(whatsapp.Options{Throughput: "HIGH"})
			defer meta.Close()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			i := kontor.New(t, binary, engine, meta.URL, 1)
			if _, err := i.Start(t); err != nil {
				t.Fatal(err)
			}
			if err := i.Ready(ctx, "HIGH"); err != nil {
				t.Fatal(err)
			}
			w := &twice{T: t, ctx: ctx, kontor: i, want: map[string][]string{}}
			w.sameWebhook(500, 20)
			w.batches(60)
			w.firstMessages(60)
			w.check()
		})
	}
}

// twice posts what it has on two connections at the same moment.
type twice struct {
	*testing.T
	ctx    context.Context
	kontor *kontor.Installation
	want   map[string][]string // wamids by who wrote
}

func (w *twice) text(phone string, n int) whatsapp.Text {
	return whatsapp.Text{From: phone, Name: "Customer " + phone, Wamid: whatsapp.Wamid(phone, int64(n)), Body: fmt.Sprint(n), At: time.Now()}
}

// expect has a message be there once.
func (w *twice) expect(texts ...whatsapp.Text) {
	for _, m := range texts {
		w.want[m.From] = append(w.want[m.From], m.Wamid)
	}
}

// atOnce posts pairs of webhooks, the two of each at the same moment.
func (w *twice) atOnce(pairs [][2][]byte) {
	w.Helper()
	var ends [2]chan []byte
	var all, pair sync.WaitGroup
	for side := range ends {
		ends[side] = make(chan []byte)
		all.Go(func() {
			client := kontor.NewClient(w.kontor.Address)
			defer client.Close()
			for body := range ends[side] {
				if status, err := client.PostWebhook(body); err != nil || status != 200 {
					w.Errorf("a webhook was answered %d, %v; want 200", status, err)
				}
				pair.Done()
			}
		})
	}
	for _, bodies := range pairs {
		pair.Add(2)
		ends[0] <- bodies[0]
		ends[1] <- bodies[1]
		pair.Wait()
	}
	close(ends[0])
	close(ends[1])
	all.Wait()
}

// sameWebhook has each message come on both connections.
func (w *twice) sameWebhook(count, people int) {
	w.Helper()
	var pairs [][2][]byte
	for n := range count {
		m := w.text(fmt.Sprintf("447981%06d", n%people), n)
		w.expect(m)
		body := w.kontor.Numbers[0].Messages(m)
		pairs = append(pairs, [2][]byte{body, body})
	}
	w.atOnce(pairs)
}

// batches has two webhooks begin with the same known message and go on with
// different new ones, and with one that is in both.
func (w *twice) batches(count int) {
	w.Helper()
	var first, pairs [][2][]byte
	for n := range count {
		phone := fmt.Sprintf("447982%06d", n%7)
		known, both, here, there := w.text(phone, 4*n), w.text(phone, 4*n+1), w.text(phone, 4*n+2), w.text(phone, 4*n+3)
		w.expect(known, both, here, there)
		body := w.kontor.Numbers[0].Messages(known)
		first = append(first, [2][]byte{body, body})
		pairs = append(pairs, [2][]byte{w.kontor.Numbers[0].Messages(known, both, here), w.kontor.Numbers[0].Messages(known, there, both)})
	}
	w.atOnce(first)
	w.atOnce(pairs)
}

// firstMessages has two different messages of a new person come at once.
func (w *twice) firstMessages(count int) {
	w.Helper()
	var pairs [][2][]byte
	for n := range count {
		phone := fmt.Sprintf("447983%06d", n)
		one, other := w.text(phone, 1), w.text(phone, 2)
		w.expect(one, other)
		pairs = append(pairs, [2][]byte{w.kontor.Numbers[0].Messages(one), w.kontor.Numbers[0].Messages(other)})
	}
	w.atOnce(pairs)
}

// check compares every conversation with what was written, and counts them.
func (w *twice) check() {
	w.Helper()
	conversations := map[string]int{}
	w.pages("conversations?tab=all&limit=100", func(row row) { conversations[row.Contact.Phone]++ })
	if len(conversations) != len(w.want) {
		w.Errorf("there are conversations with %d people, want %d", len(conversations), len(w.want))
	}
	rows := 0
	for phone, want := range w.want {
		if conversations[phone] != 1 {
			w.Errorf("there are %d conversations with %s, want 1", conversations[phone], phone)
		}
		var got []string
		w.pages("conversations/"+phone+"/history?limit=100", func(row row) { got = append(got, row.Wamid) })
		rows += len(got)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			w.Errorf("%s wrote %d messages, and %d are there; want each once", phone, len(want), len(got))
		}
	}
	w.Logf("%d messages of %d people", rows, len(conversations))
}

// row is what is read of a message or a conversation.
type row struct {
	Wamid   string `json:"wamid"`
	Contact struct {
		Phone string `json:"phone"`
	} `json:"contact"`
}

// pages reads a list to its end.
func (w *twice) pages(path string, each func(row)) {
	w.Helper()
	cursor := ""
	for {
		var page struct {
			Data []row   `json:"data"`
			Next *string `json:"next_cursor"`
		}
		if err := w.kontor.Get(w.ctx, path+"&cursor="+url.QueryEscape(cursor), &page); err != nil {
			w.Fatal(err)
		}
		for _, r := range page.Data {
			each(r)
		}
		if page.Next == nil {
			return
		}
		cursor = *page.Next
	}
}
