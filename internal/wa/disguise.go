package wa

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// Programs written for Meta's API expect the id of a message to look like
// WhatsApp's. Disguised, our id is "wamid." and twenty characters of base64:
// the mark "KONTOR", a version, and the id. It is short enough for the
// On-Premises API as well (40 characters, on-premises-api.md 3.2), needs no
// table, and can never be taken for one of WhatsApp's.
const (
	wamidPrefix = "wamid."
	disguise    = "KONTOR\x01"
)

// Wamid is our id in the form of WhatsApp's, for façades and callbacks that
// speak Meta's language: stable, and read back by [Wamid.Ours].
func (id MessageID) Wamid() Wamid {
	if id == 0 {
		return ""
	}
	b := binary.BigEndian.AppendUint64([]byte(disguise), uint64(id))
	return Wamid(wamidPrefix + base64.StdEncoding.EncodeToString(b))
}

// Ours is the message that a disguised id names; false for WhatsApp's own ids
// and anything else.
func (w Wamid) Ours() (MessageID, bool) {
	text, ok := strings.CutPrefix(string(w), wamidPrefix)
	if !ok {
		return 0, false
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != len(disguise)+8 || string(b[:len(disguise)]) != disguise {
		return 0, false
	}
	id := MessageID(binary.BigEndian.Uint64(b[len(disguise):]))
	if id <= 0 || id.Wamid() != w {
		return 0, false
	}
	return id, true
}
