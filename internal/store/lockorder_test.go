package store_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
)

// Functions that came while the writer was busy share a transaction. Each holds
// its row until all are done, so they run in the order of those rows.
func TestFunctionsRunInTheOrderOfWhatTheyHold(t *testing.T) {
	s := storetest.Open(t, "sqlite")
	busy, free := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		if err := s.Write(context.Background(), func(txn.Tx) error { close(busy); <-free; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-busy
	var ran []string // by one writer, one after the other
	for n, f := range []struct {
		name  string
		about int64
	}{{"nine", 9}, {"batch", 0}, {"three", 3}, {"five", 5}, {"three again", 3}, {"another batch", 0}} {
		ctx := context.Background()
		if f.about != 0 {
			ctx = txn.About(ctx, f.about)
		}
		all.Go(func() {
			if err := s.Write(ctx, func(txn.Tx) error { ran = append(ran, f.name); return nil }); err != nil {
				t.Error(err)
			}
		})
		for store.Queued(s) != n+1 {
			time.Sleep(time.Millisecond)
		}
	}
	close(free)
	all.Wait()
	if want := []string{"batch", "another batch", "three", "three again", "five", "nine"}; !slices.Equal(ran, want) {
		t.Errorf("got %q, want %q", ran, want)
	}
}
