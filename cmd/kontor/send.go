package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// sendCmd speaks to a running Kontor over its REST API, like any program.
type sendCmd struct {
	Text     sendText     `cmd:"" help:"Send a text."`
	Template sendTemplate `cmd:"" help:"Send a template."`
	Buttons  sendButtons  `cmd:"" help:"Send up to three reply buttons."`
	File     sendFile     `cmd:"" help:"Upload and send a picture, video, sound or document."`
	JSON     sendJSON     `cmd:"" name:"json" help:"Send any type: its name and the body of POST send/{type}."`
}

// sending is what every send has in common.
type sending struct {
	client
	To   string        `help:"Phone number with country code, BSUID, or con_… id." required:"" placeholder:"PHONE"`
	Key  string        `help:"Idempotency key: the same key sends once." placeholder:"TEXT" name:"idempotency-key"`
	Wait time.Duration `help:"Wait so long until WhatsApp has delivered, or refused." default:"0s"`
}

type sendText struct {
	sending
	Text string `arg:"" help:"What to say."`
}

func (s sendText) Run(e *env) error {
	return s.send(e, "text", map[string]any{"text": s.Text})
}

type sendTemplate struct {
	sending
	Name     string   `arg:"" help:"The template's name."`
	Language string   `help:"Its language." default:"en_US"`
	Body     []string `help:"A value for the body, in order; may be repeated." placeholder:"VALUE" sep:"none"`
}

func (s sendTemplate) Run(e *env) error {
	t := map[string]any{"name": s.Name, "language": map[string]any{"code": s.Language}}
	if len(s.Body) > 0 {
		var values []map[string]any
		for _, v := range s.Body {
			values = append(values, map[string]any{"type": "text", "text": v})
		}
		t["components"] = []any{map[string]any{"type": "body", "parameters": values}}
	}
	return s.send(e, "template", map[string]any{"template": t})
}

type sendButtons struct {
	sending
	Text   string   `arg:"" help:"What to say."`
	Button []string `help:"id=title of a button; one to three." required:"" placeholder:"ID=TITLE" sep:"none"`
}

func (s sendButtons) Run(e *env) error {
	var buttons []map[string]string
	for _, b := range s.Button {
		id, title, ok := strings.Cut(b, "=")
		if !ok {
			title = id
		}
		buttons = append(buttons, map[string]string{"id": id, "title": title})
	}
	return s.send(e, "buttons", map[string]any{"text": s.Text, "buttons": buttons})
}

type sendFile struct {
	sending
	Path    string `arg:"" help:"The file." type:"existingfile"`
	As      string `help:"image, video, audio, document or sticker; default: what the file is." placeholder:"TYPE" enum:",image,video,audio,document,sticker" default:""`
	Caption string `help:"Words below it." placeholder:"TEXT"`
}

func (s sendFile) Run(e *env) error {
	var file struct {
		MediaID  string `json:"media_id"`
		MimeType string `json:"mime_type"`
	}
	if err := s.upload(e.ctx, s.Path, &file); err != nil {
		return err
	}
	kind := s.As
	if kind == "" {
		kind = kindOf(file.MimeType)
	}
	media := map[string]any{"media_id": file.MediaID}
	if s.Caption != "" {
		media["caption"] = s.Caption
	}
	if kind == "document" {
		media["filename"] = filepath.Base(s.Path)
	}
	return s.send(e, kind, map[string]any{kind: media})
}

func kindOf(mimeType string) string {
	kind, sub, _ := strings.Cut(mimeType, "/")
	switch {
	case sub == "webp":
		return "sticker"
	case kind == "image", kind == "video", kind == "audio":
		return kind
	}
	return "document"
}

type sendJSON struct {
	sending
	Type string `arg:"" help:"text, template, buttons, list, image, …"`
	Body string `arg:"" help:"The body as JSON without \"to\", or @FILE."`
}

func (s sendJSON) Run(e *env) error {
	text := []byte(s.Body)
	if name, ok := strings.CutPrefix(s.Body, "@"); ok {
		var err error
		if text, err = os.ReadFile(name); err != nil {
			return err
		}
	}
	var body map[string]any
	if err := json.Unmarshal(text, &body); err != nil {
		return fmt.Errorf("the body is not a JSON object: %w", err)
	}
	return s.send(e, s.Type, body)
}

// send posts a message, prints its id, and waits for its fate if asked to.
func (s sending) send(e *env, kind string, body map[string]any) error {
	body["to"] = s.To
	var accepted struct {
		MessageID string `json:"message_id"`
	}
	if err := s.post(e.ctx, "send/"+kind, s.Key, body, &accepted); err != nil {
		return err
	}
	fmt.Fprintln(e.out, accepted.MessageID)
	if s.Wait == 0 {
		return nil
	}
	return s.follow(e, accepted.MessageID, s.Wait)
}

type messageCmd struct {
	client
	ID   string        `arg:"" help:"Our id (msg_…) or WhatsApp's (wamid.…)."`
	Wait time.Duration `help:"Wait so long until WhatsApp has delivered, or refused." default:"0s"`
}

func (m messageCmd) Run(e *env) error {
	if m.Wait > 0 {
		return m.follow(e, m.ID, m.Wait)
	}
	var message json.RawMessage
	if err := m.get(e.ctx, "messages/"+m.ID, &message); err != nil {
		return err
	}
	_, err := fmt.Fprintln(e.out, string(message))
	return err
}

// follow asks for a message until its fate is known, and prints it.
func (c client) follow(e *env, id string, patience time.Duration) error {
	end := time.After(patience)
	for {
		var m struct {
			Status string `json:"status"`
			Errors []struct {
				Code    int    `json:"code"`
				Title   string `json:"title"`
				Details string `json:"details"`
			} `json:"errors"`
		}
		if err := c.get(e.ctx, "messages/"+id, &m); err != nil {
			return err
		}
		switch m.Status {
		case "delivered", "read", "played", "received":
			fmt.Fprintln(e.out, m.Status)
			return nil
		case "failed", "expired", "canceled":
			fmt.Fprintln(e.out, m.Status)
			for _, p := range m.Errors {
				fmt.Fprintf(e.out, "%d %s: %s\n", p.Code, p.Title, p.Details)
			}
			return fmt.Errorf("message %s was not delivered", id)
		}
		select {
		case <-end:
			fmt.Fprintln(e.out, m.Status)
			return fmt.Errorf("after %s message %s is still %s; ask again with kontor message %s", patience, id, m.Status, id)
		case <-e.ctx.Done():
			return e.ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}
