package sandbox

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"kontor/internal/meta"
)

// flowTimeout is how long WhatsApp waits for a flow's endpoint (cloud-api.md 6.9).
const flowTimeout = 10 * time.Second

// flowStep is what a customer's phone does in a flow; the body of
// POST /sandbox/customers/{phone}/flow.
type flowStep struct {
	// Action: INIT, data_exchange, BACK; error reports ErrorText to the endpoint;
	// complete sends the reply without asking the endpoint, as a flow without one.
	Action string `json:"action"`
	// Message is the flow message it was opened from; empty: the newest one of
	// this chat. A flow may also be named by FlowID alone.
	Message   string          `json:"message_id"`
	FlowID    string          `json:"flow_id"`
	Token     string          `json:"flow_token"` // empty: that of the message
	Screen    string          `json:"screen"`
	Data      json.RawMessage `json:"data"`
	ErrorText string          `json:"error_message"`
	Version   string          `json:"version"` // of the data API; default 3.0
	Endpoint  string          `json:"endpoint_uri"`
	To        string          `json:"to"` // phone number id
}

// flowPing is the body of POST /sandbox/flows/ping.
type flowPing struct {
	FlowID   string `json:"flow_id"`
	Endpoint string `json:"endpoint_uri"`
	To       string `json:"to"`
	Version  string `json:"version"`
}

// flowAnswer is what came of a step: the exchange in plain text and, when the
// flow is complete, the id of the reply that the business gets.
type flowAnswer struct {
	Status    int            `json:"http_status,omitempty"` // of the endpoint
	Request   map[string]any `json:"request,omitempty"`     // decrypted
	Response  map[string]any `json:"response,omitempty"`    // decrypted
	Screen    string         `json:"screen,omitempty"`      // to show next
	Completed bool           `json:"completed"`
	MessageID string         `json:"message_id,omitempty"` // of the reply, once completed
	Millis    int64          `json:"duration_ms"`
	// Problem is why the person sees an error: no answer in time, a wrong status,
	// an answer that cannot be decrypted or has no screen.
	Problem string `json:"problem,omitempty"`
}

// postFlowPing answers POST /sandbox/flows/ping: WhatsApp's health check.
func (s *Sandbox) postFlowPing(w http.ResponseWriter, r *http.Request) {
	var in flowPing
	if !s.readJSON(w, r, &in) {
		return
	}
	s.mu.Lock()
	n := s.numberTo(in.To)
	line, bad := s.flowLine(n, in.FlowID, in.Endpoint)
	s.mu.Unlock()
	if bad != nil {
		problem(w, bad.status, bad.code, bad.detail)
		return
	}
	a := s.exchange(r.Context(), line, map[string]any{"version": or(in.Version, "3.0"), "action": "ping"})
	if a.Problem == "" && textOf(member(a.Response["data"], "status")) != "active" {
		a.Problem = `a ping is answered with {"data":{"status":"active"}}`
	}
	write(w, http.StatusOK, a)
}

// postFlowStep answers POST /sandbox/customers/{phone}/flow.
func (s *Sandbox) postFlowStep(w http.ResponseWriter, r *http.Request) {
	var in flowStep
	if !s.readJSON(w, r, &in) {
		return
	}
	data, err := exactly(in.Data)
	if err != nil {
		problem(w, http.StatusUnprocessableEntity, "invalid", "data: must be an object")
		return
	}
	s.mu.Lock()
	opened, bad := s.openFlow(r, &in)
	s.mu.Unlock()
	if bad != nil {
		problem(w, bad.status, bad.code, bad.detail)
		return
	}
	request := map[string]any{"version": or(in.Version, "3.0"), "action": in.Action, "flow_token": opened.token}
	switch in.Action {
	case "complete":
		if data == nil {
			data = map[string]any{}
		}
		s.completeFlow(w, r, opened, flowAnswer{}, data)
		return
	case "error":
		request["action"] = "data_exchange"
		data = overlay(map[string]any{"error": "unknown_error", "error_message": or(in.ErrorText, "The screen could not be shown.")}, data).(map[string]any)
	case "INIT", "BACK", "data_exchange":
	default:
		problem(w, http.StatusUnprocessableEntity, "invalid", "action must be INIT, data_exchange, BACK, error or complete")
		return
	}
	if in.Screen != "" {
		request["screen"] = in.Screen
	}
	if data != nil {
		request["data"] = data
	}
	s.mu.Lock()
	line, bad := s.flowLine(opened.number, opened.flow, in.Endpoint)
	s.mu.Unlock()
	if bad != nil {
		problem(w, bad.status, bad.code, bad.detail)
		return
	}
	a := s.exchange(r.Context(), line, request)
	a.read(in.Action == "error")
	if params, ok := a.finished(); ok {
		s.completeFlow(w, r, opened, a, params)
		return
	}
	write(w, http.StatusOK, a)
}

