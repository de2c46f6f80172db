package config_test

import (
	"fmt"
	"strings"
	"testing"

	"kontor/internal/config"
	"kontor/internal/fault"
)

// seed is the file of S1, which must work as it is.
const seed = `{
"messaging-whatsapp": {
"enabled": true,
"public_base_url": "https://your-domain.ngrok-free.app",
"phone_number_id": "123456789012345",
"access_token": "EAAxxxxx...",
"verify_token": "your-verify-token",
"business_account_id": "987654321098765"
}
}`

func TestAnswersCompleteTheConfiguration(t *testing.T) {
	a, err := config.ParseAnswers("answers.json", []byte(seed))
	if err != nil {
		t.Fatal(err)
	}
	c := load(t, config.Flags{}, "WHATSAPP_APP_SECRET=from-environment", "WHATSAPP_WEBHOOK_URL=https://old.example/hook", "WHATSAPP_PHONE_NUMBER_ID=99999")
	a.Apply(c)
	w := c.WhatsApp
	got := fmt.Sprint(a.Enabled, " ", c.Callback(), " ", w.PhoneNumberID, " ", w.AccessToken.Reveal(), " ", w.VerifyToken.Reveal(), " ", w.BusinessAccountID, " ", w.AppSecret.Reveal(), " ", w.APIVersion)
	want := "true https://your-domain.ngrok-free.app/api/v1/whatsapp/webhook 123456789012345 EAAxxxxx... your-verify-token 987654321098765 from-environment v25.0"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if err := c.ForMeta(); err != nil {
		t.Error(err)
	}
}

func TestAnswersMayHoldMore(t *testing.T) {
	a, err := config.ParseAnswers("answers.json", []byte(`{"messaging-telegram": {}, "messaging-whatsapp": {"enabled": false, "public_base_url": "https://a.example",
		"phone_number_id": "123456789012345", "access_token": "EAA", "verify_token": "v", "api_version": "v24.0", "app_secret": "s", "business_account_id": null}}`))
	if err != nil {
		t.Fatal(err)
	}
	if a.Enabled || fmt.Sprint(a.Ignored) != "[messaging-telegram]" {
		t.Errorf("got enabled %v, ignored %v", a.Enabled, a.Ignored)
	}
	c := load(t, config.Flags{})
	if a.Apply(c); c.WhatsApp.APIVersion != "v24.0" || c.WhatsApp.AppSecret.Reveal() != "s" {
		t.Errorf("got %s and %q", c.WhatsApp.APIVersion, c.WhatsApp.AppSecret.Reveal())
	}
}

func TestWrongAnswersAreAllNamed(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{`{`, []string{"answers.json:1: expected a JSON object"}},
		{"{\n\"messaging-whatsapp\": {,}}", []string{"answers.json:2: expected a JSON object"}},
		{`[]`, []string{"expected a JSON object"}},
		{`{}`, []string{"answers.json: got no members, expected the member messaging-whatsapp"}},
		{`{"messaging_whatsapp": {}}`, []string{"answers.json: got messaging_whatsapp, expected the member messaging-whatsapp"}},
		{`{"messaging-whatsapp": null}`, []string{"messaging-whatsapp: got null, expected an object"}},
		{`{"messaging-whatsapp": {}}`, []string{"enabled: got nothing, expected true or false", "public_base_url: got nothing", "phone_number_id: got nothing", "access_token: got nothing", "verify_token: got nothing"}},
		{`{"messaging-whatsapp": {"enabled": "true", "public_base_url": "your-domain", "phone_number_id": 123456789012345, "access_token": "two words",
			"verify_token": "", "api_version": "18", "acces_token": "x", "webhook": 1}}`, []string{
			"enabled: got text, expected true or false, without quotes",
			`public_base_url: got "your-domain", expected an address with http:// or https://`,
			"phone_number_id: got a number, expected text in quotes",
			"access_token: got •••• (9 characters), expected",
			"verify_token: got empty text",
			`api_version: got "18", expected vNN.N`,
			"acces_token: got an unknown name, expected a known name; did you mean access_token?",
			"webhook: got an unknown name, expected one of enabled, public_base_url",
		}},
	} {
		_, err := config.ParseAnswers("answers.json", []byte(c.text))
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v, want a fault of kind invalid", c.text, err)
			continue
		}
		f := fault.As(err)
		if len(f.Fields) != len(c.want) {
			t.Errorf("%s: got %d problems, want %d: %s", c.text, len(f.Fields), len(c.want), f.Detail)
		}
		for _, want := range c.want {
			if !strings.Contains(f.Detail, want) {
				t.Errorf("%s: got %s, want %q in it", c.text, f.Detail, want)
			}
		}
	}
}
