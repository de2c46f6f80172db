package config_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kontor/internal/config"
	"kontor/internal/fault"
)

var key32 = base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))

func TestDefaultsNeedNothing(t *testing.T) {
	c, err := config.Load(config.Flags{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(c.Listen, " ", c.SandboxListen, " ", c.Data, " ", c.CustomerDailyLimit, " ", c.WhatsApp.APIBaseURL, " ", c.WhatsApp.APIVersion, " ", c.LogLevel, " ", c.Callback())
	want := "127.0.0.1:8080 127.0.0.1:8090 ./kontor-data 1000 https://graph.facebook.com v25.0 INFO "
	if got != want {
		t.Errorf("defaults: got %s, want %s", got, want)
	}
	if c.Given("listen") {
		t.Error("listen counts as given, but nobody gave it")
	}
}

func TestFlagBeatsEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	file := write(t, "kontor.yaml", "listen: 1.1.1.1:1\npublic_url: https://file.example\ndata: from-file\n")
	environ := []string{"KONTOR_CONFIG=" + file, "KONTOR_LISTEN=2.2.2.2:2", "KONTOR_PUBLIC_URL=https://environment.example", "KONTOR_LOG_LEVEL="}
	c := load(t, config.Flags{Listen: "3.3.3.3:3"}, environ...)
	for _, want := range []struct{ key, value, got, source string }{
		{"listen", "3.3.3.3:3", c.Listen, "--listen"},
		{"public_url", "https://environment.example", c.PublicURL, "KONTOR_PUBLIC_URL"},
		{"data", "from-file", c.Data, "kontor.yaml:3"},
		{"log_level", "INFO", c.LogLevel.String(), "default"},
	} {
		if want.got != want.value || c.Source(want.key) != want.source {
			t.Errorf("%s: got %q from %s, want %q from %s", want.key, want.got, c.Source(want.key), want.value, want.source)
		}
	}
}

// Every problem is one line that names the setting, the wrong value and what was expected.
func TestWrongValuesAreAllToldAtOnce(t *testing.T) {
	environ := []string{
		"KONTOR_LISTEN=8080",
		"KONTOR_SANDBOX_LISTEN=127.0.0.1:99999",
		"KONTOR_DATABASE_URL=mysql://root:hunter2@db/kontor",
		"KONTOR_PUBLIC_URL=wa.example.com",
		"KONTOR_ADMIN_KEY=tooshort",
		"KONTOR_DAILY_LIMIT=-1",
		"KONTOR_CUSTOMER_DAILY_LIMIT=many",
		"KONTOR_UNCERTAIN_AFTER=5",
		"KONTOR_ALLOW_PRIVATE_CALLBACKS=perhaps",
		"KONTOR_LOG_LEVEL=loud",
		"MESSAGE_ENCRYPTION_KEY=c2hvcnQ=",
		`WHATSAPP_ACCESS_TOKEN="EAAquoted"`,
		"WHATSAPP_APP_SECRET=two words",
		"WHATSAPP_PHONE_NUMBER_ID=+49 451 5550100",
		"WHATSAPP_API_VERSION=18.0",
		"WHATSAPP_API_BASE_URL=https://graph.facebook.com/v18",
		"WHATSAPP_WEBHOOK_URL=ftp://example.com/hook",
	}
	err := loadError(t, config.Flags{LogFormat: "xml"}, environ...)
	want := strings.TrimSpace(`
17+1 settings are wrong:
  KONTOR_LISTEN: got "8080" from the environment, expected host:port, for example 127.0.0.1:8080 or :8080
  KONTOR_SANDBOX_LISTEN: got "127.0.0.1:99999" from the environment, expected host:port, for example 127.0.0.1:8080 or :8080, with a port from 0 to 65535
  KONTOR_DATABASE_URL: got mysql://••••@db/kontor from the environment, expected postgres://user:password@host:5432/database, or nothing for SQLite
  KONTOR_PUBLIC_URL: got "wa.example.com" from the environment, expected an address with http:// or https:// and a host, for example https://wa.example.com
  KONTOR_ADMIN_KEY: got •••• (8 characters) from the environment, expected at least 32 characters; make one with: openssl rand -hex 32
  KONTOR_DAILY_LIMIT: got "-1" from the environment, expected a whole number from 0 to 1000000000
  KONTOR_CUSTOMER_DAILY_LIMIT: got "many" from the environment, expected a whole number from 0 to 1000000000
  KONTOR_UNCERTAIN_AFTER: got "5" from the environment, expected a span from 1s to 24h with its unit, for example 90s, 5m or 1h30m
  KONTOR_ALLOW_PRIVATE_CALLBACKS: got "perhaps" from the environment, expected 1 or 0
  MESSAGE_ENCRYPTION_KEY: got •••• (8 characters) from the environment, expected base64 of 32 bytes; make one with: openssl rand -base64 32
  KONTOR_LOG_LEVEL: got "loud" from the environment, expected debug, info, warn or error
  KONTOR_LOG_FORMAT: got "xml" from --log-format, expected text or json
  WHATSAPP_ACCESS_TOKEN: got •••• (11 characters) from the environment, expected the value without quotes around it
  WHATSAPP_PHONE_NUMBER_ID: got "+49 451 5550100" from the environment, expected digits only, as in Meta's dashboard, for example 123456789012345
  WHATSAPP_APP_SECRET: got •••• (9 characters) from the environment, expected letters, digits and signs in one piece, without spaces or line breaks
  WHATSAPP_API_VERSION: got "18.0" from the environment, expected vNN.N, for example v25.0
  WHATSAPP_API_BASE_URL: got "https://graph.facebook.com/v18" from the environment, expected an address that ends without a version or in one such as /v25.0
  WHATSAPP_WEBHOOK_URL: got "ftp://example.com/hook" from the environment, expected an address with http:// or https:// and a host, for example https://wa.example.com`)
	want = strings.Replace(want, "17+1", "18", 1)
	if err.Detail != want {
		t.Errorf("got\n%s\nwant\n%s", err.Detail, want)
	}
	if err.Code != "config_invalid" || len(err.Fields) != 18 {
		t.Errorf("got code %s and %d fields, want config_invalid and 18", err.Code, len(err.Fields))
	}
}

func TestASpanOfTimeHasAUnitAndBounds(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration // 0: refused
	}{{"", 5 * time.Minute}, {"1s", time.Second}, {"1h30m", 90 * time.Minute}, {"24h", 24 * time.Hour}, {"999ms", 0}, {"24h1s", 0}, {"-5m", 0}, {"5 m", 0}, {"soon", 0}} {
		got, err := config.Load(config.Flags{}, []string{"KONTOR_UNCERTAIN_AFTER=" + c.text})
		switch {
		case c.want == 0 && err == nil:
			t.Errorf("%q: got %v, want it refused", c.text, got.UncertainAfter)
		case c.want != 0 && (err != nil || got.UncertainAfter != c.want):
			t.Errorf("%q: got %v, want %v", c.text, err, c.want)
		}
	}
	if c := load(t, config.Flags{}, "KONTOR_UNCERTAIN_AFTER=90s"); !strings.Contains(c.String(), "KONTOR_UNCERTAIN_AFTER = 1m30s (KONTOR_UNCERTAIN_AFTER)\n") {
		t.Errorf("got %s, want the span told", c)
	}
}

