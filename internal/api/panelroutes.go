package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"kontor/internal/fault"
	"kontor/internal/journal"
	"kontor/internal/outbox"
	"kontor/internal/template"
	"kontor/internal/wa"
)

// PanelShape is what a panel shows around the messages.
type PanelShape struct {
	Order        Order             `json:"order"`
	StatusLabels map[string]string `json:"status_labels" doc:"What customers call the order's status, by language."`
	NumberName   string            `json:"number_name" doc:"Verified name of the business number, else the number itself."`
	WindowUntil  Stamp             `json:"window_until" doc:"Until when free text may be sent; null when the customer never wrote."`
	Now          Stamp             `json:"now" doc:"The time by which the window is counted."`
	Rights       []string          `json:"rights" nullable:"false" enum:"read,send" doc:"What this panel may do."`
	Person       *Assignee         `json:"person" doc:"In whose name it speaks; null: the API key's."`
	ExpiresAt    Stamp             `json:"expires_at" doc:"When the token ends."`
}

// PanelMessageBody is what to send from a panel: exactly one kind.
type PanelMessageBody struct {
	Text     string          `json:"text,omitempty" maxLength:"4096" doc:"1–4096 characters; only while the customer service window is open."`
	Template *TemplateChoice `json:"template,omitempty" doc:"Which template, with values in words: files by id or address are refused."`
}

type panelMessageInput struct {
	IdempotencyKey string `header:"Idempotency-Key" minLength:"1" maxLength:"255" doc:"The same key with the same body sends nothing again."`
	Body           PanelMessageBody
}

type panelHistoryInput struct {
	Paging
	Order string `query:"order" enum:"asc,desc" default:"desc" doc:"desc: newest first."`
}

const panelTag = "Panels"

// panelCalls are those of the frame: they take a panel's token and no other, and
// are about its order alone, which no request can name.
func (a *API) panelCalls() {
	handle(a, route{
		method: http.MethodGet, path: "/panel", id: "get-panel", tag: panelTag, summary: "See a panel's order",
		text: "For the frame, with a panel's token, which names the order.",
	}, a.panelShape)
	handle(a, route{
		method: http.MethodGet, path: "/panel/history", id: "panel-history", tag: panelTag, summary: "Read a panel's messages",
		text: "Those that belong to the order, both directions.",
	}, func(ctx context.Context, in *panelHistoryInput) (*body[List[Message]], error) {
		g := panelOf(ctx)
		return a.orderMessages(ctx, g.scope, g.order.Ref, in.Cursor, in.Order == "desc", in.Limit)
	})
	handle(a, route{
		method: http.MethodGet, path: "/panel/templates", id: "panel-templates", tag: panelTag, summary: "List templates for a panel",
		text: "The approved ones of the order's business number.",
	}, a.panelTemplates)
	handle(a, route{
		method: http.MethodPost, path: "/panel/messages", id: "panel-send", tag: panelTag, status: http.StatusAccepted, summary: "Send from a panel",
		text: "To the order's customer. Exactly one of text and template.", example: map[string]any{"text": "Your bicycle is ready."},
	}, a.panelSend)
}

// panelStreams are the panel's calls without an end in sight.
func (a *API) panelStreams(r chi.Router) {
	r.Post(Base+"/panel/files", a.panelFile)
	r.Get(Base+"/panel/messages/{id}/file", a.panelDownload)
	r.Get(Base+"/panel/events", a.events)
	a.documentPanel()
}

func (a *API) panelShape(ctx context.Context, _ *none) (*body[PanelShape], error) {
	g := panelOf(ctx)
	show, err := a.show(ctx)
	if err != nil {
		return nil, err
	}
	customers, err := a.Orders.Customers(ctx, g.order)
	if err != nil {
		return nil, err
	}
	settings, err := a.Orders.Settings(ctx, g.token.WorkspaceID)
	if err != nil {
		return nil, err
	}
	until, err := a.orderWindow(ctx, g.order)
	if err != nil {
		return nil, err
	}
	out := PanelShape{
		Order: show.order(g.order, customers[g.order.ContactID]), StatusLabels: map[string]string{}, WindowUntil: Stamp(until), Now: Stamp(a.now()),
		Rights: panelRights(g.send), ExpiresAt: Stamp(g.token.ExpiresAt),
	}
	for _, r := range settings.Statuses {
		if r.Key == g.order.Status && r.Labels != nil {
			out.StatusLabels = r.Labels
		}
	}
	if n, ok := a.Numbers.ByID(g.order.NumberID); ok {
		if out.NumberName = n.VerifiedName; out.NumberName == "" {
			out.NumberName = n.DisplayPhone
		}
	}
	if g.token.PersonID != 0 {
		out.Person = &Assignee{PersonID: g.token.PersonID.String(), Name: show.names.People[g.token.PersonID]}
	}
	return answerWith(out), nil
}

