package search_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kontor/internal/inbox"
	"kontor/internal/search"
	"kontor/internal/store"
	"kontor/internal/store/storetest"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// BenchmarkScale tells how long questions take at KONTOR_BENCH_MESSAGES messages
// (default 50 000), what the index takes up, and what making it costs.
//
//	KONTOR_BENCH_MESSAGES=1000000 go test ./internal/search -run '^$' -bench Scale -benchtime 1x -timeout 60m
func BenchmarkScale(b *testing.B) {
	count := int64(50_000)
	if set := os.Getenv("KONTOR_BENCH_MESSAGES"); set != "" {
		n, err := strconv.ParseInt(set, 10, 64)
		if err != nil {
			b.Fatal("KONTOR_BENCH_MESSAGES: ", err)
		}
		count = n
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			o := storetest.Options(b, engine)
			s, err := store.Open(context.Background(), o)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			storetest.Seal(b, s)
			h := open(b, s)
			h.fill(b, count)
			before := storetest.Size(b, o)
			i := h.indexer(search.Options{})
			began, used := time.Now(), cpu(b)
			if err := i.Settle(context.Background()); err != nil {
				b.Fatal(err)
			}
			rate, spent := float64(count)/time.Since(began).Seconds(), (cpu(b)-used)*1000/float64(count)
			b.ResetTimer()
			b.ReportMetric(rate, "indexed/s")
			b.ReportMetric(spent, "cpu_s/1000_messages")
			b.ReportMetric(float64(h.indexBytes())/float64(count), "index_B/message")
			b.ReportMetric(float64(before)/float64(count), "database_B/message_before")
			b.ReportMetric(float64(storetest.Size(b, o)-before)/float64(count), "grown_B/message")
			for range b.N {
				h.questions(b, count)
			}
			i.Release(context.Background())
		})
	}
}

