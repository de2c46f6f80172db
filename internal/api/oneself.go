package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"kontor/internal/account"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

type newPasswordInput struct {
	Body struct {
		Current  string `json:"current,omitempty" maxLength:"1024" doc:"The present password, where there is one."`
		Password string `json:"password" maxLength:"1024" doc:"At least 12 characters, and none that is tried first."`
	}
}

type proofInput struct {
	Body struct {
		Password string `json:"password,omitempty" maxLength:"1024" doc:"The present password, where there is one."`
	}
}

type codeInput struct {
	Body struct {
		Code string `json:"code" maxLength:"40" doc:"What the authenticator shows; or a recovery code." example:"123456"`
	}
}

// Enrolment is what an authenticator app needs.
type Enrolment struct {
	Secret string `json:"secret" doc:"To type, base32."`
	URL    string `json:"url" doc:"otpauth://…"`
	QR     string `json:"qr" doc:"The url as a picture: data:image/png;base64,…"`
}

// RecoveryCodes are shown once.
type RecoveryCodes struct {
	Codes []string `json:"recovery_codes" nullable:"false" doc:"Each stands for a code of the authenticator, once. They are shown here and never again."`
}

// oneself adds how a person changes by what they come in.
func (a *API) oneself() {
	handle(a, route{
		method: http.MethodPost, path: "/me/password", id: "change-password", tag: "Oneself", summary: "Change your password", text: "Your other sessions end.",
	}, asPerson(func(ctx context.Context, p account.Principal, in *newPasswordInput) (*body[Done], error) {
		return done(), a.accounts.ChangePassword(ctx, p, requestOf(ctx).secret, in.Body.Current, in.Body.Password)
	}))
	handle(a, route{
		method: http.MethodPost, path: "/me/totp", id: "enrol-totp", tag: "Oneself", status: http.StatusCreated, summary: "Begin to use an authenticator", text: "It is asked for after me/totp/confirm only.",
	}, asPerson(func(ctx context.Context, p account.Principal, in *proofInput) (*body[Enrolment], error) {
		e, err := a.accounts.EnrolTOTP(ctx, p, in.Body.Password)
		return answerWith(Enrolment{Secret: e.Secret.Reveal(), URL: e.URL.Reveal(), QR: "data:image/png;base64," + base64.StdEncoding.EncodeToString(e.QR)}), err
	}))
	handle(a, route{
		method: http.MethodPost, path: "/me/totp/confirm", id: "confirm-totp", tag: "Oneself", summary: "Turn the authenticator on", text: "By its first code. Answers ten recovery codes.",
	}, asPerson(func(ctx context.Context, p account.Principal, in *codeInput) (*body[RecoveryCodes], error) {
		codes, err := a.accounts.ConfirmTOTP(ctx, p, in.Body.Code)
		return answerWith(RecoveryCodes{texts(codes)}), err
	}))
	handle(a, route{
		method: http.MethodPost, path: "/me/totp/remove", id: "remove-totp", tag: "Oneself", summary: "Stop using the authenticator", text: "The recovery codes go with it.",
	}, asPerson(func(ctx context.Context, p account.Principal, in *codeInput) (*body[Done], error) {
		return done(), a.accounts.RemoveTOTP(ctx, p, in.Body.Code)
	}))
	handle(a, route{
		method: http.MethodPost, path: "/me/recovery-codes", id: "new-recovery-codes", tag: "Oneself", summary: "Make new recovery codes", text: "The former ones end.",
	}, asPerson(func(ctx context.Context, p account.Principal, in *codeInput) (*body[RecoveryCodes], error) {
		codes, err := a.accounts.NewRecoveryCodes(ctx, p, in.Body.Code)
		return answerWith(RecoveryCodes{texts(codes)}), err
	}))
}

