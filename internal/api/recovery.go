package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
)

// Forgotten passwords, and invitations that are taken up: what a link of a mail
// leads to.

type forgottenInput struct {
	Body struct {
		Email  string `json:"email" maxLength:"400"`
		Locale string `json:"locale,omitempty" maxLength:"35" doc:"Language of the letter, where the person has chosen none." example:"de"`
	}
}

type tokenInput struct {
	Body struct {
		Token string `json:"token" maxLength:"100" doc:"Of the link."`
	}
}

type resetInput struct {
	Body struct {
		Token    string `json:"token" maxLength:"100" doc:"Of the link."`
		Password string `json:"password" maxLength:"1024" doc:"At least 12 characters, and none that is tried first."`
	}
}

type acceptInput struct {
	Body struct {
		Token    string `json:"token" maxLength:"100" doc:"Of the link."`
		Name     string `json:"name" maxLength:"400" doc:"1–100 characters."`
		Password string `json:"password" maxLength:"1024" doc:"At least 12 characters, and none that is tried first."`
		Locale   string `json:"locale,omitempty" maxLength:"35" doc:"Language of the web app; empty: the browser's."`
	}
}

// ResetShape is a link to a new password.
type ResetShape struct {
	Name      string `json:"name" doc:"Whose password it sets."`
	Email     string `json:"email" doc:"Their address."`
	ExpiresAt Stamp  `json:"expires_at"`
}

// GuestShape is an invitation as its guest sees it.
type GuestShape struct {
	Workspace WorkspaceName `json:"workspace"`
	Email     string        `json:"email" doc:"The guest's address, by which they will sign in."`
	Name      string        `json:"name" doc:"What the inviter calls them; may be empty."`
	Role      string        `json:"role" enum:"owner,admin,supervisor,agent,technician,marketer,auditor"`
	Teams     []TeamName    `json:"teams" nullable:"false" doc:"The teams that they will be in."`
	InvitedBy *string       `json:"invited_by" doc:"A name; null when no person did."`
	ExpiresAt Stamp         `json:"expires_at"`
}

// TeamName names a team.
type TeamName struct {
	TeamID string `json:"team_id" example:"tea_0d5k7v2q8c1a0"`
	Name   string `json:"name"`
}

func (a *API) recovery() {
	handle(a, route{
		open: true, method: http.MethodPost, path: "/password/forgot", id: "forgot-password", tag: "Sign-in", status: http.StatusAccepted,
		summary: "Have a link to a new password mailed", text: "The answer is the same when nobody has the address. Needs mail to be set up: see KONTOR_SMTP_URL.",
	}, func(ctx context.Context, in *forgottenInput) (*body[Done], error) {
		if err := a.accounts.RequestReset(ctx, in.Body.Email, in.Body.Locale); err != nil {
			return nil, err
		}
		return done(), nil
	})
	handle(a, route{
		open: true, method: http.MethodPost, path: "/password/look", id: "look-at-reset", tag: "Sign-in", summary: "See whose password a link sets", text: "It uses nothing up.",
	}, func(ctx context.Context, in *tokenInput) (*body[ResetShape], error) {
		p, expires, err := a.accounts.LookReset(ctx, in.Body.Token)
		return answerWith(ResetShape{Name: p.Name, Email: p.Email, ExpiresAt: Stamp(expires)}), err
	})
	handle(a, route{
		open: true, method: http.MethodPost, path: "/password/reset", id: "reset-password", tag: "Sign-in", summary: "Set a new password by a link",
		text: "The link opens once, for an hour. All sessions of the person end; they then sign in with the new password. A second step stays.",
	}, func(ctx context.Context, in *resetInput) (*body[Done], error) {
		if err := a.accounts.ResetPassword(ctx, in.Body.Token, in.Body.Password); err != nil {
			return nil, err
		}
		return done(), nil
	})
	handle(a, route{
		open: true, method: http.MethodPost, path: "/invitations/look", id: "look-at-invitation", tag: "Sign-in", summary: "See an invitation", text: "It uses nothing up.",
	}, func(ctx context.Context, in *tokenInput) (*body[GuestShape], error) {
		g, err := a.accounts.LookInvitation(ctx, in.Body.Token)
		return answerWith(showGuest(g)), err
	})
	handle(a, route{
		open: true, method: http.MethodPost, path: "/invitations/accept", id: "accept-invitation", tag: "Sign-in", status: http.StatusCreated,
		summary: "Take up an invitation", text: "Makes the person, once, and signs them in.",
	}, func(ctx context.Context, in *acceptInput) (*entered, error) {
		s, err := a.accounts.Accept(ctx, account.Acceptance(in.Body), a.arrival(requestOf(ctx).http))
		return a.in(ctx, s, err)
	})
}

func showGuest(g account.Guest) GuestShape {
	shape := GuestShape{
		Workspace: nameOf(g.Workspace), Email: g.Invitation.Email, Name: g.Invitation.Name, Role: string(g.Invitation.Role),
		Teams: []TeamName{}, InvitedBy: opt(g.InvitedBy), ExpiresAt: Stamp(g.Invitation.ExpiresAt),
	}
	for _, t := range g.Teams {
		shape.Teams = append(shape.Teams, TeamName{TeamID: t.ID.String(), Name: t.Name})
	}
	return shape
}
