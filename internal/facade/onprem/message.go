package onprem

import (
	"errors"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/outbox"
	"kontor/internal/premises"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// sendMessage takes a message of any type (on-premises-api.md 3.2). What is
// wrong in the request is refused at once; what a rule refuses (window,
// template) is answered with an id and told by a callback, as the old client did.
func (c *call) sendMessage() (*answer, error) {
	if err := c.Ready(c.ctx(), c.number); err != nil {
		return nil, errNotReady().because(err)
	}
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	r, to, err := c.request(body)
	if err != nil {
		return nil, err
	}
	if err := c.identityAcknowledged(to.waID); err != nil {
		return nil, err
	}
	receipt, err := c.Outbox.Accept(c.ctx(), r)
	id := receipt.MessageID
	if err != nil {
		if id, err = c.late(err, r, to); err != nil {
			return nil, err
		}
	}
	a := tell("messages", []any{map[string]any{"id": MessageID(id, wa.Outbound)}})
	a.body["contacts"] = []any{map[string]any{"input": to.input, "wa_id": to.waID}}
	a.status = http.StatusCreated
	return a, nil
}

// recipient is whom a message goes to, as written and as the old API calls him.
type recipient struct {
	input, waID string
}

// request reads the envelope and what it holds.
func (c *call) request(body *object) (outbox.Request, recipient, error) {
	r := outbox.Request{WorkspaceID: c.facade.WorkspaceID, NumberID: c.facade.NumberID, Author: c.author}
	to := recipient{input: body.need("to")}
	c.recipientType(body)
	body.ignore("messaging_product")
	r.Opaque = body.text("biz_opaque_callback_data")
	r.TTL = ttl(body)
	preview := body.boolean("preview_url")
	reply := body.object("context")
	kind := "text"
	if body.has("type") {
		kind = body.text("type")
	} else {
		body.ignore("type")
	}
	c.name += " " + plainKind(kind)
	content, err := c.content(kind, body, preview)
	if err != nil {
		return r, to, err
	}
	if reply != nil {
		if id := reply.need("message_id"); id != "" {
			if content.Context, err = c.quoted(id); err != nil {
				return r, to, err
			}
		}
		reply.surplus()
	}
	if to.input != "" {
		r.Contact, r.To.Phone, to.waID = c.whom(body, to.input)
	}
	if err := body.end(); err != nil {
		return r, to, err
	}
	r.Content = content
	return r, to, nil
}

// recipientType: groups were withdrawn before the API was.
func (c *call) recipientType(body *object) {
	switch kind := body.text("recipient_type"); kind {
	case "", "individual":
	default:
		body.problem(1002, "recipient_type", "must be individual.")
	}
}

// whom reads a recipient: a number in any writing, or what WaID made of a
// person without one.
func (c *call) whom(body *object, input string) (wa.ContactID, wa.Phone, string) {
	if id, ok := contactOf(input); ok {
		return id, "", input
	}
	phone, ok := normalise(input)
	if !ok {
		body.wrong("to", "it is not a phone number with its country code.")
		return 0, "", ""
	}
	if string(phone) == digitsOf(c.number.DisplayPhone) {
		body.problem(1021, "to", "is the sender's own number.")
	}
	return 0, phone, string(phone)
}

var iso8601 = regexp.MustCompile(`^P(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?$`)

// ttl is how long a message may wait: seconds, as number or text, or ISO 8601
// ("P1D"). We hold it until it leaves; once handed over it is WhatsApp's.
func ttl(body *object) time.Duration {
	if !body.has("ttl") {
		body.ignore("ttl")
		return 0
	}
	s := body.text("ttl")
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 && n <= math.MaxInt32 {
		return time.Duration(n) * time.Second
	}
	m := iso8601.FindStringSubmatch(s)
	var d time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if m != nil && m[i+1] != "" {
			n, _ := strconv.ParseInt(m[i+1], 10, 64) // the pattern has digits only
			d += time.Duration(n) * unit
		}
	}
	if d <= 0 {
		body.wrong("ttl", "it must be a number of seconds or a duration as P1D.")
	}
	return d
}

