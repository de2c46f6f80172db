package inbox_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kontor/internal/inbox"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

// BenchmarkScale tells what a long past costs: the rate of intake into a database
// with KONTOR_BENCH_MESSAGES messages (default 200 000) as a share of the rate
// into one with 10 000, measured in turns in the same run, and how long the
// inbox's own questions take there.
//
//	KONTOR_BENCH_MESSAGES=10000000 go test ./internal/inbox -run '^$' -bench Scale -benchtime 1x -timeout 60m
func BenchmarkScale(b *testing.B) {
	messages := int64(200_000)
	if set := os.Getenv("KONTOR_BENCH_MESSAGES"); set != "" {
		n, err := strconv.ParseInt(set, 10, 64)
		if err != nil {
			b.Fatal("KONTOR_BENCH_MESSAGES: ", err)
		}
		messages = n
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			young := aged(b, engine, storetest.History{People: 10_000, Messages: 10_000})
			// One in twenty is open: at least 1000, so that there are 20 pages of them.
			old := aged(b, engine, storetest.History{People: max(messages/50, 20_000), Messages: messages})
			var rates [2][]float64
			b.ResetTimer()
			old.questions(b) // before the rounds below have everybody write at once
			for range b.N {
				for range 3 {
					rates[0] = append(rates[0], young.rate(b))
					rates[1] = append(rates[1], old.rate(b))
				}
			}
			b.ReportMetric(median(rates[0]), "young_webhooks/s")
			b.ReportMetric(median(rates[1]), "old_webhooks/s")
			b.ReportMetric(100*median(rates[1])/median(rates[0]), "%_of_young")
		})
	}
}

// past is a house with a history.
type past struct {
	*house
	people int64
	serial atomic.Int64
}

func aged(b *testing.B, engine string, h storetest.History) *past {
	b.Helper()
	o := storetest.Options(b, engine)
	begin := func() *store.Store {
		s, err := store.Open(context.Background(), o)
		if err != nil {
			b.Fatal(err)
		}
		storetest.Seal(b, s)
		return s
	}
	s := begin()
	house := open(b, s)
	if err := house.Take(context.Background(), &inbox.Delivery{Received: []inbox.Received{house.received(wa.Identity{Phone: "4930000000"}, "wamid.first")}}); err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	h.Workspace, h.Number = 1, int64(house.number.ID)
	storetest.Fill(b, o, h)
	s = begin()
	b.Cleanup(func() { s.Close() })
	return &past{house: house.on(b, s), people: h.People}
}

// rate is how many webhooks a second are stored for 64 callers.
func (p *past) rate(b *testing.B) float64 {
	const webhooks, callers = 15_000, 64
	runtime.GC()
	var left atomic.Int64
	left.Store(webhooks)
	began := time.Now()
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				who := wa.Identity{Phone: wa.Phone(storetest.Phone(1 + rand.Int64N(p.people)))}
				wamid := fmt.Sprintf("wamid.%016x%016x%016x", rand.Uint64(), rand.Uint64(), p.serial.Add(1))
				if err := p.Take(context.Background(), &inbox.Delivery{Received: []inbox.Received{p.received(who, wamid)}}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return webhooks / time.Since(began).Seconds()
}

// questions are what an inbox asks all day.
func (p *past) questions(b *testing.B) {
	ctx := context.Background()
	list := func(tab inbox.Tab, before inbox.Place) []inbox.View {
		views, err := p.List(ctx, inbox.Filter{WorkspaceID: 1, Tab: tab, Person: 1, Limit: 50, Before: before})
		if err != nil || len(views) == 0 {
			b.Fatal("list: ", len(views), err)
		}
		return views
	}
	deep := list(inbox.TabAll, inbox.Place{})
	for range 10 {
		last := deep[len(deep)-1]
		deep = list(inbox.TabAll, inbox.Place{At: last.LastAt, ID: last.ID})
	}
	last := deep[len(deep)-1]
	p.latency(b, "list", func() { list(inbox.TabAll, inbox.Place{}) })
	p.latency(b, "mine", func() { list(inbox.TabMine, inbox.Place{}) })
	p.latency(b, "closed", func() { list(inbox.TabClosed, inbox.Place{}) })
	p.latency(b, "page_11", func() { list(inbox.TabAll, inbox.Place{At: last.LastAt, ID: last.ID}) })
	p.latency(b, "counts", func() {
		if _, err := p.Count(ctx, 1, 1); err != nil {
			b.Fatal(err)
		}
	})
	p.latency(b, "queue", func() {
		if _, err := p.Pending(ctx, 1, inbox.Place{}, 50); err != nil {
			b.Fatal(err)
		}
	})
	p.latency(b, "thread", func() {
		of := wa.ConversationID(1 + rand.Int64N(p.people))
		if _, err := p.Messages(ctx, inbox.History{WorkspaceID: 1, Conversation: of, Descending: true, Limit: 50}); err != nil {
			b.Fatal(err)
		}
	})
}

func (p *past) latency(b *testing.B, name string, ask func()) {
	took := make([]float64, 300)
	for i := range took {
		began := time.Now()
		ask()
		took[i] = float64(time.Since(began).Microseconds()) / 1000
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2], name+"_p50_ms")
	b.ReportMetric(took[len(took)*99/100], name+"_p99_ms")
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}
