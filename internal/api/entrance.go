package api

import (
	"context"
	"encoding/json"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/wa"
)

// SignedIn is how far somebody has come who wants in.
type SignedIn struct {
	State     string         `json:"state" enum:"signed_in,second_factor" doc:"signed_in: the cookie is set. second_factor: call signin/second with the token."`
	Person    *MyPerson      `json:"person" doc:"Who is in; null before the second step."`
	Workspace *WorkspaceName `json:"workspace" doc:"Null before the second step."`
	Token     *string        `json:"token" doc:"For the second step: good for ten minutes and five wrong codes."`
	Methods   []string       `json:"methods" nullable:"false" enum:"totp,recovery_code" doc:"By what the second step can be done: totp, recovery_code."`
}

// entered is the answer with which somebody comes in.
type entered struct {
	Cookie string `header:"Set-Cookie"`
	Body   SignedIn
}

// EntryMethods says how one may come in.
type EntryMethods struct {
	SetupNeeded   bool        `json:"setup_needed" doc:"Nobody is here yet: see setup."`
	Password      bool        `json:"password" doc:"By address and password; always."`
	PasswordMin   int         `json:"password_min" doc:"How many characters a new password has at least."`
	Passkeys      bool        `json:"passkeys" doc:"By passkey; not where Kontor is called by an IP address."`
	Links         bool        `json:"links" doc:"By a link of kontor signin; always."`
	PasswordReset bool        `json:"password_reset" doc:"Whether a link to a new password can be mailed."`
	SSO           *SSOAddress `json:"sso" doc:"Another house's sign-on; null when there is none."`
}

// SSOAddress is the door to another house's sign-on.
type SSOAddress struct {
	Name string `json:"name" doc:"What the button says." example:"Single sign-on"`
	URL  string `json:"url" doc:"Where it leads: add ?next= and a path of the web app." example:"/signin/sso"`
}

// Needed says whether something is to be done first.
type Needed struct {
	Needed bool `json:"needed" doc:"Nobody is here yet: POST setup makes the first owner."`
}

// Done is the answer of calls that have nothing to tell.
type Done struct {
	Success bool `json:"success"`
}

func done() *body[Done] { return answerWith(Done{true}) }

// The texts of a person who comes to be.
type setupInput struct {
	Body struct {
		Code          string `json:"code" maxLength:"100" doc:"What kontor serve printed, on the line that begins with \"set up:\"."`
		Name          string `json:"name" maxLength:"400" doc:"The owner's name; 1–100 characters." example:"Ida Hansen"`
		Email         string `json:"email" maxLength:"400" doc:"The owner's address, by which they sign in." example:"ida@example.com"`
		Password      string `json:"password" maxLength:"1024" doc:"At least 12 characters, and none that is tried first."`
		WorkspaceName string `json:"workspace_name" maxLength:"400" doc:"What the house is called; 1–100 characters." example:"Hansen & Sohn"`
		Locale        string `json:"locale,omitempty" maxLength:"35" doc:"Language of the web app; empty: the browser's." example:"de"`
	}
}

type passwordInput struct {
	Body struct {
		Email    string `json:"email" maxLength:"400"`
		Password string `json:"password" maxLength:"1024"`
	}
}

type secondInput struct {
	Body struct {
		Token        string `json:"token" maxLength:"100" doc:"Of the first step."`
		Code         string `json:"code,omitempty" maxLength:"40" doc:"What the authenticator shows." example:"123456"`
		RecoveryCode string `json:"recovery_code,omitempty" maxLength:"40" doc:"Instead of code: one that was not used."`
	}
}

type ceremonyAnswer struct {
	Body struct {
		Token      string         `json:"token" maxLength:"100" doc:"Of the call that began it."`
		Credential map[string]any `json:"credential" doc:"What navigator.credentials answered, by toJSON()."`
	}
}

// CeremonyShape is a question for the browser.
type CeremonyShape struct {
	Token   string         `json:"token" doc:"Bring it back with the answer, within five minutes."`
	Options map[string]any `json:"options" doc:"For navigator.credentials: publicKey in the form of parseRequestOptionsFromJSON and parseCreationOptionsFromJSON."`
}

