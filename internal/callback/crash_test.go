package callback_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"kontor/internal/callback"
	"kontor/internal/journal"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

const (
	childFile, childURL = "KONTOR_TEST_CALLBACK_FILE", "KONTOR_TEST_CALLBACK_URL"
)

// TestChildDelivers is the process that TestKillLosesNothing kills.
func TestChildDelivers(t *testing.T) {
	o := store.Options{File: os.Getenv(childFile), URL: os.Getenv(childURL)}
	if o.File == "" && o.URL == "" {
		t.Skip("only a process of TestKillLosesNothing")
	}
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Seal(t, s)
	d := newDesk(t, s, "the child", &clock{now: time.Now()})
	d.run()
	<-context.Background().Done()
}

// TestKillLosesNothing kills a process in the middle of delivering; another
// one goes on. Every event comes at least once, in order.
func TestKillLosesNothing(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			o := storetest.Options(t, engine)
			env := childFile + "=" + o.File
			if engine == "postgres" {
				o = store.Options{URL: storetest.URL(t)}
				env = childURL + "=" + o.URL
			}
			e := newEndpoint(t, func(said, http.ResponseWriter) { time.Sleep(2 * time.Millisecond) }) // a receiver that takes its time
			var sub *callback.Subscription
			with(t, o, func(s *store.Store) {
				workspaces(t, s)
				d := newDesk(t, s, "the parent", &clock{now: time.Now()})
				d.run()
				sub = d.subscribe(e)
				d.end()
				write(t, s, func(tx txn.Tx) error {
					var facts []journal.Fact
					for n := range 40 {
						for c := range 25 {
							facts = append(facts, journal.Fact{WorkspaceID: 1, Kind: journal.MessageReceived, ConversationID: wa.ConversationID(100 + c), Detail: fmt.Sprintf("%04d", n), At: time.Now()})
						}
					}
					return s.Journal().Append(tx, facts...)
				})
			})
			child := exec.Command(os.Args[0], "-test.run", "TestChildDelivers$")
			child.Env = append(os.Environ(), env)
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			e.until(t, "the middle", func(seen []said) bool { return len(seen) > 150 })
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			child.Wait() // it was killed: its error is no news
			if n := len(e.all()); n >= 1000 {
				t.Fatalf("got %d before the kill: too late to show anything", n)
			}
			with(t, o, func(s *store.Store) {
				d := newDesk(t, s, "the child", &clock{now: time.Now()}) // the same process, started again
				d.run()
				until(t, func() bool { return count(t, d, sub, callback.Delivered) == 1000 })
				d.end()
			})
			seen := e.all()
			for c := int64(100); c < 125; c++ {
				if told, ok := ordered(seen, c); len(told) != 40 || !ok {
					t.Errorf("conversation %d: got %d of 40, in order %v", c, len(told), ok)
				}
			}
			if twice := len(seen) - 1000; twice > 100 {
				t.Errorf("%d came twice, want no more than were under way", twice)
			}
		})
	}
}

// with opens a database for a while.
func with(t *testing.T, o store.Options, f func(s *store.Store)) {
	t.Helper()
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Seal(t, s)
	f(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, s *store.Store, f func(tx txn.Tx) error) {
	t.Helper()
	if err := s.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkDeliver is how many events a second reach a fast endpoint, from the
// journal to the settled row.
func BenchmarkDeliver(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			s := storetest.Open(b, engine)
			workspaces(b, s)
			d := newDesk(b, s, "a", &clock{now: time.Now()})
			e := newEndpoint(b, nil)
			d.run()
			d.subscribe(e)
			b.ResetTimer()
			for n := 0; n < b.N; n += 1000 {
				d.happens(1, 200, 5)
			}
			want := (b.N + 999) / 1000 * 1000
			e.until(b, "all", func(seen []said) bool { return len(seen) >= want })
			b.ReportMetric(float64(want)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
