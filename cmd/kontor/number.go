package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"kontor/internal/app"
	"kontor/internal/wa"
)

type numberCmd struct {
	List   numberList   `cmd:"" help:"List the business numbers."`
	Resume numberResume `cmd:"" help:"Let a stopped or paused number send again."`
	OnPrem numberOnPrem `cmd:"" name:"onprem" help:"Serve a number over the On-Premises API."`
}

type numberList struct{}

func (numberList) Run(e *env) error {
	return e.withApp(func(a *app.App) error {
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "PHONE NUMBER ID\tNUMBER\tNAME\tSTATE\tQUALITY\tPACE")
		for _, n := range a.Numbers.All() {
			state := string(n.State)
			if n.StateReason != "" {
				state += " (" + n.StateReason + ")"
			}
			if time.Now().Before(n.PausedUntil) {
				state = "paused until " + n.PausedUntil.Local().Format("15:04:05")
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d/s\n", n.PhoneNumberID, n.DisplayPhone, n.VerifiedName, state, n.Quality, n.PerSecond())
		}
		return w.Flush()
	})
}

type numberResume struct {
	PhoneNumberID string `arg:"" help:"Meta's id of the number."`
}

func (r numberResume) Run(e *env) error {
	return e.withApp(func(a *app.App) error {
		n, ok := a.Numbers.ByPhoneNumberID(wa.PhoneNumberID(r.PhoneNumberID))
		if !ok {
			return fmt.Errorf("no number has the phone number id %q; kontor number list shows them", r.PhoneNumberID)
		}
		return a.Numbers.Resume(e.ctx, n.ID)
	})
}
