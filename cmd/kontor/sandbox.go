package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"kontor/internal/fault"
	"kontor/internal/sandbox"
	"kontor/web"
)

// sandboxCmd are the flags of "kontor sandbox"; each may also be a variable of
// the environment. --listen is the one of all commands, here the sandbox's.
type sandboxCmd struct {
	Callback    string    `help:"Address that gets the webhooks." placeholder:"URL" env:"KONTOR_SANDBOX_CALLBACK"`
	AppSecret   string    `help:"Key of the webhooks' signatures. Default: WHATSAPP_APP_SECRET, else sandbox-app-secret." placeholder:"TEXT" env:"KONTOR_SANDBOX_APP_SECRET"`
	VerifyToken string    `help:"Word of the callback's handshake. Default: WHATSAPP_WEBHOOK_VERIFY_TOKEN, else sandbox-verify-token." placeholder:"TEXT" env:"KONTOR_SANDBOX_VERIFY_TOKEN"`
	Numbers     string    `help:"File with several numbers: a JSON array, see docs/sandbox.md. Overrules the other flags about the number." placeholder:"FILE" env:"KONTOR_SANDBOX_NUMBERS"`
	State       string    `help:"File that keeps the state over restarts; without it nothing outlasts the end." placeholder:"FILE" env:"KONTOR_SANDBOX_STATE"`
	Seed        uint64    `help:"Makes ids, delays and ratios repeatable." placeholder:"N" env:"KONTOR_SANDBOX_SEED"`
	Clock       time.Time `help:"Where Meta's clock begins, as 2026-10-01T00:00:00Z." placeholder:"TIME" env:"KONTOR_SANDBOX_CLOCK" format:"2006-01-02T15:04:05Z07:00"`
	Frozen      bool      `help:"Let Meta's clock stand until POST /sandbox/clock moves it." env:"KONTOR_SANDBOX_FROZEN"`
	AllowHost   []string  `help:"Name under which the sandbox is reached beside loopback names, for example that of a container." placeholder:"NAME" env:"KONTOR_SANDBOX_ALLOW_HOST"`
	ReadyFD     int       `name:"ready-fd" help:"Write the sandbox's address and a line break to this file descriptor once it answers, and close it." placeholder:"N"`
	Demo        bool      `help:"Start with the demo templates beside hello_world." env:"KONTOR_SANDBOX_DEMO"`
}

// Run starts the sandbox alone. Its number takes ids, app secret and verify
// token from the WHATSAPP_* settings, like the product that it plays Meta for.
func (s sandboxCmd) Run(e *env) error {
	if e.flags.Listen != "" { // of this command it is the sandbox that listens
		e.flags.SandboxListen, e.flags.Listen = e.flags.Listen, ""
	}
	c, err := e.config()
	if err != nil {
		return err
	}
	n := sandbox.DefaultNumber()
	set := func(field *string, values ...string) {
		for _, v := range values {
			if v != "" {
				*field = v
			}
		}
	}
	set(&n.PhoneNumberID, string(c.WhatsApp.PhoneNumberID))
	set(&n.WABAID, string(c.WhatsApp.BusinessAccountID))
	set(&n.AppSecret, c.WhatsApp.AppSecret.Reveal(), s.AppSecret)
	set(&n.VerifyToken, c.WhatsApp.VerifyToken.Reveal(), s.VerifyToken)
	n.CallbackURL = s.Callback
	o := sandbox.Options{
		Logger: e.log(c), StateFile: s.State, Seed: s.Seed, Numbers: []sandbox.NumberConfig{n}, Page: web.Dist(),
		Start: s.Clock, Frozen: s.Frozen, AllowedHosts: s.AllowHost,
	}
	if s.Numbers != "" {
		if o.Numbers, err = readNumbers(s.Numbers); err != nil {
			return err
		}
		n = o.Numbers[0]
	}
	if s.Demo {
		o.Templates = sandbox.DemoTemplates()
	}
	box, err := sandbox.New(o)
	if errors.Is(err, sandbox.ErrOptions) {
		return fault.New(fault.Invalid, "sandbox_options", err.Error(), "correct the flag, or the file of --numbers")
	}
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.SandboxListen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s (--listen, KONTOR_SANDBOX_LISTEN): %w", c.SandboxListen, err), box.Close())
	}
	st := newStand(box)
	st.start(l)
	address := "http://" + reachable(l.Addr())
	fmt.Fprintf(e.out, "Sandbox at %s, number %s of account %s\nsandbox: %s\n", address, n.PhoneNumberID, n.WABAID, address)
	if err := s.tell(address); err != nil {
		return errors.Join(err, st.stop())
	}
	<-e.ctx.Done()
	return st.stop()
}

// tell writes the address to the descriptor of --ready-fd. The socket listens
// by then, so whoever reads it may call at once.
func (s sandboxCmd) tell(address string) error {
	if s.ReadyFD == 0 {
		return nil
	}
	f := os.NewFile(uintptr(s.ReadyFD), "ready-fd")
	if s.ReadyFD < 0 || f == nil {
		return fault.New(fault.Invalid, "ready_fd", fmt.Sprintf("--ready-fd %d is no file descriptor", s.ReadyFD), "give the number of an open descriptor, for example 3")
	}
	_, err := fmt.Fprintln(f, address)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("--ready-fd %d: %w", s.ReadyFD, err)
	}
	return nil
}

// reachable is an address that can be called: a socket on every interface is
// reached by loopback.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return a.String()
}

// readNumbers reads the file of --numbers.
func readNumbers(path string) ([]sandbox.NumberConfig, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "sandbox_numbers", "--numbers: "+err.Error(), "name a file that can be read")
	}
	var all []sandbox.NumberConfig
	if err := json.Unmarshal(body, &all); err != nil || len(all) == 0 {
		return nil, fault.New(fault.Invalid, "sandbox_numbers", fmt.Sprintf("%s must hold a JSON array of numbers, each with phone_number_id, waba_id and display_phone", path), "see docs/sandbox.md")
	}
	return all, nil
}
