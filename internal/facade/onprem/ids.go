package onprem

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"strconv"
	"strings"

	"kontor/internal/wa"
)

// The ids that the old API hands out are computed from ours and read back, so
// they need no table, are the same for ever, and cannot collide. A schema of
// the old world has room for them: 27 characters for a message, a UUID for a file.

// A message's id is 20 bytes in base64url, as the old client's: the bytes that
// make it begin with gBG (ours) or ABG (a customer's), our mark, the id, and a
// check sum that tells it from the old client's own ids.
const (
	outboundFirst = 0x80
	inboundFirst  = 0x00
	messageMark   = "\x11\x86KONT\x01"
	messageLength = 20
)

// MessageID is the id of a message in the old form.
func MessageID(id wa.MessageID, d wa.Direction) string {
	if id == 0 {
		return ""
	}
	first := byte(outboundFirst)
	if d == wa.Inbound {
		first = inboundFirst
	}
	b := append([]byte{first}, messageMark...)
	b = binary.BigEndian.AppendUint64(b, uint64(id))
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParseMessageID reads what MessageID wrote.
func ParseMessageID(s string) (id wa.MessageID, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != messageLength || b[0]&^outboundFirst != 0 || string(b[1:8]) != messageMark {
		return 0, false
	}
	if binary.BigEndian.Uint32(b[16:]) != crc32.ChecksumIEEE(b[:16]) {
		return 0, false
	}
	id = wa.MessageID(binary.BigEndian.Uint64(b[8:16]))
	return id, id > 0
}

// anyMessageID reads every id by which a program may name a message: the old
// form, ours, ours in WhatsApp's form; ours is 0 for WhatsApp's own.
func anyMessageID(s string) (ours wa.MessageID, wamid wa.Wamid) {
	if id, ok := ParseMessageID(s); ok {
		return id, ""
	}
	if id, err := wa.ParseMessageID(s); err == nil {
		return id, ""
	}
	if id, ok := wa.Wamid(s).Ours(); ok {
		return id, ""
	}
	return 0, wa.Wamid(s)
}

// A file's id is a UUID of version 4 whose random part is the id and a check sum.
const mediaMark = "\x4b\x6f\xae\x01" // with the bits of version and variant set where a UUID has them

// MediaID is the id of a file in the old form.
func MediaID(id wa.MediaID) string {
	if id == 0 {
		return ""
	}
	var b [16]byte
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(id))
	copy(b[:6], n[:6])
	copy(b[6:10], mediaMark)
	copy(b[10:12], n[6:])
	binary.BigEndian.PutUint32(b[12:], crc32.ChecksumIEEE(b[:12]))
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// ParseMediaID reads what MediaID wrote, and our own form.
func ParseMediaID(s string) (id wa.MediaID, ok bool) {
	if id, err := wa.ParseMediaID(s); err == nil {
		return id, true
	}
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return 0, false
	}
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(b) != 16 || string(b[6:10]) != mediaMark || binary.BigEndian.Uint32(b[12:]) != crc32.ChecksumIEEE(b[:12]) {
		return 0, false
	}
	id = wa.MediaID(binary.BigEndian.Uint64(append(b[:6:6], b[10:12]...)))
	return id, id > 0
}

// A customer without a known number (a username, cloud-api.md 2.3) still needs
// the digits that the old API calls wa_id. Ours is the decimal id of the
// contact: longer than any phone number (15), so that the two cannot be
// confused, and short enough for a 64-bit column.

// WaID is how the old API calls a person.
func WaID(phone wa.Phone, contact wa.ContactID) string {
	if phone != "" {
		return string(phone)
	}
	if contact == 0 {
		return ""
	}
	return strconv.FormatInt(int64(contact), 10)
}

// contactOf reads a wa_id that WaID made of a contact.
func contactOf(digits string) (wa.ContactID, bool) {
	if len(digits) <= 15 {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return wa.ContactID(n), err == nil && n > 0
}
