package graph

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/meta"
	"kontor/internal/outbox"
	"kontor/internal/wa"
)

// messages answers POST /{phone-number-id}/messages: a message, a read receipt
// or a typing indicator (cloud-api.md 1.1).
func (c *call) messages(n *wa.Number) error {
	if err := c.need(account.Send); err != nil {
		return err
	}
	req, err := c.sendRequest()
	if err != nil {
		return err
	}
	switch {
	case req.MessagingProduct == "":
		return missing("messaging_product")
	case req.MessagingProduct != meta.Product:
		return wrong("messaging_product", `This must be "whatsapp".`)
	case req.Status != "":
		return c.markRead(n, req)
	}
	to, contact, err := recipient(req)
	if err != nil {
		return err
	}
	if to.Phone != "" && to.Phone == digitsOf(n.DisplayPhone) {
		return fault.Wrong(codeSelf, fault.Field{Name: "to", Detail: "The recipient is the sender."})
	}
	content := req.Content()
	if err := c.translate(c.r.Context(), n, &content); err != nil {
		return err
	}
	receipt, err := c.g.Outbox.Accept(c.r.Context(), outbox.Request{
		WorkspaceID: n.WorkspaceID, NumberID: n.ID, To: to, Content: content, Author: c.who.Author(),
		Opaque: req.BizOpaqueCallbackData, Key: c.r.Header.Get("Idempotency-Key"),
	})
	if err != nil {
		return c.telling(n, &content, err)
	}
	answer := meta.AnswerMessage{ID: string(receipt.MessageID.Wamid())}
	if content.Type == wa.TypeTemplate {
		answer.MessageStatus = string(wa.StatusAccepted)
	}
	return c.succeed(meta.SendAnswer{MessagingProduct: meta.Product, Contacts: []meta.AnswerContact{contact}, Messages: []meta.AnswerMessage{answer}})
}

func (c *call) sendRequest() (*meta.SendRequest, error) {
	switch c.bodyKind {
	case "multipart":
		f, err := c.openForm()
		if err != nil {
			return nil, err
		}
		if f.file != nil {
			return nil, wrong("file", "A message has no file of its own: upload it to the media edge, and name its id.")
		}
		return meta.ParseSendForm(f.values())
	case "raw":
		return nil, fault.New(fault.Invalid, codeParameter, "The body has a type that this call does not take; nothing was sent.", "Send Content-Type: application/json.")
	case "":
		return meta.ParseSendForm(c.query) // as Graph, which takes parameters in the query as well
	}
	if err := c.readBody(); err != nil {
		return nil, err
	}
	if c.form != nil {
		return meta.ParseSendForm(c.form)
	}
	return meta.ParseSend(c.body)
}

func missing(name string) error {
	return fault.Wrong(codeMissing, fault.Field{Name: name, Detail: "This parameter is required."})
}

func wrong(name, detail string) error {
	return fault.Wrong(codeMessage, fault.Field{Name: name, Detail: detail})
}

// bsuidPattern is a business-scoped user id, or that of a parent account
// (cloud-api.md 2.3).
var bsuidPattern = regexp.MustCompile(`^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$`)

// recipient reads whom a message is for, and how the answer names them. With
// both, the number wins (cloud-api.md 1.1).
func recipient(req *meta.SendRequest) (wa.Recipient, meta.AnswerContact, error) {
	to, user := strings.TrimSpace(req.To), strings.TrimSpace(req.Recipient)
	switch {
	case req.RecipientType == "group":
		return wa.Recipient{}, meta.AnswerContact{}, wrong("recipient_type", "Kontor does not send to groups.")
	case req.RecipientType != "" && req.RecipientType != "individual":
		return wa.Recipient{}, meta.AnswerContact{}, wrong("recipient_type", "This must be individual.")
	case to == "" && user == "":
		return wa.Recipient{}, meta.AnswerContact{}, missing("to")
	case user != "" && !bsuidPattern.MatchString(user):
		return wa.Recipient{}, meta.AnswerContact{}, fault.Wrong(codeRecipient, fault.Field{Name: "recipient", Detail: "This is not a business-scoped user id."})
	case to == "":
		return wa.Recipient{BSUID: wa.BSUID(user)}, meta.AnswerContact{Input: req.Recipient, UserID: user}, nil
	case bsuidPattern.MatchString(to):
		return wa.Recipient{BSUID: wa.BSUID(to)}, meta.AnswerContact{Input: req.To, UserID: to}, nil
	}
	phone, problem := parsePhone(to)
	if problem != "" {
		return wa.Recipient{}, meta.AnswerContact{}, fault.Wrong(codeRecipient, fault.Field{Name: "to", Detail: problem})
	}
	return wa.Recipient{Phone: phone}, meta.AnswerContact{Input: req.To, WaID: string(phone), UserID: user}, nil
}

