package config_test

import (
	"strings"
	"testing"

	"kontor/internal/config"
)

func TestFileInYAMLAndJSON(t *testing.T) {
	for name, text := range map[string]string{
		"kontor.yaml": "# ours\nlisten: :9000\ndaily_limit: 250\nallow_private_callbacks: true\nwhatsapp:\n  phone_number_id: 123456789012345678\n  api_version: v24.0\n",
		"one.yaml":    "listen: :9000\ndaily_limit: '250'\nallow_private_callbacks: on\nwhatsapp: {phone_number_id: \"123456789012345678\", api_version: v24.0}\n",
		"kontor.json": "{\n\t\"listen\": \":9000\", \"daily_limit\": 250, \"allow_private_callbacks\": true,\n\t\"whatsapp\": {\"phone_number_id\": 123456789012345678, \"api_version\": \"v24.0\"}}",
	} {
		c := load(t, config.Flags{Config: write(t, name, text)})
		if c.Listen != ":9000" || c.DailyLimit != 250 || !c.AllowPrivateCallbacks || c.WhatsApp.PhoneNumberID != "123456789012345678" || c.WhatsApp.APIVersion != "v24.0" {
			t.Errorf("%s: got\n%s", name, c)
		}
	}
}

func TestFileWithNothingInIt(t *testing.T) {
	for _, text := range []string{"", "# listen: :9000\n", "whatsapp:\n#  api_version: v24.0\n", "---\n", "{}"} {
		if c := load(t, config.Flags{Config: write(t, "kontor.yaml", text)}); c.Listen != "127.0.0.1:8080" {
			t.Errorf("%q: got %s", text, c.Listen)
		}
	}
}

func TestFileProblemsSayWhere(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a.yaml", "data: x\nlistn: :1\n", "a.yaml:2: listn: got an unknown name, expected a known name; did you mean listen?"},
		{"a.yaml", "whatsapp:\n  token: x\n", "a.yaml:2: whatsapp.token: got an unknown name"},
		{"a.yaml", "colour: red\n", "a.yaml:1: colour: got an unknown name, expected a name from docs/configuration.md"},
		{"a.yaml", "listen: [1, 2]\n", "a.yaml:1: listen: got a sequence, expected one value"},
		{"a.yaml", "listen: {host: x}\n", "listen: got an unknown name"},
		{"a.yaml", "data: &a x\nlisten: *a\n", "expected one value"},
		{"a.yaml", "- listen\n", "a.yaml:1: expected settings as \"name: value\" lines"},
		{"a.yaml", "listen: :1\nlisten: :2\n", "already defined"},
		{"a.yaml", "listen: \":1\n", "YAML: "},
		{"a.yaml", "listen: :1\n---\ndata: x\n", "got a second document"},
		{"a.yaml", "data: x\nlog_level: loud\n", "KONTOR_LOG_LEVEL: got \"loud\" from a.yaml:2"},
		{"a.json", "{\n \"listen\": :1}", "a.json:2: expected JSON: "},
		{"a.json", `{"listen": [1]}`, "a.json: listen: got a list"},
		{"a.json", `{"listen": ":1"} {}`, "more after the closing brace"},
		{"a.json", `{"whatsapp": {"access_tokn": "x"}}`, "did you mean whatsapp.access_token?"},
	} {
		err := loadError(t, config.Flags{Config: write(t, c.name, c.text)})
		if !strings.Contains(err.Detail, c.want) {
			t.Errorf("%q: got %s, want %q in it", c.text, err.Detail, c.want)
		}
	}
	if err := loadError(t, config.Flags{Config: "/nowhere/kontor.yaml"}); !strings.Contains(err.Detail, "no such file") {
		t.Errorf("got %s", err.Detail)
	}
}

func TestFileAndEnvironmentAreBothReported(t *testing.T) {
	err := loadError(t, config.Flags{Config: write(t, "a.yaml", "nonsense: 1\nlog_level: loud\n")}, "KONTOR_LISTEN=x")
	if len(err.Fields) != 3 {
		t.Errorf("got %d problems, want 3: %s", len(err.Fields), err.Detail)
	}
}
