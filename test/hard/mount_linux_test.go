package hard

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// mountFolder names the environment variable that makes the test binary a
// guard: it mounts a small file system on that folder and takes both away again
// when its standard input ends, however the test ended.
const mountFolder = "KONTOR_HARD_MOUNT"

const small = 24 << 20 // bytes that fit

func TestMain(m *testing.M) {
	if folder := os.Getenv(mountFolder); folder != "" {
		if err := guard(folder); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const mounted = "mounted"

func guard(folder string) error {
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_NODEV|syscall.MS_NOSUID, fmt.Sprintf("size=%d,mode=0700", small)); err != nil {
		return err
	}
	fmt.Println(mounted)
	_, err := io.Copy(io.Discard, os.Stdin) // its end is the signal, whatever the reason
	return errors.Join(err, syscall.Unmount(folder, syscall.MNT_DETACH), os.Remove(folder))
}

// smallDisk is a folder of a file system that holds 24 MiB. It needs the right
// to mount: the test is skipped where there is none, as in most containers.
func smallDisk(t *testing.T) (folder string) {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "kontor-hard-") // t.TempDir() is closed to other users, as whom PostgreSQL runs
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), mountFolder+"="+folder), os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // what ends the test's own group must not end the guard before it tidied
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said, err := bufio.NewReader(out).ReadString('\n')
	if strings.TrimSpace(said) != mounted {
		in.Close()
		cmd.Wait()        // it has said what went wrong
		os.Remove(folder) // nothing is mounted on it
		t.Skipf("no small file system can be mounted here: %s %v", strings.TrimSpace(said), err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error("unmount the small disk:", err)
		}
	})
	return folder
}

// room is how many bytes fit into a file system.
func room(t *testing.T, folder string) int64 {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		t.Fatal(err)
	}
	return int64(s.Bavail) * s.Bsize
}
