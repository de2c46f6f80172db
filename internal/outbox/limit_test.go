package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"kontor/internal/meta"
	"kontor/internal/outbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// limited is a house whose portfolio has this tier, and knows hello_world.
func limited(t *testing.T, s *store.Store, tier string) *house {
	h := build(t, s)
	h.tier(h.number.ID, tier)
	if err := h.known.Seed(context.Background(), workspace, h.number.WABAID); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) tier(id wa.NumberID, tier string) {
	h.t.Helper()
	h.change(id, func(n *wa.Number) { n.MessagingTier = tier })
}

// change edits a number while it is drained.
func (h *house) change(id wa.NumberID, edit func(n *wa.Number)) {
	h.t.Helper()
	n, _ := h.numbers.ByID(id)
	changed := *n
	edit(&changed)
	h.write(func(tx txn.Tx) error { return h.store.Numbers().Update(tx, &changed, h.clock()) })
	if err := h.numbers.Reload(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	h.Wake(id)
}

// second connects another number of the same account.
func (h *house) second() wa.NumberID { return h.secondOf(h.number.WABAID) }

// secondOf connects another number of that account, with its templates.
func (h *house) secondOf(account wa.WABAID) wa.NumberID {
	h.t.Helper()
	if err := h.known.Seed(context.Background(), workspace, account); err != nil {
		h.t.Fatal(err)
	}
	n := *h.number
	n.WABAID = account
	n.ID, n.PhoneNumberID = wa.NumberID(h.store.NewID()), n.PhoneNumberID+"2"
	h.write(func(tx txn.Tx) error { return h.store.Numbers().Insert(tx, &n, h.clock()) })
	if err := h.numbers.Reload(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	return n.ID
}

func hello(to wa.Phone) outbox.Request {
	r := text(to, "")
	r.Lane = outbox.Bulk
	r.Content = wa.Content{Type: wa.TypeTemplate, Template: &wa.Template{Name: "hello_world", Language: wa.Language{Code: "en_US"}}}
	return r
}

// waits waits until the message waits for this reason.
func (h *house) waits(id wa.MessageID, want outbox.Reason) (w outbox.Waiting) {
	h.t.Helper()
	h.until(fmt.Sprintf("message %s to wait: %s", id, want), func() bool {
		m := h.message(id)
		all, err := h.Waiting(context.Background(), workspace, &m)
		if err != nil {
			h.t.Fatal(err)
		}
		w = all[id]
		return w.Reason == want
	})
	return w
}

func (h *house) used(want int64) outbox.LimitUse {
	h.t.Helper()
	var u outbox.LimitUse
	h.until(fmt.Sprintf("%d users to count", want), func() bool {
		n, _ := h.numbers.ByID(h.number.ID)
		var err error
		if u, err = h.Limit(context.Background(), n); err != nil {
			h.t.Fatal(err)
		}
		return u.Used == want
	})
	return u
}

// people are whom WhatsApp got messages for, each once.
func (w *whatsapp) people() (to []string) {
	for _, m := range w.all() {
		to = append(to, m.To)
	}
	slices.Sort(to)
	return slices.Compact(to)
}

func (h *house) reached(n int) {
	h.t.Helper()
	h.until(fmt.Sprintf("%d messages at WhatsApp's door", n), func() bool { return len(h.meta.all()) >= n })
}

func TestTheMessagingLimit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := limited(t, s, "TIER_3")
		stop := h.drain(h.Outbox)
		var ids []wa.MessageID
		for i := range 5 {
			ids = append(ids, h.accept(hello(phone(i))))
			if i < 3 {
				h.reached(i + 1)
			}
		}
		w := h.waits(ids[3], outbox.LimitReached)
		h.waits(ids[4], outbox.LimitReached)
		if left := w.Until.Sub(h.clock()); left < 24*time.Hour || left > 24*time.Hour+time.Minute {
			t.Errorf("got a place free in %v, want a day after the first message", left)
		}
		if u := h.used(3); u.Limit != 3 || u.Tier != "TIER_3" || !u.NextFree.Equal(w.Until) {
			t.Errorf("got %+v, want the limit of 3 with the same next place", u)
		}
		if p := h.pending(); p.Parked != 2 || p.Queued != 2 {
			t.Errorf("got %+v, want 2 that wait for the limit", p)
		}

		h.accept(hello(phone(0))) // who counts already may get more
		h.reached(4)
		h.hears(phone(4), phone(7)) // answers need no place, and overtake what waits for one
		h.accept(text(phone(4), "an answer"))
		h.accept(hello(phone(7)))
		h.reached(6)
		if got := h.used(3); got.Used != 3 {
			t.Errorf("got %d users, want 3", got.Used)
		}
		stop()

		again := h.open() // a restart forgets nothing, and finds that phone 4 has answered
		stop = h.drain(again)
		h.reached(7)
		late := h.accept(hello(phone(5)))
		again.Wake(h.number.ID)
		h.waits(late, outbox.LimitReached)

		h.setClock(func() time.Time { return time.Now().Add(24*time.Hour + 2*time.Minute) })
		h.until("what waited to go a day later", func() bool { return h.pending().Parked == 0 })
		h.reached(9)
		stop()
		if got := h.meta.people(); len(got) != 7 {
			t.Errorf("got messages for %v, want 7 people", got)
		}
		h.used(2)
	})
}

