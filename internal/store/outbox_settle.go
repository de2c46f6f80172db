package store

import (
	"fmt"

	"kontor/internal/outbox"
	"kontor/internal/wa"
)

// settling sorts outcomes into the statements that store them.
type settling struct {
	outcomes map[wa.MessageID]*outbox.Outcome

	taken      []wa.MessageID // WhatsApp has it
	takenEpoch []int64
	wamids     []wa.Wamid
	// asked are those of them that were under way until now: their messages have
	// the status "accepted" already, or one that WhatsApp told, and keep it.
	asked map[wa.MessageID]bool

	refused      []wa.MessageID
	refusedEpoch []int64

	kept         []wa.MessageID // Again and Unsure
	keptEpoch    []int64
	keptState    []string
	keptDue      []int64
	keptAttempt  []int64
	keptProblems []string
}

func (s *settling) sort(outcomes []*outbox.Outcome) error {
	s.outcomes = make(map[wa.MessageID]*outbox.Outcome, len(outcomes))
	s.asked = map[wa.MessageID]bool{}
	for _, o := range outcomes {
		s.outcomes[o.Claimed.MessageID] = o
	}
	for _, id := range sortedIDs(s.outcomes) {
		o := s.outcomes[id]
		switch o.Kind {
		case outbox.Taken:
			s.taken, s.takenEpoch, s.wamids = append(s.taken, id), append(s.takenEpoch, o.Epoch), append(s.wamids, o.Wamid)
		case outbox.Refused:
			s.refused, s.refusedEpoch = append(s.refused, id), append(s.refusedEpoch, o.Epoch)
		default:
			problems, err := jsonText(o.Problem, len(o.Problem) == 0)
			if err != nil {
				return fmt.Errorf("message %s, problems: %w", id, err)
			}
			state, attempt := "queued", o.Attempt
			if o.Kind == outbox.Unsure {
				state, attempt = "uncertain", o.Claimed.Attempt
			}
			s.kept, s.keptEpoch, s.keptState = append(s.kept, id), append(s.keptEpoch, o.Epoch), append(s.keptState, state)
			s.keptDue, s.keptAttempt, s.keptProblems = append(s.keptDue, ms(o.DueAt)), append(s.keptAttempt, int64(attempt)), append(s.keptProblems, problems)
		}
	}
	return nil
}

// release changes the queue and answers the messages whose outcome counts:
// those that the epoch still owns. WhatsApp's yes counts whoever brings it,
// unless a newer owner has the message under way once more.
func (s *settling) release(t *Tx) (owned []wa.MessageID, err error) {
	if err := t.lockQueued(sortedIDs(s.outcomes)); err != nil {
		return nil, err
	}
	if len(s.taken) > 0 {
		if err = t.many(`
			DELETE FROM outbox WHERE message_id IN (
				SELECT o.message_id FROM ({rows}) v JOIN outbox o ON o.message_id = v.id
				WHERE o.owner_epoch = v.epoch OR o.state <> 'claimed')
			RETURNING message_id, state`,
			[]column{ints("id", s.taken), ints("epoch", s.takenEpoch)}, func(scan func(...any) error) error {
				var id wa.MessageID
				var state string
				if err := scan(&id, &state); err != nil {
					return err
				}
				owned = append(owned, id)
				s.asked[id] = state == "claimed"
				return nil
			}); err != nil {
			return nil, err
		}
	}
	if len(s.refused) > 0 {
		if err = t.many(`
			DELETE FROM outbox WHERE state = 'claimed' AND message_id IN (
				SELECT o.message_id FROM ({rows}) v JOIN outbox o ON o.message_id = v.id AND o.owner_epoch = v.epoch)
			RETURNING message_id`,
			[]column{ints("id", s.refused), ints("epoch", s.refusedEpoch)}, appendID(&owned)); err != nil {
			return nil, err
		}
	}
	if len(s.kept) > 0 {
		err = t.many(`
			UPDATE outbox SET state = v.state, due_at = v.due_at, attempt = v.attempt,
				last_problem = CASE WHEN v.last_problem = '' THEN outbox.last_problem ELSE v.last_problem END
			FROM ({rows}) v
			WHERE outbox.message_id = v.id AND outbox.owner_epoch = v.epoch AND outbox.state = 'claimed'
			RETURNING outbox.message_id`,
			[]column{
				ints("id", s.kept), ints("epoch", s.keptEpoch), texts("state", s.keptState), ints("due_at", s.keptDue),
				ints("attempt", s.keptAttempt), texts("last_problem", s.keptProblems),
			}, appendID(&owned))
	}
	return owned, err
}

// write changes the messages.
func (s *settling) write(t *Tx, owned []wa.MessageID) (moved []outbox.Moved, err error) {
	if len(s.taken) > 0 {
		// A wamid that another message has already is not written twice: the answer was wrong then.
		if err := t.many(`
			UPDATE message SET wamid = v.wamid FROM ({rows}) v
			WHERE message.id = v.id AND message.wamid = '' AND v.wamid <> ''
			  AND NOT EXISTS (SELECT 1 FROM message o WHERE o.number_id = message.number_id AND o.wamid = v.wamid AND o.wamid <> '')`,
			[]column{ints("id", s.taken), texts("wamid", s.wamids)}, nil); err != nil {
			return nil, err
		}
	}
	var ids []wa.MessageID
	var statuses []wa.Status
	var failed []int64
	var problems []string
	for _, id := range owned {
		o := s.outcomes[id]
		status, failedAt, text := wa.StatusAccepted, int64(0), ""
		switch {
		case o.Kind == outbox.Again, o.Kind == outbox.Taken && !o.Held && s.asked[id]:
			continue // accepted it is and stays
		case o.Kind == outbox.Unsure:
			status = wa.StatusUncertain
		case o.Kind == outbox.Refused:
			status, failedAt = wa.StatusFailed, ms(o.At)
			if text, err = jsonText(o.Problem, len(o.Problem) == 0); err != nil {
				return nil, fmt.Errorf("message %s, problems: %w", id, err)
			}
		case o.Held:
			status = wa.StatusHeld
		}
		ids, statuses, failed, problems = append(ids, id), append(statuses, status), append(failed, failedAt), append(problems, text)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	err = t.many(`
		UPDATE message SET status = v.status,
			failed_at = CASE WHEN v.status = 'failed' THEN v.failed_at ELSE message.failed_at END,
			problems = CASE WHEN v.status = 'failed' THEN v.problems ELSE message.problems END
		FROM ({rows}) v
		WHERE message.id = v.id AND message.status IN ('accepted', 'uncertain', 'held') AND message.status <> v.status
		RETURNING message.id, message.workspace_id, message.number_id, message.contact_id, message.conversation_id, message.status`,
		[]column{ints("id", ids), texts("status", statuses), ints("failed_at", failed), texts("problems", problems)}, appendMoved(&moved))
	return moved, err
}
