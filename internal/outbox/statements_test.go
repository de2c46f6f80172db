package outbox_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"kontor/internal/store"
	"kontor/internal/store/storetest"
)

// Messages that are accepted in one transaction cost as many statements as one:
// on PostgreSQL each is a way to the server and back.
func TestManyAcceptedCostAsManyStatementsAsOne(t *testing.T) {
	var statements atomic.Int64
	o := storetest.Options(t, "postgres")
	o.Trace = func(string) { statements.Add(1) }
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	storetest.Seal(t, s)
	h := build(t, s)
	const most = 40
	h.several(most)
	accept := func(count int) int64 { // all in one transaction, since the writers are busy until all wait
		release := occupy(t, s)
		var all sync.WaitGroup
		for n := range count {
			all.Go(func() {
				r := text(phone(n), "hi")
				r.NumberID = h.number.ID
				if _, err := h.Accept(context.Background(), r); err != nil {
					t.Error(err)
				}
			})
		}
		h.until("all to wait", func() bool { return h.AcceptsWaiting() == count })
		before := statements.Load()
		release()
		all.Wait()
		return statements.Load() - before
	}
	accept(1) // the first one makes the day's counter
	one, many := accept(1), accept(most)
	if one == 0 || many != one {
		t.Errorf("%d messages took %d statements, want as many as one, which is %d", most, many, one)
	}
}