func (a *API) entrance() {
	handle(a, route{
		open: true, method: http.MethodGet, path: "/signin/methods", id: "sign-in-methods", tag: "Sign-in", summary: "See how one may come in", text: "For the sign-in page.",
	}, func(ctx context.Context, _ *none) (*body[EntryMethods], error) { return a.methods(ctx) })
	handle(a, route{
		open: true, method: http.MethodGet, path: "/setup", id: "see-setup", tag: "Sign-in", summary: "See whether Kontor must be set up", text: "True until the first person is made.",
	}, func(ctx context.Context, _ *none) (*body[Needed], error) {
		needed, err := a.accounts.SetupNeeded(ctx)
		return answerWith(Needed{needed}), err
	})
	handle(a, route{
		open: true, method: http.MethodPost, path: "/setup", id: "set-up", tag: "Sign-in", status: http.StatusCreated,
		summary: "Make the first owner", text: "Once, with the code that `kontor serve` prints while nobody is here. The owner is signed in.",
	}, func(ctx context.Context, in *setupInput) (*entered, error) {
		s, err := a.accounts.SetUp(ctx, account.Setup(in.Body), a.arrival(requestOf(ctx).http))
		return a.in(ctx, s, err)
	})
	handle(a, route{
		open: true, method: http.MethodPost, path: "/signin/password", id: "sign-in-password", tag: "Sign-in", summary: "Sign in by password",
		text: "Where the person has an authenticator, the answer's state is second_factor. The answer is the same whatever was wrong.", example: map[string]any{"email": "ida@example.com", "password": "…"},
	}, func(ctx context.Context, in *passwordInput) (*entered, error) {
		e, err := a.accounts.SignInPassword(ctx, in.Body.Email, in.Body.Password, a.arrival(requestOf(ctx).http))
		if err == nil && e.Second != "" {
			token := e.Second.Reveal()
			return &entered{Body: SignedIn{State: "second_factor", Token: &token, Methods: []string{"totp", "recovery_code"}}}, nil
		}
		return a.in(ctx, e.Session, err)
	})
	handle(a, route{
		open: true, method: http.MethodPost, path: "/signin/second", id: "sign-in-second", tag: "Sign-in", summary: "Finish signing in", text: "By a code of the authenticator, or a recovery code.",
	}, func(ctx context.Context, in *secondInput) (*entered, error) {
		code := in.Body.Code
		if code == "" {
			code = in.Body.RecoveryCode
		}
		s, err := a.accounts.SignInSecond(ctx, in.Body.Token, code, a.arrival(requestOf(ctx).http))
		return a.in(ctx, s, err)
	})
	handle(a, route{
		open: true, method: http.MethodPost, path: "/signin/passkey/begin", id: "begin-sign-in-passkey", tag: "Sign-in", summary: "Ask the browser for a passkey", text: "Any that it has for this house: nobody need say who they are.",
	}, func(ctx context.Context, _ *none) (*body[CeremonyShape], error) {
		c, err := a.accounts.BeginPasskeySignIn(ctx, a.site(requestOf(ctx).http))
		return showCeremony(c, err)
	})
	handle(a, route{
		open: true, method: http.MethodPost, path: "/signin/passkey", id: "sign-in-passkey", tag: "Sign-in", summary: "Sign in by passkey", text: "A passkey asks its person on the device, so it counts as both steps.",
	}, func(ctx context.Context, in *ceremonyAnswer) (*entered, error) {
		credential, err := json.Marshal(in.Body.Credential)
		if err != nil {
			return nil, err
		}
		r := requestOf(ctx).http
		s, err := a.accounts.SignInPasskey(ctx, a.site(r), in.Body.Token, credential, a.arrival(r))
		return a.in(ctx, s, err)
	})
}

func (a *API) methods(ctx context.Context) (*body[EntryMethods], error) {
	needed, err := a.accounts.SetupNeeded(ctx)
	m := EntryMethods{
		SetupNeeded: needed, Password: true, PasswordMin: account.MinPassword, Links: true,
		Passkeys: a.site(requestOf(ctx).http).TakesPasskeys(), PasswordReset: a.accounts.Mails(),
	}
	if a.SignOn != nil {
		m.SSO = &SSOAddress{Name: a.SignOn.Name(), URL: ssoPath}
	}
	return answerWith(m), err
}

// in answers with a session.
func (a *API) in(ctx context.Context, s account.Session, err error) (*entered, error) {
	if err != nil {
		return nil, err
	}
	w, err := a.accounts.Workspace(ctx, s.Person.WorkspaceID)
	if err != nil {
		return nil, err
	}
	me, err := a.myPerson(ctx, s.Person)
	if err != nil {
		return nil, err
	}
	house := nameOf(w)
	return &entered{
		Cookie: a.sessionCookie(requestOf(ctx).http, s.Token.Reveal(), s.ExpiresAt).String(),
		Body:   SignedIn{State: "signed_in", Person: me, Workspace: &house, Methods: []string{}},
	}, nil
}

func showCeremony(c account.Ceremony, err error) (*body[CeremonyShape], error) {
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(c.Options)
	if err != nil {
		return nil, err
	}
	shape := CeremonyShape{Token: c.Token.Reveal()}
	if err := json.Unmarshal(text, &shape.Options); err != nil {
		return nil, err
	}
	return answerWith(shape), nil
}

// personOnly refuses keys where only a person makes sense.
func personOnly(ctx context.Context) (account.Principal, error) {
	p := principal(ctx)
	if p.PersonID == 0 {
		return p, errNotAPerson
	}
	return p, nil
}

func texts(secrets []wa.Secret) []string {
	all := make([]string, len(secrets))
	for i, s := range secrets {
		all[i] = s.Reveal()
	}
	return all
}
