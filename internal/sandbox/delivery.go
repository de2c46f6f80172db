package sandbox

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"kontor/internal/meta"
)

// deliverUpdates posts one webhook with these updates, which all belong to one
// number (or account), and tells what the business answered. With no callback
// there is nobody to tell, which counts as taken.
func (s *Sandbox) deliverUpdates(ctx context.Context, updates []*update) outcome {
	first := updates[0]
	target, secret := s.target(first)
	hook := meta.Webhook{Object: meta.ObjectWhatsApp, Entry: entries(updates, s.courier.shape())}
	body, err := meta.Encode(hook)
	if err != nil { // a value that is no JSON: retrying cannot help
		s.log.Error("webhook cannot be written", "field", first.field, "id", first.id, "error", err)
		return taken200
	}
	e := Entry{Direction: "out", Kind: "webhook", Method: http.MethodPost, Path: target, Request: body, Attempt: first.attempts + 1}
	e.Summary, e.Wamid, e.Updates = summarise(updates)
	if target == "" {
		e.Note = "no callback is set, so nobody was told"
		s.journal.add(s, e)
		return taken200
	}
	began := time.Now()
	status, answer, err := s.post(ctx, target, secret, body)
	e.Duration = time.Since(began)
	e.Status, e.Response = status, answer
	if err != nil {
		e.Note = err.Error()
	}
	s.journal.add(s, e)
	switch status {
	case http.StatusOK:
		s.reached(updates)
		return taken200
	case 0, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return unreachable
	}
	return refused
}

// target is where the update goes now, and the secret it is signed with.
func (s *Sandbox) target(u *update) (callback string, secret []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.st.numbers[u.number]
	if n == nil {
		if n = s.numberOf(u.account); n == nil {
			return "", nil
		}
	}
	if u.app != "" {
		return s.appTarget(u, n)
	}
	if a := s.st.portfolio.appOfSecret(n.cfg.AppSecret); a != nil && !a.wants(u.field) {
		return "", nil
	}
	return n.callback(s.st.accounts[n.cfg.WABAID], u.field), []byte(n.cfg.AppSecret)
}

// post sends one signed webhook. The status is 0 when there was no answer.
func (s *Sandbox) post(ctx context.Context, target string, secret, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "facebookexternalua")
	req.Header.Set(meta.SignatureHeader, meta.Sign(secret, body))
	mac := hmac.New(sha1.New, secret)
	mac.Write(body)
	req.Header.Set("X-Hub-Signature", "sha1="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := s.web.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, answer, nil
}

// reached marks the customers' messages as delivered: their second tick.
func (s *Sandbox) reached(updates []*update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range updates {
		m := s.st.messages[u.id]
		if u.kind != "message" || m == nil || !m.Inbound || rank(m.Status) >= rank(delivered) {
			continue
		}
		m.Status, m.DeliveredAt = delivered, s.nowLocked()
		s.events.publish("status", statusEvent{Customer: m.Customer, PhoneNumberID: m.Number, ID: m.ID, Status: delivered, At: m.DeliveredAt})
	}
	s.changed()
}

// summarise writes the line of the log.
func summarise(updates []*update) (summary, wamid string, lines []string) {
	for _, u := range updates {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s … %s", u.kind, u.detail, tail(strings.TrimRight(u.id, "A="), 4))))
	}
	if len(updates) == 1 {
		return lines[0], updates[0].id, nil
	}
	return fmt.Sprintf("%d updates", len(updates)), "", lines
}

// handshake asks a callback whether it is ours, as Meta does whenever one is
// set: GET with hub.mode, hub.challenge, hub.verify_token, answered 200 with the
// bare challenge (cloud-api.md 2.1).
func (s *Sandbox) handshake(ctx context.Context, callback, token string) *refusal {
	if err := checkCallback(callback); err != nil {
		return refuse(codeInvalid, "override_callback_uri: %s", err)
	}
	s.mu.Lock()
	challenge := s.st.objectID("challenge")
	s.mu.Unlock()
	u, _ := url.Parse(callback)
	q := u.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.challenge", challenge)
	q.Set("hub.verify_token", token)
	u.RawQuery = q.Encode()
	e := Entry{Direction: "out", Kind: "handshake", Method: http.MethodGet, Path: callback, Summary: "verify callback"}
	problem := s.ask(ctx, u.String(), challenge, &e)
	s.journal.add(s, e)
	if problem == "" {
		return nil
	}
	return &refusal{
		code: 2200, status: http.StatusBadRequest, bare: true,
		message: "(#2200) Callback verification failed with the following errors: " + problem,
	}
}

func (s *Sandbox) ask(ctx context.Context, address, challenge string, e *Entry) (problem string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err.Error()
	}
	began := time.Now()
	resp, err := s.web.Do(req)
	e.Duration = time.Since(began)
	if err != nil {
		e.Note = "no answer"
		return "The URL couldn't be reached."
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	e.Status, e.Response = resp.StatusCode, body
	if resp.StatusCode != http.StatusOK {
		return fmt.Sprintf("HTTP Status Code = %d; HTTP Message = %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	if string(body) != challenge {
		return "The URL returned something else than the challenge."
	}
	return ""
}
