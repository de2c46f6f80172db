package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kontor/internal/account"
)

// event is one server-sent event.
type event struct{ name, id, data string }

func (e event) wamidOf(t *testing.T, h *house, key string) string {
	t.Helper()
	var f struct {
		Kind      string `json:"kind"`
		MessageID string `json:"message_id"`
	}
	if err := json.Unmarshal([]byte(e.data), &f); err != nil {
		t.Fatal(err)
	}
	if f.Kind != "message.received" {
		return ""
	}
	return h.call(key, "GET", base+"/messages/"+f.MessageID, "").text("wamid")
}

// listener is a client of the live stream.
type listener struct {
	t      *testing.T
	cancel context.CancelFunc
	lines  *bufio.Scanner
	done   func()
}

func (h *house) listen(t *testing.T, key, after string) *listener {
	t.Helper()
	// The time-out is for a broken test only: it ends a wait that would not end.
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	request, _ := http.NewRequestWithContext(ctx, "GET", h.url+base+"/events", nil)
	request.Header.Set("Authorization", "Bearer "+key)
	if after != "" {
		request.Header.Set("Last-Event-ID", after)
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != 200 || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("got %d %s, want a stream", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	l := &listener{t: t, cancel: cancel, lines: bufio.NewScanner(answer.Body), done: func() { cancel(); answer.Body.Close() }}
	t.Cleanup(l.done)
	if hello, ok := l.next(); !ok || hello.name != "hello" || !strings.Contains(hello.data, hello.id) {
		t.Fatalf("got %+v first, want hello with the cursor", hello)
	}
	if clock, ok := l.next(); !ok || clock.name != "clock" || clock.id != "" {
		t.Fatalf("got %+v second, want the house's time, without a cursor", clock)
	}
	return l
}

// next reads one event; ok is false at the end of the stream.
func (l *listener) next() (e event, ok bool) {
	for l.lines.Scan() {
		name, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch name {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			e.data = value
		case "":
			if e.name != "" {
				return e, true
			}
			e = event{}
		}
	}
	return e, false
}

// received reads on until a customer's message, and answers its wamid.
func (l *listener) received(h *house, key string) (wamid, id string) {
	l.t.Helper()
	for {
		e, ok := l.next()
		if !ok {
			l.t.Fatal("the stream ended, want another fact")
		}
		if wamid := e.wamidOf(l.t, h, key); wamid != "" {
			return wamid, e.id
		}
	}
}

func TestStreamTellsInOrderAndOwnFactsOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		one, two := h.tenants[0], h.tenants[1]
		key := one.keys[account.Auditor]
		// Another test's transaction on the same PostgreSQL server may hide a fact
		// for a moment: only once somebody has heard of it does it lie behind us.
		early := h.listen(t, key, "")
		h.write(one, customer, "wamid.before", "not for who comes later")
		if got, _ := early.received(h, key); got != "wamid.before" {
			t.Fatalf("got %s, want wamid.before", got)
		}
		l := h.listen(t, key, "")
		for i := range 30 {
			h.write(two, customer, fmt.Sprintf("wamid.other%d", i), "of another house")
			h.write(one, customer, fmt.Sprintf("wamid.%d", i), "hello")
		}
		for i := range 30 {
			if got, _ := l.received(h, key); got != fmt.Sprintf("wamid.%d", i) {
				t.Fatalf("got %s at place %d, want wamid.%d", got, i, i)
			}
		}
	})
}

// TestStreamGoesOnWhereItBroke comes and goes while messages arrive: none may
// be missing and none may come twice.
func TestStreamGoesOnWhereItBroke(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		n := h.tenants[0]
		key := n.keys[account.Auditor]
		const total = 120
		l := h.listen(t, key, "")
		written := make(chan struct{})
		go func() {
			defer close(written)
			for i := range total {
				h.write(n, fmt.Sprintf("4945155503%02d", i%7), fmt.Sprintf("wamid.%d", i), "hello")
			}
		}()
		var cursor string
		for i := range total {
			var got string
			got, cursor = l.received(h, key)
			if got != fmt.Sprintf("wamid.%d", i) {
				t.Fatalf("got %s at place %d, want wamid.%d", got, i, i)
			}
			if i%9 == 4 {
				l.done()
				l = h.listen(t, key, cursor)
			}
		}
		<-written
		// After a pause without anybody listening, too.
		l.done()
		h.write(n, customer, "wamid.pause", "hello")
		l = h.listen(t, key, cursor)
		if got, _ := l.received(h, key); got != "wamid.pause" {
			t.Fatalf("got %s, want wamid.pause", got)
		}
	})
}

func TestStreamTellsWhenTheHousesTimeJumps(t *testing.T) {
	h := open(t, openSQLite(t))
	l := h.listen(t, h.tenants[0].keys[account.Auditor], "")
	h.ahead.Store(int64(25 * time.Hour))
	e, ok := l.next()
	var told struct{ Now time.Time }
	if err := json.Unmarshal([]byte(e.data), &told); err != nil || !ok || e.name != "clock" {
		t.Fatalf("got %+v, %v, want the new time", e, err)
	}
	if ahead := time.Until(told.Now); ahead < 24*time.Hour {
		t.Errorf("told to be %v ahead, want 25 h", ahead)
	}
}

func TestStreamEndsWithTheServer(t *testing.T) {
	h := open(t, openSQLite(t))
	key := h.tenants[0].keys[account.Auditor]
	l := h.listen(t, key, "")
	h.stop()
	if e, ok := l.next(); ok {
		t.Errorf("got %+v, want the end", e)
	}
	for got := h.call(key, "GET", base+"/events", ""); got.code() != "stopping"; got = h.call(key, "GET", base+"/events", "") {
		if got.status == 200 {
			continue // it was let in just before the end, and ended
		}
		t.Fatalf("got %d %s, want it refused while nobody feeds it", got.status, got.raw)
	}
}

func TestStreamRefusesMadeUpCursors(t *testing.T) {
	h := open(t, openSQLite(t))
	key := h.tenants[0].keys[account.Auditor]
	for _, cursor := range []string{"x", "-1", "0-12", "1.5", "99999999999999999999"} {
		h.want(h.call(key, "GET", base+"/events?cursor="+cursor, ""), 422, "invalid_request")
	}
	// A cursor behind the end: the database was restored from a backup.
	l := h.listen(t, key, "999999999999")
	h.write(h.tenants[0], customer, "wamid.restored", "hello")
	if got, _ := l.received(h, key); got != "wamid.restored" {
		t.Errorf("got %s, want what happens from now on", got)
	}
}
