package app

import (
	"context"
	"time"

	"kontor/internal/account"
	"kontor/internal/config"
	"kontor/internal/mail"
)

// newMail makes who sends our letters, when the settings name a mail server.
func (a *App) newMail() (*mail.Post, error) {
	server, ok := a.Config.SMTP.Server()
	if !ok {
		return nil, nil
	}
	return mail.New(mail.Options{
		Server: mail.Server{
			Host: server.Host, Port: server.Port, User: server.User, Password: server.Password,
			Implicit: server.TLS == config.TLSFirst, Plain: server.TLS == config.TLSNone,
		},
		From: a.Config.SMTP.From, PublicURL: a.Config.PublicURL, Now: time.Now,
	})
}

// letters lets people ask for mail, where there is a server for it.
func (a *App) letters() []account.Option {
	if a.mail == nil {
		return nil
	}
	return []account.Option{account.WithMail(a.jobs, a.mail)}
}

// CheckMail signs in at the mail server and leaves; set is false when the
// settings name none.
func (a *App) CheckMail(ctx context.Context) (set bool, err error) {
	if a.mail == nil {
		return false, nil
	}
	return true, a.mail.Check(ctx)
}
