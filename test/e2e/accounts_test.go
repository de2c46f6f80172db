package e2e

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

var setupLink = regexp.MustCompile(`^set up: (http://\S+)$`)

// TestAccounts plays the story of people who come into an empty house: it is a
// `kontor serve`, since a `kontor dev` has somebody in it from the beginning.
func TestAccounts(t *testing.T) {
	node, chromium := tools(t)
	dir := t.TempDir()
	binary := filepath.Join(dir, "kontor")
	if out, err := exec.Command("go", "build", "-o", binary, "kontor/cmd/kontor").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	p := &product{t: t, binary: binary, data: filepath.Join(dir, "data"), listen: [2]string{"127.0.0.1:0", "127.0.0.1:0"}}
	link := p.startEmpty()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(p.kontor, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	story := exec.CommandContext(t.Context(), node, "accounts.mjs")
	story.Env = append(os.Environ(),
		// By a name, because an address of numbers cannot have passkeys.
		"E2E_CHROMIUM="+chromium, "E2E_KONTOR=http://localhost:"+port, "E2E_SETUP="+link, "E2E_DIR="+t.TempDir())
	story.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	story.Cancel = func() error { return syscall.Kill(-story.Process.Pid, syscall.SIGKILL) }
	story.Stdout, story.Stderr = lines{t}, lines{t}
	story.WaitDelay = 5 * time.Second
	if err := story.Run(); err != nil {
		t.Errorf("the story accounts: %v\nkontor wrote:\n%s", err, p.log)
	}
	_ = syscall.Kill(-story.Process.Pid, syscall.SIGKILL) // nobody is left of it, or should be
	p.stop()
}

// startEmpty starts a kontor serve over nothing and returns the link that sets
// it up.
func (p *product) startEmpty() string {
	p.t.Helper()
	p.log = &buffer{}
	p.cmd = p.command("serve")
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	cmd, ended := p.cmd, make(chan error, 1)
	p.ended = ended
	found := make(chan string, 1)
	go func() { // ends with the product
		for scan := bufio.NewScanner(out); scan.Scan(); {
			if m := setupLink.FindSubmatch(bytes.TrimSpace(scan.Bytes())); m != nil {
				found <- string(m[1])
				break
			}
		}
		_, _ = io.Copy(io.Discard, out)
		ended <- cmd.Wait()
	}()
	p.t.Cleanup(func() { _ = cmd.Process.Kill() }) // it has ended, unless the test failed
	select {
	case link := <-found:
		p.kontor = link[:strings.Index(link, "/setup")]
		p.listen[0] = strings.TrimPrefix(p.kontor, "http://")
		p.ready()
		return link
	case err := <-ended:
		p.t.Fatalf("kontor serve ended at once: %v\n%s", err, p.log)
	case <-time.After(20 * time.Second):
		p.t.Fatalf("kontor serve printed no link to set it up:\n%s", p.log)
	}
	return ""
}
