//go:build linux

package meter

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// tracing are the places where the kernel's tracepoints may be mounted.
var tracing = []string{"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}

// attempts is how often tracepoints tries to find all threads of a process.
const attempts = 20

// tracepoints counts with one performance event for each tracepoint and thread, which
// the threads that it starts inherit.
func tracepoints(pid int, names []string) (*SyscallCount, error) {
	ids, err := tracepointIDs(names)
	if err != nil {
		return nil, err
	}
	for range attempts {
		threads, err := threadsOf(pid)
		if err != nil {
			return nil, err
		}
		var counters perfCounters
		if err := counters.openAll(ids, threads); err != nil {
			return nil, errors.Join(err, counters.close())
		}
		// A thread that was started meanwhile may have been missed, or may not.
		now, err := threadsOf(pid)
		if err == nil && slices.Equal(threads, now) {
			return &SyscallCount{How: "tracepoints", stop: counters.stop}, nil
		}
		if err := errors.Join(err, counters.close()); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("meter: process %d starts threads all the time", pid)
}

// threadsOf returns the numbers of the process's threads, in a certain order.
func threadsOf(pid int) ([]int, error) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return nil, err
	}
	var threads []int
	for _, e := range entries {
		if tid, err := strconv.Atoi(e.Name()); err == nil {
			threads = append(threads, tid)
		}
	}
	return threads, nil
}

// tracepointIDs returns the kernel's numbers of the system calls' tracepoints, or of
// the one for all of them.
func tracepointIDs(names []string) ([]uint64, error) {
	if len(names) == 0 {
		id, err := tracepointID("raw_syscalls/sys_enter")
		return []uint64{id}, err
	}
	var ids []uint64
	for _, name := range names {
		id, err := tracepointID("syscalls/sys_enter_" + name)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func tracepointID(event string) (uint64, error) {
	var last error
	for _, dir := range tracing {
		p, err := os.ReadFile(filepath.Join(dir, "events", event, "id"))
		if err == nil {
			return strconv.ParseUint(strings.TrimSpace(string(p)), 10, 64)
		}
		last = err
	}
	return 0, last
}

// perfCounters are the descriptors of running counters.
type perfCounters []int

func (c *perfCounters) openAll(ids []uint64, threads []int) error {
	for _, id := range ids {
		for _, tid := range threads {
			if err := c.open(id, tid); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *perfCounters) open(id uint64, tid int) error {
	attr := &unix.PerfEventAttr{Type: unix.PERF_TYPE_TRACEPOINT, Config: id, Bits: unix.PerfBitInherit}
	attr.Size = uint32(binary.Size(attr))
	fd, err := unix.PerfEventOpen(attr, tid, -1, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return fmt.Errorf("perf_event_open: %w", err)
	}
	*c = append(*c, fd)
	return nil
}

func (c *perfCounters) close() error {
	var err error
	for _, fd := range *c {
		err = errors.Join(err, unix.Close(fd))
	}
	return err
}

func (c *perfCounters) stop() (uint64, error) {
	var sum uint64
	for _, fd := range *c {
		var p [8]byte
		if _, err := unix.Read(fd, p[:]); err != nil {
			return 0, errors.Join(fmt.Errorf("meter: system calls: %w", err), c.close())
		}
		sum += binary.NativeEndian.Uint64(p[:])
	}
	return sum, c.close()
}
