package api

import (
	"context"
	"net/http"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// Usage is how much of its limits a business number has used (S3-8).
type Usage struct {
	PhoneNumberID string            `json:"phone_number_id" doc:"Meta's id of the business number."`
	Day           string            `json:"day" doc:"The day in UTC." example:"2026-11-21"`
	Messages      int64             `json:"messages" doc:"Messages accepted for this number on that day. Canceled ones stay counted."`
	Limit         *int64            `json:"limit" doc:"The house's own limit a day (KONTOR_DAILY_LIMIT); null: none, Meta's limits govern."`
	Remaining     *int64            `json:"remaining" doc:"How many more may be accepted that day; null without a limit."`
	CustomerLimit *int64            `json:"customer_limit" doc:"The limit a day for one customer (KONTOR_CUSTOMER_DAILY_LIMIT); null: none."`
	Customer      *CustomerUse      `json:"customer" doc:"The customer that phone names; null without phone."`
	Customers     []CustomerUse     `json:"customers" nullable:"false" doc:"The ten customers with the most messages that day."`
	Portfolio     MessagingLimitUse `json:"portfolio" doc:"The messaging limit, now (cloud-api.md 4.3)."`
	Pace          Pace              `json:"pace" doc:"How fast the number may send, now."`
	Waiting       WaitingCounts     `json:"waiting" doc:"What is in the number's outbox, now."`
}

// CustomerUse is how much one customer got.
type CustomerUse struct {
	ContactID *string `json:"contact_id" doc:"null: nobody here knows this person."`
	Messages  int64   `json:"messages" doc:"Messages accepted for this customer on that day."`
	Remaining *int64  `json:"remaining" doc:"null without a limit."`
}

// MessagingLimitUse is how much of the portfolio's messaging limit is used.
type MessagingLimitUse struct {
	Tier          string `json:"tier" doc:"Meta's word: TIER_250 …; empty as long as it has not told." example:"TIER_2K"`
	Limit         *int64 `json:"limit" doc:"To how many people messages outside their customer service window may go in any 24 hours; null: to any number, or not known."`
	DistinctUsers int64  `json:"distinct_users" doc:"To how many they went in the last 24 hours, over all numbers of the account."`
	Remaining     *int64 `json:"remaining" doc:"To how many more they may go now; null without a limit. Messages beyond it wait."`
	NextFreeAt    Stamp  `json:"next_free_at" doc:"When the first of them counts no longer; null when nobody counts."`
}

// Pace is how fast a number may send.
type Pace struct {
	PerSecond   int    `json:"per_second" doc:"Messages in any second (cloud-api.md 4.1)."`
	MarginMs    *int64 `json:"margin_ms" doc:"By how much a second is counted longer, as WhatsApp's refusals have taught; null when another node sends for this number."`
	State       string `json:"state" enum:"active,stopped"`
	Reason      string `json:"reason" doc:"Why it stands or rests: a stable code; empty when it does not."`
	PausedUntil Stamp  `json:"paused_until" doc:"It rests until then; null when it does not."`
}

// WaitingCounts are messages of a number by where they are in the outbox.
type WaitingCounts struct {
	Queued         int64 `json:"queued" doc:"Waiting to be sent."`
	MessagingLimit int64 `json:"messaging_limit" doc:"Those of queued that wait because the messaging limit is reached."`
	UnderWay       int64 `json:"under_way" doc:"WhatsApp is being asked to take them."`
	Uncertain      int64 `json:"uncertain" doc:"Nobody knows yet whether WhatsApp has them."`
	Held           int64 `json:"held" doc:"Nobody knows, and a person decides."`
}

type usageInput struct {
	PhoneNumberID string `query:"phone_number_id" maxLength:"64" doc:"Meta's id of the business number. Default: the workspace's first."`
	Day           string `query:"day" format:"date" doc:"A day in UTC, of the last 30. Default: today." example:"2026-11-21"`
	Phone         string `query:"phone" maxLength:"200" doc:"Also tells of this customer: a phone number, a BSUID or a contact_id."`
}

// topCustomers is how many customers with the most messages are told.
const topCustomers = 10

func (a *API) usage() {
	handle(a, route{
		method: http.MethodGet, path: "/usage", id: "get-usage", tag: "Numbers", right: account.Read,
		summary: "See how much of its limits a number has used", text: "Messages of a day with the house's own limits, WhatsApp's messaging limit, the pace, and what waits.",
	}, func(ctx context.Context, in *usageInput) (*body[Usage], error) {
		n, err := a.usageNumber(principal(ctx).WorkspaceID, wa.PhoneNumberID(in.PhoneNumberID))
		if err != nil {
			return nil, err
		}
		day := a.now().UTC()
		if in.Day != "" {
			if day, err = time.Parse(time.DateOnly, in.Day); err != nil {
				return nil, fault.Wrong(codeInvalid, fault.Field{Name: "day", Detail: "is not a day such as 2026-11-21."})
			}
		}
		u := Usage{PhoneNumberID: string(n.PhoneNumberID), Day: day.Format(time.DateOnly), Pace: a.pace(n)}
		for _, fill := range []func() error{
			func() error { return a.usageOfDay(ctx, &u, n, day, in.Phone) },
			func() error { return a.usageOfLimit(ctx, &u, n) },
			func() error { return a.usageWaiting(ctx, &u, n) },
		} {
			if err := fill(); err != nil {
				return nil, err
			}
		}
		return answerWith(u), nil
	})
}

func (a *API) usageNumber(ws wa.WorkspaceID, asked wa.PhoneNumberID) (*wa.Number, error) {
	if asked != "" {
		return a.ownNumber(ws, asked)
	}
	if all := a.Numbers.Of(ws); len(all) > 0 {
		return all[0], nil
	}
	return nil, fault.New(fault.NotFound, "number_unknown", "This workspace has no business number.", "Connect one with `kontor setup`.")
}

func (a *API) usageOfDay(ctx context.Context, u *Usage, n *wa.Number, day time.Time, phone string) error {
	d, err := a.Outbox.Usage(ctx, n.WorkspaceID, n.ID, day, topCustomers)
	if err != nil {
		return err
	}
	u.Messages, u.Limit, u.Remaining = d.Sent, limitOf(d.NumberLimit), left(d.NumberLimit, d.Sent)
	u.CustomerLimit = limitOf(d.CustomerLimit)
	u.Customers = make([]CustomerUse, len(d.Customers))
	for i, c := range d.Customers {
		id := c.ContactID.String()
		u.Customers[i] = CustomerUse{ContactID: &id, Messages: c.Sent, Remaining: left(d.CustomerLimit, c.Sent)}
	}
	if phone == "" {
		return nil
	}
	who, err := parseWho("phone", phone)
	if err != nil {
		return err
	}
	u.Customer = &CustomerUse{Remaining: left(d.CustomerLimit, 0)}
	conversation, err := a.Inbox.Find(ctx, n.WorkspaceID, who, n.ID)
	if fault.Is(err, fault.NotFound) {
		return nil // nobody wrote with this person yet
	}
	if err != nil {
		return err
	}
	v, err := a.Inbox.View(ctx, n.WorkspaceID, conversation)
	if err != nil {
		return err
	}
	sent, err := a.Outbox.CustomerUsage(ctx, n.WorkspaceID, n.ID, v.Contact.ID, day)
	id := v.Contact.ID.String()
	u.Customer = &CustomerUse{ContactID: &id, Messages: sent, Remaining: left(d.CustomerLimit, sent)}
	return err
}

func (a *API) usageOfLimit(ctx context.Context, u *Usage, n *wa.Number) error {
	l, err := a.Outbox.Limit(ctx, n)
	u.Portfolio = MessagingLimitUse{
		Tier: l.Tier, Limit: limitOf(int(l.Limit)), DistinctUsers: l.Used, Remaining: left(int(l.Limit), l.Used), NextFreeAt: Stamp(l.NextFree),
	}
	return err
}

func (a *API) usageWaiting(ctx context.Context, u *Usage, n *wa.Number) error {
	all, err := a.Outbox.Pending(ctx, n.WorkspaceID)
	for _, p := range all {
		if p.NumberID == n.ID {
			u.Waiting = WaitingCounts{Queued: p.Queued, MessagingLimit: p.Parked, UnderWay: p.UnderWay, Uncertain: p.Uncertain, Held: p.OnHold}
		}
	}
	return err
}

// pace tells of a rest only while it lasts; the reason of a past one is old news.
func (a *API) pace(n *wa.Number) Pace {
	p := Pace{PerSecond: n.PerSecond(), State: string(n.State)}
	if n.PausedUntil.After(a.now()) {
		p.PausedUntil = Stamp(n.PausedUntil)
	}
	if n.State == wa.NumberStopped || n.PausedUntil.After(a.now()) {
		p.Reason = n.StateReason
	}
	if margin, here := a.Outbox.Margin(n.ID); here {
		ms := margin.Milliseconds()
		p.MarginMs = &ms
	}
	return p
}

func limitOf(n int) *int64 {
	if n == 0 {
		return nil
	}
	limit := int64(n)
	return &limit
}

func left(limit int, used int64) *int64 {
	if limit == 0 {
		return nil
	}
	n := max(int64(limit)-used, 0)
	return &n
}
