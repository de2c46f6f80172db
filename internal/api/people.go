package api

import (
	"context"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/fault"
)

// PersonShape is somebody who works in the workspace.
type PersonShape struct {
	PersonID string `json:"person_id"`
	Name     string `json:"name"`
	Role     string `json:"role" enum:"owner,admin,supervisor,agent,technician,marketer,auditor"`
}

// Me is who speaks in this request.
type Me struct {
	Person    *MyPerson     `json:"person" doc:"Null for an API key."`
	Key       *KeyShape     `json:"key" doc:"Null for a person."`
	Workspace WorkspaceName `json:"workspace"`
	Rights    []string      `json:"rights" nullable:"false" doc:"What may be done: read, send, assign, manage_workspace, manage_keys, manage_people, manage_numbers, manage_subscriptions, see_quarantine."`
	Session   *MySession    `json:"session" doc:"The present one; null for an API key."`
	Security  *MySecurity   `json:"security" doc:"By what the person can come in; null for an API key."`
}

// MySession is the session that speaks.
type MySession struct {
	SessionID string `json:"session_id" example:"ses_00112233445566778899"`
	Method    string `json:"method" enum:"password,link,passkey,sso,setup,invitation" doc:"How the person came in."`
	CreatedAt Stamp  `json:"created_at"`
}

// MySecurity is by what a person can come in.
type MySecurity struct {
	Password      bool `json:"password" doc:"There is one."`
	TOTP          bool `json:"totp" doc:"An authenticator is asked for after the password."`
	RecoveryCodes int  `json:"recovery_codes_left" doc:"How many are left."`
	Passkeys      int  `json:"passkeys" doc:"How many there are."`
	SignOn        bool `json:"sign_on" doc:"Another house's sign-on is linked."`
}

// MyPerson is the signed-in person.
type MyPerson struct {
	PersonShape
	Email  string   `json:"email" doc:"By which the person signs in; empty: none."`
	Locale string   `json:"locale" doc:"Language of the web app; empty: the browser's." example:"pt-BR"`
	Teams  []string `json:"teams" nullable:"false" doc:"tea_…"`
}

// WorkspaceName names a workspace.
type WorkspaceName struct {
	WorkspaceID string `json:"workspace_id"`
	Slug        string `json:"slug" doc:"Its part in the webhook's address."`
	Name        string `json:"name"`
}

// WorkspaceShape is a workspace with its settings.
type WorkspaceShape struct {
	WorkspaceName
	Greeting     string `json:"greeting" doc:"Sent when a conversation opens; empty: none."`
	SessionHours int    `json:"session_hours" doc:"How long a conversation's session lasts after the customer's last message, in hours."`
}

type meInput struct {
	Body struct {
		Locale *string `json:"locale,omitempty" maxLength:"35" doc:"A language tag; empty leaves it to the browser." example:"de"`
		Name   *string `json:"name,omitempty" maxLength:"400" doc:"1–100 characters."`
	}
}

type workspaceInput struct {
	Body struct {
		Name         *string `json:"name,omitempty" maxLength:"100" doc:"1–100 characters."`
		Greeting     *string `json:"greeting,omitempty" maxLength:"4096" doc:"At most 4096 characters; empty: no greeting."`
		SessionHours *int    `json:"session_hours,omitempty" minimum:"1" maximum:"720" doc:"1–720 hours."`
	}
}

