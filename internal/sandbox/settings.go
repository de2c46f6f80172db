package sandbox

import (
	"encoding/json"
	"regexp"
	"slices"
	"time"
)

var onOff = []string{"ENABLED", "DISABLED"}

// settingsRules are the blocks of POST /{phone-number-id}/settings (cloud-api.md 6.3).
var settingsRules = []rule{
	{path: "calling", kind: object},
	{path: "calling.status", kind: text, oneOf: onOff},
	{path: "calling.call_icon_visibility", kind: text, oneOf: []string{"DEFAULT", "DISABLE_ALL"}},
	{path: "calling.call_icons", kind: object},
	{path: "calling.call_icons.restrict_to_user_countries", kind: list},
	{path: "calling.call_icons.restrict_to_user_countries[]", kind: text, min: 2, max: 2},
	{path: "calling.callback_permission_status", kind: text, oneOf: onOff},
	{path: "calling.call_hours", kind: object},
	{path: "calling.call_hours.status", kind: text, need: true, oneOf: onOff},
	{path: "calling.call_hours.timezone_id", kind: text, need: true, also: isZone},
	{path: "calling.call_hours.weekly_operating_hours", kind: list, need: true, min: 1, max: 14},
	{path: "calling.call_hours.weekly_operating_hours[]", kind: object},
	{path: "calling.call_hours.weekly_operating_hours[].day_of_week", kind: text, need: true, oneOf: []string{
		"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"}},
	{path: "calling.call_hours.weekly_operating_hours[].open_time", kind: text, need: true, also: isHour},
	{path: "calling.call_hours.weekly_operating_hours[].close_time", kind: text, need: true, also: isHour},
	{path: "calling.call_hours.holiday_schedule", kind: list, max: 20},
	{path: "calling.call_hours.holiday_schedule[]", kind: object},
	{path: "calling.call_hours.holiday_schedule[].date", kind: text, need: true, also: isDate},
	{path: "calling.sip", kind: object},
	{path: "calling.sip.status", kind: text, need: true, oneOf: onOff},
	{path: "calling.sip.servers", kind: list},
	{path: "calling.sip.servers[]", kind: object},
	{path: "calling.sip.servers[].hostname", kind: text, need: true, min: 1, max: 253},
	{path: "calling.sip.servers[].port", kind: whole, min: 1, max: 65535},
	{path: "user_identity_change", kind: object},
	{path: "user_identity_change.enable_identity_key_check", kind: boolean, need: true},
	{path: "payload_encryption", kind: object},
	{path: "payload_encryption.status", kind: text, need: true, oneOf: onOff},
	{path: "payload_encryption.client_encryption_key", kind: text, min: 1},
	{path: "storage_configuration", kind: object},
	{path: "storage_configuration.status", kind: text, need: true, oneOf: []string{
		"DEFAULT", "IN_COUNTRY_STORAGE_ENABLED", "NO_STORAGE_ENABLED"}},
	{path: "storage_configuration.retention_minutes", kind: whole, min: 1, max: 43200},
	{path: "storage_configuration.data_localization_region", kind: text, oneOf: regions},
}

var settingsBlocks = []string{"calling", "user_identity_change", "payload_encryption", "storage_configuration"}

var hourForm = regexp.MustCompile(`^([01]\d|2[0-3])[0-5]\d$`)

func isHour(v any, at string) *refusal {
	if !hourForm.MatchString(textOf(v)) {
		return refuse(codeValue, "%s: must be a time as in 0930", at)
	}
	return nil
}

func isDate(v any, at string) *refusal {
	if _, err := time.Parse(time.DateOnly, textOf(v)); err != nil {
		return refuse(codeValue, "%s: must be a date as in 2026-12-24", at)
	}
	return nil
}

func isZone(v any, at string) *refusal {
	if _, err := time.LoadLocation(textOf(v)); err != nil || textOf(v) == "" {
		return refuse(codeValue, "%s: must be a time zone as in Europe/Berlin", at)
	}
	return nil
}

// settings is what is set, by block; the caller holds mu.
func (d *numberDesk) settings() map[string]any {
	all := map[string]any{}
	if len(d.Settings) > 0 {
		_ = json.Unmarshal(d.Settings, &all) // our own
	}
	return all
}

// getSettings answers GET /{phone-number-id}/settings.
func (c *call) getSettings() (any, *refusal) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	d := c.s.st.portfolio.desk(c.number.cfg.PhoneNumberID)
	all := d.settings()
	storage := map[string]any{"status": "DEFAULT"}
	if d.Region != "" {
		storage = map[string]any{"status": "IN_COUNTRY_STORAGE_ENABLED", "data_localization_region": d.Region}
	}
	for name, def := range map[string]any{
		"calling":               map[string]any{"status": "DISABLED", "call_icon_visibility": "DEFAULT", "callback_permission_status": "DISABLED"},
		"user_identity_change":  map[string]any{"enable_identity_key_check": false},
		"payload_encryption":    map[string]any{"status": "DISABLED"},
		"storage_configuration": storage,
	} {
		if all[name] == nil {
			all[name] = def
		}
	}
	return choose(all, parseFields(c.query.Get("fields")), settingsBlocks...), nil
}

// postSettings answers POST /{phone-number-id}/settings: the blocks given are
// changed, member by member; a change of calling is told by webhook.
func (c *call) postSettings() (any, *refusal) {
	in := c.params()
	if bad := check(in, settingsRules); bad != nil {
		return nil, bad
	}
	if !slices.ContainsFunc(settingsBlocks, func(name string) bool { return in[name] != nil }) {
		return nil, paramBad("One of the parameters calling, user_identity_change, payload_encryption, storage_configuration is required.")
	}
	if member(in["payload_encryption"], "status") == "ENABLED" && member(in["payload_encryption"], "client_encryption_key") == nil {
		return nil, missing("payload_encryption.client_encryption_key")
	}
	return c.atDesk(func(d *numberDesk, now time.Time) *refusal {
		all := d.settings()
		for _, name := range settingsBlocks {
			given, ok := in[name].(map[string]any)
			if !ok {
				continue
			}
			block, _ := all[name].(map[string]any)
			if block == nil {
				block = map[string]any{}
			}
			for k, v := range given {
				block[k] = truth(v)
			}
			all[name] = block
		}
		raw, err := json.Marshal(all)
		if err != nil {
			return paramBad("The settings could not be read.")
		}
		d.Settings = raw
		if in["calling"] != nil {
			c.s.tell(c.number, "account_settings_update", "phone_number_settings", map[string]any{
				"messaging_product": "whatsapp", "timestamp": itoa(int(now.Unix())), "type": "phone_number_settings",
				"phone_number_settings": map[string]any{"phone_number_id": c.number.cfg.PhoneNumberID, "calling": all["calling"]},
			})
		}
		return nil
	})
}

// truth turns text of a boolean into one.
func truth(v any) any {
	switch v {
	case "true":
		return true
	case "false":
		return false
	}
	return v
}