func (a *API) panelTemplates(ctx context.Context, _ *none) (*body[List[TemplateShape]], error) {
	g := panelOf(ctx)
	f := template.Filter{Status: "APPROVED"}
	if n, ok := a.Numbers.ByID(g.order.NumberID); ok {
		f.WABAID = n.WABAID
	}
	found, _, err := a.Templates.List(ctx, g.token.WorkspaceID, f)
	if err != nil {
		return nil, err
	}
	return answerWith(page(found, len(found), showTemplate, nil)), nil
}

func (a *API) panelSend(ctx context.Context, in *panelMessageInput) (*body[Accepted], error) {
	b := OrderMessageBody{Text: in.Body.Text, Template: in.Body.Template}
	kind, content, err := b.content()
	if err != nil {
		return nil, err
	}
	if content.Template != nil {
		if err := wordsOnly(content.Template.Components); err != nil {
			return nil, err
		}
	}
	receipt, err := a.sendFromPanel(ctx, content, in.IdempotencyKey, in.Body)
	if err != nil {
		return nil, inCallersWords(kind, err)
	}
	return answerWith(accepted(receipt)), nil
}

// sendFromPanel sends to the customer of the panel's order; asked is what the
// request said, for its fingerprint.
func (a *API) sendFromPanel(ctx context.Context, content wa.Content, key string, asked any) (outbox.Receipt, error) {
	g := panelOf(ctx)
	if !g.send {
		return outbox.Receipt{}, errPanelReads
	}
	r := outbox.Request{WorkspaceID: g.token.WorkspaceID, Content: content, Author: g.scope.Author, Key: key}
	if key != "" {
		var err error
		if r.Fingerprint, err = fingerprintOf("panel\n"+g.order.Ref, asked); err != nil {
			return outbox.Receipt{}, err
		}
	}
	return a.Orders.Send(ctx, g.scope, g.order.Ref, r)
}

// wordsOnly refuses files in a template's values: a panel could otherwise send
// its customer a file of somebody else's.
func wordsOnly(components []wa.TemplateComponent) error {
	for _, c := range components {
		for _, p := range c.Parameters {
			if p.MediaPart() != nil {
				return fault.Wrong(codeInvalid, fault.Field{Name: "template.components", Detail: "holds a file, which a panel's templates cannot have."})
			}
		}
		for _, card := range c.Cards {
			if err := wordsOnly(card.Components); err != nil {
				return err
			}
		}
	}
	return nil
}

// panelFile takes a file and sends it, in one call: a panel can name no file
// that it did not bring.
func (a *API) panelFile(w http.ResponseWriter, r *http.Request) {
	receipt, err := a.takePanelFile(w, r)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	writeJSON(w, http.StatusAccepted, "application/json", accepted(receipt))
}

func (a *API) takePanelFile(w http.ResponseWriter, r *http.Request) (outbox.Receipt, error) {
	ctx, g := r.Context(), panelOf(r.Context())
	if !g.send {
		return outbox.Receipt{}, errPanelReads
	}
	until, err := a.orderWindow(ctx, g.order)
	if err != nil {
		return outbox.Receipt{}, err
	}
	if !a.now().Before(until) { // before megabytes come for nothing
		return outbox.Receipt{}, fault.New(fault.Conflict, "window_closed", "The customer wrote more than 24 hours ago, or never. Nothing was sent.", "Send an approved template; the window opens again when the customer answers.")
	}
	caption := ""
	file, err := a.receive(w, r, map[string]*string{"caption": &caption})
	if err != nil {
		return outbox.Receipt{}, err
	}
	m := &wa.Media{MediaID: wa.MediaRef(file.ID.String()), Caption: caption}
	content := wa.Content{Type: fileType(file.MimeType)}
	switch content.Type {
	case wa.TypeImage:
		content.Image = m
	case wa.TypeVideo:
		content.Video = m
	case wa.TypeAudio:
		content.Audio = m
	default:
		m.Filename = file.Filename
		content.Document = m
	}
	if content.Audio != nil && caption != "" {
		return outbox.Receipt{}, fault.Wrong(codeInvalid, fault.Field{Name: "caption", Detail: "cannot stand under audio: send the words as a text."})
	}
	receipt, err := a.sendFromPanel(ctx, content, r.Header.Get("Idempotency-Key"), [3]string{file.SHA256, file.Filename, caption})
	return receipt, inCallersWords(string(content.Type), err)
}

// fileType is as what a file is sent (cloud-api.md 1.5).
func fileType(mimeType string) wa.Type {
	switch t := bareType(mimeType); {
	case t == "image/jpeg", t == "image/png":
		return wa.TypeImage
	case t == "video/mp4", t == "video/3gpp":
		return wa.TypeVideo
	case strings.HasPrefix(t, "audio/"):
		return wa.TypeAudio
	}
	return wa.TypeDocument
}

// panelDownload serves the file of a message of the order.
func (a *API) panelDownload(w http.ResponseWriter, r *http.Request) {
	ctx, g := r.Context(), panelOf(r.Context())
	id, err := a.panelMedia(ctx, chi.URLParam(r, "id"))
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	a.serveMedia(w, r, g.token.WorkspaceID, id)
}

