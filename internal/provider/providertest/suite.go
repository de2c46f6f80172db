package providertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/internal/provider"
	"kontor/internal/wa"
)

// Dialect is what the suite must know of a carrier's provider.
type Dialect struct {
	// New makes a carrier; it is closed with t.
	New func(t testing.TB) provider.Carrier
	// Number is a number whose provider is at that address. Its token must be Token.
	Number func(address string) *wa.Number
	// Accept is how the provider takes a message, and Accepted what that means.
	Accept   Answer
	Accepted wa.Accepted
	// Refuse is how the provider refuses with that code of Meta's; ok is false
	// when it has no such refusal.
	Refuse func(code int) (answer Answer, ok bool)
}

// Token and Text must never be seen in a failure.
const (
	Token = "EAAG-a-token-that-must-not-be-seen"
	Text  = "a text that must not be seen"
)

// Run holds a carrier to what provider.Carrier promises.
func Run(t *testing.T, d Dialect) {
	t.Run("Send", func(t *testing.T) { d.send(t) })
	t.Run("SendRefused", func(t *testing.T) { d.refused(t) })
	t.Run("SendUncertain", func(t *testing.T) { d.uncertain(t) })
	t.Run("SendDidNotLeave", func(t *testing.T) { d.didNotLeave(t) })
	t.Run("SendMany", func(t *testing.T) { d.many(t) })
	t.Run("OthersAreNeverUncertain", func(t *testing.T) { d.others(t) })
}

// Message is a text that any carrier can send.
func Message() wa.Outgoing {
	return wa.Outgoing{MessageID: 42, To: wa.Recipient{Phone: "4915510000001"},
		Content: wa.Content{Type: wa.TypeText, Text: &wa.Text{Body: Text}}}
}

func (d Dialect) send(t *testing.T) {
	server := NewServer(t, d.Accept)
	accepted, failure := d.New(t).Send(t.Context(), d.Number(server.URL), Message())
	if failure != nil {
		t.Fatalf("got %v, want acceptance", failure)
	}
	if accepted != d.Accepted {
		t.Errorf("got %+v, want %+v", accepted, d.Accepted)
	}
	if body := string(server.Only(t).Body); !strings.Contains(body, wa.MessageID(42).String()) {
		t.Errorf("our id does not travel with the message: %s", body)
	}
}

// refused checks one code of each class, and what is no refusal of the provider's own.
func (d Dialect) refused(t *testing.T) {
	for code, want := range map[int]wa.Class{
		190: wa.ClassToken, 131031: wa.ClassStopNumber, 130429: wa.ClassPauseNumber, 131056: wa.ClassPausePair,
		131000: wa.ClassBackoff, 131047: wa.ClassTemplate, 131050: wa.ClassOptOut, 131026: wa.ClassDrop,
		131008: wa.ClassNever, 132015: wa.ClassPauseTempl, 133010: wa.ClassRegister, 131030: wa.ClassOperator,
	} {
		answer, ok := d.Refuse(code)
		if !ok {
			continue
		}
		t.Run(fmt.Sprintf("%d", code), func(t *testing.T) {
			f := d.fail(t, answer)
			if f.Class != want || f.Problem.Code != code {
				t.Errorf("got %s for code %d, want %s for %d", f.Class, f.Problem.Code, want, code)
			}
			if f.Problem.Title == "" {
				t.Error("got no title, want what the provider said")
			}
		})
	}
	for name, c := range map[string]struct {
		answer Answer
		want   wa.Class
	}{
		"500 without JSON":      {Answer{Status: 500, Body: "<html>"}, wa.ClassBackoff},
		"503 without a body":    {Answer{Status: 503}, wa.ClassBackoff},
		"503 cut":               {Answer{Status: 503, Body: "{", Cut: true}, wa.ClassBackoff},
		"429 without JSON":      {Answer{Status: 429, Body: "slow down"}, wa.ClassPauseNumber},
		"401 without JSON":      {Answer{Status: 401}, wa.ClassToken},
		"404 without JSON":      {Answer{Status: 404, Body: "<html>"}, wa.ClassNever},
		"400 cut":               {Answer{Status: 400, Body: `{"error"`, Cut: true}, wa.ClassBackoff},
		"redirect not followed": {Answer{Status: 307, Header: map[string]string{"Location": "/elsewhere"}}, wa.ClassOperator},
	} {
		t.Run(name, func(t *testing.T) {
			if f := d.fail(t, c.answer); f.Class != c.want || f.Status != c.answer.Status {
				t.Errorf("got %s with status %d, want %s with %d", f.Class, f.Status, c.want, c.answer.Status)
			}
		})
	}
	t.Run("Retry-After", func(t *testing.T) {
		f := d.fail(t, Answer{Status: 429, Header: map[string]string{"Retry-After": "7"}})
		if f.Class != wa.ClassPauseNumber || f.RetryAfter != 7*time.Second {
			t.Errorf("got %s after %v, want %s after 7s", f.Class, f.RetryAfter, wa.ClassPauseNumber)
		}
	})
}

