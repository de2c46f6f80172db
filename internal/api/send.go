package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/inbox"
	"kontor/internal/outbox"
	"kontor/internal/wa"
)

// sendBody is the body of a send call.
type sendBody interface {
	envelope() *Envelope
	content() (wa.Content, error)
}

type sendInput[B any] struct {
	IdempotencyKey string `header:"Idempotency-Key" minLength:"1" maxLength:"255" doc:"A text of yours, 1–255 characters. The same key with the same body is answered as the first time and sends nothing again; with another body it is 409 idempotency_mismatch."`
	Body           B
}

// Accepted is the answer to a send.
type Accepted struct {
	MessageID      string `json:"message_id" doc:"Follow it with GET messages/{id}, or in the live stream." example:"msg_0d5k7v2q8c1a0"`
	Status         string `json:"status" enum:"accepted" doc:"Written down, and on its way as soon as the number's pace allows."`
	ConversationID string `json:"conversation_id"`
	ContactID      string `json:"contact_id"`
}

func (a *API) sends() {
	to := "+49 451 5550100"
	send[TextBody](a, "text", "Send a text", "Outside the customer service window (24 hours after the customer's last message) it is refused with `window_closed`: send a template.",
		map[string]any{"to": to, "text": "Your bicycle is ready."})
	send[TemplateBody](a, "template", "Send a template", "May be sent at any time. The template is approved, its language exact, and every variable has a value.",
		map[string]any{"to": to, "template": map[string]any{"name": "hello_world", "language": map[string]any{"code": "en_US"}}})
	send[ButtonsBody](a, "buttons", "Send reply buttons", "A question with one to three buttons. The tap comes back as an inbound message of type interactive.",
		map[string]any{"to": to, "text": "Shall we start the repair?", "buttons": []any{map[string]any{"id": "yes", "title": "Yes, please"}, map[string]any{"id": "no", "title": "Not yet"}}})
	send[ListBody](a, "list", "Send a list", "A question with up to ten rows to choose from.",
		map[string]any{"to": to, "text": "When may we come?", "button": "Choose a day", "sections": []any{map[string]any{"title": "This week", "rows": []any{map[string]any{"id": "mon", "title": "Monday"}, map[string]any{"id": "tue", "title": "Tuesday", "description": "Mornings only"}}}}})
	send[CTABody](a, "cta_url", "Send a link button", "A text with one button that opens an address.",
		map[string]any{"to": to, "text": "Your invoice is here.", "display_text": "Open invoice", "url": "https://shop.example/invoices/1042"})
	media := map[string]any{"link": "https://shop.example/files/1042"}
	send[ImageBody](a, "image", "Send an image", "", map[string]any{"to": to, "image": map[string]any{"link": "https://shop.example/bike.jpg", "caption": "As good as new"}})
	send[DocumentBody](a, "document", "Send a document", "", map[string]any{"to": to, "document": map[string]any{"media_id": "med_0d5k7v2q8c1a0", "filename": "invoice-1042.pdf"}})
	send[AudioBody](a, "audio", "Send audio or a voice message", "", map[string]any{"to": to, "audio": media})
	send[VideoBody](a, "video", "Send a video", "", map[string]any{"to": to, "video": media})
	send[StickerBody](a, "sticker", "Send a sticker", "", map[string]any{"to": to, "sticker": media})
	send[LocationBody](a, "location", "Send a place", "", map[string]any{"to": to, "location": map[string]any{"latitude": 53.8655, "longitude": 10.6866, "name": "Workshop"}})
	send[ContactsBody](a, "contacts", "Send contact cards", "", map[string]any{"to": to, "contacts": []any{map[string]any{"name": map[string]any{"formatted_name": "Ida Hansen", "first_name": "Ida"}, "phones": []any{map[string]any{"phone": "+49 451 5550101"}}}}})
	send[ReactionBody](a, "reaction", "React to a message", "An emoji on a message of the conversation; the empty text takes it away.",
		map[string]any{"to": to, "reaction": map[string]any{"message_id": "msg_0d5k7v2q8c1a0", "emoji": "👍"}})
}

// send registers the call for one kind of message.
func send[B any, P interface {
	*B
	sendBody
}](a *API, kind, summary, text string, example any) {
	handle(a, route{
		method: http.MethodPost, path: "/send/" + kind, id: "send-" + kind, tag: "Sending", right: account.Send, status: http.StatusAccepted,
		summary: summary, example: example,
		text: strings.TrimSpace(text + "\n\nThe answer comes after the message is safely written down; what became of it is in GET messages/{id}, in the live stream, and in your webhooks."),
	}, func(ctx context.Context, in *sendInput[B]) (*body[Accepted], error) {
		b := P(&in.Body)
		receipt, err := a.send(ctx, kind, in.IdempotencyKey, b)
		if err != nil {
			return nil, inCallersWords(kind, err)
		}
		return answerWith(accepted(receipt)), nil
	})
}

