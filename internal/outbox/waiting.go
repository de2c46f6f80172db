package outbox

import (
	"context"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Reason is why a message has not come further. Reasons are stable.
type Reason string

const (
	InLine       Reason = "in_line"            // it goes as soon as its turn comes
	Scheduled    Reason = "scheduled"          // it is not to go before Until
	UnderWay     Reason = "under_way"          // WhatsApp is being asked
	Retrying     Reason = "retrying"           // WhatsApp could not take it; again at Until
	NumberPaused Reason = "number_paused"      // the number cools down until Until
	NumberStands Reason = "number_stopped"     // until an operator resumes the number
	LimitReached Reason = "messaging_limit"    // until the portfolio may write to more people
	Unsettled    Reason = "uncertain"          // nobody knows whether WhatsApp has it; its policy decides at Until
	Undecided    Reason = "undecided"          // the same, and a person decides
	Assessed     Reason = "quality_assessment" // WhatsApp has it and holds it back (cloud-api.md 5.5)
)

// Waiting is why a message of ours waits.
type Waiting struct {
	Reason   Reason
	Until    time.Time    // when something happens by itself; zero: nobody knows
	Detail   string       // of NumberStands and NumberPaused: the number's stable code
	Problems []wa.Problem // what WhatsApp said at the last try
}

// Waiting tells why those of the messages wait that do. Messages of the
// workspace only; others are left out.
func (o *Outbox) Waiting(ctx context.Context, ws wa.WorkspaceID, messages ...*wa.Message) (map[wa.MessageID]Waiting, error) {
	var ids []wa.MessageID
	for _, m := range messages {
		if m.Direction == wa.Outbound && (m.Status == wa.StatusAccepted || m.Status == wa.StatusUncertain || m.Status == wa.StatusHeld) {
			ids = append(ids, m.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	now := o.Now().UTC()
	out := map[wa.MessageID]Waiting{}
	err := o.Runner.Read(ctx, func(tx txn.Tx) error {
		places, err := o.Store.Places(tx, ws, ids)
		if err != nil {
			return err
		}
		free := map[string]time.Time{}
		for _, m := range messages {
			p, queued := places[m.ID]
			switch {
			case queued && p.State == "queued" && p.Lane >= Parked:
				w := Waiting{Reason: LimitReached, Problems: p.Problems}
				if n, ok := o.Numbers.ByID(p.NumberID); ok {
					scope := scopeOf(n)
					if _, known := free[scope]; !known {
						if free[scope], err = o.Store.NextFree(tx, scope, now); err != nil {
							return err
						}
					}
					w.Until = free[scope]
				}
				out[m.ID] = w
			case queued:
				out[m.ID] = o.waiting(p, now)
			case m.Status == wa.StatusHeld:
				out[m.ID] = Waiting{Reason: Assessed}
			}
		}
		return nil
	})
	return out, err
}

// waiting reads a place in the queue.
func (o *Outbox) waiting(p Place, now time.Time) Waiting {
	w := Waiting{Problems: p.Problems}
	switch p.State {
	case "claimed":
		w.Reason = UnderWay
		return w
	case "uncertain":
		w.Reason, w.Until = Unsettled, p.DueAt
		return w
	case "held":
		w.Reason = Undecided
		return w
	}
	number, ok := o.Numbers.ByID(p.NumberID)
	switch {
	case ok && number.State == wa.NumberStopped:
		w.Reason, w.Detail = NumberStands, number.StateReason
	case p.DueAt.After(now) && p.Attempt > 0:
		w.Reason, w.Until = Retrying, p.DueAt
	case p.DueAt.After(now):
		w.Reason, w.Until = Scheduled, p.DueAt
	case ok && number.PausedUntil.After(now):
		w.Reason, w.Until, w.Detail = NumberPaused, number.PausedUntil, number.StateReason
	default:
		w.Reason = InLine
	}
	return w
}
