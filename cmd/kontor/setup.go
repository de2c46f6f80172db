package main

import (
	"errors"
	"fmt"
	"os"

	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/fault"
	"kontor/internal/wa"
)

type setupCmd struct {
	inside
	Answers string `help:"Answers file (JSON, key messaging-whatsapp); without it the WHATSAPP_* settings are taken." placeholder:"FILE" type:"existingfile"`
}

// Run connects a real number: it keeps the credentials sealed, asks WhatsApp
// about the number, which proves the token, and subscribes the webhook.
func (s setupCmd) Run(e *env) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	if s.Answers != "" {
		data, err := os.ReadFile(s.Answers)
		if err != nil {
			return err
		}
		answers, err := config.ParseAnswers(s.Answers, data)
		if err != nil {
			return err
		}
		if !answers.Enabled {
			fmt.Fprintln(e.out, "messaging-whatsapp is not enabled in", s.Answers+"; nothing was changed.")
			return nil
		}
		answers.Apply(c)
	}
	if err := c.ForMeta(); err != nil {
		return err
	}
	a, err := e.app(c, nil)
	if err != nil {
		return err
	}
	return errors.Join(s.connect(e, c, a), a.Stop())
}

func (s setupCmd) connect(e *env, c *config.Config, a *app.App) error {
	w, err := s.of(e, a)
	if err != nil {
		return err
	}
	n, err := a.ConnectIn(e.ctx, w.ID, c.WhatsApp)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, "Number", n.PhoneNumberID, "is connected; its credentials are kept sealed.")
	if failure := a.Probe(e.ctx, n); failure != nil {
		return notReached(n, failure)
	}
	fmt.Fprintln(e.out, "WhatsApp knows it, and the token is good.")
	if n.State == wa.NumberStopped { // an operator has acted
		if err := a.Numbers.Resume(e.ctx, n.ID); err != nil {
			return err
		}
		fmt.Fprintln(e.out, "It stood, and may send again.")
	}
	if missing := c.Unfinished(); len(missing) > 0 || c.Callback() == "" {
		for _, sentence := range missing {
			fmt.Fprintln(e.out, sentence)
		}
		fmt.Fprintln(e.out, "The webhook was not subscribed. Complete this and run kontor setup again, or enter <your address>/api/v1/whatsapp/webhook in Meta's dashboard.")
		return nil
	}
	return s.webhook(e, c, a, n)
}

// webhook subscribes, with this process as the door when no other listens.
func (s setupCmd) webhook(e *env, c *config.Config, a *app.App, n *wa.Number) error {
	if a.Listen() == nil {
		if err := a.Start(e.ctx); err != nil {
			return err
		}
	}
	if err := subscribe(e.ctx, a, n, c.Callback()); err != nil {
		return err
	}
	fmt.Fprintln(e.out, "Webhooks come to", c.Callback())
	return nil
}

func notReached(n *wa.Number, failure *wa.Failure) error {
	return fault.New(fault.Unavailable, "number_not_reached",
		fmt.Sprintf("WhatsApp did not answer for %s: %s %s. The number is kept; nothing was sent.", n.PhoneNumberID, failure.Problem.Title, failure.Problem.Details),
		"Check the phone number id, the token and its permissions (whatsapp_business_messaging, whatsapp_business_management), then run kontor setup again.").Because(failure)
}
