package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"kontor/internal/account"
)

// limited checks that an answer says when to come again.
func (h *house) limited(got reply, most time.Duration) {
	h.t.Helper()
	seconds, err := strconv.Atoi(got.header.Get("Retry-After"))
	if got.status != http.StatusTooManyRequests || got.code() != "too_many_sign_ins" || err != nil || seconds < 1 || time.Duration(seconds)*time.Second > most {
		h.t.Errorf("got %d %s with Retry-After %q, want too_many_sign_ins and to come again within %s", got.status, got.raw, got.header.Get("Retry-After"), most)
	}
}

// Guessing one person's password ends soon, from wherever the guesses come; and
// so do guesses from one network, whomever they are about.
func TestGuessingIsLimitedAndSaysUntilWhen(t *testing.T) {
	h := open(t, openSQLite(t))
	guess := func(email, from string) reply {
		return h.call("", "POST", base+"/signin/password", `{"email":"`+email+`","password":"not it at all"}`, "X-Kontor-Request", "1", "X-Forwarded-For", from)
	}
	// The sender of the header is believed only behind a proxy that is known.
	for i := range 10 {
		h.want(guess("ida@example.com", fmt.Sprintf("198.51.100.%d", i)), http.StatusUnauthorized, "sign_in_refused")
	}
	h.limited(guess("ida@example.com", "198.51.100.99"), time.Minute)
	h.limited(guess("IDA@example.com ", "198.51.100.99"), time.Minute)
	var last reply
	for i := range 40 {
		if last = guess(fmt.Sprintf("other%d@example.com", i), fmt.Sprintf("198.51.100.%d", i)); last.status == http.StatusTooManyRequests {
			break
		}
	}
	h.limited(last, time.Minute)
	// What people do who are in goes on.
	if got := h.call(h.tenants[0].keys[account.Agent], "GET", base+"/me", ""); got.status != http.StatusOK {
		t.Errorf("got %d %s for somebody with a key, want them untouched", got.status, got.raw)
	}
}

// TestASessionThatEndsDuringACall signs somebody out while their file is on its
// way: what was let in is done, and the next call is told to sign in.
func TestASessionThatEndsDuringACall(t *testing.T) {
	h := open(t, openSQLite(t))
	cookie := h.cookie(h.tenants[0])
	with := []string{"Cookie", cookie.Name + "=" + cookie.Value, "X-Kontor-Request", "1"}
	body, sender := io.Pipe()
	request, err := http.NewRequest(http.MethodPost, h.url+base+"/media", body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(with); i += 2 {
		request.Header.Set(with[i], with[i+1])
	}
	request.Header.Set("Content-Type", "multipart/form-data; boundary=edge")
	request.Header.Set("Expect", "100-continue") // nothing of the body goes before the call was let in
	client := &http.Transport{ExpectContinueTimeout: time.Minute}
	defer client.CloseIdleConnections()
	answers, failed := make(chan *http.Response, 1), make(chan error, 1)
	go func() {
		answer, err := client.RoundTrip(request)
		if err != nil {
			failed <- err
			return
		}
		answers <- answer
	}()
	half := len(png) / 2
	write := func(text string) {
		t.Helper()
		if _, err := io.WriteString(sender, text); err != nil {
			t.Fatal(err)
		}
	}
	write("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n" + png[:half])
	if out := h.call("", "POST", base+"/signout", "", with...); out.status != http.StatusNoContent {
		t.Fatalf("got %d %s, want the session ended", out.status, out.raw)
	}
	write(png[half:] + "\r\n--edge--\r\n")
	sender.Close()
	select {
	case err := <-failed:
		t.Fatal(err)
	case answer := <-answers:
		answer.Body.Close()
		if answer.StatusCode != http.StatusCreated {
			t.Errorf("got %d, want the file kept that was on its way", answer.StatusCode)
		}
	}
	next := h.call("", "POST", base+"/labels", `{"name":"VIP","colour":"#7c3aed"}`, with...)
	h.want(next, http.StatusUnauthorized, "not_signed_in")
	if next.header.Get("WWW-Authenticate") == "" || next.header.Get("Content-Type") != "application/problem+json" || next.text("advice") == "" {
		t.Errorf("got %s, want a problem that says what to do", next.raw)
	}
}

// TestAStreamEndsWithItsSession ends sessions, by signing out and from another
// one. Their streams end, and those who manage people hear why: that fact is
// what ends the streams at once, instead of at their next beat.
func TestAStreamEndsWithItsSession(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.t = t
		other := h.cookie(h.tenants[0])
		for name, path := range map[string]string{"signed out": "/signout", "ended from elsewhere": "/me/sessions/end-others"} {
			c := h.cookie(h.tenants[0])
			watch := h.listen(t, h.tenants[0].keys[account.Admin], "")
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url+base+"/events", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.AddCookie(c)
			answer, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(answer.Body)
			if !lines.Scan() || lines.Text() != "event: hello" {
				t.Fatalf("%s: got %q first, want hello", name, lines.Text())
			}
			by := c
			if path != "/signout" {
				by = other
			}
			h.call("", "POST", base+path, "", "Cookie", by.Name+"="+by.Value, "X-Kontor-Request", "1")
			for told := false; !told; {
				e, ok := watch.next()
				if !ok {
					t.Fatalf("%s: the stream of somebody else ended, want the fact that ends the session's", name)
				}
				told = strings.Contains(e.data, `"account.sessions"`)
			}
			for lines.Scan() {
				if strings.Contains(lines.Text(), `"account.sessions"`) {
					t.Errorf("%s: got %s, want nothing told after the end", name, lines.Text())
				}
			}
			if ctx.Err() != nil {
				t.Errorf("%s: its stream goes on", name)
			}
			watch.done()
			cancel()
			answer.Body.Close()
		}
	})
}
