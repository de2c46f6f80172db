// Command kontor is the whole product in one binary: the platform (serve), the
// sandbox that plays Meta's part (sandbox), both with a demo workspace (dev),
// and the commands by which operators and programs work with it. Each command
// has a file of its own; testdata holds their stories.
//
// Exit codes: 0 done (also after Ctrl-C), 1 it could not be done, 2 the command
// line or a setting is wrong.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"kontor/internal/config"
	"kontor/internal/fault"
)

// cli is every command.
type cli struct {
	config.Flags

	Dev          devCmd          `cmd:"" help:"Start the product and the sandbox over a demo workspace: the way to try Kontor."`
	Serve        serveCmd        `cmd:"" help:"Start the product."`
	Sandbox      sandboxCmd      `cmd:"" help:"Start the sandbox alone: an emulator of Meta's Cloud API."`
	Setup        setupCmd        `cmd:"" help:"Connect a real number from an answers file or the WHATSAPP_* settings."`
	Signin       signinCmd       `cmd:"" help:"Print a sign-in link for a person, who is made if new."`
	Person       personCmd       `cmd:"" help:"List people, and let one set a new password."`
	Workspace    workspaceCmd    `cmd:"" help:"Make and list workspaces: tenants that share nothing but the installation."`
	Key          keyCmd          `cmd:"" help:"Make, list and revoke API keys."`
	Number       numberCmd       `cmd:"" help:"List business numbers and let a stopped one send again."`
	Journal      journalCmd      `cmd:"" help:"Print what happened; take kept webhooks in again."`
	Migrate      migrateCmd      `cmd:"" help:"Move an installation from SQLite to PostgreSQL."`
	Send         sendCmd         `cmd:"" help:"Send a message through a running Kontor."`
	Message      messageCmd      `cmd:"" help:"Show what became of a message."`
	Subscription subscriptionCmd `cmd:"" help:"Have other systems told of what happens, by outgoing webhooks."`
	Order        orderCmd        `cmd:"" help:"List, show and write orders; change their status."`
	OnPrem       onpremCmd       `cmd:"" name:"onprem" help:"Move from an On-Premises client."`
	Doctor       doctorCmd       `cmd:"" help:"Tell what is not in order; with --onprem, what clients of the On-Premises API use."`
	Version      versionCmd      `cmd:"" help:"Print the version."`
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is main without the process, so that the stories in testdata can call it.
func run(args []string, out, problems io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	parser, err := kong.New(&c, kong.Name("kontor"), kong.Description("A self-hosted WhatsApp Business platform. The product listens on 127.0.0.1:8080, the sandbox on 127.0.0.1:8090; README.md tells more."),
		config.Vars(), kong.Writers(out, problems), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(problems, err)
		return 1
	}
	exited := -1
	parser.Exit = func(code int) { exited = code }
	cmd, err := parser.Parse(args)
	if exited >= 0 { // help was asked for
		return exited
	}
	if err != nil {
		fmt.Fprintf(problems, "kontor: %v\nSee kontor --help.\n", err)
		return 2
	}
	e := &env{ctx: ctx, flags: c.Flags, out: out, problems: problems}
	if err := cmd.Run(e); err != nil {
		return e.explain(err)
	}
	return 0
}

// env is what a command works with.
type env struct {
	ctx           context.Context
	flags         config.Flags
	out, problems io.Writer
}

// config reads the settings and tells of variables that look like one of ours.
func (e *env) config() (*config.Config, error) {
	c, err := config.Load(e.flags, os.Environ())
	for _, warning := range config.Misspelt(os.Environ()) {
		fmt.Fprintln(e.problems, "kontor:", warning)
	}
	return c, err
}

// log writes for operators, where standard output stays for what was asked for.
func (e *env) log(c *config.Config) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(e.problems, o))
	}
	return slog.New(slog.NewTextHandler(e.problems, o))
}

// explain tells an error and its next step, and chooses the exit code.
func (e *env) explain(err error) int {
	var f *fault.Error
	if !errors.As(err, &f) {
		fmt.Fprintf(e.problems, "kontor: %v\n", err)
		return 1
	}
	if len(f.Fields) > 0 {
		fmt.Fprintf(e.problems, "kontor: %s\n", f.Code)
		for _, field := range f.Fields {
			fmt.Fprintf(e.problems, "  %s: %s\n", field.Name, field.Detail)
		}
	} else {
		fmt.Fprintf(e.problems, "kontor: %s (%s)\n", f.Detail, f.Code)
	}
	if f.Cause != nil {
		fmt.Fprintf(e.problems, "  because: %v\n", f.Cause)
	}
	if f.Advice != "" {
		fmt.Fprintf(e.problems, "  next: %s\n", f.Advice)
	}
	if f.Kind == fault.Invalid {
		return 2
	}
	return 1
}

// version is the one the binary was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "dev"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && !strings.Contains(v, s.Value[:min(12, len(s.Value))]) {
			v += "+" + s.Value[:min(12, len(s.Value))]
		}
	}
	return v
}

type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintln(e.out, "kontor", version())
	return err
}
