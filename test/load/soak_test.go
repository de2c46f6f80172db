package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// TestSoak lets the product work at half of what it can for a while, in both
// directions, and sees that it grows in nothing: memory, goroutines, open files,
// write-ahead log. `make soak` takes 30 minutes; KONTOR_SOAK_SECONDS says otherwise.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("takes three quarters of a minute")
	}
	lasts := 30 * time.Second
	if text := os.Getenv("KONTOR_SOAK_SECONDS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 10 || n > 7200 {
			t.Fatalf("KONTOR_SOAK_SECONDS is %q, want 10 to 7200 seconds", text)
		}
		lasts = time.Duration(n) * time.Second
	}
	binary := kontor.Build(t)
	for _, engine := range kontor.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			soak(t, binary, engine, lasts)
		})
	}
}

const (
	soakWriters = 32               // connections of WhatsApp
	soakPeople  = 2000             // customers
	soakSends   = 200              // messages a second that go out; each customer gets one in 10 s
	soakSenders = 8                // connections of the program that sends them
	soakTellers = 16               // connections on which WhatsApp tells that they arrived
	soakFull    = 3 * time.Second  // at full speed, which tells what half of it is
	soakWarm    = 10 * time.Second // then caches fill, and nothing is compared
)

// soaking is one installation under its load.
type soaking struct {
	*testing.T
	kontor *kontor.Installation
	meta   *whatsapp.Fake
	folder string
	client http.Client

	reports  chan whatsapp.Sent // messages of which WhatsApp tells that they arrived
	received atomic.Int64
	accepted atomic.Int64
}

func soak(t *testing.T, binary, engine string, lasts time.Duration) {
	s := &soaking{T: t, folder: filepath.Join(t.TempDir(), "data"), reports: make(chan whatsapp.Sent, 10_000), client: http.Client{Timeout: 20 * time.Second}}
	defer s.client.CloseIdleConnections()
	s.meta = whatsapp.Start(whatsapp.Options{Latency: 30 * time.Millisecond, Throughput: "HIGH", Taken: func(m whatsapp.Sent) { s.reports <- m }})
	defer s.meta.Close()
	s.kontor = kontor.NewIn(t, s.folder, binary, engine, s.meta.URL, 1)
	p, err := s.kontor.Start(t)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), soakFull+soakWarm+lasts+2*bound)
	defer cancel()
	if err := s.kontor.Ready(ctx, "HIGH"); err != nil {
		t.Fatal(err)
	}

	half := s.full(ctx) / 2
	over, end := context.WithCancel(ctx)
	defer end()
	told, silence := context.WithCancel(ctx)
	var load, reports sync.WaitGroup
	for range soakTellers {
		reports.Go(func() { s.report(told) })
	}
	defer reports.Wait()
	defer silence()
	for n := range soakWriters {
		load.Go(func() { s.write(over, n, time.Duration(float64(time.Second)*soakWriters/half)) })
	}
	for n := range soakSenders {
		load.Go(func() { s.send(over, n) })
	}
	load.Go(func() { s.listen(over) })

	s.watch(ctx, soakWarm)
	samples := s.watch(ctx, lasts)
	end()
	load.Wait()
	if err := p.Ended(); err != nil {
		t.Fatal(err)
	}
	s.flat(samples)
	err = kontor.Until(ctx, func() (bool, error) { return int64(s.meta.Count()) >= s.accepted.Load(), nil })
	if err != nil || int64(s.meta.Count()) != s.accepted.Load() {
		t.Errorf("WhatsApp got %d messages of %d: %v", s.meta.Count(), s.accepted.Load(), err)
	}
	silence()
	reports.Wait()
	t.Logf("%.0f webhooks a second, %d in all; %d messages sent", half, s.received.Load(), s.accepted.Load())
	if err := p.Stop(); err != nil {
		t.Error("stop: ", err)
	}
}

// full has every customer write as fast as the product takes it, which also
// opens their windows, and answers how many webhooks it took in a second.
func (s *soaking) full(ctx context.Context) (rate float64) {
	s.Helper()
	began := time.Now()
	var next atomic.Int64
	var all sync.WaitGroup
	for range soakWriters {
		all.Go(func() {
			client := kontor.NewClient(s.kontor.Address)
			defer client.Close()
			for ctx.Err() == nil {
				n := next.Add(1) - 1
				if n >= soakPeople && time.Since(began) > soakFull {
					return
				}
				s.post(client, n, "full")
			}
		})
	}
	all.Wait()
	return float64(s.received.Load()) / time.Since(began).Seconds()
}

func (s *soaking) post(client *kontor.Client, n int64, scope string) {
	body := s.kontor.Numbers[0].Messages(whatsapp.Text{From: phone(int(n) % soakPeople), Name: "Customer", Wamid: whatsapp.Wamid(scope, n),
		Body: fmt.Sprintf("Message %d: where is my order? It was to come yesterday.", n), At: time.Now()})
	if status, err := client.PostWebhook(body); err != nil || status != 200 {
		s.Errorf("webhook: got %d and %v, want 200", status, err)
		return
	}
	s.received.Add(1)
}

