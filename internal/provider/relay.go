package provider

import (
	"context"

	"kontor/internal/meta"
	"kontor/internal/wa"
)

// Relay is a second contract, for carriers whose provider speaks Graph itself:
// found by assertion on a Carrier.
//
// Relay passes a Graph call through with the number's own token and returns
// what the provider answered, a refusal included: then the failure is nil and
// Reply.Status tells. A failure means that no answer of the provider's came
// (Status 0, or 502 and 504 of a gateway on the way); whether the call had an
// effect is then not known, and the class is wa.ClassUncertain unless nothing
// can have left. It makes one request, follows no redirect and repeats nothing.
// What the caller may ask is the caller's to decide: Relay checks no path.
type Relay interface {
	Relay(ctx context.Context, n *wa.Number, call meta.Call) (meta.Reply, *wa.Failure)
}