// parsePhone takes a number with its country code in any usual writing, with or
// without "+" (cloud-api.md 1.1); problem says why not. Unlike Meta, it never
// puts the business's own country in front: what callers write without "+" is
// the wa_id that a webhook gave them.
func parsePhone(text string) (phone wa.Phone, problem string) {
	rest, international := strings.CutPrefix(text, "+")
	if international {
		rest = strings.Replace(rest, "(0)", "", 1) // dialled inside the country only
	}
	number := make([]byte, 0, 16)
	for _, r := range rest {
		switch {
		case '0' <= r && r <= '9':
			number = append(number, byte(r))
		case strings.ContainsRune(" -()./\u00a0\u2011", r):
		default:
			return "", "This is not a phone number."
		}
		if len(number) > 17 {
			return "", "A phone number has at most 15 digits."
		}
	}
	digits := string(number)
	if !international {
		digits = strings.TrimPrefix(digits, "00")
	}
	switch {
	case len(digits) < 7, len(digits) > 15:
		return "", "A phone number with its country code has 7 to 15 digits."
	case digits[0] == '0':
		return "", "Write the number with its country code."
	}
	return wa.Phone(digits), ""
}

// digitsOf is a number as Meta shows it, as a wa_id.
func digitsOf(display string) wa.Phone {
	return wa.Phone(strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, display))
}

// markRead marks an inbound message read, or shows that somebody types
// (cloud-api.md 1.1). A message that Kontor does not know may be older than it:
// then WhatsApp decides, who knows the messages of this number.
func (c *call) markRead(n *wa.Number, req *meta.SendRequest) error {
	c.label = "POST number/messages read"
	switch {
	case req.Status != "read":
		return wrong("status", "This must be read.")
	case req.MessageID == "":
		return missing("message_id")
	case req.TypingIndicator != nil && req.TypingIndicator.Type != "text":
		return wrong("typing_indicator.type", "This must be text.")
	}
	id := wa.Wamid(req.MessageID)
	m, found, err := c.message(c.r.Context(), id)
	if err != nil {
		return err
	}
	_, isOurs := id.Ours()
	switch {
	case found && m.NumberID != n.ID, !found && isOurs, !found && !strings.HasPrefix(req.MessageID, "wamid."):
		return wrong("message_id", "This number has no such message.")
	case found && (m.Direction != wa.Inbound || m.Wamid == ""):
		return wrong("message_id", "Only a customer's message can be marked read.")
	case found:
		id = m.Wamid
	}
	if failure := c.g.Carrier.MarkRead(c.r.Context(), n, id, req.TypingIndicator != nil); failure != nil {
		return failure
	}
	return c.succeed(success)
}

// message finds a message of the workspace by either id.
func (c *call) message(ctx context.Context, id wa.Wamid) (wa.Message, bool, error) {
	if own, ok := id.Ours(); ok {
		return c.g.Messages.Message(ctx, c.who.WorkspaceID, own)
	}
	return c.g.Messages.MessageByWamid(ctx, c.who.WorkspaceID, id)
}

// telling says more of a template that cannot be sent: the outbox knows one
// fault for all states, Graph a code for each.
func (c *call) telling(n *wa.Number, content *wa.Content, err error) error {
	f := fault.As(err)
	if f.Code != "template_not_approved" || content.Template == nil {
		return err
	}
	t := content.Template
	def, ok, findErr := c.g.Templates.Find(c.r.Context(), n.WorkspaceID, n.WABAID, t.Name, t.Language.Code)
	if findErr != nil || !ok {
		return err
	}
	said := *f
	switch def.Status {
	case "PAUSED":
		said.Code = "template_paused"
	case "DISABLED":
		said.Code = "template_disabled"
	}
	return &said
}

var _ http.Handler = (*Gateway)(nil)