// write is one connection's part of the load, a webhook each interval.
func (s *soaking) write(over context.Context, n int, every time.Duration) {
	client := kontor.NewClient(s.kontor.Address)
	defer client.Close()
	s.paced(over, every, func(k int64) { s.post(client, k*soakWriters+int64(n), "half") })
}

func (s *soaking) paced(over context.Context, every time.Duration, do func(n int64)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := int64(0); ; n++ {
		select {
		case <-over.Done():
			return
		case <-tick.C:
		}
		do(n)
	}
}

// send is one connection's part of the messages that go out.
func (s *soaking) send(over context.Context, from int) {
	client := kontor.NewClient(s.kontor.Address)
	defer client.Close()
	s.paced(over, soakSenders*time.Second/soakSends, func(k int64) {
		n := k*soakSenders + int64(from)
		status, answer, err := client.PostAPI("send/text", "", fmt.Appendf(nil, `{"to":"+%s","text":"Answer %d: it comes tomorrow."}`, phone(int(n)%soakPeople), n))
		if err != nil || status != 202 {
			s.Errorf("send/text: got %d %s and %v, want 202", status, answer, err)
			return
		}
		s.accepted.Add(1)
	})
}

// report tells of every message that it arrived, until nobody is to be told any more.
func (s *soaking) report(told context.Context) {
	client := kontor.NewClient(s.kontor.Address)
	defer client.Close()
	for {
		select {
		case <-told.Done():
			return
		case m := <-s.reports:
			body := s.kontor.Numbers[0].Statuses(whatsapp.Status{To: strings.TrimPrefix(m.To, "+"), Wamid: m.Wamid, Opaque: m.Opaque, Status: "delivered", At: m.At})
			if status, err := client.PostWebhook(body); err != nil || status != 200 {
				s.Errorf("status: got %d and %v, want 200", status, err)
			}
		}
	}
}

// listen is an agent's page, which follows what happens.
func (s *soaking) listen(over context.Context) {
	req, err := http.NewRequestWithContext(over, http.MethodGet, "http://"+s.kontor.Address+"/api/v1/whatsapp/events", nil)
	if err != nil {
		s.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bearer "+kontor.Key)
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.Errorf("the live stream: %v, %+v", err, resp)
		return
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); over.Err() == nil {
		s.Errorf("the live stream ended before its time: %v", err)
	}
}

// sample is what the process takes at one moment.
type sample map[string]float64

// What must stay flat: by how much the median of the last third may exceed that
// of the first. Garbage is collected when there is twice as much of it, and
// caches of the database fill for a while: these are limits that noise does not
// reach, and that a leak reaches in 30 minutes.
var flat = []struct {
	name, metric string
	share, plus  float64
}{
	{"memory (MiB)", "process_resident_memory_bytes", 1.25, 24},
	{"heap in use (MiB)", "go_memstats_heap_inuse_bytes", 1.25, 16},
	{"goroutines", "go_goroutines", 1.25, 20},
	{"open files", "process_open_fds", 1.25, 20},
	{"write-ahead log (MiB)", walBytes, 1.5, 16},
}

// walBytes is the size of SQLite's write-ahead log, which no metric tells.
const walBytes = "wal_bytes"

// watch samples twice a second.
func (s *soaking) watch(ctx context.Context, lasts time.Duration) (samples []sample) {
	s.Helper()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); time.Since(began) < lasts; {
		select {
		case <-ctx.Done():
			s.Fatal(ctx.Err())
		case <-tick.C:
		}
		one, err := s.sample(ctx)
		if err != nil {
			s.Fatal("read the metrics: ", err)
		}
		samples = append(samples, one)
	}
	return samples
}

func (s *soaking) sample(ctx context.Context) (sample, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.kontor.Address+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+kontor.Key)
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	one := sample{walBytes: 0}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		for _, f := range flat {
			if name == f.metric {
				if one[name], err = strconv.ParseFloat(value, 64); err != nil {
					return nil, err
				}
			}
		}
	}
	if info, err := os.Stat(filepath.Join(s.folder, "kontor.db-wal")); err == nil {
		one[walBytes] = float64(info.Size())
	}
	return one, lines.Err()
}

// flat compares the medians of the first and the last third.
func (s *soaking) flat(samples []sample) {
	s.Helper()
	third := len(samples) / 3
	if third < 5 {
		s.Fatalf("there are %d samples, want 15 or more", len(samples))
	}
	for _, f := range flat {
		unit := 1.0
		if strings.HasSuffix(f.name, "(MiB)") {
			unit = 1 << 20
		}
		first, last := median(samples[:third], f.metric)/unit, median(samples[len(samples)-third:], f.metric)/unit
		s.Logf("%-22s %6.1f at first, %6.1f at last", f.name, first, last)
		if most := f.share*first + f.plus; last > most {
			s.Errorf("%s grew from %.1f to %.1f, want %.1f at most", f.name, first, last, most)
		}
		if first == 0 && f.metric != walBytes {
			s.Errorf("nobody tells of %s", f.metric)
		}
	}
}

func median(samples []sample, metric string) float64 {
	values := make([]float64, len(samples))
	for i, one := range samples {
		values[i] = one[metric]
	}
	slices.Sort(values)
	return values[len(values)/2]
}
