package app_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// processEnv holds the settings of the product that this test binary is to run as.
const processEnv = "KONTOR_TEST_SHOP_PROCESS"

// TestShopProcess is the product as a process of its own, for the test that
// kills it; alone it does nothing.
func TestShopProcess(t *testing.T) {
	settings := os.Getenv(processEnv)
	if settings == "" {
		t.Skip("run by TestAKillTellsNobodyTwice only")
	}
	s := &shop{t: t, environment: strings.Split(settings, "\n")}
	s.make()
	if err := s.app.Listen(); err != nil {
		t.Fatal(err)
	}
	s.base = "http://" + s.app.Addr().String() + "/api/v1/whatsapp/"
	s.start()
	io.Copy(io.Discard, os.Stdin) // until it is killed, or the test that runs it ends
	s.app.Stop()
}

// TestAKillTellsNobodyTwice kills the product while it writes orders down and
// tells customers of them, starts it anew, and has the shop repeat its calls.
func TestAKillTellsNobodyTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, s *shop) {
		if err := s.app.Stop(); err != nil {
			t.Fatal(err)
		}
		child := exec.Command(os.Args[0], "-test.run=^TestShopProcess$", "-test.timeout=2m")
		child.Env = append(os.Environ(), processEnv+"="+strings.Join(s.environment, "\n"))
		stdin, err := child.StdinPipe()
		if err == nil {
			err = child.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		defer stdin.Close()
		s.until("the process answers", func() bool {
			_, err := s.try(adminKey, "GET", s.base+"order-statuses", nil)
			return err == nil
		})
		const orders = 30
		phone := func(i int) string { return fmt.Sprintf("49151123458%02d", i) }
		var writers sync.WaitGroup
		some := make(chan bool, orders)
		for i := range orders {
			writers.Go(func() {
				_, err := s.try(adminKey, "PUT", s.base+fmt.Sprintf("orders/K-%d", i), draft(phone(i), "de", "received"))
				some <- err == nil
			})
		}
		for range orders / 3 {
			<-some
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		child.Wait() // it was killed
		writers.Wait()

		s.make()
		s.start()
		for i := range orders {
			ref := fmt.Sprintf("K-%d", i)
			if r := s.ask(adminKey, "PUT", s.base+"orders/"+ref, draft(phone(i), "de", "received")); r.status != 200 && r.status != 201 {
				t.Fatalf("PUT %s again: got %d %s", ref, r.status, r.raw)
			}
		}
		for i := range orders {
			ref := fmt.Sprintf("K-%d", i)
			// A job that the killed process had taken is free when its lease, a minute, ends.
			s.within(90*time.Second, ref+" was told of", func() bool { return len(s.events(ref, "notified")) > 0 })
			if told, messages := len(s.events(ref, "notified")), len(s.list("orders/"+ref+"/history")); told != 1 || messages != 1 {
				t.Errorf("%s: got %d notices with %d messages, want one", ref, told, messages)
			}
			if got := s.got(phone(i)); len(got) > 1 {
				t.Errorf("%s: got %q on the phone, want one message", ref, got)
			}
		}
	})
}