// A template that waits for the limit goes when the customer writes, since it
// needs no place then; and one whose time to live is over never does.
func TestWhatNeedsNoPlaceAnyMoreDoesNotWait(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := limited(t, s, "TIER_1")
		h.drain(h.Outbox)
		h.accept(hello(phone(0)))
		h.reached(1)
		answered := h.accept(hello(phone(1)))
		brief := hello(phone(2))
		brief.TTL = time.Minute
		expires := h.accept(brief)
		h.waits(answered, outbox.LimitReached)
		h.waits(expires, outbox.LimitReached)
		h.hears(phone(1))
		h.setClock(func() time.Time { return time.Now().Add(2 * time.Minute) })
		h.reached(2)
		h.becomes(expires, wa.StatusExpired)
		if got := h.meta.people(); !slices.Equal(got, []string{"+" + string(phone(0)), "+" + string(phone(1))}) {
			t.Errorf("got messages for %v, want the two", got)
		}
		h.used(1)
	})
}

// A parked message behind one that is under way is not forgotten.
func TestWhatIsParkedBehindACallGoesAfterIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := limited(t, s, "TIER_1")
		answered := make(chan struct{})
		h.meta.preceded(func(_ int, m meta.Send, _ wa.Wamid) bool {
			if m.Type == "text" {
				<-answered
			}
			return true
		})
		h.drain(h.Outbox)
		h.accept(hello(phone(0)))
		h.reached(1)
		h.waits(h.accept(hello(phone(1))), outbox.LimitReached)
		h.hears(phone(1))
		h.accept(text(phone(1), "an answer"))
		h.reached(2)
		h.tier(h.number.ID, "TIER_UNLIMITED")
		h.setClock(func() time.Time { return time.Now().Add(2 * time.Second) }) // the full limit is looked at again
		h.accept(hello(phone(2)))
		h.reached(3) // a claim has looked at what is parked
		h.waits(h.accept(hello(phone(1))), outbox.InLine)
		close(answered)
		h.delivered(5)
	})
}

func TestAMessageThatReachedNobodyFreesItsPlace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := limited(t, s, "TIER_2")
		h.meta.refusing(func(_ int, m meta.Send) int {
			if m.To == "+"+string(phone(0)) {
				return 131026
			}
			return 0
		})
		h.drain(h.Outbox)
		h.becomes(h.accept(hello(phone(0))), wa.StatusFailed)
		h.used(0)
		lost := h.accept(hello(phone(1)))
		h.accept(hello(phone(2)))
		h.reached(3)
		h.waits(h.accept(hello(phone(3))), outbox.LimitReached)
		h.until("the wamid", func() bool { return h.message(lost).Wamid != "" })
		h.report1(t, wa.StatusReport{Wamid: h.message(lost).Wamid, Status: wa.StatusFailed, At: h.clock(), Problems: []wa.Problem{{Code: 131026}}})
		h.reached(4)
		h.used(2)
	})
}

func (h *house) report1(t *testing.T, s wa.StatusReport) {
	t.Helper()
	if err := h.report(s); err != nil {
		t.Fatal(err)
	}
}

func TestALateDeliveryCountsFromThen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := limited(t, s, "TIER_1")
		h.drain(h.Outbox)
		id := h.accept(hello(phone(0)))
		h.reached(1)
		h.until("the wamid", func() bool { return h.message(id).Wamid != "" })
		began := h.used(1).NextFree
		wamid, now := h.message(id).Wamid, h.clock().UTC().Truncate(time.Second)
		h.report1(t, wa.StatusReport{Wamid: wamid, Status: wa.StatusSent, At: now})
		h.report1(t, wa.StatusReport{Wamid: wamid, Status: wa.StatusDelivered, At: now.Add(10 * time.Hour)})
		if got, want := h.used(1).NextFree, now.Add(34*time.Hour+time.Minute); !got.Equal(want) || !began.Before(want) {
			t.Errorf("got a place free at %v, want %v", got, want)
		}
	})
}

func TestWhoDoesNotWantToWaitFails(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := limited(t, s, "TIER_1")
		h.drain(h.Outbox)
		h.accept(hello(phone(0)))
		h.reached(1)
		r := hello(phone(1))
		r.FailFast = true
		m := h.becomes(h.accept(r), wa.StatusFailed)
		if len(m.Problems) != 1 || m.Problems[0].Title != "Messaging limit reached" || m.FailedAt.IsZero() {
			t.Errorf("got %+v at %v, want the limit named", m.Problems, m.FailedAt)
		}
		h.meta.refusing(func(int, meta.Send) int { return 130429 })
		h.hears(phone(2))
		fast := text(phone(2), "now or never")
		fast.FailFast = true
		if m := h.becomes(h.accept(fast), wa.StatusFailed); len(m.Problems) != 1 || m.Problems[0].Code != 130429 {
			t.Errorf("got %+v, want WhatsApp's refusal", m.Problems)
		}
	})
}

