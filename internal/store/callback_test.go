package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"kontor/internal/account"
	"kontor/internal/callback"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// A lease whose subscription is gone goes with the next sweep; others stay.
func TestLeasesOfRemovedSubscriptionsGo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, q := context.Background(), s.Callbacks()
		kept := &callback.Subscription{ID: wa.SubscriptionID(s.NewID()), WorkspaceID: 1, Dialect: "api", Events: []string{"*"}, State: callback.Active, Generation: 1, CreatedAt: time.Now()}
		err := s.Write(ctx, func(tx txn.Tx) error {
			if _, err := s.Accounts().InsertWorkspace(tx, account.Workspace{ID: 1, Slug: "w", Name: "W", SessionHours: 24, CreatedAt: time.Now()}); err != nil {
				return err
			}
			if err := q.Insert(tx, kept); err != nil {
				return err
			}
			for _, name := range []string{"callback:" + wa.SubscriptionID(s.NewID()).String(), "journal:greeting", "number:num_1"} {
				if err := store.Lease(tx, name); err != nil {
					return err
				}
			}
			_, err := q.TakeLease(tx, kept.ID, "a", time.Minute)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.SweepDeliveries(ctx, time.Time{}); err != nil {
			t.Fatal(err)
		}
		var names []string
		if err := s.Read(ctx, func(tx txn.Tx) (err error) { names, err = store.Leases(tx); return err }); err != nil {
			t.Fatal(err)
		}
		if want := []string{"callback:" + kept.ID.String(), "journal:greeting", "number:num_1"}; !slices.Equal(names, want) {
			t.Errorf("got the leases %v, want %v", names, want)
		}
	})
}
