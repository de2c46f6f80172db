package load

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

const (
	connections = 64
	customers   = 2000
)

// letters writes webhooks with little work: one is rendered, and its parts that
// differ are replaced.
type letters struct{ form []byte }

func newLetters(a whatsapp.Account) letters {
	return letters{a.Messages(whatsapp.Text{From: "@from@", Name: "Customer @from@", Wamid: "@wamid@", Body: "@text@", At: time.Now()})}
}

func (l letters) write(from, wamid, text string) []byte {
	body := bytes.ReplaceAll(l.form, []byte("@from@"), []byte(from))
	body = bytes.Replace(body, []byte("@wamid@"), []byte(wamid), 1)
	return bytes.Replace(body, []byte("@text@"), []byte(text), 1)
}

// phone is the n-th customer's.
func phone(n int) string { return fmt.Sprintf("4479%08d", n) }

// hail lets customers write from all connections until the time is over, each
// connection its own customers in turn, and answers how long each webhook took.
// phone is the n-th customer's.
func hail(b *testing.B, address string, a whatsapp.Account, phone func(n int) string, lasts time.Duration) (took []time.Duration, rate float64) {
	b.Helper()
	form, scope := newLetters(a), strconv.FormatInt(time.Now().UnixNano(), 36)
	began := time.Now()
	var mu sync.Mutex
	var all sync.WaitGroup
	for c := range connections {
		all.Go(func() {
			client := kontor.NewClient(address)
			defer client.Close()
			var own []time.Duration
			for n := 0; time.Since(began) < lasts; n++ {
				number := int64(n*connections + c)
				body := form.write(phone(int(number)%customers), whatsapp.Wamid(scope, number), fmt.Sprintf("Message %d: where is my order? It was to come yesterday.", number))
				sent := time.Now()
				status, err := client.PostWebhook(body)
				if err != nil || status != 200 {
					b.Errorf("webhook: got %d and %v, want 200", status, err)
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
	return took, float64(len(took)) / time.Since(began).Seconds()
}

var account = whatsapp.Account{WABA: "100000000000001", PhoneID: "200000000000001", Display: "15550001000"}

func benchmarkLimit(b *testing.B) (rate float64) {
	address := startLimit(b, "")
	lasts := seconds(b, "KONTOR_LOAD_SECONDS", 5)
	b.ResetTimer()
	took, rate := hail(b, address, account, phone, lasts)
	b.StopTimer()
	b.ReportMetric(rate, "webhooks/s")
	report(b, took)
	return rate
}

func benchmarkIntake(b *testing.B, binary, engine string, most float64) {
	meta := whatsapp.Start(whatsapp.Options{Throughput: "HIGH"})
	defer meta.Close()
	i := kontor.New(b, binary, engine, meta.URL, 1)
	p := start(b, i, "HIGH")
	lasts := seconds(b, "KONTOR_LOAD_SECONDS", 5)
	before, err := p.CPU()
	b.ResetTimer()
	took, rate := hail(b, i.Address, i.Numbers[0], phone, lasts)
	b.StopTimer()
	if after, failed := p.CPU(); err == nil && failed == nil && len(took) > 0 {
		b.ReportMetric((after-before).Seconds()/float64(len(took))*1000, "cpu-s/1000")
	}
	b.ReportMetric(rate, "webhooks/s")
	if most > 0 {
		b.ReportMetric(100*rate/most, "of-limit-%")
	}
	report(b, took)
	finish(b, p)
}
