package sandbox

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"kontor/internal/meta"
)

// inboundRules are what a customer's message must have (cloud-api.md 2.4).
// Types that are not here, or are unknown to everybody, go through as posted:
// a receiver has to cope with them.
var inboundRules = map[string][]rule{
	"text": {{path: "text", kind: object, need: true}, {path: "text.body", kind: text, need: true, min: 1, max: 65536}},
	"location": {
		{path: "location", kind: object, need: true},
		{path: "location.latitude", kind: degree, need: true, also: within(-90, 90)},
		{path: "location.longitude", kind: degree, need: true, also: within(-180, 180)},
	},
	"contacts": {{path: "contacts", kind: list, need: true, min: 1, max: 257}, {path: "contacts[]", kind: object}},
	"reaction": {
		{path: "reaction", kind: object, need: true},
		{path: "reaction.message_id", kind: text, need: true, min: 1},
		{path: "reaction.emoji", kind: text, also: isEmoji},
	},
	"button": {{path: "button", kind: object, need: true}, {path: "button.text", kind: text, need: true}, {path: "button.payload", kind: text}},
	"interactive": {
		{path: "interactive", kind: object, need: true},
		{path: "interactive.type", kind: text, need: true, min: 1},
		{path: "interactive.button_reply.id", kind: text, need: true},
		{path: "interactive.button_reply.title", kind: text, need: true},
		{path: "interactive.list_reply.id", kind: text, need: true},
		{path: "interactive.list_reply.title", kind: text, need: true},
		{path: "interactive.nfm_reply.response_json", kind: text, need: true},
		{path: "interactive", also: hasItsMember},
	},
	"order": {
		{path: "order", kind: object, need: true},
		{path: "order.product_items", kind: list, need: true, min: 1, max: 1000},
	},
	"image": inboundMedia("image"), "video": inboundMedia("video"), "audio": inboundMedia("audio"),
	"document": inboundMedia("document"), "sticker": inboundMedia("sticker"),
}

func inboundMedia(kind string) []rule {
	return []rule{
		{path: kind, kind: object, need: true},
		{path: kind + ".id", kind: text},
		{path: kind + ".link", kind: text, also: isHTTP},
		{path: kind + ".data", kind: text},
		{path: kind + ".mime_type", kind: text},
		{path: kind + ".filename", kind: text},
		{path: kind + ".caption", kind: text},
		{path: kind + ".voice", kind: boolean},
	}
}

func hasItsMember(v any, at string) *refusal {
	if kind := textOf(member(v, "type")); member(v, kind) == nil {
		return missing(at + "." + kind)
	}
	return nil
}

var inboundEnvelope = []rule{
	{path: "type", kind: text, need: true, min: 1, max: 64},
	{path: "to", kind: text},
	{path: "bsuid", kind: text, min: 4, max: 160},
	{path: "profile", kind: object},
	{path: "profile.name", kind: text, max: 512},
	{path: "profile.username", kind: text, max: 35},
	{path: "context", kind: object},
}

// incoming is what a customer writes, before it is a message.
type incoming struct {
	body  map[string]any // as posted, then the webhook's message
	typ   string
	media *media
}

// postCustomerMessage lets a customer write: body as in a webhook message. The
// answer has the wamid the business will see.
func (s *Sandbox) postCustomerMessage(w http.ResponseWriter, r *http.Request) {
	in, file, bad := s.readIncoming(w, r)
	if bad == nil {
		bad = in.check()
	}
	if bad == nil {
		bad = s.attachMedia(r, in, file)
	}
	if bad != nil {
		problem(w, http.StatusUnprocessableEntity, "invalid", bad.details)
		return
	}
	base := s.base(r)
	s.under(w, func() (any, *apiError) { return s.writes(r, in, base) })
}

