package onprem_test

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The façade keeps at least 80 % of the native API's throughput:
//
//	go test -run - -bench Send -benchtime 20x ./internal/facade/onprem
//
// Both are measured in one run, in turns of some hundred messages each, so that
// whatever else the machine does slows both down. "share" is the façade's rate as
// part of the native one; "cpu-share" is the native API's processor time for a
// thousand messages as part of the façade's. What was accepted is sent meanwhile,
// on everybody's account.
func BenchmarkSend(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			w := newWorld(b, engine)
			w.login()
			w.writes("hello")
			native := &lane{path: "/api/v1/whatsapp/send/text", token: adminKey, body: `{"to":"` + customer + `","text":"Your bicycle is ready."}`, want: http.StatusAccepted}
			facade := &lane{path: "/v1/messages", token: w.token, body: `{"to":"` + customer + `","type":"text","text":{"body":"Your bicycle is ready."}}`, want: http.StatusCreated}
			for _, l := range []*lane{native, facade} {
				w.turn(b, l) // connections, statements, pages
				l.took, l.cpu, l.sent = 0, 0, 0
			}
			for i := range b.N {
				if i%2 == 0 {
					w.turn(b, native)
				}
				w.turn(b, facade)
				if i%2 == 1 {
					w.turn(b, native)
				}
			}
			b.ReportMetric(native.rate(), "native/s")
			b.ReportMetric(facade.rate(), "onprem/s")
			b.ReportMetric(facade.rate()/native.rate(), "share")
			b.ReportMetric(native.thousand(), "native-cpu-s/1000")
			b.ReportMetric(facade.thousand(), "onprem-cpu-s/1000")
			b.ReportMetric(native.thousand()/facade.thousand(), "cpu-share")
		})
	}
}

// lane is one of the two ways to send, and what it cost so far.
type lane struct {
	path, token, body string
	want              int

	sent      int
	took, cpu time.Duration
}

func (l *lane) rate() float64 { return float64(l.sent) / l.took.Seconds() }

// thousand is the processor time of this process for a thousand messages.
func (l *lane) thousand() float64 { return l.cpu.Seconds() / float64(l.sent) * 1000 }

const (
	turnClients  = 32
	turnMessages = 640
)

// turn sends some messages one way, from 32 clients at once.
func (w *world) turn(b *testing.B, l *lane) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: turnClients}}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	var wg sync.WaitGroup
	began, spent := time.Now(), processorTime(b)
	for range turnClients {
		wg.Go(func() {
			for next.Add(1) <= turnMessages {
				r, err := http.NewRequest(http.MethodPost, w.url+l.path, bytes.NewReader([]byte(l.body)))
				if err != nil {
					b.Error(err)
					return
				}
				r.Header.Set("Authorization", "Bearer "+l.token)
				r.Header.Set("Content-Type", "application/json")
				resp, err := client.Do(r)
				if err != nil {
					b.Error(err)
					return
				}
				text, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if resp.StatusCode != l.want {
					b.Errorf("got %d %s", resp.StatusCode, text)
					return
				}
			}
		})
	}
	wg.Wait()
	l.took += time.Since(began)
	l.cpu += processorTime(b) - spent
	l.sent += turnMessages
}

// processorTime is what this process has used so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
