package search

import "context"

// Turn does one piece of work.
func (i *Indexer) Turn(ctx context.Context) error {
	_, err := i.turn(ctx)
	return err
}
