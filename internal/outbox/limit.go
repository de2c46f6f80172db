package outbox

import (
	"context"
	"strconv"
	"strings"
	"time"

	"kontor/internal/txn"
	"kontor/internal/wa"
)

// Messages outside a customer service window may go to so many users in any 24
// hours (cloud-api.md 4.3). The limit is the portfolio's: the numbers of all its
// accounts share one count. As long as it is not known which portfolio owns an
// account (WABA), the account stands for it; who was counted for it by then
// counts for the portfolio from when it is.
//
// WhatsApp counts at delivery. We count when the message leaves, which is never
// later; a delivery that is reported more than a minute later lengthens the
// count, and a failure ends it.
const (
	// opensFor is how long a user counts: a minute longer than WhatsApp's day, for
	// the way there and for clocks that differ.
	opensFor = 24*time.Hour + time.Minute
	// lateDelivery is from when on a delivery lengthens the count.
	lateDelivery = time.Minute
	// limitLook is how long a full limit is taken for full without looking.
	limitLook = time.Second
	// forgetMost is how many users who count no longer one claim removes.
	forgetMost = 1000
	// parkedSweep is how often parked messages are looked at whose window has
	// opened or whose time to live is over.
	parkedSweep = 10 * time.Second
)

// scopeOf names the limit that a number's messages count against.
func scopeOf(n *wa.Number) string {
	if n.PortfolioID != "" {
		return "portfolio:" + n.PortfolioID
	}
	return accountScope(n)
}

// accountScope is the limit that stands for the portfolio's while that is not known.
func accountScope(n *wa.Number) string {
	if n.WABAID != "" {
		return "waba:" + string(n.WABAID)
	}
	return "number:" + string(n.PhoneNumberID) // S1's answers file may leave the account out
}

