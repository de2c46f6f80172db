package webhook

import (
	"context"
	"fmt"
	"time"

	"kontor/internal/inbox"
	"kontor/internal/meta"
	"kontor/internal/wa"
)

// Archive keeps webhooks as they came.
type Archive interface {
	Raws(ctx context.Context, s inbox.Span) ([]inbox.Raw, error)
}

// replayBatch is how many kept webhooks are taken in by one transaction.
const replayBatch = 100

// raw is the webhook as it is kept, or nil when none is.
func (d *Door) raw(tenant, team string, by signers, body []byte) *inbox.Raw {
	if !d.Keep || len(by) == 0 {
		return nil
	}
	return &inbox.Raw{Tenant: tenant, Team: team, SignerID: by[0].ID, Body: body, ReceivedAt: d.Now()}
}

// Replay takes kept webhooks in again, oldest first, as if they came now at the
// address they came to. What is known changes nothing (law 2). It may be called
// beside live traffic. After an error, Last tells how far it came.
func (d *Door) Replay(ctx context.Context, archive Archive, s inbox.Span) (sum inbox.Replayed, err error) {
	left := s.Limit
	sum.Last = s.After
	for {
		page := s
		page.After, page.Limit = sum.Last, replayBatch
		if s.Limit > 0 {
			page.Limit = min(left, replayBatch)
		}
		raws, err := archive.Raws(ctx, page)
		if err != nil || len(raws) == 0 {
			return sum, err
		}
		step, err := d.again(ctx, raws, s.Phone)
		if err != nil {
			return sum, err
		}
		sum.Webhooks += step.Webhooks
		sum.Messages += step.Messages
		sum.Fresh += step.Fresh
		sum.Statuses += step.Statuses
		sum.Unknown += step.Unknown
		sum.Orphaned += step.Orphaned
		sum.Last = step.Last
		if left -= len(raws); len(raws) < page.Limit || s.Limit > 0 && left <= 0 {
			return sum, nil
		}
	}
}

// again takes a page in by one transaction.
func (d *Door) again(ctx context.Context, raws []inbox.Raw, phone wa.PhoneNumberID) (sum inbox.Replayed, err error) {
	all := &inbox.Delivery{}
	for _, raw := range raws {
		sum.Webhooks++
		sum.Last = raw.ID
		by, ok := d.signersOf(ctx, raw)
		if !ok {
			sum.Orphaned++
			continue
		}
		hook, err := meta.ParseWebhook(raw.Body)
		if err != nil {
			return sum, fmt.Errorf("read the kept webhook %d: %w", raw.ID, err)
		}
		then := *d // a notice without a time of its own is one of the moment it came
		then.Now = func() time.Time { return raw.ReceivedAt }
		chosen := only(hook, phone)
		one := then.delivery(chosen, by)
		tell(one, chosen, raw.Body, by)
		all.Received = append(all.Received, one.Received...)
		all.Reports = append(all.Reports, one.Reports...)
		all.Notices = append(all.Notices, one.Notices...)
		all.Unknown = append(all.Unknown, one.Unknown...)
	}
	sum.Messages, sum.Statuses, sum.Unknown = len(all.Received), len(all.Reports), len(all.Unknown)
	if err := d.Intake.Take(ctx, all); err != nil {
		return sum, err
	}
	sum.Fresh = all.Fresh
	return sum, nil
}

// signersOf are the numbers that the webhook's signature speaks for today. The
// signature was verified when it came; a secret that was changed since is that
// of the same app.
func (d *Door) signersOf(ctx context.Context, raw inbox.Raw) (signers, bool) {
	for _, n := range d.Numbers.All() {
		if n.ID == raw.SignerID {
			return signed(d.candidates(ctx, raw.Tenant, raw.Team), n.AppSecret), n.AppSecret != ""
		}
	}
	return nil, false
}

// only leaves the parts for one number; an empty phone leaves all.
func only(hook wa.Webhook, phone wa.PhoneNumberID) wa.Webhook {
	if phone == "" {
		return hook
	}
	var out wa.Webhook
	for _, m := range hook.Messages {
		if m.PhoneNumberID == phone {
			out.Messages = append(out.Messages, m)
		}
	}
	for _, s := range hook.Statuses {
		if s.PhoneNumberID == phone {
			out.Statuses = append(out.Statuses, s)
		}
	}
	for _, n := range hook.Notices {
		if n.PhoneNumberID == phone {
			out.Notices = append(out.Notices, n)
		}
	}
	return out
}