// read takes the next screen out of the answer.
func (a *flowAnswer) read(reported bool) {
	if a.Problem != "" {
		return
	}
	a.Screen = textOf(a.Response["screen"])
	switch {
	case reported && member(a.Response["data"], "acknowledged") != true:
		a.Problem = `an error is answered with {"data":{"acknowledged":true}}`
	case !reported && a.Screen == "":
		a.Problem = "the answer names no screen"
	}
}

// finished are the params of the last screen, SUCCESS.
func (a *flowAnswer) finished() (map[string]any, bool) {
	if a.Problem != "" || a.Screen != "SUCCESS" {
		return nil, false
	}
	params, ok := member(member(a.Response["data"], "extension_message_response"), "params").(map[string]any)
	if !ok {
		a.Problem = "the screen SUCCESS needs data.extension_message_response.params"
	}
	return params, ok
}

// openedFlow is a flow on somebody's phone.
type openedFlow struct {
	customer *customer
	number   *number
	message  string // it was opened from
	flow     string // id
	token    string
}

// openFlow finds the flow that the step is about; the caller holds mu.
func (s *Sandbox) openFlow(r *http.Request, in *flowStep) (*openedFlow, *apiError) {
	c, bad := s.person(r, true)
	if bad != nil {
		return nil, bad
	}
	o := &openedFlow{customer: c, number: s.numberTo(in.To), flow: in.FlowID, token: in.Token}
	if o.number == nil {
		return nil, &apiError{http.StatusUnprocessableEntity, "unknown_number", "to: the sandbox has no such number"}
	}
	for i := len(c.list) - 1; i >= 0; i-- {
		m := c.list[i]
		if m.Inbound || !m.arrived() || (in.Message != "" && m.ID != in.Message) || (in.Message == "" && in.FlowID != "" && in.Token != "") {
			continue
		}
		if flow, token, ok := m.opensFlow(); ok {
			o.message, o.number = m.ID, s.st.numbers[m.Number]
			o.flow, o.token = or(o.flow, flow), or(o.token, token)
			break
		}
	}
	switch {
	case in.Message != "" && o.message == "":
		return nil, &apiError{http.StatusNotFound, "unknown_message", "message_id: this phone shows no flow message with this id"}
	case o.message == "" && o.flow == "" && in.Endpoint == "" && in.Action != "complete":
		return nil, &apiError{http.StatusConflict, "no_flow", "this phone shows no flow message; name flow_id or endpoint_uri"}
	}
	o.token = or(o.token, "unused")
	return o, nil
}

// opensFlow tells which flow a message opens, and with which token.
func (m *message) opensFlow() (flow, token string, ok bool) {
	var content map[string]any
	if json.Unmarshal(m.Content, &content) != nil {
		return "", "", false
	}
	if m.Type == "interactive" && textOf(content["type"]) == "flow" {
		p := member(content["action"], "parameters")
		return or(textOf(member(p, "flow_id")), textOf(member(p, "flow_name"))), textOf(member(p, "flow_token")), true
	}
	if m.Type != "template" {
		return "", "", false
	}
	components, _ := content["components"].([]any)
	for _, c := range components {
		if !strings.EqualFold(textOf(member(c, "sub_type")), "flow") {
			continue
		}
		if ps, _ := member(c, "parameters").([]any); len(ps) > 0 {
			return "", textOf(member(member(ps[0], "action"), "flow_token")), true
		}
	}
	return "", "", false
}

// completeFlow sends the reply of a completed flow (cloud-api.md 2.4, nfm_reply).
func (s *Sandbox) completeFlow(w http.ResponseWriter, r *http.Request, o *openedFlow, a flowAnswer, params map[string]any) {
	if _, has := params["flow_token"]; !has && o.token != "unused" {
		params["flow_token"] = o.token
	}
	response, err := json.Marshal(params)
	if err != nil {
		problem(w, http.StatusUnprocessableEntity, "invalid", "data: cannot be written")
		return
	}
	body := map[string]any{
		"type":        "interactive",
		"interactive": map[string]any{"type": "nfm_reply", "nfm_reply": map[string]any{"name": "flow", "body": "Sent", "response_json": string(response)}},
	}
	if o.message != "" {
		body["context"] = map[string]any{"id": o.message}
	}
	base := s.base(r)
	s.under(w, func() (any, *apiError) {
		m, err := s.receive(o.customer, o.number, &incoming{body: body, typ: "interactive"}, base)
		if err != nil {
			return nil, &apiError{http.StatusUnprocessableEntity, "invalid", err.Error()}
		}
		a.Completed, a.MessageID = true, m.ID
		return a, nil
	})
}