func (a *API) panelMedia(ctx context.Context, text string) (wa.MediaID, error) {
	g := panelOf(ctx)
	unknown := fault.New(fault.NotFound, "media_unknown", "There is no such file in this order.", "Use the message_id of a message with a file.")
	id, err := wa.ParseMessageID(text)
	if err != nil {
		return 0, unknown
	}
	of, err := a.Orders.OrderOf(ctx, g.token.WorkspaceID, id)
	if err != nil {
		return 0, err
	}
	m, found, err := a.Inbox.Message(ctx, g.token.WorkspaceID, id)
	if err != nil {
		return 0, err
	}
	if of != g.order.ID || !found {
		return 0, unknown
	}
	part := m.Content.MediaPart()
	if t := m.Content.Template; part == nil && t != nil {
		for _, c := range t.Components {
			if strings.EqualFold(c.Type, "header") && len(c.Parameters) > 0 {
				part = c.Parameters[0].MediaPart()
			}
		}
	}
	if part == nil {
		return 0, unknown
	}
	media, err := wa.ParseMediaID(string(part.MediaID))
	if err != nil {
		return 0, unknown
	}
	return media, nil
}

// tellPanel hands a panel what is about its order, and nothing else: no ids of
// people, numbers or conversations. When the order is no longer for whom it
// speaks, the stream ends.
func (a *API) tellPanel(ctx context.Context, s *sse, f journal.Fact) error {
	g := panelOf(ctx)
	about := journal.Fact{Cursor: f.Cursor, WorkspaceID: f.WorkspaceID, Kind: f.Kind, At: f.At}
	switch {
	case strings.HasPrefix(string(f.Kind), "order."):
		text, _, _ := strings.Cut(f.Detail, " ")
		if text != g.order.ID.String() {
			break
		}
		o, err := a.Orders.ByID(ctx, g.token.WorkspaceID, g.order.ID)
		if err != nil {
			return err
		}
		if o == nil || !g.scope.Sees(o) {
			return panel404
		}
		g.order = o
		about.MessageID, about.Detail = f.MessageID, f.Detail
		return s.fact(about)
	case f.ContactID != 0 && f.ContactID != g.order.ContactID:
	case f.Kind == journal.MessageReceived && f.NumberID == g.order.NumberID:
		return s.fact(about) // the window is open anew; which order it belongs to is told apart
	case f.MessageID != 0:
		of, err := a.Orders.OrderOf(ctx, g.token.WorkspaceID, f.MessageID)
		if err != nil {
			return err
		}
		if of == g.order.ID {
			about.MessageID, about.Detail = f.MessageID, f.Detail
			return s.fact(about)
		}
	}
	s.at = f.Cursor
	return nil
}

// panel404 ends a stream; whoever comes again is told why.
var panel404 = fault.New(fault.NotFound, "order_unknown", "The order is no longer for this panel.", "")

// panelOver reports whether a panel's token has ended by its time.
func panelOver(ctx context.Context) bool {
	g := panelOf(ctx)
	return g != nil && !time.Now().Before(g.token.ExpiresAt)
}

func (a *API) documentPanel() {
	registry := a.huma.OpenAPI().Components.Schemas
	up := route{
		method: http.MethodPost, path: "/panel/files", id: "panel-send-file", tag: panelTag, status: http.StatusAccepted, summary: "Send a file from a panel",
		text: "A multipart form; the file goes to the order's customer as image, video, audio or document, by its type, within the limits of POST media.",
	}.operation()
	up.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{
			"caption": {Type: huma.TypeString, Description: "Words under it, at most 1024 characters; before the file, not with audio."},
			"type":    {Type: huma.TypeString, Description: "Its media type, when the part's Content-Type does not tell; before the file."},
			"file":    {Type: huma.TypeString, Format: "binary", Description: "The file."},
		},
	}}}}
	up.Responses = map[string]*huma.Response{"202": jsonAnswer[Accepted](registry, "Accepted")}
	a.add(up)
	down := route{
		method: http.MethodGet, path: "/panel/messages/{id}/file", id: "panel-file", tag: panelTag, summary: "Download the file of a panel's message",
		text: "The bytes, or a part of them by Range, as GET media.",
	}.operation()
	down.Parameters = []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}, Description: "msg_…, of the order.", Example: "msg_0d5k7v2q8c1a0"}}
	down.Responses = map[string]*huma.Response{"200": {Description: "The file.", Content: map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}
	a.add(down)
	follow := route{
		method: http.MethodGet, path: "/panel/events", id: "panel-events", tag: panelTag, summary: "Follow a panel's order",
		text: "As GET events, with what concerns the order alone: changes of it (order.*), its messages (message.*, media.*), and message.received without a message when the customer wrote and the window is open anew. It ends with the token.",
	}.operation()
	follow.Parameters = []*huma.Param{{Name: "cursor", In: "query", Description: "Where to go on: the id of the last event seen.", Schema: &huma.Schema{Type: huma.TypeString}}}
	follow.Responses = map[string]*huma.Response{"200": {Description: "A stream until the token ends.", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: registry.Schema(factType, true, "Fact")}}}}
	a.add(follow)
}
