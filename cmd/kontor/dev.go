package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"kontor/internal/account"
	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/order"
	"kontor/internal/sandbox"
	"kontor/internal/wa"
	"kontor/web"
)

type devCmd struct{}

// Run starts the product and the sandbox over one data folder, with a demo
// number that both know, and prints where they are. A second start finds what
// the first one left.
func (devCmd) Run(e *env) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	meta, err := net.Listen("tcp", c.SandboxListen)
	if err != nil {
		return fmt.Errorf("listen on %s (KONTOR_SANDBOX_LISTEN): %w", c.SandboxListen, err)
	}
	clock := &clock{}
	a, err := e.app(c, clock.now)
	if err != nil {
		return errors.Join(err, meta.Close())
	}
	if err := a.Listen(); err != nil {
		return errors.Join(err, meta.Close(), a.Stop())
	}
	stand, link, err := e.demo(c, a, meta.Addr().String(), clock)
	if err != nil {
		return errors.Join(err, meta.Close(), a.Stop())
	}
	stand.start(meta)
	if err := a.Start(e.ctx); err != nil {
		return errors.Join(err, a.Stop(), stand.stop())
	}
	fmt.Fprintf(e.out, `
  Kontor   http://%s
  Sandbox  http://%s   plays Meta's part: write from a phone there
  API      http://%s/docs

sign in: http://%s/signin?token=%s
(good once, until %s; kontor signin prints another)

`, a.Addr(), meta.Addr(), a.Addr(), a.Addr(), link.Token.Reveal(), link.ExpiresAt.Local().Format("15:04"))
	return errors.Join(a.Run(e.ctx), stand.stop())
}

// demo makes the demo workspace at first start: its people, its number, and a
// sandbox that plays Meta for that number.
func (e *env) demo(c *config.Config, a *app.App, metaAddr string, clock *clock) (*stand, account.Link, error) {
	person, err := demoPeople(e.ctx, a)
	if err != nil {
		return nil, account.Link{}, err
	}
	link, err := a.Accounts.NewLink(e.ctx, a.Workspace.ID, person)
	if err != nil {
		return nil, account.Link{}, err
	}
	w := demoNumber(c, a, metaAddr)
	n, err := a.Connect(e.ctx, w)
	if err != nil {
		return nil, account.Link{}, err
	}
	if _, err := a.EnableOnPrem(e.ctx, n, nil); err != nil {
		return nil, account.Link{}, err
	}
	box, err := sandbox.New(sandbox.Options{
		Logger: e.log(c), StateFile: filepath.Join(c.Data, "sandbox.json"), PublicURL: "http://" + metaAddr,
		Numbers: []sandbox.NumberConfig{{
			PhoneNumberID: string(n.PhoneNumberID), WABAID: string(n.WABAID), DisplayPhone: "+49 451 5550100", VerifiedName: "Nordlicht Service",
			AppSecret: n.AppSecret.Reveal(), VerifyToken: n.VerifyToken.Reveal(), CallbackURL: "http://" + a.Addr().String() + "/api/v1/whatsapp/webhook",
		}},
		Templates: append(sandbox.DemoTemplates(), sandbox.OrderTemplates()...), Page: web.Dist(),
	})
	if err != nil {
		return nil, account.Link{}, err
	}
	clock.box = box
	return newStand(box), link, nil
}

// demoPeople are made when the workspace has nobody; the first signs in.
func demoPeople(ctx context.Context, a *app.App) (wa.PersonID, error) {
	people, err := a.Accounts.People(ctx, a.Workspace.ID)
	if err != nil || len(people) > 0 {
		if err != nil {
			return 0, err
		}
		return people[0].ID, nil
	}
	ana, err := a.Accounts.CreatePerson(ctx, a.Workspace.ID, account.NewPerson{Name: "Ana Ribeiro", Role: account.Owner})
	if err != nil {
		return 0, err
	}
	if _, err := a.Accounts.CreatePerson(ctx, a.Workspace.ID, account.NewPerson{Name: "Ben Krüger", Role: account.Agent}); err != nil {
		return 0, err
	}
	if err := demoOrders(ctx, a); err != nil {
		return 0, err
	}
	name := "Nordlicht Service"
	_, err = a.Accounts.UpdateWorkspace(ctx, a.Workspace.ID, account.WorkspaceChange{Name: &name})
	return ana.ID, err
}

// demoOrders fits the built-in messages about orders to the sandbox's templates,
// whose reminder greets the customer by name.
func demoOrders(ctx context.Context, a *app.App) error {
	s := order.Defaults()
	s.TimeZone = "Europe/Berlin"
	s.Reminder.Body = []string{"{{customer}}", "{{time}}"}
	_, err := a.Orders.SetSettings(ctx, a.Workspace.ID, s)
	return err
}

// demoNumber is the number of the settings, or the sandbox's own, with secrets
// that are made once and kept: nothing here has a default password.
func demoNumber(c *config.Config, a *app.App, metaAddr string) config.WhatsApp {
	w := c.WhatsApp
	own := sandbox.DefaultNumber()
	or(&w.PhoneNumberID, wa.PhoneNumberID(own.PhoneNumberID))
	or(&w.BusinessAccountID, wa.WABAID(own.WABAID))
	if known, ok := a.Numbers.ByPhoneNumberID(w.PhoneNumberID); ok {
		or(&w.AccessToken, known.AccessToken)
		or(&w.AppSecret, known.AppSecret)
		or(&w.VerifyToken, known.VerifyToken)
	}
	or(&w.AccessToken, wa.Secret(rand.Text()))
	or(&w.AppSecret, wa.Secret(rand.Text()))
	or(&w.VerifyToken, wa.Secret(rand.Text()))
	if !c.Given("whatsapp.api_base_url") {
		w.APIBaseURL = "http://" + metaAddr
	}
	return w
}

func or[T ~string](field *T, value T) {
	if *field == "" {
		*field = value
	}
}

// clock is the sandbox's time once there is one: who moves Meta's clock moves
// the product's windows too.
type clock struct{ box *sandbox.Sandbox }

func (c *clock) now() time.Time {
	if c.box == nil {
		return time.Now()
	}
	return c.box.Now()
}

// stand is a sandbox that runs and is served.
type stand struct {
	box    *sandbox.Sandbox
	server *http.Server
	cancel context.CancelFunc
	ended  chan error
}

func newStand(box *sandbox.Sandbox) *stand {
	s := &stand{box: box, server: &http.Server{Handler: box, ReadHeaderTimeout: 10 * time.Second}, ended: make(chan error, 2)}
	s.server.RegisterOnShutdown(box.CloseStreams)
	return s
}

func (s *stand) start(l net.Listener) {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go func() { s.ended <- s.box.Run(ctx) }()
	go func() { s.ended <- s.server.Serve(l) }()
}

// stop lets the sandbox come to its end and keeps its state.
func (s *stand) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.server.Close()
	}
	s.cancel()
	for range 2 {
		if ended := <-s.ended; !errors.Is(ended, http.ErrServerClosed) {
			err = errors.Join(err, ended)
		}
	}
	return errors.Join(err, s.box.Close())
}
