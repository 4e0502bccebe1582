//go:build linux

package process

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// Cores are the processors that the two sides of a measurement are pinned to.
type Cores struct{ Servers, Client int }

// PickCores returns the first two processors that this process may use. With only
// one, both sides share it, and what is measured is worth less.
func PickCores() (Cores, error) {
	var allowed unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return Cores{}, fmt.Errorf("process: affinity: %w", err)
	}
	var found []int
	for cpu := 0; len(found) < 2 && cpu < 1024; cpu++ {
		if allowed.IsSet(cpu) {
			found = append(found, cpu)
		}
	}
	return Cores{Servers: found[0], Client: found[len(found)-1]}, nil
}

// PinSelf pins every thread of this process. Threads to come inherit it.
func PinSelf(cpu int) error {
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, e := range entries {
		tid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if err := pin(tid, cpu); err != nil {
			return err
		}
	}
	return nil
}

func pin(tid, cpu int) error {
	var set unix.CPUSet
	set.Set(cpu)
	if err := unix.SchedSetaffinity(tid, &set); err != nil {
		return fmt.Errorf("process: affinity of %d: %w", tid, err)
	}
	return nil
}

// startPinned starts cmd on the processor: a child begins with the affinity of the
// thread that makes it.
func startPinned(cmd *exec.Cmd, cpu int) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return fmt.Errorf("process: affinity: %w", err)
	}
	if err := pin(0, cpu); err != nil {
		return err
	}
	defer func() { _ = unix.SchedSetaffinity(0, &before) }() // it was so a moment ago
	return cmd.Start()
}
