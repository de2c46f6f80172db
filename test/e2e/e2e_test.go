package e2e

import (
	"bufio"
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var key = strings.Repeat("0123456789", 4)

// TestStories starts the product and plays one story after the other over the
// same data, with a restart before the last.
func TestStories(t *testing.T) {
	p, dir := newProduct(t)
	writePicture(t, filepath.Join(dir, "bicycle.png"))
	p.start()
	tell := func(name, link string) {
		t.Run(name, func(t *testing.T) {
			p.tell(t, name, "E2E_SIGNIN="+link, "E2E_OTHER="+p.newLink("--name=Ben Krüger"), "E2E_PICTURE="+filepath.Join(dir, "bicycle.png"))
		})
	}
	tell("main", p.link)
	// window moves the clock by a day and back: whatever waited for a time ahead
	// would go on waiting, so the stories about what waits come before it.
	for _, name := range []string{"talk", "queue", "hands", "thread", "search", "trouble", "settings", "session", "orders", "panel", "sandbox", "window", "narrow"} {
		tell(name, p.newLink())
	}
	p.stop()
	p.start() // at the same addresses, over the same data
	tell("again", p.link)
	p.stop()
}

// TestCrowds tells the stories that need many conversations, in a house of
// their own: they would push those of the others out of sight.
func TestCrowds(t *testing.T) {
	p, dir := newProduct(t)
	writePicture(t, filepath.Join(dir, "bicycle.png"))
	p.start()
	for _, name := range []string{"many", "routing"} {
		t.Run(name, func(t *testing.T) {
			p.tell(t, name, "E2E_SIGNIN="+p.newLink(), "E2E_OTHER="+p.newLink("--name=Ben Krüger"), "E2E_PICTURE="+filepath.Join(dir, "bicycle.png"))
		})
	}
	p.stop()
}

// newProduct builds the product, to be started over an empty folder; dir is the
// test's own.
func newProduct(t *testing.T) (p *product, dir string) {
	t.Helper()
	node, chromium := tools(t)
	dir = t.TempDir()
	binary := filepath.Join(dir, "kontor")
	if out, err := exec.Command("go", "build", "-o", binary, "kontor/cmd/kontor").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return &product{t: t, node: node, chromium: chromium, binary: binary, data: filepath.Join(dir, "data"), listen: [2]string{"127.0.0.1:0", "127.0.0.1:0"}}, dir
}

// tell plays one story, to which the environment says what it needs beyond the
// product's addresses.
func (p *product) tell(t *testing.T, name string, env ...string) {
	t.Helper()
	story := exec.CommandContext(t.Context(), p.node, name+".mjs")
	story.Env = append(os.Environ(), "E2E_CHROMIUM="+p.chromium, "E2E_KONTOR="+p.kontor, "E2E_SANDBOX="+p.sandbox, "E2E_KEY="+key, "E2E_DIR="+t.TempDir())
	story.Env = append(story.Env, env...)
	// In a group of its own, so that no browser outlives its story.
	story.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	story.Cancel = func() error { return syscall.Kill(-story.Process.Pid, syscall.SIGKILL) }
	story.Stdout, story.Stderr = lines{t}, lines{t}
	story.WaitDelay = 5 * time.Second
	if err := story.Run(); err != nil {
		t.Errorf("the story %s: %v\nkontor wrote:\n%s", name, err, p.log)
	}
	_ = syscall.Kill(-story.Process.Pid, syscall.SIGKILL) // nobody is left of it, or should be
}

// tools are node and Chromium, or the reason to skip.
func tools(t testing.TB) (node, chromium string) {
	t.Helper()
	lacking := func(what string) {
		if os.Getenv("KONTOR_TEST_ALL") == "1" {
			t.Fatal(what + ", and KONTOR_TEST_ALL=1 demands it; run the tests by `make test`")
		}
		t.Skip(what + "; `make test` installs what is missing")
	}
	chromium = os.Getenv("KONTOR_TEST_CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if chromium == "" {
			chromium, _ = exec.LookPath(name)
		}
	}
	if chromium == "" {
		lacking("there is no Chromium (KONTOR_TEST_CHROMIUM)")
	}
	if _, err := os.Stat("../../web/node_modules/playwright-core"); err != nil {
		lacking("playwright-core is not installed in web/node_modules")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		lacking("there is no node in the PATH")
	}
	return node, chromium
}

// lines hands a story's output to the test's log as it comes.
type lines struct{ t *testing.T }

func (l lines) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		l.t.Log(strings.TrimRight(string(line), "\n"))
	}
	return len(p), nil
}

// product is a kontor dev.
type product struct {
	t               *testing.T
	node, chromium  string
	binary, data    string
	listen          [2]string // product, sandbox
	kontor, sandbox string    // their addresses
	link            string    // to sign in with, good once
	cmd             *exec.Cmd
	environment     []string // settings beside those of every story
	log             *buffer
	ended           chan error
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (p *product) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.binary, args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "KONTOR_") && !strings.HasPrefix(v, "WHATSAPP_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "KONTOR_DATA="+p.data, "KONTOR_LISTEN="+p.listen[0], "KONTOR_SANDBOX_LISTEN="+p.listen[1], "KONTOR_ADMIN_KEY="+key, "KONTOR_ALLOW_PRIVATE_CALLBACKS=1")
	cmd.Env = append(cmd.Env, p.environment...)
	return cmd
}

