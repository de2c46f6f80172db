package premises

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kontor/internal/fault"
	"kontor/internal/txn"
)

// Effect is what a setting of the old client does in Kontor.
type Effect string

const (
	Honoured Effect = "honoured"  // the same as before
	Partly   Effect = "partly"    // see Setting.Here
	NoEffect Effect = "no effect" // kept and reported
)

// Setting is a key of settings/application (on-premises-api.md 2.2). A dot is a
// level of the JSON object.
type Setting struct {
	Key    string
	Effect Effect
	Here   string // what it does here, or why nothing
	value  value
	preset any // what GET answers when it was never set
}

// value checks and normalises what a client sends for a key; ok is false for
// the wrong type or value.
type value func(v any) (clean any, ok bool)

// Settings is the table of keys, in the order of the contract.
func Settings() []Setting { return slices.Clone(settings) }

var settings = []Setting{
	{Key: "callback_persist", Effect: Honoured, Here: "false: a callback that failed is not tried again after a restart", value: boolean, preset: true},
	{Key: "callback_backoff_delay_ms", Effect: Honoured, Here: "the step added to the wait after each failed callback", value: millis(1, 3_600_000), preset: int64(3000)},
	{Key: "max_callback_backoff_delay_ms", Effect: Honoured, Here: "the longest wait between two tries of a callback", value: millis(1, 86_400_000), preset: int64(900_000)},
	{Key: "webhooks.url", Effect: Honoured, Here: "where callbacks go", value: address, preset: ""},
	{Key: "webhooks.max_concurrent_requests", Effect: Honoured, Here: "callbacks in flight at once", value: oneOf(6, 12, 18, 24), preset: int64(6)},
	{Key: "webhooks.message.sent", Effect: Honoured, Here: "callbacks for the status sent; follows sent_status until it is set", value: boolean},
	{Key: "webhooks.message.delivered", Effect: Honoured, Here: "callbacks for the status delivered", value: boolean, preset: true},
	{Key: "webhooks.message.read", Effect: Honoured, Here: "callbacks for the status read", value: boolean, preset: true},
	{Key: "sent_status", Effect: Honoured, Here: "callbacks for the status sent", value: boolean, preset: false},
	{Key: "media.auto_download", Effect: Honoured, Here: "kinds of media whose callback waits for the file; Kontor fetches all of them in any case", value: kinds, preset: []any{"image", "document", "audio", "video", "voice", "sticker"}},
	{Key: "pass_through", Effect: NoEffect, Here: "Kontor keeps messages by its own retention rules", value: boolean, preset: false},
	{Key: "db_garbagecollector_enable", Effect: NoEffect, Here: "Kontor's own retention rules decide", value: boolean, preset: true},
	{Key: "garbagecollector_enable.messages", Effect: NoEffect, Here: "Kontor's own retention rules decide", value: boolean, preset: true},
	{Key: "garbagecollector_enable.media", Effect: NoEffect, Here: "Kontor's own retention rules decide", value: boolean, preset: false},
	{Key: "heartbeat_interval", Effect: NoEffect, Here: "there is no cluster of masters and cores", value: whole(1, 86_400), preset: int64(5)},
	{Key: "unhealthy_interval", Effect: NoEffect, Here: "there is no cluster of masters and cores", value: whole(1, 86_400), preset: int64(30)},
	{Key: "axolotl_context_striping_disabled", Effect: NoEffect, Here: "the Cloud API keeps the keys", value: boolean, preset: false},
	{Key: "notify_user_change_number", Effect: Honoured, Here: "callbacks of type system when a customer changes the number", value: boolean, preset: true},
	{Key: "show_security_notifications", Effect: Honoured, Here: "the Cloud API's identity check is switched on for the number; a change holds back what is sent to the customer until it is acknowledged", value: boolean, preset: false},
	{Key: "skip_referral_media_download", Effect: Honoured, Here: "referral.image and referral.video are left out", value: boolean, preset: false},
	{Key: "on_call_pager", Effect: NoEffect, Here: "Kontor's readiness and metrics tell operators", value: text(64)},
	{Key: "webhook_payload_conversation_pricingmodel_disabled", Effect: Honoured, Here: "pricing is left out of statuses", value: boolean, preset: false},
	{Key: "verbose_logging", Effect: NoEffect, Here: "KONTOR_LOG_LEVEL decides", value: boolean, preset: false},
	{Key: "log_level", Effect: NoEffect, Here: "KONTOR_LOG_LEVEL decides", value: text(32), preset: "info"},
}