// asPerson lets people through and refuses keys.
func asPerson[I, O any](f func(ctx context.Context, p account.Principal, in *I) (*O, error)) func(context.Context, *I) (*O, error) {
	return func(ctx context.Context, in *I) (*O, error) {
		p, err := personOnly(ctx)
		if err != nil {
			return nil, err
		}
		return f(ctx, p, in)
	}
}

// SessionShape is a session as its owner sees it.
type SessionShape struct {
	SessionID  string `json:"session_id" example:"ses_00112233445566778899"`
	Device     string `json:"device" doc:"May be empty." example:"Firefox on Windows"`
	Method     string `json:"method" enum:"password,link,passkey,sso,setup,invitation" doc:"How it was begun."`
	Address    string `json:"address" doc:"From where it was begun."`
	CreatedAt  Stamp  `json:"created_at"`
	LastSeenAt Stamp  `json:"last_seen_at" doc:"Exact to five minutes."`
	ExpiresAt  Stamp  `json:"expires_at"`
	Current    bool   `json:"current" doc:"The one that asks."`
}

// Ended tells how many sessions ended.
type Ended struct {
	Ended int `json:"ended"`
}

type sessionInput struct {
	ID string `path:"id" maxLength:"64" doc:"ses_…"`
}

// sessionEnded takes the cookie along when it was the present one's.
type sessionEnded struct {
	Cookie string `header:"Set-Cookie"`
}

func (a *API) sessions() {
	handle(a, route{
		method: http.MethodGet, path: "/me/sessions", id: "list-sessions", tag: "Oneself", summary: "List your sessions", text: "Newest first, in one page.",
	}, asPerson(func(ctx context.Context, p account.Principal, _ *none) (*body[List[SessionShape]], error) {
		all, err := a.accounts.Sessions(ctx, p, requestOf(ctx).secret)
		return answerWith(page(all, len(all), showSession, nil)), err
	}))
	handle(a, route{
		method: http.MethodDelete, path: "/me/sessions/{id}", id: "end-session", tag: "Oneself", status: http.StatusNoContent, summary: "End one of your sessions", text: "At once.",
	}, asPerson(func(ctx context.Context, p account.Principal, in *sessionInput) (*sessionEnded, error) {
		req := requestOf(ctx)
		current, err := a.accounts.EndSession(ctx, p, req.secret, in.ID)
		out := &sessionEnded{}
		if current {
			out.Cookie = a.noCookie(req.http).String()
		}
		return out, err
	}))
	handle(a, route{
		method: http.MethodPost, path: "/me/sessions/end-others", id: "end-other-sessions", tag: "Oneself", summary: "End all your other sessions", text: "At once.",
	}, asPerson(func(ctx context.Context, p account.Principal, _ *none) (*body[Ended], error) {
		n, err := a.accounts.EndOtherSessions(ctx, p, requestOf(ctx).secret)
		return answerWith(Ended{n}), err
	}))
}

func showSession(s account.Visible) SessionShape {
	return SessionShape{
		SessionID: s.ID, Device: s.From.Device, Method: string(s.Method), Address: s.From.Address, CreatedAt: Stamp(s.CreatedAt),
		LastSeenAt: Stamp(s.SeenAt), ExpiresAt: Stamp(s.ExpiresAt), Current: s.Current,
	}
}

// PasskeyShape is a passkey of one's own.
type PasskeyShape struct {
	PasskeyID  string `json:"passkey_id" example:"pky_0d5k7v2q8c1a0"`
	Name       string `json:"name"`
	BackedUp   bool   `json:"backed_up" doc:"It is kept outside its device too, so losing the device does not lose it."`
	CreatedAt  Stamp  `json:"created_at"`
	LastUsedAt Stamp  `json:"last_used_at" doc:"Null: never."`
}

type newPasskeyInput struct {
	Body struct {
		Token      string         `json:"token" maxLength:"100" doc:"Of me/passkeys/begin."`
		Name       string         `json:"name" maxLength:"400" doc:"What you call it; 1–100 characters." example:"Office laptop"`
		Credential map[string]any `json:"credential" doc:"What navigator.credentials.create answered, by toJSON()."`
	}
}

