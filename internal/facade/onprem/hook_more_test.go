package onprem_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// keyed is what is told of a customer's key.
var keyed = regexp.MustCompile(`"created_timestamp":\d{13},"hash":"[^"]*"`)

func newNames(w *world) *names {
	return &names{w: w, byValue: map[string]string{}, byName: map[string]string{}, count: map[string]int{}}
}

// golden compares a callback with testdata/callbacks.
func (w *world) golden(name, got string) {
	w.Helper()
	w.compare(filepath.Join("testdata/callbacks", name+".json"), newNames(w).hide(stamps.ReplaceAllString(keyed.ReplaceAllString(got, `"created_timestamp":"<time>","hash":"<hash>"`), `"timestamp":"<time>"`)))
}

// The rarer kinds of messages as the contract has them (4.2, 4.3), the picture
// of an ad among them, which is here before its callback.
func TestRarerCallbacksHaveTheOldForm(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		p := w.called(nil)
		ad := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "image/jpeg")
			io.WriteString(rw, files["picture.jpg"])
		}))
		defer ad.Close()
		of := func(name string) string { return base64.StdEncoding.EncodeToString([]byte(files[name])) }
		w.customerWrites(map[string]any{"type": "text", "text": map[string]any{"body": "a slip"}})
		w.customerWrites(map[string]any{"type": "text", "text": map[string]any{"body": "too much"}})
		p.heard(w, "the second text", holds(`"too much"`))
		for _, c := range []struct {
			name string
			body map[string]any
			sign string
		}{
			{"video", map[string]any{"type": "video", "video": map[string]any{"data": of("ride.mp4"), "mime_type": "video/mp4", "caption": "my ride"}}, `"my ride"`},
			{"sticker", map[string]any{"type": "sticker", "sticker": map[string]any{"data": of("smile.webp"), "mime_type": "image/webp"}}, `"sticker"`},
			{"reaction", map[string]any{"type": "reaction", "reaction": map[string]any{"message_id": w.wamid("a slip"), "emoji": "👍"}}, `"reaction"`},
			{"referral", map[string]any{"type": "text", "text": map[string]any{"body": "from the ad"}, "referral": map[string]any{
				"headline": "New bikes", "body": "Come in", "source_type": "ad", "source_id": "ad-1", "source_url": "https://fb.me/ad-1", "media_type": "image", "image_url": ad.URL}}, `"from the ad"`},
			{"edit", map[string]any{"type": "edit", "edit": map[string]any{"original_message_id": w.wamid("a slip"), "message": map[string]any{"type": "text", "text": map[string]any{"body": "corrected"}}}}, `"unknown"`},
			{"revoke", map[string]any{"type": "revoke", "revoke": map[string]any{"original_message_id": w.wamid("too much")}}, `"unknown"`},
		} {
			before := len(p.all())
			w.customerWrites(c.body)
			w.until("the program hears of "+c.name, func() bool { return len(p.all()) > before })
			got := p.all()[before]
			if !holds(c.sign)(got) {
				t.Errorf("%s: got %s", c.name, got)
			}
			w.golden(c.name, got)
		}
		if id := regexp.MustCompile(`"image":\{"id":"([^"]+)"`).FindStringSubmatch(p.heard(w, "the ad", holds(`"from the ad"`))); id == nil {
			t.Error("the ad's picture has no id")
		} else if r := w.raw("GET", "/v1/media/"+id[1], nil); r.status != 200 || string(r.text) != files["picture.jpg"] {
			t.Errorf("the ad's picture: got %d and %d bytes", r.status, len(r.text))
		}
		w.control("POST", "/sandbox/customers/"+customer+"/number", map[string]any{"phone": "4915187654321"}, nil)
		change := p.heard(w, "the new number", holds(`"system"`))
		if !holds(`"type":"user_changed_number"`, `"new_wa_id":"4915187654321"`)(change) {
			t.Errorf("got %s", change)
		}
	})
}

// Each status as the contract has it (4.2).
func TestStatusesHaveTheOldForm(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		p := w.called(map[string]any{"sent_status": true})
		w.writes("hello")
		send := func() string {
			r := w.ok(201, "POST", "/v1/messages", map[string]any{"to": customer, "text": map[string]any{"body": "hi"}})
			id, _ := r.at("messages", 0, "id").(string)
			return id
		}
		id := send()
		for _, status := range []string{"sent", "delivered"} {
			w.golden("status_"+status, p.heard(w, status, holds(id, `"status":"`+status+`"`)))
		}
		w.control("POST", "/sandbox/customers/"+customer+"/read", nil, nil)
		w.golden("status_read", p.heard(w, "read", holds(id, `"status":"read"`)))
		w.control("POST", "/sandbox/faults", map[string]any{"kind": "fail_message", "code": 131026, "details": "Message undeliverable.", "count": 1}, nil)
		id = send()
		w.golden("status_failed", p.heard(w, "the failure", holds(id, `"status":"failed"`)))
	})
}

