package txn_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"kontor/internal/txn"
)

// Nobody waits for company: the clock of the bubble moves only while everybody
// in it sleeps, so the shortest wait before the transaction would show.
func TestWhoComesAloneWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := runnerFunc(func(_ context.Context, f func(txn.Tx) error) error { return f(ticket{}) })
		g := txn.NewGroup(at, 2, 100, func(txn.Tx, []int) error { return nil })
		for n := range 3 {
			began := time.Now()
			if err := g.Do(context.Background(), n); err != nil {
				t.Fatal(err)
			}
			if waited := time.Since(began); waited != 0 {
				t.Errorf("item %d waited %v, want no time at all", n, waited)
			}
		}
	})
}