func settingOf(key string) (Setting, bool) {
	i := slices.IndexFunc(settings, func(s Setting) bool { return s.Key == key })
	if i < 0 {
		return Setting{}, false
	}
	return settings[i], true
}

// isGroup tells whether a name is a level above settings: "webhooks".
func isGroup(name string) bool {
	return slices.ContainsFunc(settings, func(s Setting) bool { return strings.HasPrefix(s.Key, name+".") })
}

func boolean(v any) (any, bool) { b, ok := v.(bool); return b, ok }

// number takes 3000 and "3000": samples have both.
func number(v any) (int64, bool) {
	switch v := v.(type) {
	case float64:
		return int64(v), v == float64(int64(v))
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		return n, err == nil
	}
	return 0, false
}

func whole(least, most int64) value {
	return func(v any) (any, bool) { n, ok := number(v); return n, ok && least <= n && n <= most }
}

func millis(least, most int64) value { return whole(least, most) }

func oneOf(allowed ...int64) value {
	return func(v any) (any, bool) { n, ok := number(v); return n, ok && slices.Contains(allowed, n) }
}

func text(most int) value {
	return func(v any) (any, bool) { s, ok := v.(string); return s, ok && len(s) <= most }
}

func address(v any) (any, bool) {
	s, ok := v.(string)
	if !ok || len(s) > 2048 {
		return nil, false
	}
	if s == "" {
		return s, true
	}
	u, err := url.Parse(s)
	return s, err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

var mediaKinds = []string{"image", "document", "audio", "video", "voice", "sticker"}

func kinds(v any) (any, bool) {
	list, ok := v.([]any)
	for _, one := range list {
		s, is := one.(string)
		ok = ok && is && slices.Contains(mediaKinds, s)
	}
	return v, ok
}

// Application are the settings of one number: what was changed, by key.
type Application map[string]any

// Codes of refused settings; the field names the key.
const (
	CodeSettingUnknown = "onprem_setting_unknown"
	CodeSettingWrong   = "onprem_setting_wrong"
)

// flatten turns a PATCH body into keys of the table.
func flatten(prefix string, in map[string]any, out map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(in)) {
		key, v := prefix+name, in[name]
		if nested, is := v.(map[string]any); is && isGroup(key) {
			if err := flatten(key+".", nested, out); err != nil {
				return err
			}
			continue
		}
		s, known := settingOf(key)
		switch {
		case key == "wa_id": // read only: programs send back what they read
			continue
		case !known && isGroup(key):
			return fault.Wrong(CodeSettingWrong, fault.Field{Name: key, Detail: "This must be an object."})
		case !known:
			return fault.Wrong(CodeSettingUnknown, fault.Field{Name: key, Detail: "There is no such setting."})
		}
		clean, ok := s.value(v)
		if !ok {
			return fault.Wrong(CodeSettingWrong, fault.Field{Name: key, Detail: "The value has the wrong type, or is not allowed."})
		}
		out[key] = clean
	}
	return nil
}

// Patch changes the settings that in names and keeps the others.
func (b *Book) Patch(ctx context.Context, f Facade, in map[string]any) (Application, error) {
	changes := map[string]any{}
	if err := flatten("", in, changes); err != nil {
		return nil, err
	}
	if len(changes) == 0 && len(in) == 0 {
		return nil, fault.Wrong(CodeSettingWrong, fault.Field{Name: "body", Detail: "No setting is named."})
	}
	return Change(ctx, b, f, DocApplication, func(a *Application) error {
		if *a == nil {
			*a = Application{}
		}
		maps.Copy(*a, changes)
		return nil
	})
}

