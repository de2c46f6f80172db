package api

import (
	"context"
	"net/http"
	"net/url"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

// InvitationShape is a door that is open to one person.
type InvitationShape struct {
	InvitationID string   `json:"invitation_id" example:"inv_0d5k7v2q8c1a0"`
	Email        string   `json:"email" doc:"By which the guest will sign in."`
	Name         string   `json:"name" doc:"What the inviter calls them; may be empty."`
	Role         string   `json:"role" enum:"owner,admin,supervisor,agent,technician,marketer,auditor"`
	Teams        []string `json:"teams" nullable:"false" doc:"tea_…"`
	InvitedBy    *string  `json:"invited_by" doc:"per_…; null when no person did."`
	CreatedAt    Stamp    `json:"created_at"`
	ExpiresAt    Stamp    `json:"expires_at"`
	State        string   `json:"state" enum:"open,expired"`
	Mail         *string  `json:"mail" enum:"waiting,sent,failed" doc:"What became of the mail with the link: to be sent, taken by the mail server, or given up. Null: none was asked for."`
}

// NewInvitation is an invitation with its link, which is shown this once.
type NewInvitation struct {
	Invitation InvitationShape `json:"invitation"`
	Link       string          `json:"link" doc:"Give it to the guest, and to nobody else: it opens once. It is shown here and never again."`
	Mailed     bool            `json:"mailed" doc:"It is mailed to the guest, too; what became of that is told by the invitation's mail."`
}

type inviteInput struct {
	Body struct {
		Email string   `json:"email" maxLength:"400" doc:"By which the guest will sign in." example:"ben@example.com"`
		Name  string   `json:"name,omitempty" maxLength:"400" doc:"At most 100 characters."`
		Role  string   `json:"role" enum:"owner,admin,supervisor,agent,technician,marketer,auditor" doc:"Only owners invite owners."`
		Teams []string `json:"teams,omitempty" maxItems:"200" doc:"tea_…"`
		Send  bool     `json:"send,omitempty" doc:"Mail it, too; needs mail to be set up: see KONTOR_SMTP_URL."`
		// What a guest reads is not known yet; whoever invites may know.
		Locale string `json:"locale,omitempty" maxLength:"35" doc:"Language of the mail; empty: English." example:"de"`
	}
}

type invitationInput struct {
	ID string `path:"id" maxLength:"64" doc:"inv_…"`
}

func (a *API) invitations() {
	handle(a, route{
		method: http.MethodGet, path: "/invitations", id: "list-invitations", tag: "Workspace", right: account.ManagePeople,
		summary: "List invitations", text: "Those that were neither accepted nor revoked, oldest first, in one page.",
	}, func(ctx context.Context, _ *none) (*body[List[InvitationShape]], error) {
		all, err := a.accounts.Invitations(ctx, principal(ctx).WorkspaceID)
		return answerWith(page(all, len(all), a.showInvitation, nil)), err
	})
	handle(a, route{
		method: http.MethodPost, path: "/invitations", id: "invite", tag: "Workspace", right: account.ManagePeople, status: http.StatusCreated,
		summary: "Invite somebody", text: "By a link that opens once, for seven days.", example: map[string]any{"email": "ben@example.com", "role": "agent"},
	}, a.invite)
	handle(a, route{
		method: http.MethodDelete, path: "/invitations/{id}", id: "revoke-invitation", tag: "Workspace", right: account.ManagePeople, status: http.StatusNoContent,
		summary: "Revoke an invitation", text: "Its link opens no more.",
	}, func(ctx context.Context, in *invitationInput) (*struct{}, error) {
		id, err := wa.ParseInvitationID(in.ID)
		if err != nil {
			return nil, fault.New(fault.NotFound, "invitation_not_found", "There is no such invitation in this workspace.", "List the invitations with GET invitations.")
		}
		return nil, a.accounts.RevokeInvitation(ctx, principal(ctx), id)
	})
}

func (a *API) invite(ctx context.Context, in *inviteInput) (*body[NewInvitation], error) {
	teams, err := parseTeams(in.Body.Teams)
	if err != nil {
		return nil, err
	}
	i, token, err := a.accounts.Invite(ctx, principal(ctx), account.Invite{
		Email: in.Body.Email, Name: in.Body.Name, Role: account.Role(in.Body.Role), Teams: teams, Send: in.Body.Send, Locale: in.Body.Locale,
	})
	if err != nil {
		return nil, err
	}
	return answerWith(NewInvitation{
		Invitation: a.showInvitation(i), Link: a.base(requestOf(ctx).http) + "/invite?token=" + url.QueryEscape(token.Reveal()), Mailed: in.Body.Send,
	}), nil
}

func (a *API) showInvitation(i account.Invitation) InvitationShape {
	shape := InvitationShape{
		InvitationID: i.ID.String(), Email: i.Email, Name: i.Name, Role: string(i.Role), Teams: teamIDs(i.Teams),
		CreatedAt: Stamp(i.CreatedAt), ExpiresAt: Stamp(i.ExpiresAt), State: "open", Mail: opt(string(i.Mail)),
	}
	if i.InvitedBy != 0 {
		shape.InvitedBy = opt(i.InvitedBy.String())
	}
	if !a.accounts.Now().Before(i.ExpiresAt) {
		shape.State = "expired"
	}
	return shape
}
