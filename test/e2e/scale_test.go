package e2e

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

const (
	scaleConversations = 10_000
	scaleMessages      = 100_000 // in one conversation
	scaleWebhook       = 50      // messages in one webhook
	scaleWriters       = 16
)

var (
	measured = regexp.MustCompile(`^metric (\S+) (\S+)$`)
	signedIn = regexp.MustCompile(`(?m)^sign in: (http://\S+)$`)
)

// BenchmarkInbox fills a house by signed webhooks and measures in a real browser
// what its people wait for. doc.go tells the figures. It fails only when what
// must not grow with the house does: the elements of a page.
func BenchmarkInbox(b *testing.B) {
	node, chromium := tools(b)
	binary := kontor.Build(b)
	for _, engine := range kontor.Engines {
		b.Run(engine, func(b *testing.B) {
			meta := whatsapp.Start(whatsapp.Options{Throughput: "HIGH"})
			defer meta.Close()
			i := kontor.New(b, binary, engine, meta.URL, 1)
			p, err := i.Start(b)
			if err != nil {
				b.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(b.Context(), 15*time.Minute)
			defer cancel()
			if err := i.Ready(ctx, "HIGH"); err != nil {
				b.Fatal(err)
			}
			began := time.Now()
			fill(b, i)
			b.Logf("filled in %v", time.Since(began).Round(time.Second))
			if err := rest(ctx, p); err != nil {
				b.Fatal(err)
			}
			printed, err := i.Command(ctx, "signin")
			link := signedIn.FindSubmatch(printed)
			if err != nil || link == nil {
				b.Fatalf("kontor signin: %v: %s", err, printed)
			}
			measure(b, exec.CommandContext(ctx, node, "scale.mjs"), "E2E_CHROMIUM="+chromium, "E2E_KONTOR=http://"+i.Address, "E2E_SIGNIN="+string(link[1]))
			b.ReportMetric(0, "ns/op") // one operation is all of it: its time says nothing
			if err := p.Stop(); err != nil {
				b.Error(err)
			}
		})
	}
}

// fill has every customer write once, and the last of them a hundred thousand
// times in the course of 400 days.
func fill(b *testing.B, i *kontor.Installation) {
	b.Helper()
	now := time.Now()
	own := i.Numbers[0]
	post := func(c *kontor.Client, texts []whatsapp.Text) {
		if status, err := c.PostWebhook(own.Messages(texts...)); err != nil || status != 200 {
			b.Errorf("webhook: got %d and %v, want 200", status, err)
		}
	}
	var all sync.WaitGroup
	for w := range scaleWriters {
		all.Go(func() {
			client := kontor.NewClient(i.Address)
			defer client.Close()
			for n := w; n < scaleConversations-1 && !b.Failed(); n += scaleWriters {
				post(client, []whatsapp.Text{{
					From: fmt.Sprintf("4479%08d", n), Name: fmt.Sprintf("Customer %05d", n), Wamid: whatsapp.Wamid("one", int64(n)),
					Body: "Where is my order? It was to come yesterday.", At: now.Add(-time.Duration(n) * 5 * time.Second),
				}})
			}
		})
	}
	all.Wait()
	client := kontor.NewClient(i.Address)
	defer client.Close()
	every := 400 * 24 * time.Hour / scaleMessages
	for n := 0; n < scaleMessages && !b.Failed(); n += scaleWebhook {
		var texts []whatsapp.Text
		for k := n; k < n+scaleWebhook; k++ {
			text := fmt.Sprintf("Message %06d.", k)
			if k%3 == 0 { // of one to four lines
				text += " It stood at the harbour all day, and nobody came to fetch it; so we took it back to the yard and wrote down what was missing."
			}
			texts = append(texts, whatsapp.Text{From: "447999999999", Name: "Nora Lindqvist", Wamid: whatsapp.Wamid("many", int64(k)), Body: text, At: now.Add(-time.Duration(scaleMessages-1-k) * every)})
		}
		post(client, texts)
	}
	if b.Failed() {
		b.FailNow()
	}
}

// rest waits until the product has done what the filling left behind, such as
// its index: two seconds in which it takes less than a tenth of a processor.
func rest(ctx context.Context, p *kontor.Process) error {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	before, err := p.CPU()
	for err == nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		var now time.Duration
		if now, err = p.CPU(); err == nil && now-before < 200*time.Millisecond {
			return nil
		}
		before = now
	}
	return err
}

// measure runs the story that measures, and reports the figures that it prints.
func measure(b *testing.B, story *exec.Cmd, env ...string) {
	b.Helper()
	story.Env = append(append(os.Environ(), "E2E_DIR="+b.TempDir()), env...)
	story.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	story.Cancel = func() error { return syscall.Kill(-story.Process.Pid, syscall.SIGKILL) }
	story.WaitDelay = 5 * time.Second
	out, err := story.StdoutPipe()
	story.Stderr = os.Stderr
	if err == nil {
		err = story.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		b.Log(lines.Text())
		m := measured.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		value, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			b.Errorf("%s is no figure: %v", lines.Text(), err)
		}
		b.ReportMetric(value, m[1])
	}
	if err := story.Wait(); err != nil {
		b.Errorf("the story scale: %v", err)
	}
	_ = syscall.Kill(-story.Process.Pid, syscall.SIGKILL) // nobody is left of it, or should be
}
