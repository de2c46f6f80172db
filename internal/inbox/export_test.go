package inbox

import "context"

// Hurry is one look of Watch.
func (i *Inbox) Hurry(ctx context.Context) error { return i.hurry(ctx) }