// uncertain: the request was written, no answer of the provider's came.
func (d Dialect) uncertain(t *testing.T) {
	for name, answer := range map[string]Answer{
		"answer lost":      {Lose: true},
		"answer cut":       {Body: d.Accept.Body, Cut: true},
		"garbage":          {Body: "<html>"},
		"nothing":          {},
		"JSON without id":  {Body: "{}"},
		"endless":          {Body: strings.Repeat(" ", 5<<20)},
		"502 by a gateway": {Status: 502, Body: "<html>"},
		"504 by a gateway": {Status: 504},
	} {
		t.Run(name, func(t *testing.T) {
			if f := d.fail(t, answer); f.Class != wa.ClassUncertain {
				t.Errorf("got %s (%v), want %s", f.Class, f, wa.ClassUncertain)
			}
		})
	}
	t.Run("no answer in time", func(t *testing.T) {
		ctx, giveUp := context.WithCancel(t.Context())
		defer giveUp()
		server := NewServer(t, Answer{Hang: true, Then: giveUp})
		_, f := d.New(t).Send(ctx, d.Number(server.URL), Message())
		if f == nil || f.Class != wa.ClassUncertain || !errors.Is(f, context.Canceled) {
			t.Errorf("got %v, want %s because of context.Canceled", f, wa.ClassUncertain)
		}
		server.Only(t)
	})
	t.Run("answer lost on a used connection", func(t *testing.T) {
		server := NewServer(t, d.Accept, Answer{Lose: true})
		carrier, number := d.New(t), d.Number(server.URL)
		if _, f := carrier.Send(t.Context(), number, Message()); f != nil {
			t.Fatalf("first: got %v, want acceptance", f)
		}
		_, f := carrier.Send(t.Context(), number, Message())
		if f == nil || f.Class != wa.ClassUncertain {
			t.Errorf("got %v, want %s", f, wa.ClassUncertain)
		}
		if seen := len(server.Seen()); seen != 2 {
			t.Errorf("got %d requests, want 2: the lost one must not be repeated", seen)
		}
	})
}

// didNotLeave: certainly nothing was sent.
func (d Dialect) didNotLeave(t *testing.T) {
	carrier := d.New(t)
	_, f := carrier.Send(t.Context(), d.Number(NobodyThere(t)), Message())
	if f == nil || f.Class != wa.ClassBackoff || f.Status != 0 {
		t.Errorf("connection refused: got %v, want %s with status 0", f, wa.ClassBackoff)
	}
	server := NewServer(t, d.Accept)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, f = carrier.Send(over, d.Number(server.URL), Message())
	if f == nil || f.Class != wa.ClassBackoff || f.Status != 0 {
		t.Errorf("ctx over: got %v, want %s with status 0", f, wa.ClassBackoff)
	}
	empty := Message()
	empty.Content.Text = nil
	_, f = carrier.Send(t.Context(), d.Number(server.URL), empty)
	if f == nil || f.Class != wa.ClassNever || f.Status != 0 {
		t.Errorf("empty message: got %v, want %s with status 0", f, wa.ClassNever)
	}
	if seen := server.Seen(); len(seen) != 0 {
		t.Errorf("got %d requests, want none", len(seen))
	}
}

