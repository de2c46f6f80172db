package main

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"kontor/internal/app"
	"kontor/internal/fault"
	"kontor/internal/premises"
	"kontor/internal/wa"
)

// numberOnPrem turns the drop-in for the On-Premises API on and off.
type numberOnPrem struct {
	Enable  onpremEnable  `cmd:"" help:"Serve a number over the On-Premises API (/v1/…). A fresh one knows admin/secret, whose first login must set a new password."`
	Disable onpremDisable `cmd:"" help:"Stop serving a number over the On-Premises API; users and settings stay."`
}

// onpremNumber chooses a number; the only one needs no name.
type onpremNumber struct {
	Number string `help:"Phone number id; may be left out when there is one number." placeholder:"ID"`
}

func (o onpremNumber) find(a *app.App) (*wa.Number, error) {
	all := a.Numbers.All()
	if o.Number == "" && len(all) == 1 {
		return all[0], nil
	}
	if n, ok := a.Numbers.ByPhoneNumberID(wa.PhoneNumberID(o.Number)); ok && o.Number != "" {
		return n, nil
	}
	if o.Number == "" {
		return nil, fault.New(fault.Invalid, "number_missing", fmt.Sprintf("There are %d business numbers; nothing was changed.", len(all)), "Name one with --number; kontor number list shows them.")
	}
	return nil, fault.New(fault.NotFound, "number_unknown", fmt.Sprintf("No number has the phone number id %q; nothing was changed.", o.Number), "kontor number list shows them.")
}

type onpremEnable struct {
	onpremNumber
	Host   []string `help:"Host name that selects this number, where several are served; may be repeated." placeholder:"NAME"`
	Strict bool     `help:"Answer a message that a rule refuses (window, template) with the error, where the old client answered an id and called back later."`
}

func (o onpremEnable) Run(e *env) error {
	return e.withApp(func(a *app.App) error {
		n, err := o.find(a)
		if err != nil {
			return err
		}
		f, err := a.EnableOnPrem(e.ctx, n, o.Host)
		if err == nil {
			err = a.Premises.Save(e.ctx, f, premises.DocOptions, premises.Options{Strict: o.Strict})
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "The On-Premises API of %s is on, at /v1 and /onprem/%s/v1.\n", n.PhoneNumberID, n.PhoneNumberID)
		admin, err := a.Premises.FindUser(e.ctx, f, premises.FirstUser)
		if err == nil && admin.MustChange {
			fmt.Fprintln(e.out, "Log in as admin with the password secret and set new_password: until then nothing else works.")
		}
		return err
	})
}

type onpremDisable struct{ onpremNumber }

func (o onpremDisable) Run(e *env) error {
	return e.withApp(func(a *app.App) error {
		n, err := o.find(a)
		if err != nil {
			return err
		}
		if err := a.DisableOnPrem(e.ctx, n); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "The On-Premises API of %s is off.\n", n.PhoneNumberID)
		return nil
	})
}

type onpremCmd struct {
	Import onpremImport `cmd:"" help:"Take over the settings of an On-Premises client: from one that still answers, or from a file."`
}

// onpremImport reads settings/application and the media providers of a live
// client, a saved answer of settings/application, or a backup of Kontor's.
type onpremImport struct {
	onpremNumber
	From     string `help:"Address of a client that still answers, as https://host:9090." placeholder:"URL" xor:"source" required:""`
	File     string `help:"A saved answer of GET /v1/settings/application, or of POST /v1/settings/backup of a Kontor." placeholder:"FILE" type:"existingfile" xor:"source" required:""`
	Username string `help:"User of the client." default:"admin"`
	Password string `name:"password-file" help:"File with the password: of the client's user, or of the backup." placeholder:"FILE" type:"existingfile"`
	Insecure bool   `help:"Take the client's certificate as it is: it was self-signed by default."`
}

func (o onpremImport) Run(e *env) error {
	password := ""
	if o.Password != "" {
		text, err := os.ReadFile(o.Password)
		if err != nil {
			return err
		}
		password = strings.TrimSpace(string(text))
	}
	return e.withApp(func(a *app.App) error {
		n, err := o.find(a)
		if err != nil {
			return err
		}
		f, found, err := a.Premises.Facade(e.ctx, n.WorkspaceID, n.ID)
		if err != nil {
			return err
		}
		if !found || !f.Enabled {
			return fault.New(fault.Conflict, "onprem_off", "The On-Premises API of this number is off; nothing was changed.", "Turn it on first: kontor number onprem enable.")
		}
		var report app.OnPremImport
		if o.From != "" {
			if u, err := url.Parse(o.From); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
				return fault.Wrong("onprem_address", fault.Field{Name: "--from", Detail: "must be an address as https://host:9090."})
			}
			report, err = a.ImportOnPremLive(e.ctx, f, app.OnPremSource{URL: strings.TrimRight(o.From, "/"), Username: o.Username, Password: wa.Secret(password), Insecure: o.Insecure})
		} else {
			text, rerr := os.ReadFile(o.File)
			if rerr != nil {
				return rerr
			}
			report, err = a.ImportOnPremFile(e.ctx, f, text, wa.Secret(password))
		}
		if err != nil {
			return err
		}
		for _, line := range report.Lines() {
			fmt.Fprintln(e.out, line)
		}
		return nil
	})
}

func numberState(n *wa.Number) string {
	state := string(n.State)
	if n.StateReason != "" {
		state += " (" + n.StateReason + "); kontor number resume lets it go on once that is repaired"
	}
	return state
}

func (e *env) onpremReport(a *app.App, n *wa.Number) error {
	f, found, err := a.Premises.Facade(e.ctx, n.WorkspaceID, n.ID)
	if err != nil {
		return err
	}
	if !found || !f.Enabled {
		fmt.Fprintln(e.out, "  The On-Premises API is off: kontor number onprem enable turns it on.")
		return nil
	}
	settings, err := a.Premises.Application(e.ctx, f)
	if err != nil {
		return err
	}
	if settings.WebhookURL() == "" {
		fmt.Fprintln(e.out, "  No callback address is set (webhooks.url), so the program hears nothing.")
	}
	for _, s := range settings.WithoutEffect() {
		fmt.Fprintf(e.out, "  setting %s (%s): %s\n", s.Key, s.Effect, s.Here)
	}
	calls, err := a.Premises.Calls(e.ctx, f)
	if err != nil {
		return err
	}
	if len(calls) == 0 {
		fmt.Fprintln(e.out, "  No call has been made yet.")
		return nil
	}
	w := tabwriter.NewWriter(e.out, 2, 4, 2, ' ', 0)
	fmt.Fprintln(w, "  CALL\tUSED\tREFUSED\tLAST\tWITHOUT EFFECT")
	for _, c := range calls {
		fmt.Fprintf(w, "  %s\t%d\t%d\t%s\t%s\n", c.Name, c.Count, c.Failed, c.Last.Local().Format(time.DateTime), c.Note)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	said := map[string]bool{}
	for _, c := range calls {
		advice := c.Advice()
		line := strings.TrimSpace(c.Name + " " + c.Note)
		if advice == "" || said[line] {
			continue
		}
		if len(said) == 0 {
			fmt.Fprintln(e.out, "  What to change:")
		}
		said[line] = true
		fmt.Fprintf(e.out, "  - %s: %s.\n", line, advice)
	}
	return nil
}
