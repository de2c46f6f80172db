package meta

import (
	"strings"

	"kontor/internal/wa"
)

// groupRecipient is Status.RecipientType when RecipientID is a group.
const groupRecipient = "group"

// report is status i of n, about one of contacts.
func report(number wa.PhoneNumberID, s *Status, contacts []Contact, i, n int) wa.StatusReport {
	r := wa.StatusReport{
		PhoneNumberID: number, Wamid: wa.Wamid(s.ID), Status: wa.Status(s.Status), At: s.Timestamp.Time,
		Recipient: complete(s.recipient(), matching(s.recipient(), contacts, i, n)),
		Opaque:    s.BizOpaqueCallbackData,
		Problems:  problems(s.Errors),
		Pricing:   s.Pricing.words(),
	}
	if c := s.Conversation; c != nil && r.Pricing != nil {
		r.Pricing.Conversation = &wa.PricedConversation{ID: c.ID, ExpiresAt: c.ExpirationTimestamp.Time}
		if c.Origin != nil {
			r.Pricing.Conversation.Origin = c.Origin.Type
		}
	}
	if r.Status == wa.StatusFailed && len(r.Problems) > 0 {
		r.Class = ClassOf(r.Problems[0].Code, 0)
	}
	return r
}

// recipient is the person; in a group, the participant whom the status is about.
func (s *Status) recipient() wa.Identity {
	id := wa.Identity{
		Phone:        phone(s.RecipientID),
		BSUID:        wa.BSUID(s.RecipientUserID),
		ParentBSUID:  wa.BSUID(s.ParentRecipientUserID),
		IdentityHash: s.RecipientIdentityKeyHash,
	}
	if s.RecipientType == groupRecipient {
		id.Phone = phone(s.RecipientParticipantID)
		if s.RecipientParticipantUserID != "" {
			id.BSUID = wa.BSUID(s.RecipientParticipantUserID)
		}
	}
	return id
}

// words reads pricing in all its spellings: type or pricing_type, and
// authentication_international for authentication-international. Where
// billable is missing, the type tells it (cloud-api.md 7.4).
func (p *Pricing) words() *wa.Pricing {
	if p == nil {
		return nil
	}
	kind := p.Type
	if kind == "" {
		kind = p.PricingType
	}
	category := p.Category
	if strings.EqualFold(category, "authentication_international") {
		category = "authentication-international"
	}
	billable := kind == "regular"
	if p.Billable != nil {
		billable = *p.Billable
	}
	return &wa.Pricing{Billable: billable, Model: p.PricingModel, Type: kind, Category: category}
}

// problems is the errors of a message or status in our words.
func problems(in []Error) []wa.Problem {
	if len(in) == 0 {
		return nil
	}
	out := make([]wa.Problem, len(in))
	for i := range in {
		out[i] = in[i].problem()
	}
	return out
}

func (e *Error) problem() wa.Problem {
	p := wa.Problem{Code: int(e.Code), Title: e.Title, Href: e.Href}
	if p.Title == "" {
		p.Title = e.Message
	}
	if e.ErrorData != nil {
		p.Details = e.ErrorData.Details
	}
	return p
}
