package api

import (
	"github.com/danielgtaylor/huma/v2"
)

// words describes members that mean the same wherever they stand, and those of
// package wa, whose structs carry no texts for this document. "Schema.member"
// goes before "member"; what a field says itself goes before both.
var words = map[string]string{
	"contact_id": "The person: con_….", "conversation_id": "The conversation: cnv_….", "message_id": "The message: msg_….",
	"number_id": "The business number: num_….", "person_id": "Somebody of the house: per_….", "key_id": "The API key: key_….",
	"template_id": "The template: tpl_….", "workspace_id": "The workspace: wks_….", "waba_id": "The WhatsApp Business Account.",
	"name": "What it is called.", "role": "What they may do: see rights of GET me.", "success": "Always true: a refusal is a problem.",
	"username": "The person's WhatsApp username, without @.", "language": "A language code, as de or pt_BR.",
	"closed_at": "When it was closed; null while it is open.", "created_at": "When it was made.", "received_at": "When it came.",
	"last_at": "When something was last said.", "waiting_since": "Since when it waits for somebody of the house; null when it does not.",
	"sent_at": "When WhatsApp's servers had it.", "delivered_at": "When it reached the customer's phone.", "read_at": "When the customer read it.",
	"failed_at": "When it failed; see errors.", "at": "When it happened.", "hint": "The last four characters, to recognise it.",
	"display_phone": "The number as Meta writes it.", "verified_name": "The name that WhatsApp has verified; customers see it.",
	"address": "The address in words.", "rows": "1–10 rows.", "policy": "deterministic, or nothing.", "filename": "The name that a reader sees.",
	"title": "In short.", "details": "In WhatsApp's words.", "id": "Its id.", "code": "Its code.", "href": "Where Meta explains it.",

	"Fact.kind": "What happened.", "Fact.message_id": "Which message; null when it is about none.", "Fact.conversation_id": "Which conversation; null when it is about none.",
	"Fact.contact_id": "Which person; null when it is about none.", "Fact.number_id": "Which business number; null when it is about none.",
	"Counts.mine": "Assigned to you.", "Counts.unassigned": "In the queue.", "Counts.all": "Not closed.", "Counts.closed": "Closed.",
	"Contact.username": "The person's WhatsApp username; null when there is none.", "Contact.language": "The person's language; null when it is not known.",
	"Place.name": "What the place is called.", "QuarantineEntry.id": "Its number in the list.", "KeptWebhook.id": "Its number in the list.", "Trouble.title": "What it is, in short.",

	"WaContent.type": "Meta's name of the type; the member of that name holds the rest.", "WaContent.contacts": "Contact cards.",
	"WaContent.errors": "What Meta could not deliver of an inbound message.", "WaContent.raw_type": "The type's name when it is newer than this program.",
	"WaContent.raw": "A message exactly as it came, when this program does not know all of it.", "WaSystem.identity_hash": "The hash of the customer's new key, when it changed.", "WaContent.identity_hash": "Deliver only while the customer's key has this hash; otherwise error 137000.",
	"body": "The text.", "text": "The text.", "payload": "What the business put on the button.", "type": "The kind, in Meta's words.",
	"expires_at": "Until when it is good.", "invitation_id": "inv_…", "team_id": "tea_…", "session_id": "ses_…", "passkey_id": "pky_…",
	"Ended.ended": "How many ended.", "PasswordInputBody.password": "The password.",
	"caption": "The text under the file.", "link": "Where Meta fetches the file.", "media_id": "The file in Kontor: med_….", "mime_type": "What the file is.",
	"sha256": "Of the bytes, base64, as Meta writes it.", "size": "Bytes; 0 or absent when not known.", "url": "An address.",
	"voice": "A voice message.", "animated": "A sticker that moves.", "latitude": "Degrees, −90 to 90.", "longitude": "Degrees, −180 to 180.",
	"WaMedia.id": "Meta's id of the file.", "WaMedia.url": "Meta's short-lived address of an inbound file; use media_id.",
	"preview_url": "Whether an address in the text is shown with a preview.", "emoji": "One emoji; empty takes the reaction away.",
	"WaReaction.message_id": "The message that it is on: a wamid inbound.", "header": "Above the text.", "footer": "Below the text.",
	"buttons": "The buttons.", "components": "The parts.", "cards": "The cards of a carousel.", "card_index": "Which card, from 0.",
	"example": "The example that was approved, as Meta writes it.", "format": "Of a header: TEXT, IMAGE, VIDEO, DOCUMENT, GIF, LOCATION, PRODUCT.",
	"otp_type": "How the code is handed over.", "phone_number": "The number that the button calls.", "WaTemplate.name": "The template's name.",
	"WaLanguage.code": "Meta's language code, exactly as approved.", "WaTemplateComponent.sub_type": "Of a button: quick_reply, url, copy_code, flow, …",
	"WaTemplateComponent.index": "Of a button: its position from 0.", "WaTemplateComponent.parameters": "The values, in order.",
	"parameter_name": "Of a named variable.", "coupon_code": "The code that the button copies.", "action": "The action, as Meta defines it.",
	"product": "As Meta defines it.", "limited_time_offer": "As Meta defines it.", "order_details": "As Meta defines it.", "order_status": "As Meta defines it.",
	"tap_target_configuration": "As Meta defines it.", "ttl_minutes": "How long the button works, in minutes.",
	"WaCurrency.fallback_value": "The amount in words.", "WaCurrency.code": "The currency's code.", "WaCurrency.amount_1000": "The amount times 1000.",
	"WaDateTime.fallback_value": "The date in words.", "WaReply.type": "button_reply, list_reply, nfm_reply, call_permission_reply, or newer.",
	"WaReply.id": "The id that the business gave the button or row.", "WaReply.title": "What the customer tapped.", "WaReply.description": "The row's second line.",
	"WaReply.name": "nfm_reply: flow, address_message, …", "WaReply.response_json": "nfm_reply: the answers, as JSON in a text.", "WaReply.raw": "Another kind of reply, as it came.",
	"forwarded": "The message was forwarded.", "frequently_forwarded": "It was forwarded more than five times.",
	"WaContext.from": "Who wrote the message that this one answers.", "WaContext.id": "The message that this one answers: a wamid, or our id when sent.",
	"catalog_id": "Which catalogue.", "product_retailer_id": "The product's id with the retailer.", "product_items": "What was ordered.",
	"quantity": "How many.", "item_price": "The price of one, in units of currency.", "currency": "The currency's code.",
	"original_message_id": "The wamid of the message that it is about.",
	"WaSystem.wa_id":      "The customer's new number.", "user_id": "The customer's new BSUID.", "previous_user_id": "The BSUID before.",
	"parent_user_id": "The BSUID at the parent account.", "previous_parent_user_id": "The BSUID at the parent account before.",
	"WaPricing.conversation": "The conversation that was charged, where Meta still names one.", "WaPricedConversation.id": "Meta's id of it.",
	"WaPricedConversation.origin": "What opened it: marketing, utility, service, referral_conversion, …", "WaPricedConversation.expires_at": "Until when it lasts.",
	"billable": "Whether it is charged.", "pricing_model": "PMP or CBP.", "WaPricing.type": "regular, free_customer_service, free_entry_point, or newer.", "category": "The price category.",
	"headline": "The ad's headline.", "image_url": "The ad's picture.", "video_url": "The ad's film.", "thumbnail_url": "The film's still.",
	"media_type": "image or video.", "source_id": "The ad's or post's id.", "source_type": "ad or post.", "source_url": "The ad's or post's address.",
	"ctwa_clid": "Meta's id of the click.", "welcome_message": "What the ad greeted the customer with.",
	"acknowledged": "Whether the customer was told.", "created_timestamp": "When the key changed, as WhatsApp writes it: unix seconds as text.", "hash": "The hash of the key.",
	"formatted_name": "The whole name.", "first_name": "Given name.", "last_name": "Family name.", "middle_name": "Middle name.", "prefix": "As Dr.", "suffix": "As Jr.",
	"phones": "Numbers.", "emails": "Addresses for mail.", "addresses": "Postal addresses.", "urls": "Web addresses.", "birthday": "YYYY-MM-DD.",
	"origin": "How the card was shared.", "vcard": "The card as vCard.", "phone": "The number as written on the card.", "email": "An address for mail.",
	"wa_id": "The number's WhatsApp id; with it the customer can write to it.", "street": "Street and number.", "city": "City.", "state": "State.", "zip": "Postal code.",
	"country": "Country.", "country_code": "Two letters.", "company": "Company.", "department": "Department.",
}

// describe fills in what the fields do not say themselves.
func describe(schemas map[string]*huma.Schema) {
	for name, schema := range schemas {
		for member, s := range schema.Properties {
			if s.Description != "" || s.Ref != "" {
				continue
			}
			s.Description = words[member]
			if text, ok := words[name+"."+member]; ok {
				s.Description = text
			}
		}
	}
}
