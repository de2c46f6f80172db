package config_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"kontor/internal/config"
)

type commandLine struct {
	config.Flags

	Serve struct{} `cmd:"" help:"Serve."`
}

func parse(t *testing.T, args ...string) config.Flags {
	t.Helper()
	var cli commandLine
	k, err := kong.New(&cli, kong.Name("kontor"), config.Vars(), kong.Exit(func(int) { t.Fatal("kong wants to exit") }))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse(args); err != nil {
		t.Fatal(err)
	}
	return cli.Flags
}

func TestEveryRowHasItsFlagAndEveryFlagItsRow(t *testing.T) {
	var cli commandLine
	k, err := kong.New(&cli, config.Vars())
	if err != nil {
		t.Fatal(err)
	}
	flags := map[string]*kong.Flag{}
	for _, f := range k.Model.Flags {
		flags[f.Name] = f
	}
	for _, s := range config.Settings() {
		f := flags[s.Flag]
		if f == nil {
			t.Errorf("%s: there is no flag --%s", s.Key, s.Flag)
			continue
		}
		delete(flags, s.Flag)
		if !strings.Contains(f.Help, "$"+s.Env) {
			t.Errorf("--%s: its help %q does not name %s", s.Flag, f.Help, s.Env)
		}
		if s.Secret != strings.HasSuffix(s.Flag, "-file") {
			t.Errorf("--%s: a secret is given by a file and nothing else is", s.Flag)
		}
	}
	delete(flags, "help")
	delete(flags, "config")
	for name := range flags {
		t.Errorf("--%s has no row in the table of settings", name)
	}
	if got, want := reflect.TypeFor[config.Flags]().NumField(), len(config.Settings())+1; got != want {
		t.Errorf("got %d flags, want %d", got, want)
	}
}

// Each flag reaches its own member: a row that reads another's flag is caught here.
func TestEveryFlagReachesItsSetting(t *testing.T) {
	for _, s := range config.Settings() {
		given := "0"
		if s.Secret {
			given = "/nowhere"
		}
		flags := parse(t, "serve", "--"+s.Flag+"="+given)
		c, err := config.Load(flags, nil)
		if err != nil {
			if !strings.Contains(err.Error(), s.Env+": ") || !strings.Contains(err.Error(), "--"+s.Flag) {
				t.Errorf("--%s: got %v, want a problem that names it", s.Flag, err)
			}
			continue
		}
		if c.Source(s.Key) != "--"+s.Flag {
			t.Errorf("--%s: got its value from %s", s.Flag, c.Source(s.Key))
		}
	}
}

func TestSwitchStandsAloneOrCarriesAValue(t *testing.T) {
	for _, c := range []struct {
		args string
		want bool
	}{{"serve --allow-private-callbacks", true}, {"--allow-private-callbacks serve", true}, {"serve --allow-private-callbacks=0", false}, {"serve", true}} {
		flags := parse(t, strings.Fields(c.args)...)
		if got := load(t, flags, "KONTOR_ALLOW_PRIVATE_CALLBACKS=1").AllowPrivateCallbacks; got != c.want {
			t.Errorf("%s: got %v, want %v", c.args, got, c.want)
		}
	}
}
