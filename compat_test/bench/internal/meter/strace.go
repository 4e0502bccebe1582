//go:build linux

package meter

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// strace counts by attaching strace to the process, which makes it slow.
func strace(pid int, names []string) (*SyscallCount, error) {
	program, err := exec.LookPath("strace")
	if err != nil {
		return nil, errors.New("strace not found")
	}
	args := []string{"-f", "-c", "-U", "calls,name", "-p", strconv.Itoa(pid)}
	if len(names) > 0 {
		args = append(args, "-e", "trace="+strings.Join(names, ","))
	}
	cmd := exec.Command(program, args...)
	out, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(out)
	// It says so once all threads are attached.
	said, err := lines.ReadString('\n')
	if err != nil || !strings.Contains(said, "attached") {
		return nil, errors.Join(fmt.Errorf("strace: it said %q", said), err, cmd.Process.Kill(), cmd.Wait())
	}
	return &SyscallCount{How: "strace", stop: func() (uint64, error) {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return 0, fmt.Errorf("meter: strace: %w", err)
		}
		sum, err := sumCalls(lines)
		_ = cmd.Wait() // it ends by the signal that it was sent
		return sum, err
	}}, nil
}

// sumCalls reads strace's table to its total.
func sumCalls(r io.Reader) (uint64, error) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) == 2 && words[1] == "total" {
			return strconv.ParseUint(words[0], 10, 64)
		}
	}
	return 0, errors.New("meter: strace: its table has no total")
}
