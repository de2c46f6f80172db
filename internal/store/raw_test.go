package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"kontor/internal/inbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

func TestKeptWebhooksPageInBothDirections(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var want []string
		for row, size := range []int{1, 130, 1, 2000, 3} { // more than one row holds
			var raws []*inbox.Raw
			for n := range size {
				body := fmt.Sprintf(`{"row":%d,"n":%d}`, row, n)
				want = append(want, body)
				raws = append(raws, &inbox.Raw{Tenant: "one", Team: "sales", SignerID: 7, Body: []byte(body), ReceivedAt: moveDay.Add(time.Duration(row) * time.Hour)})
			}
			write(t, s, func(tx txn.Tx) error { return s.Inbox().KeepRaws(tx, raws) })
		}
		read := func(f func(tx txn.Tx) ([]inbox.Raw, error)) (raws []inbox.Raw) {
			t.Helper()
			err := s.Read(context.Background(), func(tx txn.Tx) (err error) {
				raws, err = f(tx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return raws
		}
		for _, limit := range []int{29, 700, 5000} {
			var forth, back []string
			var after, before int64
			for {
				raws := read(func(tx txn.Tx) ([]inbox.Raw, error) {
					return s.Inbox().Raws(tx, inbox.Span{After: after, Limit: limit})
				})
				for _, r := range raws {
					if r.ID <= after || r.Tenant != "one" || r.Team != "sales" || r.SignerID != wa.NumberID(7) {
						t.Fatalf("got %+v behind %d", r, after)
					}
					forth, after = append(forth, string(r.Body)), r.ID
				}
				if len(raws) < limit {
					break
				}
			}
			for {
				raws := read(func(tx txn.Tx) ([]inbox.Raw, error) { return s.Inbox().LatestRaws(tx, before, limit) })
				for _, r := range raws {
					back, before = append(back, string(r.Body)), r.ID
				}
				if len(raws) < limit {
					break
				}
			}
			slices.Reverse(back)
			if !slices.Equal(forth, want) || !slices.Equal(back, want) {
				t.Fatalf("by %d: got %d forwards and %d backwards, want the %d kept", limit, len(forth), len(back), len(want))
			}
		}
		third := read(func(tx txn.Tx) ([]inbox.Raw, error) {
			return s.Inbox().Raws(tx, inbox.Span{Since: moveDay.Add(time.Hour), Until: moveDay.Add(3 * time.Hour), Limit: 1000})
		})
		if len(third) != 131 || string(third[130].Body) != `{"row":2,"n":0}` {
			t.Errorf("got %d of the second and third hour, want 131", len(third))
		}
	})
}