// PasskeyPath is the part of an address that names one. It is exported, because huma
// reads no embedded struct that is not.
type PasskeyPath struct {
	ID string `path:"id" maxLength:"64" doc:"pky_…"`
}

type renamePasskeyInput struct {
	PasskeyPath
	Body struct {
		Name string `json:"name" maxLength:"400" doc:"1–100 characters."`
	}
}

func (in PasskeyPath) passkey() (wa.PasskeyID, error) {
	id, err := wa.ParsePasskeyID(in.ID)
	if err != nil {
		return 0, fault.New(fault.NotFound, "passkey_not_found", "You have no such passkey.", "List yours with GET me/passkeys.")
	}
	return id, nil
}

func (a *API) passkeys() {
	handle(a, route{
		method: http.MethodGet, path: "/me/passkeys", id: "list-passkeys", tag: "Oneself", summary: "List your passkeys", text: "Oldest first, in one page.",
	}, asPerson(func(ctx context.Context, p account.Principal, _ *none) (*body[List[PasskeyShape]], error) {
		all, err := a.accounts.Passkeys(ctx, p)
		return answerWith(page(all, len(all), showPasskey, nil)), err
	}))
	handle(a, route{
		method: http.MethodPost, path: "/me/passkeys/begin", id: "begin-passkey", tag: "Oneself", summary: "Ask the browser for a new passkey", text: "Bring its answer to me/passkeys.",
	}, asPerson(func(ctx context.Context, p account.Principal, in *proofInput) (*body[CeremonyShape], error) {
		c, err := a.accounts.BeginPasskey(ctx, p, a.site(requestOf(ctx).http), in.Body.Password)
		return showCeremony(c, err)
	}))
	handle(a, route{
		method: http.MethodPost, path: "/me/passkeys", id: "add-passkey", tag: "Oneself", status: http.StatusCreated, summary: "Keep a new passkey", text: "It then lets you in alone.",
	}, asPerson(func(ctx context.Context, p account.Principal, in *newPasskeyInput) (*body[PasskeyShape], error) {
		credential, err := json.Marshal(in.Body.Credential)
		if err != nil {
			return nil, err
		}
		k, err := a.accounts.AddPasskey(ctx, p, a.site(requestOf(ctx).http), in.Body.Token, in.Body.Name, credential)
		if err != nil {
			return nil, err
		}
		return answerWith(showPasskey(k)), nil
	}))
	handle(a, route{
		method: http.MethodPatch, path: "/me/passkeys/{id}", id: "rename-passkey", tag: "Oneself", summary: "Rename a passkey", text: "Only its name here changes, not the one on the device.",
	}, asPerson(func(ctx context.Context, p account.Principal, in *renamePasskeyInput) (*body[PasskeyShape], error) {
		id, err := in.passkey()
		if err != nil {
			return nil, err
		}
		k, err := a.accounts.RenamePasskey(ctx, p, id, in.Body.Name)
		if err != nil {
			return nil, err
		}
		return answerWith(showPasskey(k)), nil
	}))
	handle(a, route{
		method: http.MethodDelete, path: "/me/passkeys/{id}", id: "remove-passkey", tag: "Oneself", status: http.StatusNoContent, summary: "Remove a passkey", text: "It lets nobody in any more.",
	}, asPerson(func(ctx context.Context, p account.Principal, in *PasskeyPath) (*struct{}, error) {
		id, err := in.passkey()
		if err != nil {
			return nil, err
		}
		return nil, a.accounts.RemovePasskey(ctx, p, id)
	}))
}

func showPasskey(k account.Passkey) PasskeyShape {
	return PasskeyShape{PasskeyID: k.ID.String(), Name: k.Name, BackedUp: k.BackedUp(), CreatedAt: Stamp(k.CreatedAt), LastUsedAt: Stamp(k.LastUsedAt)}
}
