package kontor

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Process is one run of `kontor serve`.
type Process struct {
	cmd   *exec.Cmd
	log   *os.File
	ended chan struct{} // closed once it has
	err   error         // how; read after ended
}

// stopping is how long a process may take to stop: 5 s by design.md 5, and
// twice as long on a machine under load before it is killed.
const stopping = 10 * time.Second

// Start starts the product and returns at once; Ready waits for it. Whatever
// still runs at the end of the test is killed.
func (i *Installation) Start(tb testing.TB) (*Process, error) {
	log, err := os.OpenFile(i.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	p := &Process{cmd: exec.Command(i.binary, "serve"), log: log, ended: make(chan struct{})}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = i.env, log, log
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	go func() { // ends with the process
		p.err = p.cmd.Wait()
		p.log.Close()
		close(p.ended)
	}()
	tb.Cleanup(p.Kill)
	return p, nil
}

// Kill ends the process as a power cut would (kill -9) and waits until it is gone.
func (p *Process) Kill() {
	p.cmd.Process.Kill() // an error means that it is gone already
	<-p.ended
}

// Freeze stops the process where it stands, as a machine does that is put to
// sleep; Thaw lets it go on.
func (p *Process) Freeze() error { return p.cmd.Process.Signal(syscall.SIGSTOP) }

// Thaw lets a frozen process go on.
func (p *Process) Thaw() error { return p.cmd.Process.Signal(syscall.SIGCONT) }

// Stop asks the process to stop and waits; one that does not is killed.
func (p *Process) Stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
		return fmt.Errorf("it ended before: %w", p.Ended())
	}
	late := time.NewTimer(stopping)
	defer late.Stop()
	select {
	case <-p.ended:
		return p.err
	case <-late.C:
		p.Kill()
		return fmt.Errorf("it did not stop within %v", stopping)
	}
}

// Ended is how the process ended, nil while it runs.
func (p *Process) Ended() error {
	select {
	case <-p.ended:
		return fmt.Errorf("the process ended: %v", p.cmd.ProcessState)
	default:
		return nil
	}
}

// CPU is the time that the process has spent, in user and kernel mode.
func (p *Process) CPU() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	return cpu(string(text))
}

// tick is the unit of /proc/PID/stat: Linux shows programs 100 a second.
const tick = time.Second / 100

// cpu reads utime and stime (proc_pid_stat(5), fields 14 and 15). The program's
// name, in brackets, may hold blanks.
func cpu(stat string) (time.Duration, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("not a stat line: %q", stat)
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	kernel, err := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+kernel) * tick, err
}

// PeakMiB is the most memory that the process has had.
func (p *Process) PeakMiB() (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	return peak(string(text))
}

// peak reads VmHWM (proc_pid_status(5)), in MiB.
func peak(status string) (float64, error) {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kib / 1024, err
		}
	}
	return 0, errors.New("the status has no VmHWM")
}
