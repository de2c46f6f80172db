package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"kontor/internal/fault"
	"kontor/internal/media"
	"kontor/internal/wa"
)

// translate puts what the outbox understands in place of the ids that callers
// know: messages by our id in the form of WhatsApp's, files by our id in digits
// or by WhatsApp's.
func (c *call) translate(ctx context.Context, n *wa.Number, content *wa.Content) error {
	if content.Context != nil {
		content.Context.ID = known(content.Context.ID)
	}
	if content.Reaction != nil {
		content.Reaction.MessageID = known(content.Reaction.MessageID)
	}
	if m := content.MediaPart(); m != nil {
		if err := c.file(ctx, string(content.Type), m); err != nil {
			return err
		}
	}
	if i := content.Interactive; i != nil {
		if m := i.Header.MediaPart(); m != nil {
			if err := c.file(ctx, "interactive.header."+i.Header.Type, m); err != nil {
				return err
			}
		}
		if i.Type == "carousel" {
			if err := c.cards(ctx, n, i); err != nil {
				return err
			}
		}
	}
	if content.Template != nil {
		return c.components(ctx, "template.components", content.Template.Components)
	}
	return nil
}

// known is a message's id as the outbox takes it.
func known(id string) string {
	if own, ok := wa.Wamid(id).Ours(); ok {
		return own.String()
	}
	return id
}

func (c *call) components(ctx context.Context, name string, components []wa.TemplateComponent) error {
	for i := range components {
		at := fmt.Sprintf("%s[%d]", name, i)
		for j := range components[i].Parameters {
			p := &components[i].Parameters[j]
			if m := p.MediaPart(); m != nil {
				if err := c.file(ctx, fmt.Sprintf("%s.parameters[%d].%s", at, j, strings.ToLower(p.Type)), m); err != nil {
					return err
				}
			}
		}
		for j := range components[i].Cards {
			if err := c.components(ctx, fmt.Sprintf("%s.cards[%d].components", at, j), components[i].Cards[j].Components); err != nil {
				return err
			}
		}
	}
	return nil
}

// file puts our own file in place of an id, when there is one. An id of
// WhatsApp's that Kontor does not know stays: it was uploaded past Kontor, and
// WhatsApp compares it with the number.
func (c *call) file(ctx context.Context, at string, m *wa.Media) error {
	if m.ID == "" {
		return nil
	}
	ref, err := c.ref(ctx, at, m.ID)
	if err == nil && ref != "" {
		m.ID, m.MediaID = "", ref
	}
	return err
}

// ref is our file behind an id; empty when only WhatsApp has it.
func (c *call) ref(ctx context.Context, at, id string) (wa.MediaRef, error) {
	if strings.HasPrefix(id, "med_") { // the native API's way to write it
		return wa.MediaRef(id), nil
	}
	own, isOwn := mediaNumber(id)
	var f media.File
	var err error
	switch {
	case !digits.MatchString(id):
		return "", noMedia(at, id)
	case isOwn:
		f, err = c.g.Media.Find(ctx, c.who.WorkspaceID, own)
	default:
		f, err = c.g.Media.ByRemote(ctx, c.who.WorkspaceID, id)
	}
	switch {
	case fault.Is(err, fault.NotFound) && !isOwn:
		return "", nil
	case fault.Is(err, fault.NotFound), err == nil && f.State == media.Failed && (isOwn || f.Reason == media.ReasonRemoved):
		return "", noMedia(at, id)
	case err != nil:
		return "", err
	case f.State != media.Stored:
		return "", nil // WhatsApp has it
	}
	return f.Ref(), nil
}

func noMedia(at, id string) error {
	return fault.Wrong(codeMediaID, fault.Field{Name: at + ".id", Detail: "There is no media with the id " + clip(id) + "."})
}

// cards uploads our files that the cards of a carousel show: the outbox passes
// cards on as they are written.
func (c *call) cards(ctx context.Context, n *wa.Number, i *wa.Interactive) error {
	d := json.NewDecoder(bytes.NewReader(i.Action))
	d.UseNumber()
	var action map[string]any
	if d.Decode(&action) != nil {
		return nil // the outbox says what is wrong with it
	}
	cards, _ := action["cards"].([]any)
	changed := false
	for k, card := range cards {
		for _, name := range []string{"image", "video"} {
			m := object(object(object(card)["header"])[name])
			id := plainText(m["id"])
			if id == "" {
				continue
			}
			at := fmt.Sprintf("interactive.action.cards[%d].header.%s", k, name)
			ref, err := c.ref(ctx, at, id)
			if err != nil {
				return err
			}
			if ref == "" {
				continue
			}
			remote, failure := c.g.Media.Remote(ctx, n, ref, c.who.WorkspaceID)
			if failure != nil {
				if failure.Class == wa.ClassNever {
					return noMedia(at, id)
				}
				return failure
			}
			m["id"], changed = remote, true
		}
	}
	if !changed {
		return nil
	}
	text, err := json.Marshal(action)
	i.Action = text
	return err
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func plainText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
