package whatsapp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// SignatureHeader is where WhatsApp signs the body of a webhook (cloud-api.md 2.1).
const SignatureHeader = "X-Hub-Signature-256"

// Sign is that header's value.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Wamid makes a message id as WhatsApp's look, unique for scope and n.
func Wamid(scope string, n int64) string {
	return "wamid." + base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "\x1d\x0f%s\x11\x18\x12%012d\x00", scope, n))
}

// Account is a business number as webhooks name it.
type Account struct{ WABA, PhoneID, Display string }

// Text is one text message of a customer.
type Text struct {
	From, Name, Wamid, Body string
	At                      time.Time
}

// Status is one word on a message of ours (cloud-api.md 2.6).
type Status struct {
	To, Wamid, Status string
	Opaque            string // biz_opaque_callback_data as it was sent
	At                time.Time
}

type object map[string]any

// Messages is a webhook with these messages, in this order.
func (a Account) Messages(texts ...Text) []byte {
	contacts, messages := []object{}, []object{}
	for _, m := range texts {
		contacts = append(contacts, object{"profile": object{"name": m.Name}, "wa_id": m.From})
		messages = append(messages, object{
			"from": m.From, "id": m.Wamid, "timestamp": strconv.FormatInt(m.At.Unix(), 10),
			"type": "text", "text": object{"body": m.Body},
		})
	}
	return a.envelope(object{"contacts": contacts, "messages": messages})
}

// Image is a webhook with one picture, of which WhatsApp has the file under id.
func (a Account) Image(m Text, id string) []byte {
	return a.envelope(object{
		"contacts": []object{{"profile": object{"name": m.Name}, "wa_id": m.From}},
		"messages": []object{{
			"from": m.From, "id": m.Wamid, "timestamp": strconv.FormatInt(m.At.Unix(), 10),
			"type": "image", "image": object{"id": id, "mime_type": "image/jpeg", "sha256": ""},
		}},
	})
}

// Statuses is a webhook with these statuses, in this order.
func (a Account) Statuses(statuses ...Status) []byte {
	all := []object{}
	for _, s := range statuses {
		o := object{
			"id": s.Wamid, "status": s.Status, "timestamp": strconv.FormatInt(s.At.Unix(), 10), "recipient_id": s.To,
			"conversation": object{"id": "c" + s.To, "origin": object{"type": "service"}},
			"pricing":      object{"billable": false, "pricing_model": "PMP", "category": "service", "type": "free_customer_service"},
		}
		if s.Opaque != "" {
			o["biz_opaque_callback_data"] = s.Opaque
		}
		if s.Status == "failed" {
			o["errors"] = []object{{"code": 131026, "title": "Message undeliverable", "message": "Message undeliverable",
				"error_data": object{"details": "The message could not be delivered."}}}
		}
		all = append(all, o)
	}
	return a.envelope(object{"statuses": all})
}

func (a Account) envelope(value object) []byte {
	value["messaging_product"] = "whatsapp"
	value["metadata"] = object{"display_phone_number": a.Display, "phone_number_id": a.PhoneID}
	body, err := json.Marshal(object{
		"object": "whatsapp_business_account",
		"entry":  []object{{"id": a.WABA, "changes": []object{{"value": value, "field": "messages"}}}},
	})
	if err != nil {
		panic(err) // text, numbers and maps of them: it cannot fail
	}
	return body
}
