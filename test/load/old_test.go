package load

import (
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"kontor/internal/store/storetest"
	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// rounds is how often the young and the old installation take their turn.
const rounds = 3

// BenchmarkOld tells what a long past costs the product: webhooks a second into
// an installation with many messages, as a share of those into a young one, both
// running and asked in turns. 2 000 customers write who have written before; in the
// old one they are spread over all who have.
//
//	KONTOR_LOAD_MESSAGES=10000000 go test -run '^$' -bench Old -benchtime 1x -timeout 60m ./test/load
func BenchmarkOld(b *testing.B) {
	messages := int64(200_000)
	if text := os.Getenv("KONTOR_LOAD_MESSAGES"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 10_000 {
			b.Fatalf("KONTOR_LOAD_MESSAGES is %q, want 10000 or more", text)
		}
		messages = n
	}
	binary := kontor.Build(b)
	for _, engine := range kontor.Engines {
		b.Run(engine, func(b *testing.B) {
			meta := whatsapp.Start(whatsapp.Options{Throughput: "HIGH"})
			defer meta.Close()
			young := grown(b, binary, engine, meta.URL, storetest.History{People: customers, Messages: customers, Settled: true})
			old := grown(b, binary, engine, meta.URL, storetest.History{People: max(messages/50, customers), Messages: messages, Settled: true})
			var rates [2][]float64
			var took []time.Duration
			lasts := seconds(b, "KONTOR_LOAD_SECONDS", 5)
			b.ResetTimer()
			for range rounds {
				for n, g := range []*aged{young, old} {
					all, rate := hail(b, g.Address, g.Numbers[0], g.phone, lasts)
					rates[n] = append(rates[n], rate)
					if g == old {
						took = append(took, all...)
					}
				}
			}
			b.StopTimer()
			b.ReportMetric(middle(rates[0]), "young-webhooks/s")
			b.ReportMetric(middle(rates[1]), "webhooks/s")
			b.ReportMetric(100*middle(rates[1])/middle(rates[0]), "of-young-%")
			report(b, took)
			finish(b, young.process)
			finish(b, old.process)
		})
	}
}

// aged is an installation with a past, running.
type aged struct {
	*kontor.Installation
	process *kontor.Process
	people  int64
}

func grown(b *testing.B, binary, engine, graph string, h storetest.History) *aged {
	b.Helper()
	g := &aged{Installation: kontor.New(b, binary, engine, graph, 1), people: h.People}
	first := start(b, g.Installation, "HIGH")
	client := kontor.NewClient(g.Address)
	defer client.Close()
	body := g.Numbers[0].Messages(whatsapp.Text{From: "4930000000", Name: "Customer", Wamid: whatsapp.Wamid("first", 1), Body: "where is my order? It was to come yesterday.", At: time.Now()})
	if status, err := client.PostWebhook(body); err != nil || status != 200 {
		b.Fatalf("webhook: got %d and %v, want 200", status, err)
	}
	if err := first.Stop(); err != nil {
		b.Fatal(err)
	}
	storetest.Fill(b, g.Store(b), h)
	g.process = start(b, g.Installation, "HIGH")
	return g
}

// phone is the n-th writing customer's: they are spread over all people.
func (g *aged) phone(n int) string {
	return storetest.Phone(1 + int64(n)*(g.people/customers)%g.people)
}

func middle(of []float64) float64 { return slices.Sorted(slices.Values(of))[len(of)/2] }