func TestSameAddressTwiceIsRefused(t *testing.T) {
	err := loadError(t, config.Flags{}, "KONTOR_SANDBOX_LISTEN=127.0.0.1:8080")
	if !strings.Contains(err.Detail, "KONTOR_SANDBOX_LISTEN") || !strings.Contains(err.Detail, "another address than KONTOR_LISTEN") {
		t.Errorf("got %s", err.Detail)
	}
	load(t, config.Flags{}, "KONTOR_LISTEN=:0", "KONTOR_SANDBOX_LISTEN=:0")
}

func TestVersionAndBaseURL(t *testing.T) {
	for _, c := range []struct{ base, version, wantBase, wantVersion string }{
		{"", "", "https://graph.facebook.com", "v25.0"},
		{"https://graph.facebook.com/v18.0", "", "https://graph.facebook.com", "v18.0"},
		{"https://graph.facebook.com/v18.0/", "", "https://graph.facebook.com", "v18.0"},
		{"https://graph.facebook.com/v18.0", "v23.0", "https://graph.facebook.com", "v23.0"},
		{"http://127.0.0.1:8090", "v24.0", "http://127.0.0.1:8090", "v24.0"},
		{"http://127.0.0.1:8090/meta/v24.0", "", "http://127.0.0.1:8090/meta", "v24.0"},
	} {
		got := load(t, config.Flags{}, "WHATSAPP_API_BASE_URL="+c.base, "WHATSAPP_API_VERSION="+c.version).WhatsApp
		if got.APIBaseURL != c.wantBase || got.APIVersion != c.wantVersion {
			t.Errorf("base %q version %q: got %q %q, want %q %q", c.base, c.version, got.APIBaseURL, got.APIVersion, c.wantBase, c.wantVersion)
		}
	}
}

