package onprem

import (
	"context"
	"strconv"
	"strings"

	"kontor/internal/callback"
	"kontor/internal/premises"
	"kontor/internal/wa"
)

// This file writes the callbacks that are about no message: clean-ups that
// ended, and errors out of band (on-premises-api.md 3.4, 4.2).

// hookService is a clean-up that ended: {"message":{"gc":{…}}}.
type hookService map[string]map[string]hookCollected

// hookCollected tells how many rows went: none, since Kontor's retention keeps
// what was said and sent, and removes what belongs to running it.
type hookCollected struct {
	Messages *int    `json:"messages_deleted,omitempty"`
	Items    *int    `json:"items_deleted,omitempty"`
	Status   string  `json:"status"` // complete, failed
	Errors   []Error `json:"errors,omitempty"`
}

// collected writes that the clean-up ended for which PUT /v1/services/…/gc asked.
func collected(e *callback.Event) hookBody {
	c := premises.ParseCollected(e.Detail)
	none := 0
	out := hookCollected{Status: "complete"}
	switch {
	case c.Failed:
		out.Status, out.Errors = "failed", []Error{newError(1014, "The clean-up could not be done; it is tried again within a day.")}
	case c.What == "media":
		out.Items = &none
	default:
		out.Messages = &none
	}
	return hookBody{Services: []hookService{{c.What: {"gc": out}}}}
}

// numberStopped is the detail of the fact that a number stands until an operator
// acts (package number).
const numberStopped = "stopped"

// stopped writes the error that keeps a number from sending. One that goes on
// again by now has nothing to tell.
func (h *Hook) stopped(ctx context.Context, e *callback.Event) (hookBody, error) {
	n, err := h.Stored(ctx, e.NumberID)
	if err == nil && (n == nil || n.State != wa.NumberStopped) {
		err = callback.ErrGone
	}
	if err != nil {
		return hookBody{}, err
	}
	return hookBody{Errors: []Error{standstill(n.StateReason)}}, nil
}

// standstill is why a number stands, in the old codes: what WhatsApp said, or
// that its token is not taken any more, which is nobody's fault but the house's.
func standstill(reason string) Error {
	const waits = "Nothing is sent until an operator repairs that; messages wait."
	code, err := strconv.Atoi(strings.TrimPrefix(reason, "whatsapp_"))
	if err != nil {
		return newError(1014, "The connection to WhatsApp is closed ("+reason+"). "+waits)
	}
	out := LateError(wa.Problem{Code: code, Details: "WhatsApp lets this number send nothing."})
	out.Details += " " + waits
	return out
}
