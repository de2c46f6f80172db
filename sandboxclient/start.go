package sandboxclient

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Options are how Start runs a sandbox.
type Options struct {
	Program  string   // path of kontor; default "kontor", found in PATH
	Callback string   // where webhooks go; may be set later with SetCallback
	Seed     uint64   // same calls, same ids; 0: a random one
	Args     []string // more arguments of "kontor sandbox", for example "--demo"
	Env      []string // beside the environment of this process
	Log      io.Writer
}

// Process is a sandbox that Start has started.
type Process struct {
	*Client
	cmd *exec.Cmd
}

// Start runs "kontor sandbox" on a free port of this machine and waits until it
// answers. Stop ends it. Not on Windows, which hands no descriptors on: start it
// there yourself and give the address of its line "sandbox: …" to New.
func Start(ctx context.Context, o Options) (*Process, error) {
	program := o.Program
	if program == "" {
		program = "kontor"
	}
	args := append([]string{"sandbox", "--listen", "127.0.0.1:0", "--ready-fd", "3"}, o.Args...)
	if o.Callback != "" {
		args = append(args, "--callback", o.Callback)
	}
	if o.Seed != 0 {
		args = append(args, "--seed", fmt.Sprint(o.Seed))
	}
	told, tell, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer told.Close()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), o.Env...)
	cmd.ExtraFiles = []*os.File{tell}
	cmd.Stdout, cmd.Stderr = o.Log, o.Log
	err = cmd.Start()
	if err = errors.Join(err, tell.Close()); err != nil {
		return nil, err
	}
	p := &Process{cmd: cmd}
	line := make(chan string, 1)
	go func() { // ends when the sandbox tells, or when it ends
		text, _ := bufio.NewReader(told).ReadString('\n')
		line <- strings.TrimSpace(text)
	}()
	select {
	case address := <-line:
		if address == "" {
			return nil, fmt.Errorf("sandbox: %s sandbox did not start: %w", program, cmd.Wait())
		}
		p.Client = New(address)
		return p, nil
	case <-ctx.Done():
		_ = cmd.Process.Kill() // Wait tells how it ended
		return nil, errors.Join(ctx.Err(), cmd.Wait())
	}
}

// Stop ends the sandbox as Ctrl-C does and waits for its end.
func (p *Process) Stop() error {
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	late := time.AfterFunc(10*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	return p.cmd.Wait()
}
