package nodes

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kontor/test/load/kontor"
)

// server is a PostgreSQL of the test's own, which may be restarted.
type server struct {
	t    *testing.T
	bin  string
	data string
	port string
	who  *syscall.Credential // nil: this process's own user
	run  *exec.Cmd
	log  *os.File
}

// programs finds initdb and its like as test/bootstrap.sh does; the test is
// skipped where there are none, unless KONTOR_TEST_ALL=1 demands it.
func programs(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		t.Fatal(err)
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	if path, err := exec.LookPath("initdb"); err == nil && len(found) == 0 {
		found = []string{path}
	}
	if len(found) == 0 {
		if os.Getenv("KONTOR_TEST_ALL") == "1" {
			t.Fatal("there is no initdb, and KONTOR_TEST_ALL=1 demands one")
		}
		t.Skip("there is no initdb")
	}
	return filepath.Dir(found[len(found)-1])
}

// newServer makes and starts a server on a free port; fsync is on, as Kontor demands.
func newServer(t *testing.T) *server {
	t.Helper()
	bin := programs(t)
	folder, err := os.MkdirTemp("/tmp", "kontor-nodes-") // t.TempDir() is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	s := &server{t: t, bin: bin, data: filepath.Join(folder, "data"), port: freePort(t)}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		s.who = unprivileged(t)
		if err := os.Chown(folder, int(s.who.Uid), int(s.who.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	if s.log, err = os.Create(filepath.Join(t.TempDir(), "log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.log.Close() })
	initdb := s.command("initdb", "-D", s.data, "-U", "kontor", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions")
	if err := initdb.Run(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, s.said())
	}
	s.start()
	t.Cleanup(func() {
		if s.run != nil {
			s.stop(syscall.SIGQUIT)
		}
	})
	return s
}

func unprivileged(t *testing.T) *syscall.Credential {
	t.Helper()
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	t.Skip("there is no user to run PostgreSQL as")
	return nil
}

func (s *server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = "/", s.log, s.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.who, Setpgid: true}
	return cmd
}

func (s *server) said() string {
	text, _ := os.ReadFile(s.log.Name())
	return string(text)
}

// start starts the server and waits until it takes connections.
func (s *server) start() {
	s.t.Helper()
	s.run = s.command("postgres", "-D", s.data, "-p", s.port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=100")
	if err := s.run.Start(); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := kontor.Until(ctx, func() (bool, error) {
		text, err := os.ReadFile(filepath.Join(s.data, "postmaster.pid"))
		// The eighth line of this file is the server's own word that it takes connections.
		lines := strings.Split(string(text), "\n")
		return len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready", err
	})
	if err != nil {
		s.t.Fatalf("start PostgreSQL: %v\n%s", err, s.said())
	}
}

// stop ends the server: SIGQUIT as a crash would, SIGINT as an operator does.
func (s *server) stop(how syscall.Signal) {
	if err := s.run.Process.Signal(how); err != nil {
		s.t.Error("stop PostgreSQL:", err)
	}
	_ = s.run.Wait() // a crash has no good end
	s.run = nil
}

func (s *server) url() string {
	return fmt.Sprintf("postgres://kontor@127.0.0.1:%s/postgres?sslmode=disable", s.port)
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
