package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/wa"
)

// NumberShape is a business number.
type NumberShape struct {
	NumberID      string `json:"number_id"`
	PhoneNumberID string `json:"phone_number_id" doc:"Meta's id."`
	WABAID        string `json:"waba_id" doc:"Its WhatsApp Business Account."`
	DisplayPhone  string `json:"display_phone" example:"+49 451 5550100"`
	VerifiedName  string `json:"verified_name"`
	State         string `json:"state" enum:"active,stopped" doc:"stopped: an operator must act; messages wait unharmed."`
	StateReason   string `json:"state_reason" doc:"Why it stands or pauses: a stable code, as token_invalid."`
	Quality       string `json:"quality" doc:"GREEN, YELLOW, RED or UNKNOWN."`
	Throughput    string `json:"throughput" doc:"STANDARD: 80 messages a second; HIGH: 1000 (cloud-api.md 4.1)."`
	MessagingTier string `json:"messaging_tier" doc:"How many people may be written to first in 24 hours: TIER_250 …"`
	PausedUntil   Stamp  `json:"paused_until" doc:"Sending cools down until then."`
}

// NumberRef is the business number in a path.
type NumberRef struct {
	PhoneNumberID string `path:"phone_number_id" maxLength:"64" doc:"Meta's id of the business number."`
}

// ProfileShape is the public profile of a business (cloud-api.md 6.6).
type ProfileShape struct {
	About             string   `json:"about,omitempty" maxLength:"139" doc:"At most 139 characters; cannot be emptied."`
	Address           string   `json:"address,omitempty" maxLength:"256" doc:"At most 256 characters."`
	Description       string   `json:"description,omitempty" maxLength:"512" doc:"At most 512 characters."`
	Email             string   `json:"email,omitempty" maxLength:"128" doc:"At most 128 characters."`
	Vertical          string   `json:"vertical,omitempty" maxLength:"40" doc:"Meta's word for the trade: AUTO, RETAIL, PROF_SERVICES, …; cannot be emptied."`
	Websites          []string `json:"websites,omitempty" maxItems:"2" doc:"At most two addresses of at most 256 characters."`
	ProfilePictureURL string   `json:"profile_picture_url,omitempty" doc:"Where the picture is; it cannot be set here."`
}

type profileInput struct {
	NumberRef
	Body ProfileShape
}

func (a *API) numbers() {
	handle(a, route{
		method: http.MethodGet, path: "/numbers", id: "list-numbers", tag: "Numbers", right: account.Read,
		summary: "List business numbers", text: "All of the workspace, in the order in which they were connected.",
	}, func(ctx context.Context, _ *none) (*body[List[NumberShape]], error) {
		numbers := a.Numbers.Of(principal(ctx).WorkspaceID)
		return answerWith(page(numbers, len(numbers), showNumber, nil)), nil
	})
	handle(a, route{
		method: http.MethodGet, path: "/numbers/{phone_number_id}/profile", id: "get-profile", tag: "Numbers", right: account.Read,
		summary: "See the business profile", text: "As customers see it, read from WhatsApp.",
	}, func(ctx context.Context, in *NumberRef) (*body[ProfileShape], error) {
		n, err := a.ownNumber(principal(ctx).WorkspaceID, wa.PhoneNumberID(in.PhoneNumberID))
		if err != nil {
			return nil, err
		}
		return a.profile(ctx, n)
	})
	handle(a, route{
		method: http.MethodPut, path: "/numbers/{phone_number_id}/profile", id: "set-profile", tag: "Numbers", right: account.ManageNumbers,
		summary: "Change the business profile", text: "Replaces the whole profile: members that are left out are emptied, but about and vertical, which cannot be.",
		example: map[string]any{"about": "Bicycles since 1911", "address": "Königstraße 1, Lübeck", "email": "hello@shop.example", "websites": []any{"https://shop.example"}},
	}, func(ctx context.Context, in *profileInput) (*body[ProfileShape], error) {
		n, err := a.ownNumber(principal(ctx).WorkspaceID, wa.PhoneNumberID(in.PhoneNumberID))
		if err != nil {
			return nil, err
		}
		if f := a.Carrier.SetProfile(ctx, n, wa.Profile(in.Body)); f != nil {
			return nil, failure(f)
		}
		return a.profile(ctx, n)
	})
}

func (a *API) profile(ctx context.Context, n *wa.Number) (*body[ProfileShape], error) {
	p, f := a.Carrier.Profile(ctx, n)
	if f != nil {
		return nil, failure(f)
	}
	return answerWith(ProfileShape(p)), nil
}

func showNumber(n *wa.Number) NumberShape {
	return NumberShape{
		NumberID: n.ID.String(), PhoneNumberID: string(n.PhoneNumberID), WABAID: string(n.WABAID), DisplayPhone: n.DisplayPhone, VerifiedName: n.VerifiedName,
		State: string(n.State), StateReason: n.StateReason, Quality: n.Quality, Throughput: n.Throughput, MessagingTier: n.MessagingTier, PausedUntil: Stamp(n.PausedUntil),
	}
}
