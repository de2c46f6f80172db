package inbox_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"kontor/internal/inbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

// Whoever waits together costs as many statements as one: on PostgreSQL each is
// a way to the server and back. First messages of strangers and further ones of
// people that are known are what intake is made of.
func TestManyMessagesCostAsManyStatementsAsOne(t *testing.T) {
	var statements atomic.Int64
	o := storetest.Options(t, "postgres")
	o.Trace = func(string) { statements.Add(1) }
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	storetest.Seal(t, s)
	h := open(t, s)
	serial := 0
	take := func(from, count int) int64 {
		d := &inbox.Delivery{}
		for n := range count {
			serial++
			d.Received = append(d.Received, h.received(wa.Identity{Phone: wa.Phone(fmt.Sprint(4915100000000 + from + n)), ProfileName: "Katrin"}, fmt.Sprint("wamid.", serial)))
		}
		before := statements.Load()
		if err := h.Take(context.Background(), d); err != nil {
			t.Fatal(err)
		}
		return statements.Load() - before
	}
	for _, c := range []struct {
		what      string
		one, many int64
	}{
		{"first messages", take(0, 1), take(1, 60)},
		{"further messages", take(0, 1), take(1, 60)},
	} {
		if c.one == 0 || c.many != c.one {
			t.Errorf("%s: 60 at once took %d statements, want as many as one, which is %d", c.what, c.many, c.one)
		}
	}
}