// writes is a customer writing; the caller holds mu.
func (s *Sandbox) writes(r *http.Request, in *incoming, base string) (any, *apiError) {
	n := s.numberTo(textOf(in.body["to"]))
	if n == nil {
		return nil, &apiError{http.StatusUnprocessableEntity, "unknown_number", "to: the sandbox has no such number"}
	}
	c, bad := s.person(r, true)
	if bad != nil {
		return nil, bad
	}
	if c.Blocked || c.NotOnWhatsApp {
		return nil, &apiError{http.StatusConflict, "cannot_write", "this person has blocked the business or is not on WhatsApp"}
	}
	if id := textOf(in.body["bsuid"]); id != "" && !s.st.rename(c, id) {
		return nil, &apiError{http.StatusConflict, "bsuid_taken", "somebody else has this business-scoped user id"}
	}
	m, err := s.receive(c, n, in, base)
	if err != nil {
		return nil, &apiError{http.StatusUnprocessableEntity, "invalid", err.Error()}
	}
	return map[string]string{"id": m.ID}, nil
}

// readIncoming reads JSON, or multipart with the parts message (JSON, may be
// absent) and file.
func (s *Sandbox) readIncoming(w http.ResponseWriter, r *http.Request) (*incoming, *stored, *refusal) {
	r.Body = http.MaxBytesReader(w, r.Body, maxMedia*3/2)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, nil, badParameter("the body could not be read")
		}
		body, bad := decodeObject(raw)
		return &incoming{body: body}, nil, bad
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, badParameter("the multipart body cannot be read")
	}
	return s.readParts(parts)
}

func (s *Sandbox) readParts(parts *multipart.Reader) (*incoming, *stored, *refusal) {
	in := &incoming{body: map[string]any{}}
	var file *stored
	var partType, filename string
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, badParameter("the multipart body cannot be read")
		}
		switch p.FormName() {
		case "file":
			st, err := s.blobs.put(p, maxMedia)
			if err != nil {
				return nil, nil, badParameter("file: %s", err)
			}
			file, partType, filename = &st, p.Header.Get("Content-Type"), p.FileName()
		case "message":
			raw, err := io.ReadAll(io.LimitReader(p, maxBody))
			if err != nil {
				return nil, nil, badParameter("message: cannot be read")
			}
			body, bad := decodeObject(raw)
			if bad != nil {
				return nil, nil, bad
			}
			in.body = body
		}
	}
	if file == nil {
		return nil, nil, badParameter("file: is missing")
	}
	in.describe(typeOf(partType, file.head), partType, filename)
	return in, file, nil
}

// describe fills in what an uploaded file tells about itself.
func (in *incoming) describe(mimeType, declared, filename string) {
	kind := textOf(in.body["type"])
	if kind == "" {
		kind, _, _ = strings.Cut(mimeType, "/")
		if !mediaKinds[kind] {
			kind = "document"
		}
		in.body["type"] = kind
	}
	payload, ok := in.body[kind].(map[string]any)
	if !ok {
		payload = map[string]any{}
		in.body[kind] = payload
	}
	if textOf(payload["mime_type"]) == "" {
		payload["mime_type"] = declaredOr(declared, mimeType)
	}
	if kind == "document" && textOf(payload["filename"]) == "" && filename != "" {
		payload["filename"] = filename
	}
}

func (in *incoming) check() *refusal {
	if bad := check(in.body, inboundEnvelope); bad != nil {
		return bad
	}
	in.typ = textOf(in.body["type"])
	return check(in.body, inboundRules[in.typ])
}

