package main

import (
	"errors"
	"fmt"
	"net"

	"kontor/internal/sandbox"
	"kontor/web"
)

type sandboxCmd struct {
	Callback string `help:"Address that gets the webhooks." placeholder:"URL"`
	State    string `help:"File that keeps the state over restarts; without it nothing outlasts the end." placeholder:"FILE"`
	Seed     uint64 `help:"Makes ids, delays and ratios repeatable."`
	Demo     bool   `help:"Start with the demo templates beside hello_world."`
}

// Run starts the sandbox alone. Its number takes ids, app secret and verify
// token from the WHATSAPP_* settings, like the product that it plays Meta for.
func (s sandboxCmd) Run(e *env) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	n := sandbox.DefaultNumber()
	set := func(field *string, value string) {
		if value != "" {
			*field = value
		}
	}
	set(&n.PhoneNumberID, string(c.WhatsApp.PhoneNumberID))
	set(&n.WABAID, string(c.WhatsApp.BusinessAccountID))
	set(&n.AppSecret, c.WhatsApp.AppSecret.Reveal())
	set(&n.VerifyToken, c.WhatsApp.VerifyToken.Reveal())
	n.CallbackURL = s.Callback
	o := sandbox.Options{Logger: e.log(c), StateFile: s.State, Seed: s.Seed, Numbers: []sandbox.NumberConfig{n}, Page: web.Dist()}
	if s.Demo {
		o.Templates = sandbox.DemoTemplates()
	}
	l, err := net.Listen("tcp", c.SandboxListen)
	if err != nil {
		return fmt.Errorf("listen on %s (KONTOR_SANDBOX_LISTEN): %w", c.SandboxListen, err)
	}
	box, err := sandbox.New(o)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	st := newStand(box)
	st.start(l)
	fmt.Fprintf(e.out, "Sandbox at http://%s, number %s of account %s\n", l.Addr(), n.PhoneNumberID, n.WABAID)
	<-e.ctx.Done()
	return st.stop()
}
