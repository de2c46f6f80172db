// Package webhook is the door at which Meta knocks: the GET handshake and the
// signed POST of cloud-api.md 2.1. It verifies before it parses, over the raw
// bytes; finds the number that each part is about; and answers 200 only after
// everything is on disk (law 1). Whatever else goes wrong, Meta gets an answer
// after which it delivers again.
package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/meta"
	"kontor/internal/wa"
)

// MaxBody is the largest webhook taken in; Meta's own limit is 3 MB (cloud-api.md 2.1).
const MaxBody = 4 << 20

// Patience is how long a webhook may wait for its commit before Meta is asked
// to come again.
const Patience = 8 * time.Second

// bodyTime is how long a body may take to come: who trickles it holds no
// connection for longer.
const bodyTime = 30 * time.Second

// Numbers knows the business numbers.
type Numbers interface {
	All() []*wa.Number
}

// Tenants knows the workspaces and teams behind /webhook/whatsapp/{tenant}/{team}.
type Tenants interface {
	// Team finds a team; a workspace's numbers without a team belong to "default".
	Team(ctx context.Context, tenant, team string) (wa.WorkspaceID, wa.TeamID, bool)
}

// Intake keeps what came.
type Intake interface {
	Take(ctx context.Context, d *inbox.Delivery) error
}

// Door is the handler's making.
type Door struct {
	Numbers Numbers
	Tenants Tenants
	Intake  Intake
	NewID   func() int64
	Now     func() time.Time
	Log     *slog.Logger
	// Keep has every webhook kept as it came, so that it can be taken in again.
	Keep bool
}

// Mount adds the door's addresses to a router's Handle function.
func (d *Door) Mount(handle func(method, pattern string, h http.HandlerFunc)) {
	const own, tenant = "/api/v1/whatsapp/webhook", "/webhook/whatsapp/{tenant}/{team}"
	handle(http.MethodGet, own, d.handshake)
	handle(http.MethodPost, own, d.post)
	handle(http.MethodGet, tenant, d.handshake)
	handle(http.MethodPost, tenant, d.post)
}

// candidates are the numbers that an address may speak for.
func (d *Door) candidates(ctx context.Context, tenant, team string) []*wa.Number {
	all := d.Numbers.All()
	if tenant == "" {
		return all
	}
	ws, id, ok := d.Tenants.Team(ctx, tenant, team)
	if !ok {
		return nil
	}
	var own []*wa.Number
	for _, n := range all {
		if n.WorkspaceID == ws && n.TeamID == id {
			own = append(own, n)
		}
	}
	return own
}

