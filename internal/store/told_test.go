package store_test

import (
	"context"
	"testing"
	"time"

	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// How a thing was told of is read by its own workspace only, and stays as it was
// told first, whoever repeats it.
func TestToldIsKeptOnceAndForOneWorkspace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := time.Now()
		write(t, s, func(tx txn.Tx) error {
			first := []wa.Told{{WorkspaceID: 1, MessageID: 7, Body: []byte(`{"n":1.50}`), At: now}, {WorkspaceID: 1, MessageID: 7, Status: wa.StatusSent, Body: []byte(`{"s":1}`), At: now}}
			if err := s.Inbox().KeepTold(tx, first); err != nil {
				return err
			}
			return s.Outbox().KeepTold(tx, []wa.Told{{WorkspaceID: 1, MessageID: 7, Status: wa.StatusSent, Body: []byte(`{"s":2}`), At: now}})
		})
		for _, c := range []struct {
			ws      wa.WorkspaceID
			subject int64
			status  wa.Status
			want    string
		}{
			{1, 7, "", `{"n":1.50}`}, {1, 7, wa.StatusSent, `{"s":1}`}, {1, 7, wa.StatusRead, ""}, {1, 8, "", ""}, {2, 7, "", ""},
		} {
			err := s.Read(context.Background(), func(tx txn.Tx) error {
				got, err := s.Callbacks().Told(tx, c.ws, c.subject, c.status)
				if string(got) != c.want {
					t.Errorf("workspace %d, %d %q: got %s, want %s", c.ws, c.subject, c.status, got, c.want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