var said = map[string]*regexp.Regexp{
	"kontor":  regexp.MustCompile(`^ *Kontor +(http://\S+)`),
	"sandbox": regexp.MustCompile(`^ *Sandbox +(http://\S+)`),
	"link":    regexp.MustCompile(`^sign in: (http://\S+)$`),
}

func (p *product) start() {
	p.t.Helper()
	p.log = &buffer{}
	p.cmd = p.command("dev")
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
	found := make(chan map[string]string, 1)
	go func() { // ends with the product
		got := map[string]string{}
		for scan := bufio.NewScanner(out); scan.Scan(); {
			for name, pattern := range said {
				if m := pattern.FindStringSubmatch(scan.Text()); m != nil {
					got[name] = m[1]
				}
			}
			if len(got) == len(said) {
				found <- got
				break
			}
		}
		_, _ = io.Copy(io.Discard, out)
		ended <- cmd.Wait()
	}()
	p.t.Cleanup(func() { _ = cmd.Process.Kill() }) // it has ended, unless the test failed
	select {
	case got := <-found:
		p.kontor, p.sandbox, p.link = got["kontor"], got["sandbox"], got["link"]
	case err := <-ended:
		p.t.Fatalf("kontor dev ended at once: %v\n%s", err, p.log)
	case <-time.After(20 * time.Second):
		p.t.Fatalf("kontor dev did not say where it is:\n%s", p.log)
	}
	p.listen = [2]string{strings.TrimPrefix(p.kontor, "http://"), strings.TrimPrefix(p.sandbox, "http://")}
	p.ready()
}

func (p *product) ready() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.kontor+"/readyz", nil)
		if err != nil {
			p.t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-ctx.Done():
			p.t.Fatalf("kontor dev did not become ready:\n%s", p.log)
		case <-poll.C:
		}
	}
}

// newLink is another sign-in link: each is good once.
func (p *product) newLink(args ...string) string {
	p.t.Helper()
	out, err := p.command(append([]string{"signin"}, args...)...).Output()
	if err != nil {
		p.t.Fatalf("kontor signin: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		if m := said["link"].FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			return m[1]
		}
	}
	p.t.Fatalf("kontor signin printed no link:\n%s", out)
	return ""
}

// stop interrupts the product: it ends within five seconds with exit code 0,
// also with browsers connected.
func (p *product) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			p.t.Errorf("kontor dev ended with %v, want exit code 0:\n%s", err, p.log)
		}
	case <-time.After(5 * time.Second):
		p.t.Error("kontor dev did not stop within 5 s")
	}
	if line := p.unexpected(); line != "" {
		p.t.Errorf("kontor dev logged an error: %s\nall it wrote:\n%s", line, p.log)
	}
	if l, err := net.Listen("tcp", p.listen[0]); err != nil {
		p.t.Errorf("the address is still taken: %v", err)
	} else {
		l.Close()
	}
}

var requestID = regexp.MustCompile(`request_id=(\w+)`)

// unexpected is the first line of the log that tells of a fault. A page that is
// left breaks its requests off, and the story trouble lets a number stand: both
// are worth an ERROR there and nothing here.
func (p *product) unexpected() string {
	left := map[string]bool{}
	for line := range strings.Lines(p.log.String()) {
		id := ""
		if m := requestID.FindStringSubmatch(line); m != nil {
			id = m[1]
		}
		switch {
		case strings.Contains(line, "panic"):
			return line
		case !strings.Contains(line, "level=ERROR"), strings.Contains(line, `msg="the number stands`), left[id]:
		case id != "" && strings.Contains(line, "context canceled"):
			left[id] = true
		default:
			return line
		}
	}
	return ""
}

// writePicture draws a bicycle: a real PNG of a few kilobytes.
func writePicture(t *testing.T, name string) {
	t.Helper()
	type point struct{ x, y float64 }
	rear, front, crank, seat, head := point{190, 255}, point{450, 255}, point{290, 255}, point{265, 140}, point{410, 150}
	lines := [][2]point{
		{rear, crank}, {crank, head}, {head, seat}, {seat, crank}, {seat, rear}, {point{400, 110}, head}, {head, front},
		{point{235, 125}, point{290, 125}}, {point{262, 125}, seat}, {point{400, 110}, point{435, 95}}, {point{375, 118}, point{400, 110}},
	}
	img := image.NewRGBA(image.Rect(0, 0, 640, 400))
	for x := range 640 {
		for y := range 400 {
			px, py := float64(x), float64(y)
			near := math.Inf(1) // distance to the nearest stroke
			for _, wheel := range []point{rear, front} {
				near = min(near, math.Abs(math.Hypot(px-wheel.x, py-wheel.y)-75))
			}
			for _, l := range lines {
				dx, dy := l[1].x-l[0].x, l[1].y-l[0].y
				along := max(0, min(1, ((px-l[0].x)*dx+(py-l[0].y)*dy)/(dx*dx+dy*dy)))
				near = min(near, math.Hypot(px-l[0].x-along*dx, py-l[0].y-along*dy))
			}
			ground := color.RGBA{235, 225, 205, 255}
			if y < 332 {
				ground = color.RGBA{uint8(200 + y/12), uint8(222 + y/20), 240, 255}
			}
			ink := max(0, min(1, 5.5-near)) // soft edges
			mix := func(under, over uint8) uint8 { return uint8(float64(under)*(1-ink) + float64(over)*ink) }
			img.Set(x, y, color.RGBA{mix(ground.R, 30), mix(ground.G, 52), mix(ground.B, 100), 255})
		}
	}
	f, err := os.Create(name)
	if err == nil {
		err = png.Encode(f, img)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}
