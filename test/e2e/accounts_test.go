package e2e

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
)

var setupLink = regexp.MustCompile(`^set up: (http://\S+)$`)

// TestAccounts plays the story of people who come into an empty house: it is a
// `kontor serve`, since a `kontor dev` has somebody in it from the beginning.
func TestAccounts(t *testing.T) {
	p, _ := newProduct(t)
	link := p.startEmpty()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(p.kontor, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	// By a name, because an address of numbers cannot have passkeys.
	p.kontor = "http://localhost:" + port
	p.tell(t, "accounts", "E2E_SETUP="+link)
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