func TestCallbackAddress(t *testing.T) {
	for _, c := range []struct{ public, webhook, want string }{
		{"", "", ""},
		{"https://wa.example.com/", "", "https://wa.example.com/api/v1/whatsapp/webhook"},
		{"", "https://wa.example.com", "https://wa.example.com/api/v1/whatsapp/webhook"},
		{"https://wa.example.com", "https://hooks.example.com/api/whatsapp/webhook", "https://hooks.example.com/api/whatsapp/webhook"},
	} {
		if got := load(t, config.Flags{}, "KONTOR_PUBLIC_URL="+c.public, "WHATSAPP_WEBHOOK_URL="+c.webhook).Callback(); got != c.want {
			t.Errorf("public %q webhook %q: got %q, want %q", c.public, c.webhook, got, c.want)
		}
	}
}

func TestForMetaNamesWhatIsMissing(t *testing.T) {
	whole := []string{"KONTOR_PUBLIC_URL=https://wa.example.com", "WHATSAPP_ACCESS_TOKEN=EAA1", "WHATSAPP_PHONE_NUMBER_ID=123456789012345",
		"WHATSAPP_WEBHOOK_VERIFY_TOKEN=v", "WHATSAPP_APP_SECRET=s"}
	c := load(t, config.Flags{}, whole...)
	if err := c.ForMeta(); err != nil || len(c.Unfinished()) != 0 {
		t.Errorf("everything is given, got %v and %q", err, c.Unfinished())
	}
	c = load(t, config.Flags{})
	err := fault.As(c.ForMeta())
	for _, name := range []string{"WHATSAPP_ACCESS_TOKEN", "WHATSAPP_PHONE_NUMBER_ID"} {
		if !strings.Contains(err.Detail, "  "+name+": got nothing") {
			t.Errorf("%s is not named in %s", name, err.Detail)
		}
	}
	rest := strings.Join(c.Unfinished(), "\n")
	for _, name := range []string{"WHATSAPP_WEBHOOK_VERIFY_TOKEN", "WHATSAPP_APP_SECRET"} {
		if !strings.Contains(rest, name+" is not set: ") {
			t.Errorf("%s is not named in %s", name, rest)
		}
	}
	sending := load(t, config.Flags{}, whole[1:3]...)
	if err := sending.ForMeta(); err != nil {
		t.Errorf("a number can send with token and id alone, got %v", err)
	}
	plain := load(t, config.Flags{PublicURL: "http://wa.example.com"}, whole...)
	if err := plain.ForMeta(); err == nil || !strings.Contains(err.Error(), "Meta calls no other") {
		t.Errorf("Meta does not call http, got %v", err)
	}
	sandboxed := load(t, config.Flags{PublicURL: "http://127.0.0.1:8080", WhatsAppAPIBaseURL: "http://127.0.0.1:8090"}, whole...)
	if err := sandboxed.ForMeta(); err != nil {
		t.Errorf("the sandbox calls http, got %v", err)
	}
}

func TestSecretsFromFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"token": "EAAfile\n", "key": key32 + "\n", "empty": "\n",
		"kontor.yaml": "whatsapp:\n  access_token_file: token\nmessage_encryption_key_file: ./key\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Relative to the configuration file, whatever the working folder is.
	c := load(t, config.Flags{Config: filepath.Join(dir, "kontor.yaml")})
	if c.WhatsApp.AccessToken.Reveal() != "EAAfile" || c.EncryptionKey.Reveal() != key32 {
		t.Errorf("got token %q and key %q", c.WhatsApp.AccessToken.Reveal(), c.EncryptionKey.Reveal())
	}
	c = load(t, config.Flags{}, "WHATSAPP_ACCESS_TOKEN_FILE="+filepath.Join(dir, "token"))
	if c.WhatsApp.AccessToken.Reveal() != "EAAfile" {
		t.Errorf("by environment: got %q", c.WhatsApp.AccessToken.Reveal())
	}
	c = load(t, config.Flags{WhatsAppAccessTokenFile: filepath.Join(dir, "token")}, "WHATSAPP_ACCESS_TOKEN=EAAenvironment")
	if c.WhatsApp.AccessToken.Reveal() != "EAAfile" {
		t.Errorf("by flag: got %q", c.WhatsApp.AccessToken.Reveal())
	}
	for _, wrong := range []struct{ environ, want string }{
		{"WHATSAPP_ACCESS_TOKEN_FILE=" + filepath.Join(dir, "absent"), "no such file"},
		{"WHATSAPP_ACCESS_TOKEN_FILE=" + filepath.Join(dir, "empty"), "is empty"},
	} {
		if err := loadError(t, config.Flags{}, wrong.environ); !strings.Contains(err.Detail, wrong.want) || !strings.Contains(err.Detail, "WHATSAPP_ACCESS_TOKEN") {
			t.Errorf("%s: got %s, want %q in it", wrong.environ, err.Detail, wrong.want)
		}
	}
	err := loadError(t, config.Flags{}, "WHATSAPP_ACCESS_TOKEN=EAA", "WHATSAPP_ACCESS_TOKEN_FILE=x")
	if !strings.Contains(err.Detail, "two values from WHATSAPP_ACCESS_TOKEN and WHATSAPP_ACCESS_TOKEN_FILE") {
		t.Errorf("got %s", err.Detail)
	}
}

func TestNothingPrintsASecret(t *testing.T) {
	secrets := []string{"EAAsecretsecret", "admin-key-admin-key-admin-key-12345", "hunter2", "app-secret-app", "verify-me-please", key32}
	c := load(t, config.Flags{}, "WHATSAPP_ACCESS_TOKEN="+secrets[0], "KONTOR_ADMIN_KEY="+secrets[1],
		"KONTOR_DATABASE_URL=postgres://kontor:hunter2@db:5432/kontor?sslpassword=hunter2", "WHATSAPP_APP_SECRET="+secrets[3],
		"WHATSAPP_WEBHOOK_VERIFY_TOKEN="+secrets[4], "MESSAGE_ENCRYPTION_KEY="+key32)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("settings", "config", c)
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for how, text := range map[string]string{"String": c.String(), "%+v": fmt.Sprintf("%+v", *c), "%#v": fmt.Sprintf("%#v", *c), "JSON": string(encoded), "slog": log.String()} {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				t.Errorf("%s shows %q: %s", how, s, text)
			}
		}
	}
	if !strings.Contains(c.String(), "KONTOR_DATABASE_URL = postgres://••••@db:5432/kontor?•••• (KONTOR_DATABASE_URL)\n") {
		t.Errorf("the database's host is worth knowing, got\n%s", c.String())
	}
}

