package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// controlRoute is one call of the control API. The OpenAPI document is made of
// these and of the schemas in schemas.json.
type controlRoute struct {
	method, path string
	summary      string
	query        []string // names of query parameters
	body, answer string   // schema names; "" for none
	handle       http.HandlerFunc
}

// routes is the whole control API.
func (s *Sandbox) routes() []controlRoute {
	return []controlRoute{
		{"GET", "/sandbox/customers", "Every person who exists", nil, "", "Customers", s.getCustomers},
		{"GET", "/sandbox/customers/{phone}", "One person", nil, "", "Customer", s.getCustomer},
		{"PATCH", "/sandbox/customers/{phone}", "Change a person: online, blocked, username only, opted out, …", nil, "CustomerChange", "Customer", s.patchCustomer},
		{"GET", "/sandbox/customers/{phone}/messages", "What that phone shows, oldest first, both directions; all=true also shows what has not arrived; after=ID only what is newer; wait=5s waits for something", []string{"all", "after", "wait", "direction"}, "", "Messages", s.getMessages},
		{"POST", "/sandbox/customers/{phone}/messages", "That person writes; JSON, or multipart with the parts message and file", nil, "CustomerMessage", "MessageID", s.postCustomerMessage},
		{"POST", "/sandbox/customers/{phone}/messages/{id}/played", "That person plays a voice message", nil, "", "Done", s.postPlayed},
		{"POST", "/sandbox/customers/{phone}/number", "That person takes another phone number, or only another user id: businesses get a system message", nil, "NumberMove", "Customer", s.postNumberChange},
		{"POST", "/sandbox/customers/{phone}/identity", "That person installs WhatsApp anew: another identity key", nil, "", "IdentityKey", s.postIdentity},
		{"POST", "/sandbox/customers/{phone}/flow", "That person's phone acts in a flow: it calls the business's endpoint, encrypted, and sends the reply when the flow is complete", nil, "FlowStep", "FlowAnswer", s.postFlowStep},
		{"POST", "/sandbox/customers/{phone}/read", "That person reads everything", nil, "", "Done", s.postRead},
		{"POST", "/sandbox/customers/{phone}/presence", "That phone's page is open, for the next 30 seconds, or is not", nil, "Presence", "Done", s.postPresence},
		{"GET", "/sandbox/numbers", "The business numbers", nil, "", "Numbers", s.getNumbers},
		{"PATCH", "/sandbox/numbers/{id}", "Change a number: throughput, rate, quality, callback", nil, "NumberChange", "Number", s.patchNumber},
		{"POST", "/sandbox/signups", "A business finishes Embedded Signup: the code that the app exchanges for a token", nil, "Signup", "SignupCode", s.postSignup},
		{"POST", "/sandbox/flows/ping", "WhatsApp's health check of a flow's endpoint", nil, "FlowPing", "FlowAnswer", s.postFlowPing},
		{"GET", "/sandbox/conduct", "How Meta treats the portfolio, its accounts and its numbers", nil, "", "Conducts", s.getConducts},
		{"PATCH", "/sandbox/conduct/{id}", "Change that: standing, limits, caps; id is of a number or account, or portfolio", nil, "ConductChange", "Conduct", s.patchConduct},
		{"GET", "/sandbox/webhooks", "How webhooks are posted, how many wait, and which can be sent by hand", nil, "", "Webhooks", s.getWebhooks},
		{"PATCH", "/sandbox/webhooks", "Change how webhooks are batched", nil, "Posting", "Posting", s.patchWebhooks},
		{"POST", "/sandbox/webhooks", "Send a webhook of any field, made of an example and what is laid over it", nil, "Firing", "Fired", s.postWebhook},
		{"GET", "/sandbox/pricing", "How messages are priced, by date", nil, "", "PriceBook", s.getPricing},
		{"PUT", "/sandbox/pricing", "Price messages otherwise", nil, "PriceBook", "PriceBook", s.putPricing},
		{"GET", "/sandbox/clock", "Meta's time", nil, "", "Clock", s.getClock},
		{"POST", "/sandbox/clock", "Move Meta's time, or let it stand", nil, "ClockChange", "Clock", s.postClock},
		{"GET", "/sandbox/faults", "The faults in force", nil, "", "Faults", s.getFaults},
		{"POST", "/sandbox/faults", "Add one fault or a list of them", nil, "FaultsChange", "Faults", s.postFaults},
		{"DELETE", "/sandbox/faults", "End all faults", nil, "", "Faults", s.deleteFaults},
		{"DELETE", "/sandbox/faults/{id}", "End one fault", nil, "", "Faults", s.deleteFaults},
		{"GET", "/sandbox/templates", "The catalogue of templates", nil, "", "Templates", s.getTemplates},
		{"POST", "/sandbox/templates", "Add a template", nil, "Template", "Template", s.postTemplate},
		{"POST", "/sandbox/templates/{id}/review", "Decide about a template, by its id, or its name with ?language=", []string{"language"}, "Review", "Template", s.postReview},
		{"POST", "/sandbox/templates/{id}/pacing", "Hold a template's messages for quality assessment, release or drop them", []string{"language"}, "Pacing", "Paced", s.postPacing},
		{"GET", "/sandbox/media/{id}", "The bytes of a media object, without a token", nil, "", "", s.getMediaBytes},
		{"GET", "/sandbox/codes", "Every error that the sandbox answers by itself, and what brings it about", nil, "", "Codes", s.getCodes},
		{"GET", "/sandbox/log", "Every call in and every webhook out", []string{"after", "limit"}, "", "Log", s.getLog},
		{"POST", "/sandbox/reset", "Start anew: people, messages, templates, media, faults, conduct, clock and log; callbacks stay", nil, "Reset", "Done", s.postReset},
		{"POST", "/sandbox/idle", "Wait until no message and no webhook is under way", []string{"wait"}, "", "Idle", s.postIdle},
		{"GET", "/sandbox/state", "All that the sandbox knows, to be given to PUT", []string{"media"}, "", "State", s.getState},
		{"PUT", "/sandbox/state", "Forget everything and go on from that state", nil, "State", "Done", s.putState},
		{"GET", "/sandbox/events", "What happens, as server-sent events; only=log,message chooses some", []string{"only"}, "", "", s.getEvents},
		{"GET", "/sandbox/openapi.json", "This description", nil, "", "", s.getOpenAPI},
	}
}

