package store_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"kontor/internal/store"
	"kontor/internal/store/storetest"
)

// The writer sleeps nowhere before it commits what came alone: the clock of the
// bubble moves only while everybody in it sleeps.
func TestTheWriterWaitsForNobody(t *testing.T) {
	o := storetest.Options(t, "sqlite")
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for n := range 3 {
			began := time.Now()
			if err := s.Write(context.Background(), received(s)); err != nil {
				t.Fatal(err)
			}
			if waited := time.Since(began); waited != 0 {
				t.Errorf("write %d waited %v, want no time at all", n, waited)
			}
		}
	})
}