// flowLine is what is needed to reach a flow's endpoint.
type flowLine struct {
	endpoint string
	key      string // PEM
	secret   string // of the app
}

// flowLine finds endpoint and key; the caller holds mu.
func (s *Sandbox) flowLine(n *number, flowID, endpoint string) (flowLine, *apiError) {
	if n == nil {
		return flowLine{}, &apiError{http.StatusUnprocessableEntity, "unknown_number", "to: the sandbox has no such number"}
	}
	if endpoint == "" {
		endpoint = s.endpointOf(n.cfg.WABAID, flowID)
	}
	line := flowLine{endpoint, s.st.portfolio.desk(n.cfg.PhoneNumberID).Key, n.cfg.AppSecret}
	switch {
	case endpoint == "":
		return line, &apiError{http.StatusConflict, "no_endpoint", "the flow has no endpoint_uri; set it with POST /{flow-id} or name it here"}
	case checkCallback(endpoint) != nil:
		return line, &apiError{http.StatusUnprocessableEntity, "invalid", "endpoint_uri: is not an http or https URL"}
	case line.key == "":
		return line, &apiError{http.StatusConflict, "no_key", "the number has no public key; set it with POST /{phone-number-id}/whatsapp_business_encryption"}
	}
	return line, nil
}

// exchange asks the endpoint and decrypts its answer. An endpoint that answers
// 421 cannot decrypt: WhatsApp fetches the public key again and asks once more.
func (s *Sandbox) exchange(ctx context.Context, line flowLine, request map[string]any) flowAnswer {
	a := flowAnswer{Request: request}
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, flowTimeout)
	defer cancel()
	for attempt := 1; ; attempt++ {
		a.Problem = ""
		again := s.exchangeOnce(ctx, line, &a, attempt)
		if !again || attempt == 2 {
			break
		}
	}
	a.Millis = time.Since(began).Milliseconds()
	return a
}

// exchangeOnce tells whether to try again with a key that was fetched anew.
func (s *Sandbox) exchangeOnce(ctx context.Context, line flowLine, a *flowAnswer, attempt int) (again bool) {
	e := Entry{
		Direction: "out", Kind: "flow", Method: http.MethodPost, Path: line.endpoint, Attempt: attempt,
		Summary: "flow " + textOf(a.Request["action"]) + " " + textOf(a.Request["screen"]),
	}
	e.Request, _ = json.Marshal(a.Request) // was JSON
	defer func() {
		e.Status, e.Note = a.Status, a.Problem
		if a.Response != nil {
			e.Response, _ = json.Marshal(a.Response) // was JSON
		}
		s.journal.add(s, e)
	}()
	key, err := businessKey(line.key)
	if err != nil {
		a.Problem = err.Error()
		return false
	}
	secret, body, err := sealFlow(rand.Reader, key, a.Request)
	if err != nil {
		a.Problem = err.Error()
		return false
	}
	began := time.Now()
	answer, err := s.callFlow(ctx, line, body, a)
	e.Duration = time.Since(began)
	switch {
	case err != nil:
		a.Problem = "the endpoint did not answer: " + err.Error()
	case a.Status == http.StatusMisdirectedRequest:
		a.Problem = "the endpoint cannot decrypt the request (421): does its private key belong to the number's public key?"
		return true
	case a.Status == 427:
		a.Problem = "the flow token is no longer valid (427)"
		if told, bad := decodeObject(answer); bad == nil {
			a.Response = told
			a.Problem += ": " + textOf(told["error_msg"])
		}
	case a.Status == 432:
		a.Problem = "the endpoint says that the signature is wrong (432)"
	case a.Status != http.StatusOK:
		a.Problem = fmt.Sprintf("the endpoint answered HTTP %d, want 200", a.Status)
	default:
		if a.Response, err = secret.open(answer); err != nil {
			a.Problem = err.Error()
		}
	}
	return false
}

// callFlow posts one encrypted request.
func (s *Sandbox) callFlow(ctx context.Context, line flowLine, body []byte, a *flowAnswer) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, line.endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "facebookexternalua")
	req.Header.Set(meta.SignatureHeader, meta.Sign([]byte(line.secret), body))
	resp, err := s.web.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	a.Status = resp.StatusCode
	return io.ReadAll(io.LimitReader(resp.Body, maxBody))
}
