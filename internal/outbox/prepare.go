package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"kontor/internal/fault"
	"kontor/internal/txn"
	"kontor/internal/wa"
)

// acceptance is a request on its way through accept. The first half is made
// once by prepare; the second is set anew by every run of apply.
type acceptance struct {
	req         Request
	content     wa.Content
	fingerprint []byte
	freeForm    bool // needs an open window
	needsPhone  bool // cannot be sent to a BSUID
	context     *Ref // what it quotes
	target      *Ref // what it reacts to
	now         time.Time
	due         time.Time
	expires     time.Time

	place   *Placement
	key     *Key
	id      wa.MessageID
	message wa.Content // content with its references resolved
	receipt Receipt
	err     error
	settled bool // receipt or err stands
}

func (a *acceptance) refuse(err error) { a.err, a.settled = err, true }

// prepare checks what needs no lock: the content's limits, uploaded files, and
// the template. tx may be nil; then reads open one of their own.
func (o *Outbox) prepare(ctx context.Context, tx txn.Tx, r Request) (*acceptance, error) {
	number, ok := o.Numbers.ByID(r.NumberID)
	if !ok || number.WorkspaceID != r.WorkspaceID {
		return nil, fault.New(fault.NotFound, "number_unknown", "There is no such business number in this workspace. Nothing was sent.", "Name one of the numbers that GET numbers lists.")
	}
	fields := append(checkRequest(&r), Check(&r.Content)...)
	uploads, err := o.checkUploads(ctx, tx, r.WorkspaceID, &r.Content)
	if err != nil {
		return nil, err
	}
	if fields = append(fields, uploads...); len(fields) > 0 {
		return nil, fault.Wrong("invalid_message", fields...)
	}
	now := o.Now().UTC()
	a := &acceptance{req: r, content: r.Content, freeForm: r.Content.Type != wa.TypeTemplate, now: now, due: now.Add(r.Delay)}
	if r.At.After(a.due) {
		a.due = r.At.UTC()
	}
	if r.TTL > 0 {
		a.expires = a.due.Add(r.TTL)
	}
	if a.req.OnUncertain == "" {
		a.req.OnUncertain = Hold
	}
	if a.fingerprint = r.Fingerprint; a.fingerprint == nil && r.Key != "" {
		if a.fingerprint, err = fingerprintOf(&r); err != nil {
			return nil, err
		}
	}
	if !a.freeForm {
		if err := o.prepareTemplate(ctx, number, a); err != nil {
			return nil, err
		}
	}
	a.references()
	return a, nil
}

// checkRequest checks what is said around the content.
func checkRequest(r *Request) []Field {
	var k checker
	if r.Contact == 0 && r.To.Phone == "" && r.To.BSUID == "" {
		k.add("to", "A recipient is required.")
	}
	if p := string(r.To.Phone); p != "" && (len(p) < 5 || len(p) > 20 || strings.Trim(p, "0123456789") != "") {
		k.add("to", "This is not a phone number with its country code.")
	}
	k.text("biz_opaque_callback_data", r.Opaque, 0, 512)
	if n := utf8.RuneCountInString(r.Key); n > 255 {
		k.fields = append(k.fields, Field{Name: "Idempotency-Key", Detail: fmt.Sprintf("The key has %d characters; at most 255 are allowed.", n), Limit: 255, Length: n})
	}
	if r.Delay < 0 || r.Delay > MaxDelay {
		k.fields = append(k.fields, Field{Name: "delay_seconds", Detail: "A message is held back for 0 to 5 seconds.", Limit: int(MaxDelay / time.Second), Length: int(r.Delay / time.Second)})
	}
	if r.TTL < 0 {
		k.add("ttl_seconds", "A time to live is not negative.")
	}
	if r.OnUncertain != "" {
		k.oneOf("on_uncertain", string(r.OnUncertain), string(Hold), string(Resend))
	}
	return k.fields
}

