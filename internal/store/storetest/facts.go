package storetest

import (
	"context"
	"testing"
	"time"

	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Facts returns every fact written so far. On PostgreSQL a fact may wait for one
// in front of it that is on its way, so this writes one of its own and waits
// until that is shown.
func Facts(t testing.TB, s *store.Store) (facts []journal.Fact) {
	t.Helper()
	const mark journal.Kind = "test.mark"
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	own := wa.MessageID(s.NewID())
	err := s.Write(ctx, func(tx txn.Tx) error {
		return s.Journal().Append(tx, journal.Fact{WorkspaceID: 1, Kind: mark, MessageID: own})
	})
	for shown := false; err == nil && !shown; {
		facts = facts[:0]
		err = s.Read(ctx, func(tx txn.Tx) error {
			all, err := s.Journal().Next(tx, journal.Cursor{}, 1_000_000)
			for _, f := range all {
				switch {
				case f.Kind != mark:
					facts = append(facts, f)
				case f.MessageID == own:
					shown = true
				}
			}
			return err
		})
	}
	if err != nil {
		t.Fatal("wait for the journal:", err)
	}
	return facts
}
