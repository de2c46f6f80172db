package store_test

import (
	"testing"

	"kontor/internal/fault"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// What a database cannot hold is whoever's fault sent it, and no failure of ours.
func TestATextThatCannotBeHeldIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, text := range []wa.Wamid{"wamid.\x00", "wamid.\xff"} {
			look := func(tx txn.Tx) error {
				_, _, err := s.Inbox().MessageByWamid(tx, 1, text)
				return err
			}
			for name, err := range map[string]error{"read": s.Read(t.Context(), look), "write": s.Write(t.Context(), look)} {
				if err != nil && (!fault.Is(err, fault.Invalid) || fault.As(err).Code != "invalid_text") {
					t.Errorf("%s %q: got %v, want nothing found, or invalid_text", name, text, err)
				}
			}
		}
	})
}
