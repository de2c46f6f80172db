package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/wa"
)

// resume lets people put a number to work again.
func (a *API) resume() {
	handle(a, route{
		method: http.MethodPost, path: "/numbers/{phone_number_id}/resume", id: "resume-number", tag: "Numbers", right: account.ManageNumbers,
		summary: "Let a number send again", text: "Ends a stop (`state` stopped) after its cause was put right, or a cool-down before its time. What waited is sent, in order and at the number's pace. If the cause is still there, the number stops again at the next message, which is unharmed. On a number that sends it changes nothing.",
	}, func(ctx context.Context, in *NumberRef) (*body[NumberShape], error) {
		ws := principal(ctx).WorkspaceID
		n, err := a.ownNumber(ws, wa.PhoneNumberID(in.PhoneNumberID))
		if err != nil {
			return nil, err
		}
		if err := a.Numbers.Resume(ctx, n.ID); err != nil {
			return nil, err
		}
		if n, err = a.ownNumber(ws, n.PhoneNumberID); err != nil {
			return nil, err
		}
		return answerWith(showNumber(n)), nil
	})
}