func (a *API) people() {
	handle(a, route{method: http.MethodGet, path: "/me", id: "get-me", tag: "Workspace", summary: "See who you are", text: "The person or key that speaks, its workspace, and what it may do."},
		func(ctx context.Context, _ *none) (*body[Me], error) { return a.me(ctx) })
	handle(a, route{
		method: http.MethodPatch, path: "/me", id: "change-me", tag: "Workspace", summary: "Change your name or language", text: "For people; the web app speaks the language. Members that are left out stay as they are.", example: map[string]any{"locale": "de"},
	}, func(ctx context.Context, in *meInput) (*body[Me], error) {
		p, err := personOnly(ctx)
		if err != nil {
			return nil, err
		}
		if in.Body.Name != nil {
			if err := a.accounts.Rename(ctx, p, *in.Body.Name); err != nil {
				return nil, err
			}
		}
		if in.Body.Locale != nil {
			if _, err := a.accounts.SetLocale(ctx, p.WorkspaceID, p.PersonID, *in.Body.Locale); err != nil {
				return nil, err
			}
		}
		return a.me(ctx)
	})
	handle(a, route{
		method: http.MethodGet, path: "/workspace", id: "get-workspace", tag: "Workspace", right: account.Read, summary: "See the workspace's settings",
	}, func(ctx context.Context, _ *none) (*body[WorkspaceShape], error) {
		w, err := a.accounts.Workspace(ctx, principal(ctx).WorkspaceID)
		return answerWith(showWorkspace(w)), err
	})
	handle(a, route{
		method: http.MethodPatch, path: "/workspace", id: "change-workspace", tag: "Workspace", right: account.ManageWorkspace,
		summary: "Change the workspace's settings", text: "Members that are left out stay as they are.",
		example: map[string]any{"greeting": "Hello! We answer within the hour.", "session_hours": 24},
	}, func(ctx context.Context, in *workspaceInput) (*body[WorkspaceShape], error) {
		w, err := a.accounts.UpdateWorkspace(ctx, principal(ctx).WorkspaceID, account.WorkspaceChange(in.Body))
		return answerWith(showWorkspace(w)), err
	})
}

func (a *API) me(ctx context.Context) (*body[Me], error) {
	p := principal(ctx)
	w, err := a.accounts.Workspace(ctx, p.WorkspaceID)
	if err != nil {
		return nil, err
	}
	me := Me{Workspace: nameOf(w), Rights: []string{}}
	for _, r := range account.Rights() {
		if p.Can(r) {
			me.Rights = append(me.Rights, string(r))
		}
	}
	if p.PersonID == 0 {
		keys, err := a.accounts.Keys(ctx, p.WorkspaceID)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			if k.ID == p.KeyID {
				shape := showKey(k)
				me.Key = &shape
			}
		}
		return answerWith(me), nil
	}
	person, err := a.accounts.Person(ctx, p.WorkspaceID, p.PersonID)
	if err != nil {
		return nil, err
	}
	if me.Person, err = a.myPerson(ctx, person); err != nil {
		return nil, err
	}
	security, err := a.accounts.Security(ctx, p.WorkspaceID, p.PersonID)
	if err != nil {
		return nil, err
	}
	shape := MySecurity(security)
	me.Security = &shape
	sessions, err := a.accounts.Sessions(ctx, p, requestOf(ctx).secret)
	for _, s := range sessions {
		if s.Current {
			me.Session = &MySession{SessionID: s.ID, Method: string(s.Method), CreatedAt: Stamp(s.CreatedAt)}
		}
	}
	return answerWith(me), err
}

func (a *API) myPerson(ctx context.Context, p account.Person) (*MyPerson, error) {
	members, err := a.accounts.Members(ctx, p.WorkspaceID)
	return &MyPerson{PersonShape: showPerson(p), Email: p.Email, Locale: p.Locale, Teams: teamIDs(account.TeamsOf(members)[p.ID])}, err
}

func showPerson(p account.Person) PersonShape {
	return PersonShape{PersonID: p.ID.String(), Name: p.Name, Role: string(p.Role)}
}

var errNotAPerson = fault.New(fault.Conflict, "not_a_person", "An API key is no person; nothing was done.", "Sign in as a person.")

func nameOf(w account.Workspace) WorkspaceName {
	return WorkspaceName{WorkspaceID: w.ID.String(), Slug: w.Slug, Name: w.Name}
}

func showWorkspace(w account.Workspace) WorkspaceShape {
	return WorkspaceShape{WorkspaceName: nameOf(w), Greeting: w.Greeting, SessionHours: w.SessionHours}
}
