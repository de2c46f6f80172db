package meta

// Status is one statuses[] object (cloud-api.md 2.6).
type Status struct {
	ID        string    `json:"id"`
	Status    string    `json:"status"` // sent, delivered, read, failed, played
	Timestamp Timestamp `json:"timestamp"`

	// RecipientID is the number, or the group's id with RecipientType "group".
	// It is missing when the message went to a BSUID whose number is not shared.
	RecipientID                string `json:"recipient_id,omitempty"`
	RecipientType              string `json:"recipient_type,omitempty"`
	RecipientUserID            string `json:"recipient_user_id,omitempty"`
	ParentRecipientUserID      string `json:"parent_recipient_user_id,omitempty"`
	RecipientParticipantID     string `json:"recipient_participant_id,omitempty"`
	RecipientParticipantUserID string `json:"recipient_participant_user_id,omitempty"`
	RecipientIdentityKeyHash   string `json:"recipient_identity_key_hash,omitempty"`

	BizOpaqueCallbackData string        `json:"biz_opaque_callback_data,omitempty"`
	Conversation          *Conversation `json:"conversation,omitempty"`
	Pricing               *Pricing      `json:"pricing,omitempty"`
	Errors                []Error       `json:"errors,omitempty"` // on failed only
}

// Conversation is Meta's pricing conversation; from v24 on only for free-entry
// windows. ExpirationTimestamp is on sent only.
type Conversation struct {
	ID                  string    `json:"id"`
	ExpirationTimestamp Timestamp `json:"expiration_timestamp,omitzero"`
	Origin              *Origin   `json:"origin,omitempty"`
}

// Origin is what opened the conversation.
type Origin struct {
	Type string `json:"type"`
}

// Pricing is on sent and on one of delivered and read (cloud-api.md 7.4).
// Some payloads carry PricingType instead of Type; Billable is to be dropped
// by Meta in a later version.
type Pricing struct {
	Billable     *bool  `json:"billable,omitempty"`
	PricingModel string `json:"pricing_model,omitempty"`
	Type         string `json:"type,omitempty"`
	PricingType  string `json:"pricing_type,omitempty"`
	Category     string `json:"category,omitempty"`
}
