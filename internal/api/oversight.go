package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"unicode/utf8"

	"kontor/internal/account"
	"kontor/internal/inbox"
)

// QuarantineEntry is a webhook for a number that nobody here knows.
type QuarantineEntry struct {
	ID            string `json:"id"`
	ReceivedAt    Stamp  `json:"received_at"`
	PhoneNumberID string `json:"phone_number_id" doc:"The number that it was for."`
	WABAID        string `json:"waba_id"`
	Reason        string `json:"reason" doc:"A stable code."`
	Body          string `json:"body" doc:"The webhook's part as it came; base64 when it is no text."`
}

// FiguresShape is what the workspace has done (S2-9).
type FiguresShape struct {
	MessagesSent     int64 `json:"messages_sent" doc:"Messages that WhatsApp took."`
	MessagesReceived int64 `json:"messages_received" doc:"Messages that customers wrote."`
	MediaUploaded    int64 `json:"media_uploaded" doc:"Files handed to WhatsApp."`
	TemplatesSent    int64 `json:"templates_sent" doc:"Those of messages_sent that were templates."`
	Errors           int64 `json:"errors" doc:"Calls to WhatsApp that failed."`
	APICalls         int64 `json:"api_calls" doc:"Calls of this API by the workspace."`
	Initialized      bool  `json:"initialized" doc:"Whether the product is ready, as /readyz says."`
	UptimeSeconds    int64 `json:"uptime_seconds" doc:"How long this process has run."`
}

func (a *API) oversight() {
	handle(a, route{
		method: http.MethodGet, path: "/quarantine", id: "list-quarantine", tag: "Oversight", right: account.SeeQuarantine,
		summary: "See webhooks for unknown numbers", text: "They were answered 200, so that WhatsApp does not send them for ever, and kept. They belong to no tenant, so only the operator's workspace (the installation's first) sees them. Newest first.",
	}, func(ctx context.Context, in *Paging) (*body[List[QuarantineEntry]], error) {
		var before int64
		if err := unpackCursor(in.Cursor, &before); err != nil {
			return nil, err
		}
		found, err := a.Inbox.Quarantined(ctx, before, in.Limit+1)
		if err != nil {
			return nil, err
		}
		return answerWith(page(found, in.Limit, showQuarantined, func(q inbox.Quarantined) string { return packCursor(q.ID) })), nil
	})
	handle(a, route{
		method: http.MethodGet, path: "/metrics", id: "get-metrics", tag: "Oversight", right: account.Read,
		summary: "See figures of the workspace", text: "Counted since this process started. For Prometheus use /metrics.",
	}, func(ctx context.Context, _ *none) (*body[FiguresShape], error) {
		ws := principal(ctx).WorkspaceID
		c := a.Figures.Figures(ws)
		return answerWith(FiguresShape{
			MessagesSent: c.Sent, MessagesReceived: c.Received, MediaUploaded: c.Uploaded, TemplatesSent: c.Templates,
			Errors: c.Errors, APICalls: a.metrics.calls(ws), Initialized: len(a.missing(ctx)) == 0, UptimeSeconds: int64(a.now().Sub(a.started).Seconds()),
		}), nil
	})
}

func showQuarantined(q inbox.Quarantined) QuarantineEntry {
	return QuarantineEntry{
		ID: plainNumber(q.ID), ReceivedAt: Stamp(q.ReceivedAt), PhoneNumberID: string(q.PhoneNumberID), WABAID: string(q.WABAID), Reason: q.Reason, Body: plainBody(q.Body),
	}
}

func plainNumber(id int64) string { return strconv.FormatInt(id, 10) }

// plainBody shows what came: as text where it is some.
func plainBody(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return base64.StdEncoding.EncodeToString(b)
}
