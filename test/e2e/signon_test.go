package e2e

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"kontor/internal/mail/mailtest"
	"kontor/internal/signon/signontest"
)

// TestSignOn plays the story of people who come in by what others say of them: a
// letter that a mail server brings, and an OpenID provider that vouches for them.
// Both are real servers of this test.
func TestSignOn(t *testing.T) {
	node, chromium := tools(t)
	dir := t.TempDir()
	binary := filepath.Join(dir, "kontor")
	if out, err := exec.Command("go", "build", "-o", binary, "kontor/cmd/kontor").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := l.Addr().String()
	l.Close()
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		t.Fatal(err)
	}
	public := "http://localhost:" + port
	post := mailtest.Start(t, mailtest.Options{})
	provider := signontest.Start(t, signontest.Options{Redirect: public + "/signin/sso/callback", Page: true})
	outside := httptest.NewServer(outsideWorld(t, post, provider))
	defer outside.Close()

	p := &product{t: t, binary: binary, data: filepath.Join(dir, "data"), listen: [2]string{listen, "127.0.0.1:0"}, environment: []string{
		"KONTOR_PUBLIC_URL=" + public, "KONTOR_SMTP_URL=smtp://" + post.Addr + "?tls=none", "KONTOR_SMTP_FROM=Kontor <kontor@house.example>",
		"KONTOR_OIDC_ISSUER=" + provider.URL, "KONTOR_OIDC_CLIENT_ID=" + signontest.ClientID, "KONTOR_OIDC_CLIENT_SECRET=" + signontest.ClientSecret,
		"KONTOR_OIDC_NAME=House ID", "KONTOR_OIDC_DOMAINS=house.example", "KONTOR_OIDC_ALLOW_PRIVATE=1",
	}}
	link := p.startEmpty()
	story := exec.CommandContext(t.Context(), node, "signon.mjs")
	story.Env = append(os.Environ(), "E2E_CHROMIUM="+chromium, "E2E_KONTOR="+public, "E2E_SETUP="+link, "E2E_DIR="+t.TempDir(), "E2E_OUTSIDE="+outside.URL)
	story.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	story.Cancel = func() error { return syscall.Kill(-story.Process.Pid, syscall.SIGKILL) }
	story.Stdout, story.Stderr = lines{t}, lines{t}
	story.WaitDelay = 5 * time.Second
	if err := story.Run(); err != nil {
		t.Errorf("the story signon: %v\nkontor wrote:\n%s", err, p.log)
	}
	_ = syscall.Kill(-story.Process.Pid, syscall.SIGKILL) // nobody is left of it, or should be
	p.stop()
}

// outsideWorld lets the story look into the letters, and be somebody at the
// provider:
//
//	GET  /letters?n=2  waits until there are so many, and answers all
//	GET  /letters/0    shows one as a program for mail does
//	POST /person       who is at the provider from now on
func outsideWorld(t *testing.T, post *mailtest.Server, provider *signontest.Provider) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /letters", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.FormValue("n"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		type letter struct{ To, Subject, Text, Link string }
		all := []letter{}
		for deadline := time.Now().Add(30 * time.Second); len(post.Letters()) < n && time.Now().Before(deadline); {
			select {
			case <-r.Context().Done():
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
		for _, l := range post.Letters() {
			m := l.Read(t)
			all = append(all, letter{l.To, m.Subject, m.Text, m.Link(t)})
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(all) // a story that is gone reads nothing
	})
	mux.HandleFunc("GET /letters/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("n"))
		all := post.Letters()
		if err != nil || n < 0 || n >= len(all) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, all[n].Read(t).HTML) // a story that is gone reads nothing
	})
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /person", func(w http.ResponseWriter, r *http.Request) {
		var who signontest.Person
		if err := json.NewDecoder(r.Body).Decode(&who); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		provider.Change(func(o *signontest.Options) { o.Person = who })
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}