// checkUploads compares the house's own files with what WhatsApp takes.
func (o *Outbox) checkUploads(ctx context.Context, tx txn.Tx, ws wa.WorkspaceID, c *wa.Content) ([]Field, error) {
	var ours []part
	for _, p := range mediaParts(c) {
		if p.media.MediaID != "" {
			ours = append(ours, p)
		}
	}
	if len(ours) == 0 {
		return nil, nil
	}
	var k checker
	look := func(tx txn.Tx) error {
		k = checker{}
		for _, p := range ours {
			mimeType, size, ok, err := o.Media.Known(tx, ws, p.media.MediaID)
			switch {
			case err != nil:
				return err
			case !ok:
				k.add(p.name+".media_id", "There is no such file in this workspace.")
			default:
				k.checkUpload(p, mimeType, size)
			}
		}
		return nil
	}
	if tx != nil {
		err := look(tx)
		return k.fields, err
	}
	err := o.Runner.Read(ctx, look)
	return k.fields, err
}

// prepareTemplate finds the template, compares the values and keeps the text
// as the customer will read it, since the template may change later.
func (o *Outbox) prepareTemplate(ctx context.Context, number *wa.Number, a *acceptance) error {
	t := a.content.Template
	def, ok, err := o.Templates.Find(ctx, number.WorkspaceID, number.WABAID, t.Name, t.Language.Code)
	if err != nil {
		return err
	}
	if !ok {
		languages, err := o.Templates.Languages(ctx, number.WorkspaceID, number.WABAID, t.Name)
		if err != nil {
			return err
		}
		return templateUnknown(t, languages)
	}
	if def.Status != "APPROVED" {
		return fault.New(fault.Conflict, "template_not_approved",
			fmt.Sprintf("The template %q in %s is %s, and only APPROVED ones can be sent. Nothing was sent.", t.Name, t.Language.Code, def.Status),
			"Wait for the approval, or choose another template; POST templates/sync asks WhatsApp for the present state.")
	}
	if fields := o.Templates.Check(&def, t); len(fields) > 0 {
		return fault.Wrong("template_parameters", fields...)
	}
	rendered := o.Templates.Render(&def, t)
	a.content.Rendered = &rendered
	a.needsPhone = def.Category == "AUTHENTICATION"
	return nil
}

func templateUnknown(t *wa.Template, languages []string) error {
	e := fault.New(fault.Invalid, "template_unknown",
		fmt.Sprintf("There is no template %q in the language %q. Nothing was sent.", clip(t.Name), clip(t.Language.Code)),
		"Name a template that GET templates lists, or run POST templates/sync if it is new.")
	if len(languages) > 0 {
		e.Advice = "This template exists in: " + strings.Join(languages, ", ") + ". WhatsApp wants the exact language."
	}
	e.Fields = []Field{{Name: "template.name", Detail: "This template does not exist in this language."}}
	return e
}

// references notes which messages the content speaks of.
func (a *acceptance) references() {
	if c := a.content.Context; c != nil && c.ID != "" {
		a.context = refTo(c.ID)
	}
	if a.content.Type == wa.TypeReaction {
		a.target = refTo(a.content.Reaction.MessageID)
	}
}

func refTo(text string) *Ref {
	if id, err := wa.ParseMessageID(text); err == nil {
		return &Ref{ID: id}
	}
	if id, ok := wa.Wamid(text).Ours(); ok { // as façades and callbacks write it
		return &Ref{ID: id}
	}
	return &Ref{Wamid: wa.Wamid(text)}
}

// fingerprintOf is over everything that makes another message of it.
func fingerprintOf(r *Request) ([]byte, error) {
	text, err := json.Marshal(struct {
		Number    wa.NumberID
		Contact   wa.ContactID
		To        wa.Recipient
		Content   wa.Content
		Opaque    string
		Lane      Lane
		Delay     time.Duration
		At        time.Time
		TTL       time.Duration
		Uncertain Policy
		FailFast  bool `json:",omitempty"` // a key of before there was such a thing stays good
	}{r.NumberID, r.Contact, r.To, r.Content, r.Opaque, r.Lane, r.Delay, r.At.UTC(), r.TTL, r.OnUncertain, r.FailFast})
	if err != nil {
		return nil, fault.Wrong("invalid_message", Field{Name: "type", Detail: "The message holds a part that is not JSON."})
	}
	sum := sha256.Sum256(text)
	return sum[:], nil
}
