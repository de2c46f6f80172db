package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/fault"
	"kontor/internal/wa"
	"kontor/web"
)

type serveCmd struct{}

// Run starts the product and stops it on Ctrl-C. A number that the settings
// name is connected, and its webhook subscribed when the public address is known.
func (serveCmd) Run(e *env) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	a, err := e.app(c, nil)
	if err != nil {
		return err
	}
	var first *wa.Number
	if c.WhatsApp.PhoneNumberID != "" {
		if err := c.ForMeta(); err != nil {
			return errors.Join(err, a.Stop())
		}
		if first, err = a.Connect(e.ctx, c.WhatsApp); err != nil {
			return errors.Join(err, a.Stop())
		}
	}
	if err := a.Listen(); err != nil {
		return errors.Join(err, a.Stop())
	}
	if err := a.Start(e.ctx); err != nil {
		return errors.Join(err, a.Stop())
	}
	fmt.Fprintf(e.out, "Kontor %s at http://%s\n", version(), a.Addr())
	if err := invite(e, a, c.PublicURL); err != nil {
		return errors.Join(err, a.Stop())
	}
	if len(a.Numbers.All()) == 0 {
		fmt.Fprintln(e.out, "No business number is connected yet: see kontor setup --help.")
	}
	for _, missing := range unfinished(first, c) {
		fmt.Fprintln(e.out, missing)
	}
	if first != nil && c.Callback() != "" && len(c.Unfinished()) == 0 {
		if err := subscribe(e.ctx, a, first, c.Callback()); err != nil {
			e.log(c).Error("the webhook could not be subscribed; messages of customers will not arrive until it is", "err", err)
		} else {
			fmt.Fprintln(e.out, "Webhooks of", first.PhoneNumberID, "come to", c.Callback())
		}
	}
	return a.Run(e.ctx)
}

// invite prints where the first owner is made, while nobody is in the house:
// whoever reads this output may do it, and no stranger who finds the port.
func invite(e *env, a *app.App, public string) error {
	code, needed, err := a.Accounts.NewSetupCode(e.ctx)
	if err != nil || !needed {
		return err
	}
	if public == "" {
		public = "http://" + a.Addr().String()
	}
	_, err = fmt.Fprintf(e.out, "set up: %s/setup?code=%s\n", public, code.Reveal())
	return err
}

// app opens the product with these settings.
func (e *env) app(c *config.Config, now func() time.Time) (*app.App, error) {
	return app.New(e.ctx, app.Options{Config: c, Log: e.log(c), Version: version(), Web: web.Dist(), Now: now})
}

// unfinished tells what keeps a number of the settings from receiving.
func unfinished(n *wa.Number, c *config.Config) []string {
	if n == nil {
		return nil
	}
	return c.Unfinished()
}

// subscribe has a number's webhooks sent to callback. Meta knocks at that
// address before it answers, and a Kontor that runs beside this one learns of
// the number within a second; so a refusal is tried again a few times.
func subscribe(ctx context.Context, a *app.App, n *wa.Number, callback string) error {
	var failure *wa.Failure
	for range 5 {
		if failure = a.Subscribe(ctx, n, callback); failure == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return fault.New(fault.Unavailable, "webhook_not_subscribed",
		fmt.Sprintf("WhatsApp did not subscribe %s: %s. The number is connected; nothing else was changed.", callback, failure.Problem.Details),
		"See that the address is reachable from outside with a valid certificate and leads to this Kontor, then run the command again.").Because(failure)
}
