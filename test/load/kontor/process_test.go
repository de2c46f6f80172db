package kontor

import (
	"os"
	"runtime"
	"testing"
	"time"
)

func TestCPUIsReadBehindTheName(t *testing.T) {
	got, err := cpu("42 (a ) name) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 9 0 100 1 1")
	if err != nil || got != 3*time.Second {
		t.Errorf("got %v and %v, want 3s", got, err)
	}
	if _, err := cpu("42 (name) S 1"); err == nil {
		t.Error("half a line was taken")
	}
}

func TestPeak(t *testing.T) {
	got, err := peak("Name:\tkontor\nVmPeak:\t  999 kB\nVmHWM:\t   51200 kB\n")
	if err != nil || got != 50 {
		t.Errorf("got %v and %v, want 50 MiB", got, err)
	}
	if _, err := peak("Name:\tkontor\n"); err == nil {
		t.Error("a status without the line was taken")
	}
}

func TestThisKernelTells(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has /proc")
	}
	for name, read := range map[string]func(string) error{
		"/proc/self/stat":   func(text string) error { _, err := cpu(text); return err },
		"/proc/self/status": func(text string) error { _, err := peak(text); return err },
	} {
		text, err := os.ReadFile(name)
		if err == nil {
			err = read(string(text))
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
