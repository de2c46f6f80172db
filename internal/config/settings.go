package config

import (
	"fmt"
	"log/slog"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"kontor/internal/wa"
)

// Setting is a row of the table of settings.
type Setting struct {
	Key     string // its name in the file; a dot is a level: "whatsapp.api_version"
	Env     string
	Flag    string // without dashes; a secret's flag names a file that holds it
	Default string
	Secret  bool // also taken from a file: <Env>_FILE, <Key>_file
	Help    string

	flag  func(*Flags) string // what the command line says
	field func(*Config) any   // pointer to the member
	check check               // what a value may look like
}

// Settings is the whole table, in the order of docs/configuration.md.
func Settings() []Setting { return append([]Setting(nil), settings...) }

var settings = []Setting{
	{Key: "listen", Env: "KONTOR_LISTEN", Flag: "listen", Default: "127.0.0.1:8080",
		Help: "Address the product listens on.",
		flag: func(f *Flags) string { return f.Listen }, field: func(c *Config) any { return &c.Listen }, check: address},
	{Key: "sandbox_listen", Env: "KONTOR_SANDBOX_LISTEN", Flag: "sandbox-listen", Default: "127.0.0.1:8090",
		Help: "Address the sandbox listens on.",
		flag: func(f *Flags) string { return f.SandboxListen }, field: func(c *Config) any { return &c.SandboxListen }, check: address},
	{Key: "onprem_listen", Env: "KONTOR_ONPREM_LISTEN", Flag: "onprem-listen",
		Help: "Address of a listener of its own, with TLS, for the On-Premises API; clients expect port 9090. Empty: only /v1 of the product.",
		flag: func(f *Flags) string { return f.OnPremListen }, field: func(c *Config) any { return &c.OnPremListen }, check: address},
	{Key: "onprem_monitor_key", Env: "WA_API_KEY", Flag: "onprem-monitor-key-file", Secret: true,
		Help: "Key with which monitors read health, metrics and stats of the On-Premises API (Authorization: Apikey), as the old client took it: 12 to 128 characters. Empty: only API keys of Kontor.",
		flag: func(f *Flags) string { return f.OnPremMonitorKeyFile }, field: func(c *Config) any { return &c.OnPremMonitorKey }, check: monitorKey},
	{Key: "data", Env: "KONTOR_DATA", Flag: "data", Default: "./kontor-data",
		Help: "Folder for the database, media and keys, on a local disk.",
		flag: func(f *Flags) string { return f.Data }, field: func(c *Config) any { return &c.Data }, check: oneLine},
	{Key: "database_url", Env: "KONTOR_DATABASE_URL", Flag: "database-url-file", Secret: true,
		Help: "postgres://… for PostgreSQL. Empty: SQLite in the data folder.",
		flag: func(f *Flags) string { return f.DatabaseURLFile }, field: func(c *Config) any { return &c.DatabaseURL }, check: database},
	{Key: "public_url", Env: "KONTOR_PUBLIC_URL", Flag: "public-url",
		Help: "Address under which people and Meta reach the product, for example https://wa.example.com.",
		flag: func(f *Flags) string { return f.PublicURL }, field: func(c *Config) any { return &c.PublicURL }, check: bareURL},
	{Key: "trusted_proxies", Env: "KONTOR_TRUSTED_PROXIES", Flag: "trusted-proxies", Default: "127.0.0.0/8,::1/128",
		Help: "Networks of proxies before Kontor, separated by commas, whose X-Forwarded-For is believed: sign-in is limited by address, and people see where their sessions come from.",
		flag: func(f *Flags) string { return f.TrustedProxies }, field: func(c *Config) any { return &c.TrustedProxies }, check: networks},
	{Key: "admin_key", Env: "KONTOR_ADMIN_KEY", Flag: "admin-key-file", Secret: true,
		Help: "API key to install for the default workspace at first start, for automation; at least 32 characters. Empty: none.",
		flag: func(f *Flags) string { return f.AdminKeyFile }, field: func(c *Config) any { return &c.AdminKey }, check: adminKey},
	{Key: "daily_limit", Env: "KONTOR_DAILY_LIMIT", Flag: "daily-limit", Default: "0",
		Help: "Messages a day per business number. 0: Meta's limits govern.",
		flag: func(f *Flags) string { return f.DailyLimit }, field: func(c *Config) any { return &c.DailyLimit }, check: count},
	{Key: "customer_daily_limit", Env: "KONTOR_CUSTOMER_DAILY_LIMIT", Flag: "customer-daily-limit", Default: "1000",
		Help: "Messages a day per customer, a guard against loops. 0: no limit.",
		flag: func(f *Flags) string { return f.CustomerDailyLimit }, field: func(c *Config) any { return &c.CustomerDailyLimit }, check: count},
	{Key: "uncertain_after", Env: "KONTOR_UNCERTAIN_AFTER", Flag: "uncertain-after", Default: "5m",
		Help: "How long a message of which nobody knows whether WhatsApp has it waits for a status, before its `on_uncertain` policy decides: `30s`, `5m`, `1h`.",
		flag: func(f *Flags) string { return f.UncertainAfter }, field: func(c *Config) any { return &c.UncertainAfter }, check: lasting},
	{Key: "webhook_days", Env: "KONTOR_WEBHOOK_DAYS", Flag: "webhook-days", Default: "7",
		Help: "Days for which webhooks are kept as they came, sealed, so that they can be taken in again. 0: they are not kept.",
		flag: func(f *Flags) string { return f.WebhookDays }, field: func(c *Config) any { return &c.WebhookDays }, check: count},
	{Key: "fact_days", Env: "KONTOR_FACT_DAYS", Flag: "fact-days", Default: "90",
		Help: "Days for which facts of the journal are kept; those that a reader has not passed are kept longer. 0: for ever.",
		flag: func(f *Flags) string { return f.FactDays }, field: func(c *Config) any { return &c.FactDays }, check: count},
	{Key: "quarantine_days", Env: "KONTOR_QUARANTINE_DAYS", Flag: "quarantine-days", Default: "90",
		Help: "Days for which webhooks for unknown numbers are kept. 0: for ever.",
		flag: func(f *Flags) string { return f.QuarantineDays }, field: func(c *Config) any { return &c.QuarantineDays }, check: count},
	{Key: "callback_days", Env: "KONTOR_CALLBACK_DAYS", Flag: "callback-days", Default: "30",
		Help: "Days for which the log of outgoing webhooks is kept, with bodies, sealed. 0: for ever.",
		flag: func(f *Flags) string { return f.CallbackDays }, field: func(c *Config) any { return &c.CallbackDays }, check: count},
	{Key: "allow_private_callbacks", Env: "KONTOR_ALLOW_PRIVATE_CALLBACKS", Flag: "allow-private-callbacks", Default: "0",
		Help: "1 lets outgoing webhooks go to loopback and private addresses.",
		flag: func(f *Flags) string { return string(f.AllowPrivateCallbacks) }, field: func(c *Config) any { return &c.AllowPrivateCallbacks }, check: onOff},
	{Key: "message_encryption_key", Env: "MESSAGE_ENCRYPTION_KEY", Flag: "message-encryption-key-file", Secret: true,
		Help: "Key that seals message bodies and secrets: base64 of 32 bytes. Empty: made at first start in the data folder; back it up.",
		flag: func(f *Flags) string { return f.MessageEncryptionKeyFile }, field: func(c *Config) any { return &c.EncryptionKey }, check: encryptionKey},
	{Key: "smtp.url", Env: "KONTOR_SMTP_URL", Flag: "smtp-url-file", Secret: true,
		Help: "Server that takes our mail: smtps://user:password@mail.example.com with TLS from the first byte, or smtp://… with STARTTLS, which is then demanded; ?tls=none does without, for a relay on the same machine. Needs KONTOR_SMTP_FROM and KONTOR_PUBLIC_URL. Empty: no mail is sent.",
		flag: func(f *Flags) string { return f.SMTPURLFile }, field: func(c *Config) any { return &c.SMTP.URL }, check: mailURL},
	{Key: "smtp.from", Env: "KONTOR_SMTP_FROM", Flag: "smtp-from",
		Help: "Whom our mail is from, for example Kontor <kontor@example.com>.",
		flag: func(f *Flags) string { return f.SMTPFrom }, field: func(c *Config) any { return &c.SMTP.From }, check: sender},
	{Key: "oidc.issuer", Env: "KONTOR_OIDC_ISSUER", Flag: "oidc-issuer",
		Help: "Single sign-on: the OpenID provider's address, to the letter as its tokens say it. Needs KONTOR_OIDC_CLIENT_ID and KONTOR_PUBLIC_URL. Empty: none.",
		flag: func(f *Flags) string { return f.OIDCIssuer }, field: func(c *Config) any { return &c.OIDC.Issuer }, check: issuer},
	{Key: "oidc.client_id", Env: "KONTOR_OIDC_CLIENT_ID", Flag: "oidc-client-id",
		Help: "Kontor's name at the provider; its redirect address there is KONTOR_PUBLIC_URL followed by /signin/sso/callback.",
		flag: func(f *Flags) string { return f.OIDCClientID }, field: func(c *Config) any { return &c.OIDC.ClientID }, check: token},
	{Key: "oidc.client_secret", Env: "KONTOR_OIDC_CLIENT_SECRET", Flag: "oidc-client-secret-file", Secret: true,
		Help: "Kontor's password at the provider. Empty: a public client, which PKCE alone proves.",
		flag: func(f *Flags) string { return f.OIDCClientSecretFile }, field: func(c *Config) any { return &c.OIDC.ClientSecret }, check: token},
	{Key: "oidc.name", Env: "KONTOR_OIDC_NAME", Flag: "oidc-name", Default: "Single sign-on",
		Help: "What people call the provider: the sign-in page says \"Sign in with …\".",
		flag: func(f *Flags) string { return f.OIDCName }, field: func(c *Config) any { return &c.OIDC.Name }, check: oneLine},
	{Key: "oidc.domains", Env: "KONTOR_OIDC_DOMAINS", Flag: "oidc-domains",
		Help: "Domains of the addresses that may come in by the provider, separated by commas. Empty: all.",
		flag: func(f *Flags) string { return f.OIDCDomains }, field: func(c *Config) any { return &c.OIDC.Domains }, check: domains},
	{Key: "oidc.role", Env: "KONTOR_OIDC_ROLE", Flag: "oidc-role",
		Help: "Role of people of KONTOR_OIDC_DOMAINS whom nobody has invited: supervisor, agent, technician, marketer or auditor. Empty: they stay out.",
		flag: func(f *Flags) string { return f.OIDCRole }, field: func(c *Config) any { return &c.OIDC.Role }, check: oneOf("supervisor", "agent", "technician", "marketer", "auditor")},
	{Key: "oidc.allow_private", Env: "KONTOR_OIDC_ALLOW_PRIVATE", Flag: "oidc-allow-private", Default: "0",
		Help: "1 lets the provider be at a loopback or private address, and without TLS.",
		flag: func(f *Flags) string { return string(f.OIDCAllowPrivate) }, field: func(c *Config) any { return &c.OIDC.AllowPrivate }, check: onOff},
	{Key: "log_level", Env: "KONTOR_LOG_LEVEL", Flag: "log-level", Default: "info",
		Help: "debug, info, warn or error.",
		flag: func(f *Flags) string { return f.LogLevel }, field: func(c *Config) any { return &c.LogLevel }, check: oneOf("debug", "info", "warn", "error")},
	{Key: "log_format", Env: "KONTOR_LOG_FORMAT", Flag: "log-format", Default: "text",
		Help: "text or json.",
		flag: func(f *Flags) string { return f.LogFormat }, field: func(c *Config) any { return &c.LogFormat }, check: oneOf("text", "json")},
	{Key: "whatsapp.access_token", Env: "WHATSAPP_ACCESS_TOKEN", Flag: "whatsapp-access-token-file", Secret: true,
		Help: "Permanent access token of a system user, with whatsapp_business_messaging and whatsapp_business_management.",
		flag: func(f *Flags) string { return f.WhatsAppAccessTokenFile }, field: func(c *Config) any { return &c.WhatsApp.AccessToken }, check: token},
	{Key: "whatsapp.phone_number_id", Env: "WHATSAPP_PHONE_NUMBER_ID", Flag: "whatsapp-phone-number-id",
		Help: "Id of the phone number in Meta's dashboard; not the number itself.",
		flag: func(f *Flags) string { return f.WhatsAppPhoneNumberID }, field: func(c *Config) any { return &c.WhatsApp.PhoneNumberID }, check: metaID},
	{Key: "whatsapp.business_account_id", Env: "WHATSAPP_BUSINESS_ACCOUNT_ID", Flag: "whatsapp-business-account-id",
		Help: "Id of the WhatsApp Business account (WABA) that owns the number.",
		flag: func(f *Flags) string { return f.WhatsAppBusinessAccountID }, field: func(c *Config) any { return &c.WhatsApp.BusinessAccountID }, check: metaID},
	{Key: "whatsapp.verify_token", Env: "WHATSAPP_WEBHOOK_VERIFY_TOKEN", Flag: "whatsapp-verify-token-file", Secret: true,
		Help: "Text of your choice that Meta repeats when it verifies the webhook.",
		flag: func(f *Flags) string { return f.WhatsAppVerifyTokenFile }, field: func(c *Config) any { return &c.WhatsApp.VerifyToken }, check: token},
	{Key: "whatsapp.app_secret", Env: "WHATSAPP_APP_SECRET", Flag: "whatsapp-app-secret-file", Secret: true,
		Help: "Secret of the Meta app; webhooks are signed with it.",
		flag: func(f *Flags) string { return f.WhatsAppAppSecretFile }, field: func(c *Config) any { return &c.WhatsApp.AppSecret }, check: token},
	{Key: "whatsapp.api_version", Env: "WHATSAPP_API_VERSION", Flag: "whatsapp-api-version",
		Help: "Version of the Graph API. Empty: the one in the base URL, else " + DefaultAPIVersion + ".",
		flag: func(f *Flags) string { return f.WhatsAppAPIVersion }, field: func(c *Config) any { return &c.WhatsApp.APIVersion }, check: version},
	{Key: "whatsapp.api_base_url", Env: "WHATSAPP_API_BASE_URL", Flag: "whatsapp-api-base-url", Default: "https://graph.facebook.com",
		Help: "Where the Graph API is, with or without the version.",
		flag: func(f *Flags) string { return f.WhatsAppAPIBaseURL }, field: func(c *Config) any { return &c.WhatsApp.APIBaseURL }, check: baseURL},
	{Key: "whatsapp.webhook_url", Env: "WHATSAPP_WEBHOOK_URL", Flag: "whatsapp-webhook-url",
		Help: "Address Meta calls, when it is not KONTOR_PUBLIC_URL followed by " + webhookPath + ".",
		flag: func(f *Flags) string { return f.WhatsAppWebhookURL }, field: func(c *Config) any { return &c.WebhookURL }, check: webURL},
}