func TestMisspeltVariablesAreNoticed(t *testing.T) {
	got := config.Misspelt([]string{"KONTOR_LISTNE=x", "WHATSAPP_ACESS_TOKEN=x", "KONTOR_TEST_POSTGRES=x", "KONTOR_PORT=x", "PATH=x", "KONTOR_LISTEN=x"})
	want := []string{"KONTOR_LISTNE is no setting of Kontor and is ignored; did you mean KONTOR_LISTEN?", "WHATSAPP_ACESS_TOKEN is no setting of Kontor and is ignored; did you mean WHATSAPP_ACCESS_TOKEN?"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, flags config.Flags, environ ...string) *config.Config {
	t.Helper()
	c, err := config.Load(flags, environ)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func loadError(t *testing.T, flags config.Flags, environ ...string) *fault.Error {
	t.Helper()
	c, err := config.Load(flags, environ)
	if err == nil {
		t.Fatalf("wrong settings were taken:\n%s", c)
	}
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("got %v, want a fault of kind invalid", err)
	}
	return fault.As(err)
}

func TestMailServers(t *testing.T) {
	for text, want := range map[string]config.MailServer{
		"smtps://kontor:geheim@mail.example.com":       {Host: "mail.example.com", Port: "465", TLS: config.TLSFirst, User: "kontor", Password: "geheim"},
		"smtp://k%40x.example:a%3Ab%2Fc@[2001:db8::1]": {Host: "2001:db8::1", Port: "587", TLS: config.TLSDemanded, User: "k@x.example", Password: "a:b/c"},
		"smtp://localhost?tls=none":                    {Host: "localhost", Port: "25", TLS: config.TLSNone},
		"smtp://mail.example.com:2525/":                {Host: "mail.example.com", Port: "2525", TLS: config.TLSDemanded},
	} {
		c := load(t, config.Flags{}, "KONTOR_SMTP_URL="+text, "KONTOR_SMTP_FROM=Kontor <kontor@example.com>", "KONTOR_PUBLIC_URL=https://wa.example.com")
		if got, ok := c.SMTP.Server(); !ok || got != want {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
		if shown := c.String(); strings.Contains(shown, "geheim") || strings.Contains(shown, "a%3Ab") {
			t.Errorf("the settings show the password:\n%s", shown)
		}
	}
	for _, text := range []string{"mail.example.com", "https://mail.example.com", "smtp://", "smtps://h?tls=none", "smtp://h?tls=no", "smtp://user@h", "smtp://h:0", "smtp://h/path", "smtp://h:x"} {
		_, err := config.Load(config.Flags{}, []string{"KONTOR_SMTP_URL=" + text, "KONTOR_SMTP_FROM=k@example.com", "KONTOR_PUBLIC_URL=https://wa.example.com"})
		if err == nil || !strings.Contains(err.Error(), "KONTOR_SMTP_URL") {
			t.Errorf("%s: got %v, want KONTOR_SMTP_URL refused", text, err)
		}
	}
	_, err := config.Load(config.Flags{}, []string{"KONTOR_SMTP_URL=smtps://mail.example.com"})
	if err == nil || !strings.Contains(err.Error(), "KONTOR_SMTP_FROM") || !strings.Contains(err.Error(), "KONTOR_PUBLIC_URL") {
		t.Errorf("got %v, want that sender and public address are missing", err)
	}
	_, err = config.Load(config.Flags{}, []string{"KONTOR_SMTP_FROM=Kontor"})
	if err == nil || !strings.Contains(err.Error(), "KONTOR_SMTP_FROM") {
		t.Errorf("got %v, want a sender with an address", err)
	}
}