// many sends from many goroutines at once: each once.
func (d Dialect) many(t *testing.T) {
	const senders, each = 16, 8
	server := NewServer(t, d.Accept)
	carrier, number := d.New(t), d.Number(server.URL)
	var group sync.WaitGroup
	for range senders {
		group.Go(func() {
			for range each {
				if _, f := carrier.Send(t.Context(), number, Message()); f != nil {
					t.Errorf("got %v, want acceptance", f)
				}
			}
		})
	}
	group.Wait()
	if seen := len(server.Seen()); seen != senders*each {
		t.Errorf("got %d requests, want %d", seen, senders*each)
	}
}

// others: what can be repeated is never uncertain, and never silently succeeds.
func (d Dialect) others(t *testing.T) {
	methods := map[string]func(provider.Carrier, context.Context, *wa.Number) *wa.Failure{
		"MarkRead": func(c provider.Carrier, ctx context.Context, n *wa.Number) *wa.Failure {
			return c.MarkRead(ctx, n, "wamid.1", true)
		},
		"Upload": func(c provider.Carrier, ctx context.Context, n *wa.Number) *wa.Failure {
			_, f := c.Upload(ctx, n, File("menu.pdf", "application/pdf", "the menu"))
			return f
		},
		"Media": func(c provider.Carrier, ctx context.Context, n *wa.Number) *wa.Failure {
			_, f := c.Media(ctx, n, "1")
			return f
		},
		"Templates": func(c provider.Carrier, ctx context.Context, n *wa.Number) *wa.Failure {
			_, f := c.Templates(ctx, n)
			return f
		},
		"Fields": func(c provider.Carrier, ctx context.Context, n *wa.Number) *wa.Failure {
			_, f := c.Fields(ctx, n)
			return f
		},
		"Profile": func(c provider.Carrier, ctx context.Context, n *wa.Number) *wa.Failure {
			_, f := c.Profile(ctx, n)
			return f
		},
		"SetProfile": func(c provider.Carrier, ctx context.Context, n *wa.Number) *wa.Failure {
			return c.SetProfile(ctx, n, wa.Profile{About: "Open 9-5"})
		},
		"Subscribe": func(c provider.Carrier, ctx context.Context, n *wa.Number) *wa.Failure {
			return c.Subscribe(ctx, n, "https://example.com/hook", "verify")
		},
	}
	for name, call := range methods {
		t.Run(name, func(t *testing.T) {
			carrier := d.New(t)
			for script, answer := range map[string]Answer{
				"lost": {Lose: true}, "garbage": {Body: "<html>"}, "empty": {Body: "{}"}, "cut": {Body: "{", Cut: true},
				"502": {Status: 502}, "503": {Status: 503, Body: "<html>"},
			} {
				server := NewServer(t, answer)
				f := call(carrier, t.Context(), d.Number(server.URL))
				if f == nil || f.Class != wa.ClassBackoff {
					t.Errorf("%s: got %v, want %s", script, f, wa.ClassBackoff)
				}
				if f != nil {
					noSecrets(t, f)
				}
			}
			if f := call(carrier, t.Context(), d.Number(NobodyThere(t))); f == nil || f.Class != wa.ClassBackoff || f.Status != 0 {
				t.Errorf("connection refused: got %v, want %s with status 0", f, wa.ClassBackoff)
			}
			if answer, ok := d.Refuse(190); ok {
				if f := call(carrier, t.Context(), d.Number(NewServer(t, answer).URL)); f == nil || f.Class != wa.ClassToken {
					t.Errorf("token refused: got %v, want %s", f, wa.ClassToken)
				}
			}
		})
	}
}

// fail sends to a server with that one answer, and returns the failure. The
// server must have been asked exactly once.
func (d Dialect) fail(t *testing.T, answer Answer) *wa.Failure {
	t.Helper()
	server := NewServer(t, answer)
	accepted, f := d.New(t).Send(t.Context(), d.Number(server.URL), Message())
	if f == nil {
		t.Fatalf("got acceptance of %q, want a failure", accepted.Wamid)
	}
	if f.Class == "" {
		t.Error("got no class")
	}
	server.Only(t)
	noSecrets(t, f)
	return f
}

// noSecrets: neither token nor text in anything that may be logged.
func noSecrets(t *testing.T, f *wa.Failure) {
	t.Helper()
	all := fmt.Sprintf("%v %+v %+v", f, f.Problem, f.Cause)
	for _, secret := range []string{Token, Text, "4915510000001"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q can be seen in %s", secret, all)
		}
	}
}