func cpu(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// indexBytes is what lies sealed in the index.
func (h *house) indexBytes() (total int64) {
	h.t.Helper()
	err := h.store.Read(context.Background(), func(tx txn.Tx) error {
		segments, err := h.store.Search().All(tx)
		for _, g := range segments {
			head, err := h.store.Search().Head(tx, g)
			if err != nil {
				return err
			}
			total += int64(len(head))
			for n := int64(0); n < g.Blocks; n++ {
				blocks, err := h.store.Search().Blocks(tx, g, n, n)
				if err != nil {
					return err
				}
				total += int64(len(blocks[0]))
			}
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return total
}

// fill writes messages as people write them: a few words are in every second
// message, most in very few; every tenth names an order, every tenth is Chinese,
// every eighth carries a file.
func (h *house) fill(b *testing.B, count int64) {
	b.Helper()
	people := max(count/50, 1)
	r := rand.New(rand.NewPCG(1, 2))
	const batch = 5000
	for first := int64(0); first < count; first += batch {
		var messages []*wa.Message
		var contacts []*wa.Contact
		var conversations []*inbox.Conversation
		for n := first; n < min(first+batch, count); n++ {
			who := n % people
			id := wa.ContactID(1 + who)
			at := h.now.Add(time.Duration(n-count) * time.Minute)
			if n < people {
				contacts = append(contacts, &wa.Contact{ID: id, WorkspaceID: 1, ProfileName: vocabulary(r) + " " + vocabulary(r), Phone: wa.Phone(storetest.Phone(who)), CreatedAt: at})
				conversations = append(conversations, &inbox.Conversation{ID: wa.ConversationID(id), WorkspaceID: 1, NumberID: h.numbers[1].ID, ContactID: id, State: inbox.Waiting, LastAt: at, CreatedAt: at})
			}
			messages = append(messages, &wa.Message{
				ID: wa.MessageID(h.store.NewID()), WorkspaceID: 1, NumberID: h.numbers[1].ID, ContactID: id, ConversationID: wa.ConversationID(id), Wamid: wa.Wamid(fmt.Sprintf("wamid.HBgNNDkxNTEyMzQ1Njc4FQIAEhgUM0E%016x", r.Uint64())),
				Content: sentence(r, n), At: at, StoredAt: at,
			})
		}
		h.write(func(tx txn.Tx) error {
			if err := h.store.Contacts().Insert(tx, contacts); err != nil {
				return err
			}
			if err := h.store.Inbox().InsertConversations(tx, conversations); err != nil {
				return err
			}
			_, err := h.store.Inbox().InsertReceived(tx, messages)
			return err
		})
	}
}

// vocabulary is a word, the n-th as often as Zipf says.
func vocabulary(r *rand.Rand) string {
	return spelled(int(math.Pow(60_000, r.Float64())))
}

func spelled(n int) string {
	syllables := []string{"ba", "ko", "tü", "rei", "schan", "mo", "li", "ßen", "ver", "ung", "dor", "pa", "sel", "nis", "gra", "fu"}
	var w strings.Builder
	for n += 16; n > 0; n /= 16 {
		w.WriteString(syllables[n%16])
	}
	return w.String()
}

func sentence(r *rand.Rand, n int64) wa.Content {
	var w []string
	for range 4 + r.IntN(16) {
		w = append(w, vocabulary(r))
	}
	if n%10 == 0 {
		w = append(w, fmt.Sprintf("R-%06d", n))
	}
	if n%10 == 1 {
		var run strings.Builder
		for range 12 {
			run.WriteRune(rune(0x4e00 + int(math.Pow(3000, r.Float64()))))
		}
		w = append(w, run.String())
	}
	body := strings.Join(w, " ")
	if n%8 == 3 {
		return image(body)
	}
	return text(body)
}

func beginning(r *rand.Rand, characters int) string {
	return string([]rune(spelled(16 + r.IntN(1000)))[:characters])
}

// questions are asked by somebody who types and filters.
func (h *house) questions(b *testing.B, count int64) {
	r := rand.New(rand.NewPCG(3, 4))
	rare := func() string { return spelled(20_000 + r.IntN(40_000)) }
	for _, kind := range []struct {
		name string
		ask  func() search.Query
	}{
		{"common_word", func() search.Query { return search.Query{Text: spelled(1 + r.IntN(3))} }},
		{"rare_word", func() search.Query { return search.Query{Text: rare() + " "} }},
		{"two_rare", func() search.Query { return search.Query{Text: rare() + " " + rare()} }},
		{"common_and_rare", func() search.Query { return search.Query{Text: spelled(2) + " " + rare()} }},
		{"two_letters", func() search.Query { return search.Query{Text: beginning(r, 2)} }},
		{"beginnings", func() search.Query {
			return search.Query{Text: beginning(r, 3) + " " + beginning(r, 3)}
		}},
		{"order", func() search.Query { return search.Query{Text: fmt.Sprintf("R-%06d", r.Int64N(count/10)*10)} }},
		{"chinese", func() search.Query {
			return search.Query{Text: string([]rune{rune(0x4e00 + r.IntN(300)), rune(0x4e00 + r.IntN(300))})}
		}},
		{"month_long_ago", func() search.Query {
			from := h.now.Add(-time.Duration(count*3/4) * time.Minute)
			return search.Query{Text: spelled(r.IntN(50)), From: from, To: from.AddDate(0, 1, 0)}
		}},
		{"images", func() search.Query { return search.Query{Has: search.HasImage, Text: spelled(100 + r.IntN(500))} }},
		{"nothing", func() search.Query { return search.Query{Text: "kommtnichtvor"} }},
	} {
		took := make([]float64, 200)
		for i := range took {
			q := kind.ask()
			q.WorkspaceID, q.Limit = 1, 25
			began := time.Now()
			if _, err := h.Find(context.Background(), q); err != nil {
				b.Fatal(err)
			}
			if _, err := h.FindPeople(context.Background(), 1, q.Text, 5); err != nil {
				b.Fatal(err)
			}
			took[i] = float64(time.Since(began).Microseconds()) / 1000
		}
		slices.Sort(took)
		b.ReportMetric(took[100], kind.name+"_p50_ms")
		b.ReportMetric(took[198], kind.name+"_p99_ms")
	}
}
