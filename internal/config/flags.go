package config

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Flags are the settings as the command line gives them; embed it in the root
// of a kong model and pass Vars() to kong. Everything is text here, since Load
// reports all problems together. Secrets are no flags, because every user of
// the machine sees a command line: their flag names a file.
type Flags struct {
	Config string `name:"config" placeholder:"FILE" help:"Configuration file, YAML or JSON ($$KONTOR_CONFIG)." group:"settings"`

	Listen                    string `name:"listen" placeholder:"ADDRESS" help:"${listen_help}" group:"settings"`
	SandboxListen             string `name:"sandbox-listen" placeholder:"ADDRESS" help:"${sandbox_listen_help}" group:"settings"`
	OnPremListen              string `name:"onprem-listen" placeholder:"ADDRESS" help:"${onprem_listen_help}" group:"settings"`
	OnPremMonitorKeyFile      string `name:"onprem-monitor-key-file" placeholder:"FILE" help:"${onprem_monitor_key_help}" group:"settings"`
	Data                      string `name:"data" placeholder:"FOLDER" help:"${data_help}" group:"settings"`
	DatabaseURLFile           string `name:"database-url-file" placeholder:"FILE" help:"${database_url_help}" group:"settings"`
	PublicURL                 string `name:"public-url" placeholder:"URL" help:"${public_url_help}" group:"settings"`
	TrustedProxies            string `name:"trusted-proxies" placeholder:"NETWORKS" help:"${trusted_proxies_help}" group:"settings"`
	AdminKeyFile              string `name:"admin-key-file" placeholder:"FILE" help:"${admin_key_help}" group:"settings"`
	DailyLimit                string `name:"daily-limit" placeholder:"N" help:"${daily_limit_help}" group:"settings"`
	CustomerDailyLimit        string `name:"customer-daily-limit" placeholder:"N" help:"${customer_daily_limit_help}" group:"settings"`
	UncertainAfter            string `name:"uncertain-after" placeholder:"SPAN" help:"${uncertain_after_help}" group:"settings"`
	WebhookDays               string `name:"webhook-days" placeholder:"N" help:"${webhook_days_help}" group:"settings"`
	FactDays                  string `name:"fact-days" placeholder:"N" help:"${fact_days_help}" group:"settings"`
	QuarantineDays            string `name:"quarantine-days" placeholder:"N" help:"${quarantine_days_help}" group:"settings"`
	CallbackDays              string `name:"callback-days" placeholder:"N" help:"${callback_days_help}" group:"settings"`
	AllowPrivateCallbacks     Switch `name:"allow-private-callbacks" help:"${allow_private_callbacks_help}" group:"settings"`
	MessageEncryptionKeyFile  string `name:"message-encryption-key-file" placeholder:"FILE" help:"${message_encryption_key_help}" group:"settings"`
	SMTPURLFile               string `name:"smtp-url-file" placeholder:"FILE" help:"${smtp_url_help}" group:"settings"`
	SMTPFrom                  string `name:"smtp-from" placeholder:"ADDRESS" help:"${smtp_from_help}" group:"settings"`
	OIDCIssuer                string `name:"oidc-issuer" placeholder:"URL" help:"${oidc_issuer_help}" group:"settings"`
	OIDCClientID              string `name:"oidc-client-id" placeholder:"ID" help:"${oidc_client_id_help}" group:"settings"`
	OIDCClientSecretFile      string `name:"oidc-client-secret-file" placeholder:"FILE" help:"${oidc_client_secret_help}" group:"settings"`
	OIDCName                  string `name:"oidc-name" placeholder:"NAME" help:"${oidc_name_help}" group:"settings"`
	OIDCDomains               string `name:"oidc-domains" placeholder:"DOMAINS" help:"${oidc_domains_help}" group:"settings"`
	OIDCRole                  string `name:"oidc-role" placeholder:"ROLE" help:"${oidc_role_help}" group:"settings"`
	OIDCAllowPrivate          Switch `name:"oidc-allow-private" help:"${oidc_allow_private_help}" group:"settings"`
	LogLevel                  string `name:"log-level" placeholder:"LEVEL" help:"${log_level_help}" group:"settings"`
	LogFormat                 string `name:"log-format" placeholder:"FORMAT" help:"${log_format_help}" group:"settings"`
	WhatsAppAccessTokenFile   string `name:"whatsapp-access-token-file" placeholder:"FILE" help:"${whatsapp_access_token_help}" group:"settings"`
	WhatsAppPhoneNumberID     string `name:"whatsapp-phone-number-id" placeholder:"ID" help:"${whatsapp_phone_number_id_help}" group:"settings"`
	WhatsAppBusinessAccountID string `name:"whatsapp-business-account-id" placeholder:"ID" help:"${whatsapp_business_account_id_help}" group:"settings"`
	WhatsAppVerifyTokenFile   string `name:"whatsapp-verify-token-file" placeholder:"FILE" help:"${whatsapp_verify_token_help}" group:"settings"`
	WhatsAppAppSecretFile     string `name:"whatsapp-app-secret-file" placeholder:"FILE" help:"${whatsapp_app_secret_help}" group:"settings"`
	WhatsAppAPIVersion        string `name:"whatsapp-api-version" placeholder:"vNN.N" help:"${whatsapp_api_version_help}" group:"settings"`
	WhatsAppAPIBaseURL        string `name:"whatsapp-api-base-url" placeholder:"URL" help:"${whatsapp_api_base_url_help}" group:"settings"`
	WhatsAppWebhookURL        string `name:"whatsapp-webhook-url" placeholder:"URL" help:"${whatsapp_webhook_url_help}" group:"settings"`
}

// Vars are the help texts of Flags, from the table of settings.
func Vars() kong.Vars {
	vars := kong.Vars{}
	for _, s := range settings {
		help := s.Help
		if s.Secret {
			help = "File with: " + strings.ToLower(help[:1]) + help[1:]
		}
		name := "$" + s.Env
		if s.Default != "" {
			help += fmt.Sprintf(" Default: %s.", s.Default)
		}
		vars[strings.ReplaceAll(s.Key, ".", "_")+"_help"] = help + " (" + name + ")"
	}
	return vars
}

// Switch is a flag that may stand alone ("--x" means 1) or carry a value ("--x=0").
type Switch string

// IsBool tells kong that the value may be left out.
func (Switch) IsBool() bool { return true }

// Decode takes the value for kong; Load checks it.
func (s *Switch) Decode(ctx *kong.DecodeContext) error {
	*s = "1"
	if next := ctx.Scan.Peek(); next.Type == kong.FlagValueToken {
		*s = Switch(fmt.Sprint(ctx.Scan.Pop().Value))
	}
	return nil
}
