package wa

import (
	"encoding/base64"
	"math"
	"testing"
)

func TestWamidOfOurId(t *testing.T) {
	for _, id := range []MessageID{1, 62, 1 << 40, math.MaxInt64} {
		w := id.Wamid()
		if len(w) > 40 {
			t.Errorf("%q has %d characters, the On-Premises API takes 40", w, len(w))
		}
		if got, ok := w.Ours(); !ok || got != id {
			t.Errorf("%q reads back as %d, %v; want %d", w, got, ok, id)
		}
	}
	if w := MessageID(0).Wamid(); w != "" {
		t.Errorf("no message has the id %q", w)
	}
}

func TestWamidOfOthers(t *testing.T) {
	negative := base64.StdEncoding.EncodeToString([]byte(disguise + "\xff\xff\xff\xff\xff\xff\xff\xff"))
	for _, w := range []Wamid{
		"", "wamid.", "msg_0000000000001", "wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI2RDNFNjZBNzVFNTY3OTYxMzIA",
		Wamid("wamid." + negative), MessageID(7).Wamid() + "=", MessageID(7).Wamid()[6:],
	} {
		if id, ok := w.Ours(); ok {
			t.Errorf("%q was taken for our message %d", w, id)
		}
	}
}
