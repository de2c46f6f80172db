package load

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// open lets so many customers write to every number once, so that they may be
// answered with free text.
func open(b *testing.B, i *kontor.Installation, people int) {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	for range connections {
		all.Go(func() {
			client := kontor.NewClient(i.Address)
			defer client.Close()
			for n := int(next.Add(1)) - 1; n < people*len(i.Numbers); n = int(next.Add(1)) - 1 {
				a := i.Numbers[n%len(i.Numbers)]
				body := a.Messages(whatsapp.Text{From: phone(n / len(i.Numbers)), Name: "Customer", Wamid: whatsapp.Wamid("open"+a.PhoneID, int64(n)), Body: "hello", At: time.Now()})
				if status, err := client.PostWebhook(body); err != nil || status != 200 {
					b.Errorf("webhook: got %d and %v, want 200", status, err)
					return
				}
			}
		})
	}
	all.Wait()
	if b.Failed() {
		b.FailNow()
	}
}

// say sends messages with texts of their own until more answers false, and
// answers how many were accepted and how long each took to accept.
func say(b *testing.B, i *kontor.Installation, people int, more func(n int) bool) (took []time.Duration) {
	b.Helper()
	var next atomic.Int64
	var mu sync.Mutex
	var all sync.WaitGroup
	for range connections {
		all.Go(func() {
			client := kontor.NewClient(i.Address)
			defer client.Close()
			var own []time.Duration
			for n := int(next.Add(1)) - 1; more(n); n = int(next.Add(1)) - 1 {
				a := i.Numbers[n%len(i.Numbers)]
				body := fmt.Appendf(nil, `{"to":"+%s","text":"Answer %d: your order is on its way and comes tomorrow.","phone_number_id":"%s"}`, phone(n/len(i.Numbers)%people), n, a.PhoneID)
				sent := time.Now()
				if status, answer, err := client.PostAPI("send/text", "", body); err != nil || status != 202 {
					b.Errorf("send/text: got %d %s and %v, want 202", status, answer, err)
					return
				}
				own = append(own, time.Since(sent))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	all.Wait()
	return took
}

// benchmarkSend answers the rate; most is the one of the limit, 0 if nobody
// measured it.
func benchmarkSend(b *testing.B, binary, engine string, numbers int, most float64) {
	meta := whatsapp.Start(whatsapp.Options{Latency: answersAfter, Throughput: "HIGH"})
	defer meta.Close()
	i := kontor.New(b, binary, engine, meta.URL, numbers)
	p := start(b, i, "HIGH")
	open(b, i, recipients)
	before, err := p.CPU()
	if err != nil {
		b.Fatal(err)
	}
	sent, rate := sendFor(b, i, meta, p.Ended)
	after, err := p.CPU()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric((after-before).Seconds()/float64(sent)*1000, "cpu-s/1000")
	if most > 0 {
		b.ReportMetric(100*rate/most, "of-limit-%")
	}
	finish(b, p)
}

const (
	answersAfter = 50 * time.Millisecond // WhatsApp
	recipients   = 1000                  // of each number
)

// sendFor sends from all connections for a while, waits until all of it reached
// WhatsApp, and answers how many messages that were and how many in a second.
func sendFor(b *testing.B, i *kontor.Installation, meta *whatsapp.Fake, ended func() error) (n int, rate float64) {
	b.Helper()
	lasts := seconds(b, "KONTOR_LOAD_SECONDS", 5)
	b.ResetTimer()
	began := time.Now()
	took := say(b, i, recipients, func(int) bool { return time.Since(began) < lasts })
	accepting := time.Since(began)
	ctx, cancel := context.WithTimeout(context.Background(), lasts+bound)
	defer cancel()
	if err := kontor.Until(ctx, func() (bool, error) { return meta.Count() >= len(took), ended() }); err != nil {
		b.Fatalf("%d of %d messages reached WhatsApp: %v", meta.Count(), len(took), err)
	}
	b.StopTimer()
	sent := meta.Sent()
	if len(sent) == 0 {
		b.Fatal("nothing was sent")
	}
	rate = float64(len(sent)) / sent[len(sent)-1].At.Sub(began).Seconds()
	b.ReportMetric(rate, "sends/s")
	b.ReportMetric(float64(len(took))/accepting.Seconds(), "accepts/s")
	b.ReportMetric(float64(len(sent)-len(took)), "doubled")
	report(b, took)
	return len(sent), rate
}

func benchmarkCap(b *testing.B, binary, engine string) {
	const (
		atMost = 80
		people = 200
	)
	meta := whatsapp.Start(whatsapp.Options{Latency: answersAfter, Cap: atMost, Throughput: "STANDARD"})
	defer meta.Close()
	i := kontor.New(b, binary, engine, meta.URL, 1)
	p := start(b, i, "STANDARD")
	open(b, i, people)
	lasts := seconds(b, "KONTOR_LOAD_CAP_SECONDS", 60)
	enough := atMost * (int(lasts/time.Second) + 5) // more than it may send until the end
	b.ResetTimer()
	say(b, i, people, func(n int) bool { return n < enough })
	ctx, cancel := context.WithTimeout(context.Background(), lasts+bound)
	defer cancel()
	// The measured part begins a second after the first message: a burst at the
	// start would flatter the share.
	var moments []time.Time
	err := kontor.Until(ctx, func() (bool, error) {
		moments = moments[:0]
		for _, s := range meta.Sent() {
			moments = append(moments, s.At)
		}
		return len(moments) > 0 && time.Since(moments[0]) > lasts+time.Second, p.Ended()
	})
	if err != nil {
		b.Fatalf("%d messages reached WhatsApp: %v", len(moments), err)
	}
	b.StopTimer()
	from := moments[0].Add(time.Second)
	used := 0
	for _, t := range moments {
		if !t.Before(from) && t.Before(from.Add(lasts)) {
			used++
		}
	}
	b.ReportMetric(100*float64(used)/(atMost*lasts.Seconds()), "cap-used-%")
	b.ReportMetric(float64(meta.Limited()), "refused")
	b.ReportMetric(float64(whatsapp.Busiest(moments)), "busiest-second")
	b.ReportMetric(0, "ns/op")
	finish(b, p)
}
