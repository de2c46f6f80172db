// Package provider says what a carrier is: something that takes our messages to
// WhatsApp. Each carrier has a folder of its own below; all.go lists them; the
// suite in providertest is what a carrier must pass. A number names its carrier
// in wa.Number.Provider.
//
// To add one: a folder with the client, its own test that runs providertest,
// and one line in all.go.
package provider

import (
	"context"
	"io"

	"kontor/internal/wa"
)

// Carrier speaks to one kind of provider, for any number of business numbers.
//
// Every method may be called from many goroutines at once, starts none that
// outlives it, and ends soon after ctx does. It makes at most one request that
// can have an effect, and never repeats one: whether and when to try again is
// the caller's decision, by the failure's class. It keeps no state about
// numbers: address, version and token are taken from the number at each call.
// It logs nothing, and no failure's text holds a token, a body or the address
// of a file.
//
// A nil failure means that the provider said yes. A failure says what it said
// instead: Class is never empty, Problem has Meta's code when there was one,
// Status is the HTTP status or 0 when no answer came, and RetryAfter is the
// longest of what the provider asked for and what the contract asks for that
// code (cloud-api.md 3), 0 when neither asks.
//
// Class tells whether anything may have happened:
//   - wa.ClassUncertain comes from Send only: the request was written out and no
//     answer of the provider's came back, so WhatsApp may have the message. A
//     timeout, a broken connection, an unreadable answer and an answer by a
//     gateway on the way (502, 504) are all this.
//   - every other class means that WhatsApp certainly has not taken the message.
//     When the request did not leave at all (connection refused, name not found,
//     ctx over in time) it is wa.ClassBackoff with Status 0.
type Carrier interface {
	// Send hands over one message. Its media carry the provider's ids or links;
	// a message that cannot be written down is wa.ClassNever with Status 0.
	// wa.ClassRetryNow is worth one more try, no more.
	Send(ctx context.Context, n *wa.Number, m wa.Outgoing) (wa.Accepted, *wa.Failure)

	// MarkRead marks an inbound message and all before it read, and with typing
	// shows "typing…" until our next message or for 25 s. Doing it twice is harmless.
	MarkRead(ctx context.Context, n *wa.Number, id wa.Wamid, typing bool) *wa.Failure

	// Upload streams a file and returns the provider's id for it, good for 30
	// days. The file is opened once per attempt and closed before Upload returns.
	// Nothing is kept of it in memory. An upload whose answer was lost can be
	// repeated: the lost id only wastes room.
	Upload(ctx context.Context, n *wa.Number, file wa.Upload) (id string, failure *wa.Failure)

	// Media tells where the bytes behind an id are, for the next five minutes.
	Media(ctx context.Context, n *wa.Number, id string) (wa.RemoteMedia, *wa.Failure)

	// Download streams what Media found. The caller reads to its own limit and
	// closes; ctx must live until then. An address that is not the provider's
	// own is refused with wa.ClassNever before anything is asked. Status 404
	// means that the address has expired: ask Media again.
	Download(ctx context.Context, n *wa.Number, media wa.RemoteMedia) (io.ReadCloser, *wa.Failure)

	// Templates reads all pages of the number's catalogue, or none.
	Templates(ctx context.Context, n *wa.Number) ([]wa.TemplateDefinition, *wa.Failure)

	// Fields reads what WhatsApp says of the number, and which portfolio owns its
	// account where that is told.
	Fields(ctx context.Context, n *wa.Number) (wa.NumberFields, *wa.Failure)

	// Profile reads the public business profile.
	Profile(ctx context.Context, n *wa.Number) (wa.Profile, *wa.Failure)

	// SetProfile replaces it, but for the picture: empty members are cleared,
	// except About and Vertical, which cannot be empty and stay as they are.
	SetProfile(ctx context.Context, n *wa.Number, p wa.Profile) *wa.Failure

	// Subscribe has the webhooks of the number's account sent to callbackURL (at
	// most 200 characters). The provider calls that address with verifyToken
	// before it answers, so intake must be listening.
	Subscribe(ctx context.Context, n *wa.Number, callbackURL string, verifyToken wa.Secret) *wa.Failure
}