// However many numbers and writers there are, no more people are written to
// than the limit allows, and as many.
func TestNumbersOfAnAccountShareTheLimit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const limit, people = 50, 120
		h := limited(t, s, "TIER_50")
		numbers := []wa.NumberID{h.number.ID, h.second()}
		h.tier(numbers[1], "") // not told yet: the other number's counts
		for i := range people {
			r := hello(phone(i))
			r.NumberID = numbers[i%2]
			if _, err := h.Accept(context.Background(), r); err != nil {
				t.Fatal(err)
			}
		}
		stop := h.drain(h.Outbox)
		h.parked(people - limit)
		h.reached(limit)
		h.used(limit)
		if got := h.meta.people(); len(got) != limit {
			t.Errorf("got messages for %d people, want %d", len(got), limit)
		}
		h.tier(numbers[0], "TIER_UNLIMITED")
		h.tier(numbers[1], "TIER_UNLIMITED")
		h.reached(people)
		stop()
	})
}

// Two accounts of one portfolio share its limit.
func TestAccountsOfAPortfolioShareTheLimit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const limit, people = 20, 50
		h := limited(t, s, "TIER_20")
		numbers := []wa.NumberID{h.number.ID, h.secondOf("100000000000077")}
		for _, id := range numbers {
			h.change(id, func(n *wa.Number) { n.PortfolioID, n.MessagingTier = "400", "TIER_20" })
		}
		for i := range people {
			r := hello(phone(i))
			r.NumberID = numbers[i%2]
			if _, err := h.Accept(context.Background(), r); err != nil {
				t.Fatal(err)
			}
		}
		stop := h.drain(h.Outbox)
		h.parked(people - limit)
		h.reached(limit)
		if u := h.used(limit); u.Scope != "portfolio:400" {
			t.Errorf("got the limit of %s, want the portfolio's", u.Scope)
		}
		stop()
	})
}

// Who was counted for an account counts for its portfolio as soon as that is
// known, and each person once.
func TestThePortfolioTakesOverWhoWasCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := limited(t, s, "TIER_20")
		numbers := []wa.NumberID{h.number.ID, h.secondOf("100000000000077")}
		h.change(numbers[1], func(n *wa.Number) { n.MessagingTier = "TIER_20" })
		send := func(number wa.NumberID, from, to int) {
			for i := from; i < to; i++ {
				r := hello(phone(i))
				r.NumberID = number
				if _, err := h.Accept(context.Background(), r); err != nil {
					t.Fatal(err)
				}
			}
		}
		stop := h.drain(h.Outbox)
		send(numbers[0], 0, 8)
		send(numbers[1], 4, 12) // four of them are known to both
		h.reached(16)
		h.until("both to be counted", func() bool { return h.counted(numbers[0]) == 8 && h.counted(numbers[1]) == 8 })
		for _, id := range numbers {
			h.change(id, func(n *wa.Number) { n.PortfolioID = "400" })
		}
		h.until("both to count for the portfolio", func() bool { return h.counted(numbers[0]) == 12 && h.counted(numbers[1]) == 12 })
		send(numbers[0], 100, 106)
		send(numbers[1], 106, 112)
		h.parked(4)
		h.used(20)
		if got := len(h.meta.people()); got != 20 {
			t.Errorf("got messages for %d people, want 20", got)
		}
		stop()
	})
}

// counted is how many count against a number's limit.
func (h *house) counted(id wa.NumberID) int64 {
	h.t.Helper()
	n, _ := h.numbers.ByID(id)
	u, err := h.Limit(context.Background(), n)
	if err != nil {
		h.t.Fatal(err)
	}
	return u.Used
}

// parked waits until so many messages wait for the limit.
func (h *house) parked(want int64) {
	h.t.Helper()
	h.until("the rest to wait", func() bool {
		all, err := h.Pending(context.Background(), workspace)
		if err != nil {
			h.t.Fatal(err)
		}
		var parked int64
		for _, p := range all {
			parked += p.Parked
		}
		return parked == want
	})
}

func TestTiers(t *testing.T) {
	for tier, want := range map[string]int64{"TIER_50": 50, "TIER_250": 250, "TIER_1K": 1000, "TIER_2K": 2000, "TIER_10K": 10_000, "TIER_100K": 100_000, "TIER_UNLIMITED": 0} {
		if got, ok := outbox.TierUsers(tier); got != want || !ok {
			t.Errorf("%s: got %d, %v; want %d", tier, got, ok, want)
		}
	}
	for _, tier := range []string{"", "TIER_NOT_SET", "TIER_", "TIER_-5", "TIER_K", "250"} {
		if got, ok := outbox.TierUsers(tier); ok {
			t.Errorf("%q: got %d, want it not known", tier, got)
		}
	}
}