func byKey(key string) Setting {
	for _, s := range settings {
		if s.Key == key {
			return s
		}
	}
	panic("config: no setting has the key " + key)
}

// store puts checked text into its member.
func (s Setting) store(c *Config, text string) {
	var err error
	switch field := s.field(c).(type) {
	case *string:
		*field = text
	case *wa.Secret:
		*field = wa.Secret(text)
	case *wa.PhoneNumberID:
		*field = wa.PhoneNumberID(text)
	case *wa.WABAID:
		*field = wa.WABAID(text)
	case *int:
		*field, err = strconv.Atoi(text)
	case *bool:
		*field, err = strconv.ParseBool(text)
	case *time.Duration:
		*field, err = time.ParseDuration(text)
	case *[]netip.Prefix:
		*field, err = parseNetworks(text)
	case *slog.Level:
		err = field.UnmarshalText([]byte(text))
	default:
		err = fmt.Errorf("no way to store a %T", field)
	}
	if err != nil {
		panic("config: " + s.Key + ": its check let a value pass that does not fit: " + err.Error())
	}
}

// show is the value in c as a person may see it.
func (s Setting) show(c *Config) string {
	switch field := s.field(c).(type) {
	case *wa.Secret:
		return masked(s.Key, field.Reveal())
	case *string:
		return *field
	case *wa.PhoneNumberID:
		return string(*field)
	case *wa.WABAID:
		return string(*field)
	case *int:
		return strconv.Itoa(*field)
	case *bool:
		return strconv.FormatBool(*field)
	case *time.Duration:
		return field.String()
	case *[]netip.Prefix:
		texts := make([]string, len(*field))
		for i, p := range *field {
			texts[i] = p.String()
		}
		return strings.Join(texts, ",")
	case *slog.Level:
		return field.String()
	default:
		panic(fmt.Sprintf("config: %s: no way to show a %T", s.Key, field))
	}
}