// Application reads a number's settings.
func (b *Book) Application(ctx context.Context, f Facade) (a Application, err error) {
	err = b.Runner.Read(ctx, func(tx txn.Tx) error {
		a, err = b.ApplicationTx(tx, f)
		return err
	})
	return a, err
}

// ApplicationTx is Application in a transaction of the caller's.
func (b *Book) ApplicationTx(tx txn.Tx, f Facade) (Application, error) {
	a := Application{}
	_, err := b.load(tx, f, DocApplication, &a)
	return a, err
}

// Reset forgets every setting.
func (b *Book) Reset(ctx context.Context, f Facade) error { return b.Remove(ctx, f, DocApplication) }

// get is a setting as it stands: set, or its preset.
func (a Application) get(key string) any {
	if v, ok := a[key]; ok {
		return v
	}
	s, _ := settingOf(key)
	return s.preset
}

// Shown are all settings with their presets, in the levels of the JSON object.
func (a Application) Shown() map[string]any {
	out := map[string]any{}
	for _, s := range settings {
		v := a.get(s.Key)
		if s.Key == "webhooks.message.sent" {
			v = a.Sent()
		}
		if v == nil {
			continue
		}
		level := out
		path := strings.Split(s.Key, ".")
		for _, name := range path[:len(path)-1] {
			if level[name] == nil {
				level[name] = map[string]any{}
			}
			level = level[name].(map[string]any)
		}
		level[path[len(path)-1]] = v
	}
	return out
}

func (a Application) flag(key string) bool { b, _ := a.get(key).(bool); return b }

func (a Application) number(key string) int64 {
	switch v := a.get(key).(type) {
	case int64:
		return v
	case float64: // as JSON brought it back
		return int64(v)
	}
	return 0
}

// WebhookURL is where callbacks go; empty for nowhere.
func (a Application) WebhookURL() string { s, _ := a.get("webhooks.url").(string); return s }

// Concurrency is how many callbacks may be in flight.
func (a Application) Concurrency() int { return int(a.number("webhooks.max_concurrent_requests")) }

// Backoff is the step that is added to the wait after each failure.
func (a Application) Backoff() time.Duration {
	return time.Duration(a.number("callback_backoff_delay_ms")) * time.Millisecond
}

// MaxBackoff is the longest wait.
func (a Application) MaxBackoff() time.Duration {
	return time.Duration(a.number("max_callback_backoff_delay_ms")) * time.Millisecond
}

// Persist is callback_persist.
func (a Application) Persist() bool { return a.flag("callback_persist") }

// Sent tells whether the status sent is called back: its own filter, or the
// older sent_status (on-premises-api.md 2.2).
func (a Application) Sent() bool {
	if v, ok := a["webhooks.message.sent"].(bool); ok {
		return v
	}
	return a.flag("sent_status")
}

// Delivered and Read are the filters of the other statuses.
func (a Application) Delivered() bool { return a.flag("webhooks.message.delivered") }

// Read tells whether the status read is called back.
func (a Application) Read() bool { return a.flag("webhooks.message.read") }

// AutoDownload tells whether the callback of a message with this kind of media
// waits for the file; kind is the On-Premises type, so "voice" is one of its own.
func (a Application) AutoDownload(kind string) bool {
	list, _ := a.get("media.auto_download").([]any)
	return slices.Contains(list, any(kind))
}

// NotifyNumberChange is notify_user_change_number.
func (a Application) NotifyNumberChange() bool { return a.flag("notify_user_change_number") }

// ShowSecurity is show_security_notifications.
func (a Application) ShowSecurity() bool { return a.flag("show_security_notifications") }

// SkipReferralMedia is skip_referral_media_download.
func (a Application) SkipReferralMedia() bool { return a.flag("skip_referral_media_download") }

// HidePricing is webhook_payload_conversation_pricingmodel_disabled.
func (a Application) HidePricing() bool {
	return a.flag("webhook_payload_conversation_pricingmodel_disabled")
}

// WithoutEffect are the settings that were changed and do nothing here, or not
// all that they did.
func (a Application) WithoutEffect() (out []Setting) {
	for _, s := range settings {
		if _, set := a[s.Key]; set && s.Effect != Honoured {
			out = append(out, s)
		}
	}
	return out
}
