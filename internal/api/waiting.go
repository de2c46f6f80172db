package api

import (
	"context"
	"fmt"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/outbox"
	"kontor/internal/wa"
)

// Waiting is why a message of ours has not come further.
type Waiting struct {
	Reason string `json:"reason" enum:"in_line,scheduled,under_way,retrying,number_paused,number_stopped,messaging_limit,uncertain,undecided,quality_assessment" doc:"Stable, for programs. undecided: nobody knows whether WhatsApp has it, and a person decides (release or cancel). quality_assessment: WhatsApp has it and watches how the template is received first."`
	Until  Stamp  `json:"until" doc:"When something happens by itself; null when that is not known."`
	Detail string `json:"detail" doc:"What happened. For people; the text may change."`
	Advice string `json:"advice" doc:"What to do next. For people."`
}

// waitingTexts are what people read of each reason: what happened, what to do.
var waitingTexts = map[outbox.Reason][2]string{
	outbox.InLine:       {"It waits for its turn: the number's pace, or an older message of the conversation.", "Nothing."},
	outbox.Scheduled:    {"It is not to be sent before its time.", "Cancel it if it is not to go."},
	outbox.UnderWay:     {"WhatsApp is being asked to take it.", "Nothing."},
	outbox.Retrying:     {"WhatsApp could not take it just now; it is tried again. errors says why.", "Nothing; cancel it if it is not to go any more."},
	outbox.NumberPaused: {"The business number cools down after WhatsApp refused for speed (%s). The message is unharmed.", "Nothing; sending goes on by itself."},
	outbox.NumberStands: {"The business number stands (%s). The message is unharmed.", "An administrator puts the cause right, then POST numbers/{phone_number_id}/resume."},
	outbox.LimitReached: {"The account has written to as many people first in 24 hours as WhatsApp allows it. The message goes when a place is free, or when the customer writes.", "Nothing; see GET usage for the limit, and Meta's business manager for a higher one."},
	outbox.Unsettled:    {"It was under way when an answer of WhatsApp's was lost: it may have arrived or not. A status from WhatsApp settles that.", "Wait; then its on_uncertain policy decides."},
	outbox.Undecided:    {"An answer of WhatsApp's was lost and no status told whether it has the message.", "Look at the customer's chat: POST messages/{id}/release sends it again, and the customer may get it twice; POST messages/{id}/cancel leaves it."},
	outbox.Assessed:     {"WhatsApp has it and sends the first part of such messages only, to see how people take the template.", "Nothing; within about an hour it is sent, or failed with 132015 when the template was paused."},
}

func showWaiting(w outbox.Waiting) *Waiting {
	texts := waitingTexts[w.Reason]
	out := &Waiting{Reason: string(w.Reason), Until: Stamp(w.Until), Detail: texts[0], Advice: texts[1]}
	if w.Reason == outbox.NumberPaused || w.Reason == outbox.NumberStands {
		out.Detail = fmt.Sprintf(texts[0], w.Detail)
	}
	return out
}

// waits finds out why those of the messages wait that do, for show.message.
func (s *shown) waits(ctx context.Context, messages ...*wa.Message) (err error) {
	s.waiting, err = s.a.Outbox.Waiting(ctx, principal(ctx).WorkspaceID, messages...)
	return err
}

type troubledInput struct {
	Paging
	Status        string `query:"status" required:"true" enum:"uncertain,held,failed" doc:"Which messages: failed, or those that somebody should look at."`
	PhoneNumberID string `query:"phone_number_id" maxLength:"64" doc:"Only of this business number (Meta's id)."`
}

// troubled lists the messages that did not go as they should.
func (a *API) troubled() {
	handle(a, route{
		method: http.MethodGet, path: "/messages", id: "list-messages", tag: "Messages", right: account.Read,
		summary: "See messages in trouble", text: "Messages of the workspace that failed, or that wait because nobody knows whether WhatsApp has them (`uncertain`, then `held`), or because WhatsApp assesses a template's quality (`held`). Newest first. `waiting` says why and what to do; the messages of one person are in GET conversations/{phone}/history.",
	}, func(ctx context.Context, in *troubledInput) (*body[List[Message]], error) {
		ws := principal(ctx).WorkspaceID
		var before wa.MessageID
		if err := unpackCursor(in.Cursor, (*int64)(&before)); err != nil {
			return nil, err
		}
		var number wa.NumberID
		if in.PhoneNumberID != "" {
			n, err := a.ownNumber(ws, wa.PhoneNumberID(in.PhoneNumberID))
			if err != nil {
				return nil, err
			}
			number = n.ID
		}
		found, err := a.Outbox.Troubled(ctx, ws, wa.Status(in.Status), number, before, in.Limit+1)
		if err != nil {
			return nil, err
		}
		show, err := a.show(ctx)
		if err != nil {
			return nil, err
		}
		messages := make([]*wa.Message, len(found))
		for i := range found {
			messages[i] = &found[i].Message
		}
		if err := show.waits(ctx, messages...); err != nil {
			return nil, err
		}
		return answerWith(page(found, in.Limit,
			func(l outbox.Listed) Message { return show.message(&l.Message, l.Phone) },
			func(l outbox.Listed) string { return packCursor(int64(l.Message.ID)) })), nil
	})
}

func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