func accepted(r outbox.Receipt) Accepted {
	return Accepted{
		MessageID: r.MessageID.String(), Status: string(wa.StatusAccepted),
		ConversationID: r.ConversationID.String(), ContactID: r.ContactID.String(),
	}
}

func (a *API) send(ctx context.Context, kind, key string, b sendBody) (outbox.Receipt, error) {
	p, e := principal(ctx), b.envelope()
	who, err := parseWho("to", e.To)
	if err != nil {
		return outbox.Receipt{}, err
	}
	var number wa.NumberID // zero: the order's
	if e.Order == "" || e.PhoneNumberID != "" {
		if number, err = a.sender(ctx, p.WorkspaceID, who, wa.PhoneNumberID(e.PhoneNumberID)); err != nil {
			return outbox.Receipt{}, err
		}
	}
	content, err := b.content()
	if err != nil {
		return outbox.Receipt{}, err
	}
	if e.Context != nil {
		content.Context = &wa.Context{ID: e.Context.MessageID}
	}
	r := outbox.Request{
		WorkspaceID: p.WorkspaceID, NumberID: number, Contact: who.Contact, To: who.To, Content: content, Author: p.Author(),
		Opaque: e.Opaque, Key: key, Delay: time.Duration(e.DelaySeconds * float64(time.Second)), OnUncertain: outbox.Policy(e.OnUncertain),
		FailFast: e.OnRateLimit != nil && !*e.OnRateLimit,
	}
	if e.Lane == "bulk" {
		r.Lane = outbox.Bulk
	}
	if key != "" {
		if r.Fingerprint, err = fingerprint(kind, b); err != nil {
			return outbox.Receipt{}, err
		}
	}
	if e.Order != "" {
		return a.Orders.Send(ctx, scopeOf(ctx), e.Order, r)
	}
	return a.Outbox.Accept(ctx, r)
}

// fingerprint is of what the caller asked for, not of what it led to: the
// number chosen by default may be another one at the repetition.
func fingerprint(kind string, b sendBody) ([]byte, error) { return fingerprintOf(kind, b) }

func fingerprintOf(kind string, b any) ([]byte, error) {
	text, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append([]byte(kind+"\n"), text...))
	return sum[:], nil
}

// sender chooses the number that speaks: the one asked for, else that of the
// newest conversation with the person, else the first of the workspace.
func (a *API) sender(ctx context.Context, ws wa.WorkspaceID, who inbox.Whom, asked wa.PhoneNumberID) (wa.NumberID, error) {
	if asked != "" {
		n, err := a.ownNumber(ws, asked)
		if err != nil {
			return 0, err
		}
		return n.ID, nil
	}
	numbers := a.Numbers.Of(ws)
	switch len(numbers) {
	case 0:
		return 0, fault.New(fault.Conflict, "no_number", "This workspace has no business number; nothing was sent.", "Connect one with `kontor number add` or `kontor setup`.")
	case 1:
		return numbers[0].ID, nil
	}
	id, err := a.Inbox.Find(ctx, ws, who, 0)
	if fault.Is(err, fault.NotFound) {
		return numbers[0].ID, nil
	}
	if err != nil {
		return 0, err
	}
	v, err := a.Inbox.View(ctx, ws, id)
	if err != nil {
		return 0, err
	}
	return v.NumberID, nil
}

// ownNumber finds a number of the workspace by Meta's id. Another workspace's
// number is as unknown as one that does not exist.
func (a *API) ownNumber(ws wa.WorkspaceID, id wa.PhoneNumberID) (*wa.Number, error) {
	n, ok := a.Numbers.ByPhoneNumberID(id)
	if !ok || n.WorkspaceID != ws {
		return nil, fault.New(fault.NotFound, "number_unknown", "This workspace has no business number with that phone_number_id; nothing was done.", "List the numbers with GET numbers.")
	}
	return n, nil
}

// inCallersWords renames the wrong members that the outbox found from Meta's
// names, which are those of the stored message, to the names of the call.
func inCallersWords(kind string, err error) error {
	f := fault.As(err)
	if f.Kind != fault.Invalid || len(f.Fields) == 0 {
		return err
	}
	var names *strings.Replacer
	switch kind {
	case "text":
		names = strings.NewReplacer("text.body", "text", "text.preview_url", "preview_url")
	case "buttons", "list", "cta_url":
		names = strings.NewReplacer("interactive.action.parameters.", "", "interactive.action.", "", "interactive.body.text", "text",
			"interactive.header.text", "header", "interactive.footer.text", "footer", "interactive.", "", ".reply.", ".")
	default:
		return err
	}
	renamed := *f
	renamed.Fields = make([]fault.Field, len(f.Fields))
	for i, w := range f.Fields {
		renamed.Fields[i] = w
		renamed.Fields[i].Name = names.Replace(w.Name)
	}
	if rest, ok := strings.CutPrefix(f.Detail, f.Fields[0].Name); ok {
		renamed.Detail = renamed.Fields[0].Name + rest
	}
	return &renamed
}
