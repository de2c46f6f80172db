package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"kontor/internal/store"
	"kontor/internal/store/storetest"
)

// TestMain lets the test binary be kontor: scripts and stories run it as a
// process of its own, with real signals, ports and exit codes.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"kontor": func() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// patience is how long a story waits for what must happen.
const patience = 40 * time.Second

// TestCommands plays the stories of the command line: one file each. Beside
// testscript's own commands they have
//
//	ports NAME…              sets each variable to a free address on 127.0.0.1
//	http METHOD URL [BODY]   calls with $KEY as bearer, prints status and body;
//	                         BODY may be @FILE
//	until URL PATTERN        calls GET until status and body match
//	grab NAME PATTERN        sets the variable to the first group's match in stdout
//	codes PROGRAM CODE ARG…  runs it; it must end with this exit code
//	expand FILE              replaces $NAME in a file by the variables
//	mark                     notes the time
//	within DURATION          fails when mark was longer ago
//	postgres NAME            sets the variable to the URL of an empty PostgreSQL schema
//
// and the condition [postgres]: there is a server for it.
func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("KONTOR_DATA", filepath.Join(e.WorkDir, "data"))
			e.Setenv("KEY", strings.Repeat("0123456789", 4))
			return os.WriteFile(filepath.Join(e.WorkDir, "picture.png"), picture(), 0o600)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"ports": func(ts *testscript.TestScript, neg bool, args []string) {
				for i, address := range freeAddresses(ts, len(args)) {
					ts.Setenv(args[i], address)
				}
			},
			"http": cmdHTTP, "until": cmdUntil, "grab": cmdGrab, "codes": cmdCodes, "expand": cmdExpand, "mark": cmdMark, "within": cmdWithin,
			"postgres": func(ts *testscript.TestScript, neg bool, args []string) {
				for _, name := range args {
					ts.Setenv(name, emptySchema(t, ts))
				}
			},
		},
		Condition: func(cond string) (bool, error) {
			if cond != "postgres" {
				return false, fmt.Errorf("there is no condition %s", cond)
			}
			return os.Getenv("KONTOR_TEST_POSTGRES") != "" || os.Getenv("KONTOR_TEST_ALL") == "1", nil
		},
	})
}

// freeAddresses are addresses on which nobody listens at the moment.
func freeAddresses(t interface{ Fatalf(string, ...any) }, n int) []string {
	var all []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatalf("find a free port: %v", err)
		}
		defer l.Close() // all are held until all are known, so that they differ
		all = append(all, l.Addr().String())
	}
	return all
}

// emptySchema is the URL of a schema with tables and no rows, removed after all stories.
func emptySchema(t *testing.T, ts *testscript.TestScript) string {
	o := storetest.Options(t, "postgres")
	s, err := store.Open(context.Background(), o)
	ts.Check(err)
	ts.Check(s.Close())
	u, err := url.Parse(o.URL)
	ts.Check(err)
	q := u.Query()
	q.Set("search_path", o.Schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// ask makes one call; redirects are answers.
func ask(method, url, key, body string) (string, error) {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return fmt.Sprintf("%s\n%s\n", resp.Status, bytes.TrimSpace(text)), err
}

func cmdHTTP(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: http METHOD URL [BODY]")
	}
	body := ""
	if len(args) == 3 {
		body = args[2]
		if name, ok := strings.CutPrefix(body, "@"); ok {
			body = ts.ReadFile(name)
		}
	}
	answer, err := ask(args[0], args[1], ts.Getenv("KEY"), body)
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), answer)
}

func cmdUntil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: until URL PATTERN")
	}
	pattern, err := regexp.Compile("(?s)" + args[1])
	ts.Check(err)
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	deadline := time.Now().Add(patience)
	for {
		answer, err := ask(http.MethodGet, args[0], ts.Getenv("KEY"), "")
		if err == nil && pattern.MatchString(answer) {
			fmt.Fprint(ts.Stdout(), answer)
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s did not come to match %s; the last answer was %v %s", args[0], args[1], err, answer)
		}
		<-poll.C
	}
}

func cmdGrab(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: grab NAME PATTERN")
	}
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	m := pattern.FindStringSubmatch(ts.ReadFile("stdout"))
	if len(m) < 2 {
		ts.Fatalf("stdout has no match for a group of %s", args[1])
	}
	ts.Setenv(args[0], m[1])
}

func cmdCodes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: codes PROGRAM CODE ARG…")
	}
	err := ts.Exec(args[0], args[2:]...)
	code := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	default:
		ts.Check(err)
	}
	if fmt.Sprint(code) != args[1] {
		ts.Fatalf("%s ended with exit code %d, want %s", args[0], code, args[1])
	}
}

func cmdExpand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: expand FILE")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(os.Expand(ts.ReadFile(args[0]), ts.Getenv)), 0o600))
}

func cmdMark(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: mark")
	}
	ts.Setenv("MARK", time.Now().Format(time.RFC3339Nano))
}

func cmdWithin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: within DURATION")
	}
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	since, err := time.Parse(time.RFC3339Nano, ts.Getenv("MARK"))
	ts.Check(err)
	if took := time.Since(since); took > limit {
		ts.Fatalf("it took %v, want %v at most", took, limit)
	}
}

// picture is a small, real PNG.
func picture() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for x := range 64 {
		for y := range 48 {
			img.Set(x, y, color.RGBA{uint8(4 * x), uint8(5 * y), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // memory takes everything
	}
	return b.Bytes()
}
