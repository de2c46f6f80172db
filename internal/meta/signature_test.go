package meta

import (
	"strings"
	"testing"
)

func TestVerifySignature(t *testing.T) {
	secret, body := []byte("app secret"), []byte(`{"object":"whatsapp_business_account","entry":[]}`)
	good := Sign(secret, body)
	for name, c := range map[string]struct {
		secret, body []byte
		header       string
		want         bool
	}{
		"the signature":        {secret, body, good, true},
		"in capitals":          {secret, body, "sha256=" + strings.ToUpper(good[7:]), true},
		"other secret":         {[]byte("another"), body, good, false},
		"empty secret":         {nil, body, Sign(nil, body), false},
		"other body":           {secret, append([]byte(" "), body...), good, false},
		"re-encoded body":      {secret, []byte(`{"entry":[],"object":"whatsapp_business_account"}`), good, false},
		"missing header":       {secret, body, "", false},
		"no prefix":            {secret, body, good[7:], false},
		"sha1":                 {secret, body, "sha1=" + good[7:], false},
		"prefix in capitals":   {secret, body, "SHA256=" + good[7:], false},
		"one digit short":      {secret, body, good[:len(good)-1], false},
		"one digit more":       {secret, body, good + "0", false},
		"not hex":              {secret, body, "sha256=" + strings.Repeat("z", 64), false},
		"space around":         {secret, body, good + " ", false},
		"last digit different": {secret, body, good[:len(good)-1] + other(good[len(good)-1]), false},
	} {
		if got := VerifySignature(c.secret, c.body, c.header); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// A vector from RFC 4231 (test case 2), so that two wrongs cannot agree.
func TestSignKnownVector(t *testing.T) {
	got := Sign([]byte("Jefe"), []byte("what do ya want for nothing?"))
	const want = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSameToken(t *testing.T) {
	for _, c := range []struct {
		want, got string
		same      bool
	}{
		{"token", "token", true}, {"token", "Token", false}, {"token", "", false},
		{"token", "token ", false}, {"", "", false}, {"", "x", false},
	} {
		if got := SameToken(c.want, c.got); got != c.same {
			t.Errorf("SameToken(%q, %q): got %v, want %v", c.want, c.got, got, c.same)
		}
	}
}

func other(digit byte) string {
	if digit == '0' {
		return "1"
	}
	return "0"
}
