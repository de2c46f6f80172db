package main

import (
	"fmt"

	"kontor/internal/app"
	"kontor/internal/fault"
)

// doctorCmd tells what is not in order, and what to do about it.
type doctorCmd struct {
	OnPrem bool `name:"onprem" help:"Which calls of the On-Premises API were used, which had no effect, and what to change."`
}

func (d doctorCmd) Run(e *env) error {
	return e.withApp(func(a *app.App) error {
		for _, n := range a.Numbers.All() {
			fmt.Fprintf(e.out, "%s %s: %s\n", n.PhoneNumberID, n.DisplayPhone, numberState(n))
			if !d.OnPrem {
				continue
			}
			if err := e.onpremReport(a, n); err != nil {
				return err
			}
		}
		for _, missing := range a.Config.Unfinished() {
			if len(a.Numbers.All()) == 0 {
				fmt.Fprintln(e.out, missing)
			}
		}
		set, err := a.CheckMail(e.ctx)
		e.tell("mail", "people who forget a password need kontor person password, since KONTOR_SMTP_URL is not set", "the server lets us in", set, err)
		set, err = a.CheckSignOn(e.ctx)
		e.tell("single sign-on", "none, since KONTOR_OIDC_ISSUER is not set", "the provider answers", set, err)
		return nil
	})
}

// tell prints how one of the services stands that the settings may name.
func (e *env) tell(name, unset, fine string, set bool, err error) {
	text := unset
	switch {
	case set && err == nil:
		text = fine
	case set:
		f := fault.As(err)
		text = f.Detail + " " + f.Advice
	}
	fmt.Fprintf(e.out, "%s: %s\n", name, text)
}