// quoted finds the message that a reply answers. One that nobody knows any more
// is left out, as WhatsApp does: the reply is worth more than the bubble.
func (c *call) quoted(id string) (*wa.Context, error) {
	m, found, err := c.message(id)
	if err != nil {
		return nil, err
	}
	if !found {
		c.note("context.message_id")
		return nil, nil
	}
	return &wa.Context{ID: m.ID.String()}, nil
}

// message finds a message of this number by any of its ids.
func (c *call) message(id string) (m wa.Message, found bool, err error) {
	ours, wamid := anyMessageID(id)
	if ours != 0 {
		m, found, err = c.Messages.Message(c.ctx(), c.facade.WorkspaceID, ours)
	} else {
		m, found, err = c.Messages.MessageByWamid(c.ctx(), c.facade.WorkspaceID, wamid)
	}
	return m, found && m.NumberID == c.facade.NumberID, err
}

// late turns a rule's refusal into an id and a callback. Any other error stays one.
func (c *call) late(err error, r outbox.Request, to recipient) (wa.MessageID, error) {
	var f *fault.Error
	if !errors.As(err, &f) {
		return 0, err
	}
	problem, isLate, lookErr := c.lateProblem(f, r)
	if lookErr != nil || !isLate {
		return 0, errors.Join(lookErr, err)
	}
	var o premises.Options
	if _, err := c.Premises.Load(c.ctx(), c.facade, premises.DocOptions, &o); err != nil {
		return 0, err
	}
	if o.Strict {
		return 0, (&Refusal{Status: http.StatusBadRequest, Errors: []Error{LateError(problem)}}).because(err)
	}
	refusal := premises.Refusal{
		ID: wa.MessageID(c.NewID()), WorkspaceID: r.WorkspaceID, NumberID: r.NumberID, To: to.waID, Problem: problem, At: c.Now().UTC(),
	}
	fact := journal.Fact{WorkspaceID: r.WorkspaceID, Kind: premises.FactRefused, NumberID: r.NumberID, MessageID: refusal.ID, Detail: strconv.Itoa(problem.Code), At: refusal.At}
	return refusal.ID, c.Premises.Refuse(c.ctx(), refusal, func(tx txn.Tx) error { return c.Tell(tx, fact) })
}

// lateProblem is what a callback tells of a rule's refusal, in the old codes.
func (c *call) lateProblem(f *fault.Error, r outbox.Request) (p wa.Problem, isLate bool, err error) {
	code := 0
	switch f.Code {
	case "window_closed":
		code = 470
	case "recipient_needs_phone":
		code = 1026
	case "template_unknown":
		code = 2001
	case "template_parameters":
		code = templateCode(f.Fields)
	case "template_not_approved":
		t := r.Content.Template
		def, _, err := c.Templates.Find(c.ctx(), r.WorkspaceID, c.number.WABAID, t.Name, t.Language.Code)
		if err != nil {
			return p, false, err
		}
		code = notApprovedCode(def.Status)
	default:
		return p, false, nil
	}
	return wa.Problem{Code: code, Title: Title(code), Details: f.Detail}, true, nil
}

func notApprovedCode(status string) int {
	switch status {
	case "REJECTED":
		return 2060
	case "PAUSED":
		return 2061
	case "DISABLED":
		return 2062
	}
	return 2001
}

// markRead: PUT /v1/messages/{id} {"status":"read"}.
func (c *call) markRead() (*answer, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	if status := body.need("status"); status != "" && status != "read" {
		body.wrong("status", "it must be read.")
	}
	body.ignore("messaging_product")
	if err := body.end(); err != nil {
		return nil, err
	}
	m, found, err := c.message(c.param("id"))
	if err != nil {
		return nil, err
	}
	if !found || m.Direction != wa.Inbound || m.Wamid == "" {
		return nil, refuse(1006, "There is no received message of this id.")
	}
	if f := c.Carrier.MarkRead(c.ctx(), c.number, m.Wamid, false); f != nil {
		return nil, refusalOfFailure(f)
	}
	return done(http.StatusOK), nil
}