// controlRoutes is the control API as a handler.
func (s *Sandbox) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	for _, r := range append(s.routes(), s.setupRoutes()...) {
		mux.HandleFunc(r.method+" "+r.path, r.handle)
	}
	mux.HandleFunc("/sandbox/", func(w http.ResponseWriter, r *http.Request) {
		// The mux answers 405 by itself only where no wider pattern matches.
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			probe := r.Clone(r.Context())
			probe.Method = method
			if _, pattern := mux.Handler(probe); pattern != "/sandbox/" {
				problem(w, http.StatusMethodNotAllowed, "method_not_allowed", "this path does not take "+r.Method)
				return
			}
		}
		problem(w, http.StatusNotFound, "not_found", "the control API has no such path; see /sandbox/openapi.json")
	})
	return mux
}

// write answers with JSON.
func write(w http.ResponseWriter, status int, v any) {
	body, err := marshal(v)
	if err != nil {
		problem(w, http.StatusInternalServerError, "internal", "the answer cannot be written")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

// apiError is why the control API would not do something.
type apiError struct {
	status       int
	code, detail string
}

// under runs f with the lock and answers afterwards with what f returned.
func (s *Sandbox) under(w http.ResponseWriter, f func() (any, *apiError)) {
	s.mu.Lock()
	v, bad := f()
	s.mu.Unlock()
	if bad != nil {
		problem(w, bad.status, bad.code, bad.detail)
		return
	}
	write(w, http.StatusOK, v)
}

// problem answers with application/problem+json and a stable code.
func problem(w http.ResponseWriter, status int, code, detail string) {
	body, _ := json.Marshal(map[string]any{ // strings and a number
		"type": "about:blank", "title": http.StatusText(status), "status": status, "code": code, "detail": detail,
	})
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

// readJSON reads the body into v, strictly; when it cannot, it answers and
// returns false. An empty body is {}.
func (s *Sandbox) readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil && !errors.Is(err, io.EOF) {
		problem(w, http.StatusUnprocessableEntity, "invalid", strings.TrimPrefix(err.Error(), "json: "))
		return false
	}
	return true
}

// base is this sandbox's own address, as the caller of r reaches it.
func (s *Sandbox) base(r *http.Request) string {
	if s.opt.PublicURL != "" {
		return strings.TrimRight(s.opt.PublicURL, "/")
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host
}
