package meta

import (
	"encoding/json"
	"errors"
	"strconv"

	"kontor/internal/wa"
)

// SendAnswer is the answer to a send (cloud-api.md 1.1, success response).
type SendAnswer struct {
	MessagingProduct string          `json:"messaging_product"`
	Contacts         []AnswerContact `json:"contacts"`
	Messages         []AnswerMessage `json:"messages"`
}

// AnswerContact is the recipient as WhatsApp understood it. WaID is missing
// when addressed by BSUID only, UserID when addressed by phone only.
type AnswerContact struct {
	Input  string `json:"input"`
	WaID   string `json:"wa_id,omitempty"`
	UserID string `json:"user_id,omitempty"`
}

// AnswerMessage carries the wamid. MessageStatus is accepted,
// held_for_quality_assessment or paused, and told of templates only.
type AnswerMessage struct {
	ID            string `json:"id"`
	MessageStatus string `json:"message_status,omitempty"`
	GroupID       string `json:"group_id,omitempty"`
}

// The values of AnswerMessage.MessageStatus that mean "taken, but not on its way".
const (
	messageHeld   = "held_for_quality_assessment"
	messagePaused = "paused"
)

// ErrAnswer tells that an answer with a good status is not what it should be.
var ErrAnswer = errors.New("the answer is not one of Graph's")

// ParseSendAnswer reads the answer to a send; ErrAnswer when there is no wamid
// in it.
func ParseSendAnswer(body []byte) (wa.Accepted, error) {
	var a SendAnswer
	if err := json.Unmarshal(body, &a); err != nil {
		return wa.Accepted{}, errors.Join(ErrAnswer, err)
	}
	if len(a.Messages) == 0 || a.Messages[0].ID == "" {
		return wa.Accepted{}, ErrAnswer
	}
	accepted := wa.Accepted{
		Wamid: wa.Wamid(a.Messages[0].ID),
		Held:  a.Messages[0].MessageStatus == messageHeld || a.Messages[0].MessageStatus == messagePaused,
	}
	if len(a.Contacts) > 0 {
		accepted.WaID = phone(a.Contacts[0].WaID)
		accepted.BSUID = wa.BSUID(a.Contacts[0].UserID)
	}
	return accepted, nil
}

// Success is the answer to most writes.
type Success struct {
	Success bool `json:"success"`
}

// ParseSuccess reads {"success":true}; ErrAnswer for everything else.
func ParseSuccess(body []byte) error {
	s, _, _ := loosely[Success](trim(body))
	if !s.Success {
		return ErrAnswer
	}
	return nil
}

// MediaID is the answer to an upload.
type MediaID struct {
	ID string `json:"id"`
}

// ParseMediaID reads the answer to an upload; ErrAnswer when there is no id.
func ParseMediaID(body []byte) (string, error) {
	m, _, _ := loosely[MediaID](trim(body))
	if m.ID == "" {
		return "", ErrAnswer
	}
	return m.ID, nil
}

// MediaObject is the answer to GET /{media-id} (cloud-api.md 1.5). FileSize is
// text in Meta's documentation and a number in the wild.
type MediaObject struct {
	MessagingProduct string      `json:"messaging_product"`
	URL              string      `json:"url"`
	MimeType         string      `json:"mime_type"`
	SHA256           string      `json:"sha256"`
	FileSize         json.Number `json:"file_size,omitempty"`
	ID               string      `json:"id"`
}

// ParseMediaObject reads a media object; ErrAnswer when it has no url.
func ParseMediaObject(body []byte) (wa.RemoteMedia, error) {
	m, _, _ := loosely[MediaObject](trim(body))
	if m.URL == "" {
		return wa.RemoteMedia{}, ErrAnswer
	}
	size, err := strconv.ParseInt(m.FileSize.String(), 10, 64)
	if err != nil || size < 0 {
		size = 0 // not known
	}
	return wa.RemoteMedia{ID: m.ID, URL: m.URL, MimeType: m.MimeType, SHA256: m.SHA256, Size: size}, nil
}
