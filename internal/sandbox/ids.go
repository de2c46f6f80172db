package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
)

// mix is a keyed hash of the seed: the source of every id.
func mix(seed uint64, parts ...string) []byte {
	var key [8]byte
	binary.BigEndian.PutUint64(key[:], seed)
	h := hmac.New(sha256.New, key[:])
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return h.Sum(nil)
}

// chance is a number from 0 up to 1 that depends on the seed and the parts alone:
// what is random about one thing does not depend on the order of others.
func chance(seed uint64, parts ...string) float64 {
	return float64(binary.BigEndian.Uint64(mix(seed, parts...))>>11) / (1 << 53)
}

// next counts ids.
func (st *state) next() uint64 {
	st.counter++
	return st.counter
}

// wamid is a new message id of a chat with phone, built as Meta's are: "wamid."
// and base64 of the phone and a random part.
func (st *state) wamid(phone string, inbound bool) string {
	sum := mix(st.seed, "wamid", strconv.FormatUint(st.next(), 10))
	random := strings.ToUpper(hex.EncodeToString(sum[:9]))
	b := make([]byte, 0, 64)
	b = append(b, 0x1c, 0x18, byte(len(phone)))
	b = append(b, phone...)
	b = append(b, 0x15, 0x02, 0x00)
	if inbound {
		b = append(b, 0x12, 0x18, byte(len(random)))
	} else {
		b = append(b, 0x11, 0x18, byte(len(random)))
	}
	b = append(b, random...)
	b = append(b, 0)
	return "wamid." + base64.StdEncoding.EncodeToString(b)
}

// objectID is a new id of a Graph object: sixteen decimal digits.
func (st *state) objectID(kind string) string {
	sum := mix(st.seed, kind, strconv.FormatUint(st.next(), 10))
	return strconv.FormatUint(1_000_000_000_000_000+binary.BigEndian.Uint64(sum)%8_999_999_999_999_999, 10)
}

// bsuid is the business-scoped user id of the person with that phone: country,
// dot, sixteen digits (cloud-api.md 2.3). The same seed gives the same id.
func bsuid(seed uint64, phone string) string {
	sum := mix(seed, "bsuid", phone)
	return countryOf(phone) + "." + strconv.FormatUint(1_000_000_000_000_000+binary.BigEndian.Uint64(sum)%8_999_999_999_999_999, 10)
}

// isID tells whether s can be the id of a Graph object.
func isID(s string) bool {
	return len(s) > 0 && len(s) <= 20 && digits(s) == s
}

// digits keeps the digits of a phone number as people write it.
func digits(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = s[i] >= '0' && s[i] <= '9'
	}
	if clean {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return b.String()
}