// authority makes a CA and a certificate of 127.0.0.1 that it signed.
func authority(t *testing.T) (ca []byte, leaf tls.Certificate) {
	t.Helper()
	make := func(template, parent *x509.Certificate, signer *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if signer == nil {
			signer = key
		}
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
		if err != nil {
			t.Fatal(err)
		}
		return der, key
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "House CA"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	rootDER, rootKey := make(root, root, nil)
	parent, err := x509.ParseCertificate(rootDER)
	if err != nil {
		t.Fatal(err)
	}
	der, key := make(&x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "hook"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, parent, rootKey)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER}), tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// A callback goes to an address whose certificate the number's own authority
// signed, from the moment that it is named, and to no other.
func TestWebhookCA(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		ca, leaf := authority(t)
		other, _ := authority(t)
		came := make(chan string, 100)
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			came <- string(body)
		}))
		refused := &kept{}
		server.Config.ErrorLog = log.New(refused, "", 0)
		server.TLS = &tls.Config{Certificates: []tls.Certificate{leaf}}
		server.StartTLS()
		defer server.Close()
		w.ok(200, "PATCH", "/v1/settings/application", map[string]any{"webhooks": map[string]any{"url": server.URL}, "callback_backoff_delay_ms": 10, "max_callback_backoff_delay_ms": 20})
		trust := func(bundle []byte) {
			t.Helper()
			if r := w.raw("POST", "/v1/certificates/webhooks/ca", bundle, "Content-Type", "text/plain"); r.status != 200 {
				t.Fatalf("got %d %s", r.status, r.text)
			}
		}
		trust(other)
		w.writes("are you there")
		// More tries than the breaker of other dialects has patience for.
		w.until("it was refused again and again", func() bool { return strings.Count(refused.String(), "TLS handshake error") > 15 })
		if len(came) > 0 {
			t.Fatalf("got %s by a certificate that nobody trusts", <-came)
		}
		trust(ca)
		select {
		case body := <-came:
			if !holds(`"are you there"`)(body) {
				t.Errorf("got %s", body)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("no callback after its authority was named")
		}
		if r := w.raw("GET", "/v1/certificates/webhooks/ca", nil); !bytes.Equal(r.text, ca) {
			t.Errorf("got %q back", r.text)
		}
	})
}

// With show_security_notifications a new key of the customer's is told of, and
// holds back what is sent until it is acknowledged.
func TestIdentityChange(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		p := w.called(map[string]any{"show_security_notifications": true})
		w.writes("hello")
		text := map[string]any{"to": customer, "text": map[string]any{"body": "hi"}}
		w.ok(201, "POST", "/v1/messages", text)
		var now struct {
			Hash string `json:"identity_key_hash"`
		}
		w.control("POST", "/sandbox/customers/"+customer+"/identity", nil, &now)
		got := p.heard(w, "the new identity", holds(`"user_identity_changed"`))
		if !regexp.MustCompile(`"identity":\{"acknowledged":false,"created_timestamp":\d{13},"hash":"` + regexp.QuoteMeta(now.Hash) + `"\}`).MatchString(got) {
			t.Errorf("got %s, want the hash %s", got, now.Hash)
		}
		w.refused(400, 1028, "POST", "/v1/messages", text)
		path := "/v1/contacts/" + customer + "/identity"
		if r := w.ok(200, "GET", path, nil); r.at("contacts", "hash") != now.Hash || r.at("contacts", "acknowledged") != false {
			t.Errorf("got %s", r.text)
		}
		w.refused(400, 1009, "PUT", path, map[string]any{"hash": "an older one"})
		w.ok(200, "PUT", path, map[string]any{"hash": now.Hash})
		w.ok(201, "POST", "/v1/messages", text)
	})
}

// A number that WhatsApp wants verified is registered by the calls of the old
// client: code, verification, PIN.
func TestRegistration(t *testing.T) {
	each(t, func(w *world) {
		w.login()
		id := string(w.number.PhoneNumberID)
		account := map[string]any{"cc": "49", "phone_number": strings.TrimPrefix(ownPhone, "49"), "method": "sms", "cert": "Y2VydA=="}
		w.ok(201, "POST", "/v1/account", account)
		w.control("PATCH", "/sandbox/numbers/"+id, map[string]any{"status": "UNVERIFIED", "code_verification_status": "NOT_VERIFIED"}, nil)
		w.ok(202, "POST", "/v1/account", account)
		w.refused(400, 1008, "POST", "/v1/account/verify", map[string]any{"code": "000000"}) // no PIN yet
		account["pin"] = "123456"
		if r := w.ok(202, "POST", "/v1/account", account); r.at("account", 0, "vname") != "Nordlicht Service" {
			t.Errorf("got %s", r.text)
		}
		w.refused(403, 1005, "POST", "/v1/account/verify", map[string]any{"code": "000000"})
		w.ok(201, "POST", "/v1/account/verify", map[string]any{"code": w.code(id)})
		w.ok(201, "POST", "/v1/account", account)
	})
}

// code is what the sandbox sent by text message.
func (w *world) code(id string) string {
	w.Helper()
	var text json.RawMessage
	w.control("GET", "/sandbox/numbers", nil, &text)
	code := regexp.MustCompile(`"verification_code":\s*"(\d{6})"`).FindSubmatch(text)
	if code == nil {
		w.Fatalf("got no code for %s in %s", id, text)
	}
	return string(code[1])
}