// attachMedia turns id, link, data or the uploaded file into media of ours.
func (s *Sandbox) attachMedia(r *http.Request, in *incoming, file *stored) *refusal {
	payload, ok := in.body[in.typ].(map[string]any)
	if !ok || !mediaKinds[in.typ] {
		return nil
	}
	declared := textOf(payload["mime_type"])
	if declared == "" && payload["voice"] == true {
		declared = "audio/ogg; codecs=opus"
	}
	number := ""
	s.mu.Lock()
	if n := s.numberTo(textOf(in.body["to"])); n != nil {
		number = n.cfg.PhoneNumberID
	}
	known := s.st.media[textOf(payload["id"])]
	s.mu.Unlock()
	switch {
	case file != nil:
	case known != nil:
		in.media = known
		return nil
	case textOf(payload["data"]) != "":
		b, err := base64.StdEncoding.DecodeString(trimDataURL(textOf(payload["data"]), &declared))
		if err != nil {
			return badParameter("%s.data: is not base64", in.typ)
		}
		st, err := s.blobs.put(strings.NewReader(string(b)), maxMedia)
		if err != nil {
			return badParameter("%s.data: %s", in.typ, err)
		}
		file = &st
	case textOf(payload["link"]) != "":
		st, contentType, err := s.fetchAny(r.Context(), textOf(payload["link"]))
		if err != nil {
			return badParameter("%s.link: %s", in.typ, err)
		}
		if declared == "" {
			declared = contentType
		}
		file = &st
	default:
		return badParameter("%s: one of id (of media in this sandbox), link, data (base64) and an uploaded file is required", in.typ)
	}
	mimeType := typeOf(declared, file.head)
	in.media = s.addMedia(number, declaredOr(declared, mimeType), textOf(payload["filename"]), *file, inboundLife)
	return nil
}

// trimDataURL takes the bytes out of "data:image/png;base64,…".
func trimDataURL(s string, declared *string) string {
	rest, ok := strings.CutPrefix(s, "data:")
	if !ok {
		return s
	}
	kind, data, _ := strings.Cut(rest, ";base64,")
	if *declared == "" {
		*declared = kind
	}
	return data
}

// fetchAny gets a link for a customer's message, whatever its type.
func (s *Sandbox) fetchAny(ctx context.Context, link string) (stored, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return stored{}, "", err
	}
	resp, err := s.fetcher.Do(req)
	if err != nil {
		return stored{}, "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return stored{}, "", errors.New("the link answered " + resp.Status)
	}
	st, err := s.blobs.put(resp.Body, maxMedia)
	return st, resp.Header.Get("Content-Type"), err
}

// numberTo finds a number by id or by its phone; the first when to is empty.
// The caller holds mu.
func (s *Sandbox) numberTo(to string) *number {
	if to == "" {
		return s.firstNumber()
	}
	if n := s.st.numbers[to]; n != nil {
		return n
	}
	for _, n := range s.st.numbers {
		if n.digits == digits(to) {
			return n
		}
	}
	return nil
}

// receive puts the customer's message on the phone and sends it to the
// business; the caller holds mu.
func (s *Sandbox) receive(c *customer, n *number, in *incoming, base string) (*message, error) {
	now := s.nowLocked()
	if profile, ok := in.body["profile"].(map[string]any); ok {
		if name := textOf(profile["name"]); name != "" {
			c.Name = name
		}
		if name := textOf(profile["username"]); name != "" {
			c.Username = name
		}
		s.events.publish("customer", s.customerView(c))
	}
	m := &message{
		ID: s.st.wamid(c.Phone, true), Inbound: true, Number: n.cfg.PhoneNumberID, Customer: c.Phone, Type: in.typ, At: now,
		Status: sent, SentAt: now,
	}
	hook := map[string]any{}
	for name, v := range in.body {
		switch name {
		case "to", "profile", "bsuid", "from", "id", "timestamp":
		default:
			hook[name] = v
		}
	}
	m.Context = s.quote(hook, c, n, in)
	if in.media != nil {
		hook[in.typ] = s.inboundPayload(in, base)
		m.attach(in.media.ID, in.media.ID)
	}
	if in.typ == "unsupported" && hook["errors"] == nil {
		hook["errors"] = []any{map[string]any{
			"code": codeType, "title": "Message type unknown", "message": "Message type unknown",
			"error_data": map[string]any{"details": "Message type is currently not supported."},
		}}
	}
	hook["id"], hook["timestamp"], hook["type"] = m.ID, strconv.FormatInt(now.Unix(), 10), in.typ
	hook["from_user_id"] = c.BSUID
	if !c.UsernameOnly {
		hook["from"] = c.Phone
	}
	raw, err := json.Marshal(hook)
	if err != nil {
		return nil, err
	}
	if m.Content, err = json.Marshal(hook[in.typ]); err != nil {
		return nil, err
	}
	s.noteContact(c, n, m, in)
	s.st.add(c, m, s.opt.MessagesPerCustomer)
	v := meta.Value{MessagingProduct: "whatsapp", Metadata: n.metadata(), Messages: []meta.Message{{Raw: raw}}}
	if in.typ != "system" { // cloud-api.md 2.5
		v.Contacts = []meta.Contact{c.contact(!c.UsernameOnly, true)}
	}
	s.courier.put(update{
		number: m.Number, account: n.cfg.WABAID, customer: c.Phone, field: meta.FieldMessages,
		kind: "message", detail: in.typ, id: m.ID, value: v, made: now,
	})
	if s.events.watched() {
		s.events.publish("message", messageEvent{c.Phone, m.view("")})
	}
	s.changed()
	return m, nil
}

