package graph

import (
	"encoding/json"
	"net/url"
	"strings"
)

// A field of Graph's can lead to another object (owner_business_info{…},
// phone_numbers{…}): with a token that sees several workspaces, such a field
// would too. So the fields that may be asked for are listed; others are left
// out, as Graph leaves out fields that an object does not have for a caller.

// anyField is for edges whose answer leads nowhere: names pass, braces do not.
var anyField = map[string]bool{"*": true}

func set(names string) map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		out[name] = true
	}
	return out
}

// numberFields: cloud-api.md 6.2.
var numberFields = set(`id display_phone_number verified_name quality_rating quality_score status code_verification_status
	name_status new_name_status new_display_name messaging_limit_tier whatsapp_business_manager_messaging_limit throughput
	platform_type account_mode is_official_business_account is_pin_enabled is_on_biz_app is_preverified_number health_status
	conversational_automation search_visibility eligibility_for_api_business_global_search certificate new_certificate
	last_onboarded_time country_dial_code country_code username host_platform webhook_configuration`)

// accountFields: cloud-api.md 6.4 and 7.5.
var accountFields = set(`id name timezone_id currency country status message_template_namespace account_review_status
	business_verification_status ownership_type primary_funding_id health_status is_enabled_for_insights
	marketing_messages_onboarding_status marketing_messages_lite_api_status disable_marketing_messages_on_cloud_api
	whatsapp_business_manager_messaging_limit analytics conversation_analytics pricing_analytics template_analytics
	template_group_analytics call_analytics`)

// analyticsFields count all numbers of an account.
var analyticsFields = set(`analytics conversation_analytics pricing_analytics template_analytics template_group_analytics call_analytics`)

// templateFields: cloud-api.md 5.2.
var templateFields = set(`id name language category sub_category parameter_format components status quality_score rejected_reason
	previous_category correct_category library_template_name last_updated_time health_status message_send_ttl_seconds
	cta_url_link_tracking_opted_out is_primary_device_delivery_only degrees_of_freedom_spec`)

// profileFields: cloud-api.md 6.6.
var profileFields = set(`id about address description email profile_picture_url websites vertical messaging_product`)

var qrFields = set(`code prefilled_message deep_link_url qr_image_url creation_time`)

// flowFields: cloud-api.md 6.8. The account and the application are left out.
var flowFields = set(`id name status categories validation_errors json_version data_api_version endpoint_uri preview health_status`)

// nested are fields whose members are their own and lead to no other object.
var nested = set(`throughput health_status quality_score conversational_automation webhook_configuration components
	whatsapp_business_manager_messaging_limit preview validation_errors degrees_of_freedom_spec`)

// allowed is what remains of a fields parameter; id when nothing does.
func allowed(asked []string, may map[string]bool) string {
	var kept []string
	for _, field := range splitFields(asked) {
		name := field
		if i := strings.IndexAny(field, ".({"); i >= 0 {
			name = field[:i]
		}
		name = strings.TrimSpace(name)
		if !may[name] && !may["*"] || strings.ContainsRune(field, '{') && !nested[name] {
			continue
		}
		kept = append(kept, field)
	}
	if len(kept) == 0 {
		return "id"
	}
	return strings.Join(kept, ",")
}

// splitFields takes "a,b{c,d},e(1,2)" and ["a","b"], repeated or not.
func splitFields(asked []string) (fields []string) {
	for _, text := range asked {
		var list []string
		if strings.HasPrefix(strings.TrimSpace(text), "[") && json.Unmarshal([]byte(text), &list) == nil {
			fields = append(fields, list...)
			continue
		}
		depth, start := 0, 0
		for i, r := range text {
			switch r {
			case '{', '(', '[':
				depth++
			case '}', ')', ']':
				depth--
			case ',':
				if depth == 0 {
					fields, start = append(fields, strings.TrimSpace(text[start:i])), i+1
				}
			}
		}
		fields = append(fields, strings.TrimSpace(text[start:]))
	}
	kept := fields[:0]
	for _, f := range fields {
		if f != "" {
			kept = append(kept, f)
		}
	}
	return kept
}

// ownParameters are for the gateway, or change the form of an answer.
var ownParameters = []string{"access_token", "appsecret_proof", "appsecret_time", "debug", "format", "pretty", "metadata", "locale", "return_ssl_resources", "include_sip_credentials"}

// passedQuery is the query of a call that is passed through.
func (c *call) passedQuery(may map[string]bool) url.Values {
	out := url.Values{}
	for name, values := range c.query {
		out[name] = values
	}
	for _, name := range ownParameters {
		out.Del(name)
	}
	if out.Has("fields") {
		if may == nil {
			out.Del("fields")
		} else {
			out.Set("fields", allowed(out["fields"], may))
		}
	}
	return out
}
