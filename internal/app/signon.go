package app

import (
	"context"
	"time"

	"kontor/internal/account"
	"kontor/internal/api"
	"kontor/internal/facade/hook"
	"kontor/internal/signon"
)

// newSignOn makes the sign-on of another house, when the settings name one.
func (a *App) newSignOn() api.SignOn {
	o := a.Config.OIDC
	if o.Issuer == "" {
		return nil
	}
	a.signon = signon.New(signon.Options{
		Issuer: o.Issuer, ClientID: o.ClientID, Secret: o.ClientSecret, Name: o.Name, Domains: o.AllowedDomains(), Newcomer: account.Role(o.Role),
		Redirect: a.Config.PublicURL + api.SignOnCallback, Private: o.AllowPrivate, Control: hook.Guard(o.AllowPrivate), Steps: a.Accounts, Now: time.Now,
	})
	return a.signon
}

// CheckSignOn asks the provider what it says of itself; set is false when the
// settings name none.
func (a *App) CheckSignOn(ctx context.Context) (set bool, err error) {
	if a.signon == nil {
		return false, nil
	}
	return true, a.signon.Check(ctx)
}
