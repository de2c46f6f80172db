package sandbox

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
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
	"edit": {
		{path: "edit", kind: object, need: true},
		{path: "edit.original_message_id", kind: text, need: true, min: 1},
		{path: "edit.message", kind: object, need: true},
		{path: "edit.message.type", kind: text, need: true, min: 1},
	},
	"revoke": {
		{path: "revoke", kind: object, need: true},
		{path: "revoke.original_message_id", kind: text, need: true, min: 1},
	},
	"system": {{path: "system", kind: object, need: true}, {path: "system.type", kind: text, need: true, min: 1}},
	"image":  inboundMedia("image"), "video": inboundMedia("video"), "audio": inboundMedia("audio"),
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
		{path: kind + ".size", kind: whole}, // as if it had so many bytes
		{path: kind + ".lost", kind: boolean},
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
	lost  bool // media that Meta could not fetch: 131052
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
	if bad := s.late(c, in); bad != nil {
		return nil, bad
	}
	m, err := s.receive(c, n, in, base)
	if err != nil {
		return nil, &apiError{http.StatusUnprocessableEntity, "invalid", err.Error()}
	}
	return map[string]string{"id": m.ID}, nil
}

// The times within which people may change and take back what they wrote
// (cloud-api.md 2.4).
const (
	editLife   = 15 * time.Minute
	revokeLife = 48 * time.Hour
)

// late refuses an edit or a revoke that WhatsApp would not allow. The caller
// holds mu.
func (s *Sandbox) late(c *customer, in *incoming) *apiError {
	life := editLife
	if in.typ == "revoke" {
		life = revokeLife
	} else if in.typ != "edit" {
		return nil
	}
	id := textOf(member(in.body[in.typ], "original_message_id"))
	m := s.st.messages[id]
	switch {
	case m == nil || m.Customer != c.Phone || !m.Inbound:
		return &apiError{http.StatusConflict, "not_theirs", "original_message_id: this person has not written a message with this id"}
	case s.nowLocked().Sub(m.At) > life:
		return &apiError{http.StatusConflict, "too_late", "a message may be changed for 15 minutes and taken back for 2 days"}
	}
	return nil
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
	if size, given := number64(payload["size"]); payload["lost"] == true || (given && size > maxMedia) {
		in.lost = true
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