// handshake answers Meta's question whether this address is ours. Every token
// is compared in constant time, and all of them, so that the time tells nothing.
func (d *Door) handshake(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	match := false
	for _, n := range d.candidates(r.Context(), r.PathValue("tenant"), r.PathValue("team")) {
		if meta.SameToken(n.VerifyToken.Reveal(), q.Get("hub.verify_token")) {
			match = true
		}
	}
	if q.Get("hub.mode") != "subscribe" || !match {
		http.Error(w, "The verify token does not belong to a number of this installation.", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	io.WriteString(w, q.Get("hub.challenge")) // the client is gone if this fails
}

// post takes one webhook in.
func (d *Door) post(w http.ResponseWriter, r *http.Request) {
	body, ok := read(w, r)
	if !ok {
		return
	}
	tenant, team := r.PathValue("tenant"), r.PathValue("team")
	numbers := d.candidates(r.Context(), tenant, team)
	secret, ok := verified(numbers, body, r.Header.Get(meta.SignatureHeader))
	if !ok {
		http.Error(w, "The signature is missing or wrong; nothing was stored. Check that the app secret is that of the subscribed app.", http.StatusUnauthorized)
		return
	}
	hook, err := meta.ParseWebhook(body)
	if err != nil {
		http.Error(w, fault.As(err).Detail, http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), Patience)
	defer cancel()
	by := signed(numbers, secret)
	delivery := d.delivery(hook, by)
	delivery.Tell = func() { tell(delivery, hook, body, by) }
	delivery.Raw = d.raw(tenant, team, by, body)
	if err := d.Intake.Take(ctx, delivery); err != nil {
		d.Log.Error("a webhook was not stored; Meta will deliver it again", "err", err)
		w.Header().Set("Retry-After", strconv.Itoa(1))
		http.Error(w, "Not stored; deliver again.", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// read reads the raw body, or answers why it was not read.
func read(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	// Servers that know no deadlines (in tests) do without one.
	control := http.NewResponseController(w)
	control.SetReadDeadline(time.Now().Add(bodyTime))
	defer control.SetReadDeadline(time.Time{})
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err == nil {
		return body, true
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		http.Error(w, "The body is larger than 4 MiB; nothing was stored.", http.StatusRequestEntityTooLarge)
	} else {
		http.Error(w, "The body could not be read; nothing was stored.", http.StatusBadRequest)
	}
	return nil, false
}

// verified finds the app secret that signed body. The same secret is tried once.
func verified(numbers []*wa.Number, body []byte, header string) (wa.Secret, bool) {
	tried := make(map[wa.Secret]bool, 1)
	for _, n := range numbers {
		if n.AppSecret == "" || tried[n.AppSecret] {
			continue
		}
		tried[n.AppSecret] = true
		if meta.VerifySignature([]byte(n.AppSecret.Reveal()), body, header) {
			return n.AppSecret, true
		}
	}
	return "", false
}

// signers are the numbers that a signature speaks for.
type signers []*wa.Number

// signed leaves the numbers whose own app secret it is: another tenant's
// signature makes a part as unknown as a number that nobody here has.
func signed(numbers []*wa.Number, secret wa.Secret) signers {
	var out signers
	for _, n := range numbers {
		if n.AppSecret == secret { // both are ours: no stranger learns from the time
			out = append(out, n)
		}
	}
	return out
}

// number finds one of them; nil when it is none of theirs.
func (s signers) number(id wa.PhoneNumberID) *wa.Number {
	for _, n := range s {
		if n.PhoneNumberID == id {
			return n
		}
	}
	return nil
}

// Why a part is kept in quarantine.
const (
	numberUnknown     = "number_unknown"
	groupNotSupported = "group_not_supported"
)

// delivery finds the number of every part. What came from a group is no part of
// the conversation with the person who wrote it there, and Kontor knows no
// groups yet: it is kept aside, with the reason.
func (d *Door) delivery(hook wa.Webhook, by signers) *inbox.Delivery {
	now := d.Now()
	out := &inbox.Delivery{}
	for _, m := range hook.Messages {
		switch n := by.number(m.PhoneNumberID); {
		case n == nil:
			out.Unknown = append(out.Unknown, d.unknown(m.PhoneNumberID, "", numberUnknown, m, now))
		case m.GroupID != "":
			out.Unknown = append(out.Unknown, d.unknown(m.PhoneNumberID, n.WABAID, groupNotSupported, m, now))
		default:
			out.Received = append(out.Received, inbox.Received{Number: n, Received: m})
		}
	}
	for _, s := range hook.Statuses {
		if n := by.number(s.PhoneNumberID); n != nil {
			out.Reports = append(out.Reports, inbox.Report{Number: n, StatusReport: s})
		} else {
			out.Unknown = append(out.Unknown, d.unknown(s.PhoneNumberID, "", numberUnknown, s, now))
		}
	}
	for _, n := range hook.Notices {
		d.notice(out, n, by, now)
	}
	return out
}

// tell gives the parts of a delivery the webhooks that told of them; they stand
// in it in the order in which they were read.
func tell(out *inbox.Delivery, hook wa.Webhook, body []byte, by signers) {
	meta.Tell(body, &hook)
	received, reports := 0, 0
	for _, m := range hook.Messages {
		if by.number(m.PhoneNumberID) != nil && m.GroupID == "" {
			out.Received[received].Told = m.Told
			received++
		}
	}
	for _, s := range hook.Statuses {
		if by.number(s.PhoneNumberID) != nil {
			out.Reports[reports].Told = s.Told
			reports++
		}
	}
}

// notice finds whom an account-level change is about: the number it names, or
// every workspace that has a number of that account under this app.
func (d *Door) notice(out *inbox.Delivery, n wa.Notice, by signers, now time.Time) {
	said := n.At
	if said.IsZero() {
		said = now
	}
	noted := inbox.Noted{WABAID: n.WABAID, Field: n.Field, Body: n.Raw, Told: n.Told, At: said}
	if known := by.number(n.PhoneNumberID); known != nil {
		noted.ID, noted.WorkspaceID, noted.NumberID = d.NewID(), known.WorkspaceID, known.ID
		out.Notices = append(out.Notices, noted)
		return
	}
	seen := map[wa.WorkspaceID]bool{}
	for _, known := range by {
		if known.WABAID != n.WABAID || n.WABAID == "" || seen[known.WorkspaceID] {
			continue
		}
		seen[known.WorkspaceID] = true
		noted.ID, noted.WorkspaceID = d.NewID(), known.WorkspaceID
		out.Notices = append(out.Notices, noted)
	}
	if len(seen) == 0 {
		out.Unknown = append(out.Unknown, d.unknown(n.PhoneNumberID, n.WABAID, numberUnknown, n, now))
	}
}

// unknown is the quarantined form of a part: as it was understood, as JSON.
func (d *Door) unknown(id wa.PhoneNumberID, waba wa.WABAID, reason string, part any, now time.Time) inbox.Quarantined {
	body, err := json.Marshal(part)
	if err != nil { // parts are plain data read from JSON: this is a bug, and must still lose nothing visible
		d.Log.Error("a part for quarantine could not be written down", "err", err)
	}
	return inbox.Quarantined{ID: d.NewID(), PhoneNumberID: id, WABAID: waba, Reason: reason, Body: body, ReceivedAt: now}
}
