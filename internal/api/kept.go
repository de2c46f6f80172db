package api

import (
	"context"
	"net/http"
	"time"

	"kontor/internal/account"
	"kontor/internal/inbox"
	"kontor/internal/wa"
)

// Webhooks are kept as they came, for some days; webhook.Door and inbox.Inbox
// fulfil it together.
type Webhooks interface {
	LatestRaws(ctx context.Context, before int64, limit int) ([]inbox.Raw, error)
	// Replay takes kept webhooks in again.
	Replay(ctx context.Context, s inbox.Span) (inbox.Replayed, error)
}

// KeptWebhook is a webhook as it came.
type KeptWebhook struct {
	ID         string `json:"id"`
	ReceivedAt Stamp  `json:"received_at"`
	NumberID   string `json:"number_id" doc:"A number whose app secret signed it."`
	Tenant     string `json:"tenant" doc:"Of the address it came to; empty for the address of all."`
	Team       string `json:"team" doc:"Of the address it came to; empty for the address of all."`
	Body       string `json:"body" doc:"As it came; base64 when it is no text."`
}

type replayBody struct {
	Since         time.Time        `json:"since,omitempty" doc:"Received at or after this moment; without it: from the oldest."`
	Until         time.Time        `json:"until,omitempty" doc:"Received before this moment; without it: to the newest."`
	PhoneNumberID wa.PhoneNumberID `json:"phone_number_id,omitempty" maxLength:"50" doc:"Only what is for this number (Meta's id)."`
	Cursor        string           `json:"cursor,omitempty" maxLength:"200" doc:"Where to go on: next_cursor of the answer before."`
}

// ReplayReport is what became of webhooks that were taken in again.
type ReplayReport struct {
	Webhooks   int     `json:"webhooks" doc:"Webhooks looked at."`
	Messages   int     `json:"messages" doc:"Messages in them."`
	Fresh      int     `json:"new_messages" doc:"Those that were not there before."`
	Statuses   int     `json:"statuses" doc:"Statuses in them; one that is known changes nothing."`
	Unknown    int     `json:"unknown" doc:"Parts for numbers that nobody here knows."`
	Orphaned   int     `json:"orphaned" doc:"Webhooks left out because the number that signed them is gone."`
	NextCursor *string `json:"next_cursor" doc:"There may be more: call again with it; null when all were looked at."`
}

// maxReplay is how many webhooks one call takes in again.
const maxReplay = 2000

func (a *API) kept() {
	handle(a, route{
		method: http.MethodGet, path: "/webhooks", id: "list-webhooks", tag: "Oversight", right: account.SeeQuarantine,
		summary: "See webhooks as they came", text: "Kept for KONTOR_WEBHOOK_DAYS. They belong to no tenant alone, so only the operator's workspace (the installation's first) sees them. Newest first.",
	}, func(ctx context.Context, in *Paging) (*body[List[KeptWebhook]], error) {
		var before int64
		if err := unpackCursor(in.Cursor, &before); err != nil {
			return nil, err
		}
		found, err := a.Webhooks.LatestRaws(ctx, before, in.Limit+1)
		if err != nil {
			return nil, err
		}
		return answerWith(page(found, in.Limit, showKept, func(r inbox.Raw) string { return packCursor(r.ID) })), nil
	})
	handle(a, route{
		method: http.MethodPost, path: "/webhooks/replay", id: "replay-webhooks", tag: "Oversight", right: account.SeeQuarantine,
		summary: "Take kept webhooks in again", text: "For what came while a number was not connected yet, or was misread by an older version. What is known changes nothing, so it may be repeated. One call looks at 2000 webhooks at most: go on with next_cursor.",
		example: map[string]any{"since": "2026-11-20T08:00:00Z", "until": "2026-11-20T12:00:00Z"},
	}, func(ctx context.Context, in *body[replayBody]) (*body[ReplayReport], error) {
		span := inbox.Span{Since: in.Body.Since, Until: in.Body.Until, Phone: in.Body.PhoneNumberID, Limit: maxReplay}
		if err := unpackCursor(in.Body.Cursor, &span.After); err != nil {
			return nil, err
		}
		sum, err := a.Webhooks.Replay(ctx, span)
		if err != nil {
			return nil, err
		}
		report := ReplayReport{Webhooks: sum.Webhooks, Messages: sum.Messages, Fresh: sum.Fresh, Statuses: sum.Statuses, Unknown: sum.Unknown, Orphaned: sum.Orphaned}
		if sum.Webhooks == maxReplay {
			next := packCursor(sum.Last)
			report.NextCursor = &next
		}
		return answerWith(report), nil
	})
}

func showKept(r inbox.Raw) KeptWebhook {
	return KeptWebhook{ID: plainNumber(r.ID), ReceivedAt: Stamp(r.ReceivedAt), NumberID: r.SignerID.String(), Tenant: r.Tenant, Team: r.Team, Body: plainBody(r.Body)}
}