// TierUsers is the limit that a tier stands for, as TIER_2K; ok is false for a
// tier that is not known, and users 0 for one without a limit.
func TierUsers(tier string) (users int64, ok bool) {
	text, ok := strings.CutPrefix(tier, "TIER_")
	if !ok {
		return 0, false
	}
	if text == "UNLIMITED" {
		return 0, true
	}
	times := int64(1)
	if thousands, ok := strings.CutSuffix(text, "K"); ok {
		text, times = thousands, 1000
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n <= 0 {
		return 0, false
	}
	return n * times, true
}

// tier is the number's tier, or, as long as WhatsApp has not told it, that of
// another number under the same limit.
func (o *Outbox) tier(n *wa.Number) string {
	if _, ok := TierUsers(n.MessagingTier); ok {
		return n.MessagingTier
	}
	scope := scopeOf(n)
	for _, id := range o.Numbers.All() {
		if other, ok := o.Numbers.ByID(id); ok && scopeOf(other) == scope {
			if _, ok := TierUsers(other.MessagingTier); ok {
				return other.MessagingTier
			}
		}
	}
	return ""
}

// gate lets messages that open a conversation pass as long as the limit has
// room. It lives as long as the transaction of a claim.
type gate struct {
	o     *Outbox
	tx    txn.Tx
	scope string
	tier  string
	limit int64 // 0: none, or none known
	now   time.Time

	state gateState
	used  int64
	fresh map[wa.ContactID]*Opened // who passed in this transaction
	order []wa.ContactID
}

type gateState int

const (
	gateUnknown gateState = iota
	gateOurs              // nobody else changes the count until the commit
	gateBusy              // somebody else does: nothing passes this time
)

func (o *Outbox) gate(tx txn.Tx, n *wa.Number, now time.Time) *gate {
	tier := o.tier(n)
	limit, _ := TierUsers(tier)
	return &gate{o: o, tx: tx, scope: scopeOf(n), tier: tier, limit: limit, now: now, fresh: map[wa.ContactID]*Opened{}}
}

// ours takes the count for this transaction, and reports whether that worked.
func (g *gate) ours() (bool, error) {
	if g.state != gateUnknown {
		return g.state == gateOurs, nil
	}
	used, ok, err := g.o.Store.LockLimit(g.tx, g.scope)
	if err != nil {
		return false, err
	}
	if !ok {
		g.state = gateBusy
		return false, nil
	}
	gone, err := g.o.Store.ForgetOpened(g.tx, g.scope, g.now, forgetMost)
	if err != nil {
		return false, err
	}
	g.state, g.used = gateOurs, max(used-gone, 0)
	if gone > 0 {
		err = g.o.Store.SetUsed(g.tx, g.scope, g.used)
	}
	return true, err
}

// room is how many users may still be written to first; most when no limit is known.
func (g *gate) room(most int) int {
	if g.limit == 0 {
		return most
	}
	return int(min(int64(most), max(g.limit-g.used, 0)))
}

// look asks about the templates among candidates, by message; nil for all
// others. busy means that none of them can go now.
func (g *gate) look(candidates []Candidate) (openers map[wa.MessageID]*Opener, busy bool, err error) {
	var asked []*Opener
	for _, c := range candidates {
		if c.Opens {
			asked = append(asked, &Opener{MessageID: c.MessageID, ConversationID: c.ConversationID})
		}
	}
	if len(asked) == 0 {
		return nil, false, nil
	}
	if ok, err := g.ours(); err != nil || !ok {
		return nil, true, err
	}
	if err := g.o.Store.Openers(g.tx, g.scope, asked); err != nil {
		return nil, false, err
	}
	openers = make(map[wa.MessageID]*Opener, len(asked))
	for _, o := range asked {
		openers[o.MessageID] = o
	}
	return openers, false, nil
}

// pass lets a message through when it needs no room or there is some.
func (g *gate) pass(o *Opener) bool {
	if o.WindowUntil.After(g.now) {
		return true // an answer: WhatsApp does not count it
	}
	opened := g.fresh[o.ContactID]
	switch {
	case opened != nil:
		opened.MessageID = 0
		return true
	case !o.Counted && g.room(1) == 0:
		return false
	}
	opened = &Opened{ContactID: o.ContactID, MessageID: o.MessageID, Until: g.now.Add(opensFor)}
	if o.Counted && o.First != o.MessageID {
		opened.MessageID = 0
	}
	if !o.Counted {
		g.used++
	}
	g.fresh[o.ContactID] = opened
	g.order = append(g.order, o.ContactID)
	return true
}

// keep writes down who passed.
func (g *gate) keep() error {
	if len(g.order) == 0 {
		return nil
	}
	opened := make([]Opened, len(g.order))
	for i, contact := range g.order {
		opened[i] = *g.fresh[contact]
	}
	return g.o.Store.Open(g.tx, g.scope, opened, g.used)
}

// limitReached fails a message that does not want to wait.
func limitReached(tier string) wa.Problem {
	return wa.Problem{Title: "Messaging limit reached",
		Details: "The account wrote to as many people first in 24 hours as its limit (" + tier + ") allows, and this message was not to wait. It was not sent."}
}

// unopened frees the place of messages that reached nobody.
func (o *Outbox) unopened(tx txn.Tx, outcomes []*Outcome) error {
	var moved []Reopened
	for _, out := range outcomes {
		c := out.Claimed
		if out.Kind != Refused || c.Content.Type != wa.TypeTemplate {
			continue
		}
		if n, ok := o.Numbers.ByID(c.NumberID); ok {
			moved = append(moved, Reopened{Scope: scopeOf(n), Opened: Opened{ContactID: c.ContactID, MessageID: c.MessageID}})
		}
	}
	if len(moved) == 0 {
		return nil
	}
	return o.Store.MoveOpened(tx, moved)
}

// LimitUse is how much of the messaging limit is used.
type LimitUse struct {
	Scope    string    // whose limit it is: "portfolio:…", "waba:…"
	Tier     string    // WhatsApp's word; empty: not known
	Limit    int64     // users in 24 hours; 0: no limit, or not known
	Used     int64     // users now
	NextFree time.Time // when the first of them counts no longer; zero: nobody counts
}

// Limit tells how much of a number's messaging limit is used.
func (o *Outbox) Limit(ctx context.Context, n *wa.Number) (u LimitUse, err error) {
	now := o.Now().UTC()
	u = LimitUse{Scope: scopeOf(n), Tier: o.tier(n)}
	u.Limit, _ = TierUsers(u.Tier)
	err = o.Runner.Read(ctx, func(tx txn.Tx) error {
		if u.Used, err = o.Store.Used(tx, u.Scope, now); err != nil {
			return err
		}
		u.NextFree, err = o.Store.NextFree(tx, u.Scope, now)
		return err
	})
	return u, err
}