// noteContact opens the window, begins a free entry point, reads the chat (who
// writes has it before their eyes) and places reactions.
func (s *Sandbox) noteContact(c *customer, n *number, m *message, in *incoming) {
	if in.typ == "system" {
		return
	}
	ch := c.chat(n.cfg.PhoneNumberID)
	ch.LastInbound = m.At
	if in.body["referral"] != nil {
		ch.AdClick = m.At
	}
	if in.typ == "reaction" {
		if target := s.st.messages[textOf(member(in.body["reaction"], "message_id"))]; target != nil && target.Customer == c.Phone {
			target.setReaction("customer", textOf(member(in.body["reaction"], "emoji")))
		}
	}
}

// inboundPayload is the media member of the webhook.
func (s *Sandbox) inboundPayload(in *incoming, base string) map[string]any {
	given, _ := in.body[in.typ].(map[string]any)
	out := map[string]any{
		"id": in.media.ID, "mime_type": in.media.MimeType, "sha256": in.media.base64Sum(), "url": s.mediaURLLocked(base, in.media),
	}
	for _, name := range []string{"caption", "filename", "voice", "animated"} {
		if v, ok := given[name]; ok {
			out[name] = v
		}
	}
	if in.typ == "audio" && out["voice"] == nil {
		out["voice"] = false
	}
	if in.typ == "sticker" && out["animated"] == nil {
		out["animated"] = animated(in.media.Head)
	}
	return out
}

// quote completes context: message_id is taken as id, from is who wrote the
// quoted message, and a tap without context gets the newest message that has
// what was tapped. It returns the id of the quoted message.
func (s *Sandbox) quote(hook map[string]any, c *customer, n *number, in *incoming) string {
	ctx, _ := hook["context"].(map[string]any)
	id := textOf(member(ctx, "id"))
	if id == "" {
		id = textOf(member(ctx, "message_id"))
	}
	if id == "" {
		id = tapped(c, n, in)
	}
	if id == "" {
		return ""
	}
	out := map[string]any{"from": n.digits}
	for name, v := range ctx {
		if name != "message_id" {
			out[name] = v
		}
	}
	out["id"] = id
	if target := s.st.messages[id]; target != nil && target.Inbound {
		out["from"] = c.Phone
	}
	hook["context"] = out
	return id
}

// tapped finds the newest message of the number that offers the button, row or
// quick reply of in.
func tapped(c *customer, n *number, in *incoming) string {
	var want string
	switch in.typ {
	case "button":
		want = textOf(member(in.body["button"], "text"))
	case "interactive":
		reply := member(in.body["interactive"], textOf(member(in.body["interactive"], "type")))
		want = textOf(member(reply, "id"))
	default:
		return ""
	}
	quoted, _ := json.Marshal(want) // a string
	for i := len(c.list) - 1; i >= 0; i-- {
		m := c.list[i]
		if m.Inbound || m.Number != n.cfg.PhoneNumberID || !m.arrived() {
			continue
		}
		if m.Type == "interactive" && in.typ == "interactive" && strings.Contains(string(m.Content), string(quoted)) {
			return m.ID
		}
		if m.Rendered != nil && in.typ == "button" {
			for _, b := range m.Rendered.Buttons {
				if b.Type == "quick_reply" && b.Text == want {
					return m.ID
				}
			}
		}
	}
	return ""
}
