//go:build linux

package meter

import "fmt"

// Writes are the system calls that send on a socket.
var Writes = []string{"write", "writev", "sendto", "sendmsg"}

// A SyscallCount counts the system calls of one process from its beginning to its
// end. It belongs to one goroutine.
type SyscallCount struct {
	// How says by which means they are counted.
	How string

	stop func() (uint64, error)
}

// CountSyscalls begins to count the system calls of the process with the given
// names, or all of them: with the kernel's tracepoints, which need privileges, or
// else by strace.
func CountSyscalls(pid int, names ...string) (*SyscallCount, error) {
	count, err := tracepoints(pid, names)
	if err == nil {
		return count, nil
	}
	count, err2 := strace(pid, names)
	if err2 == nil {
		return count, nil
	}
	return nil, fmt.Errorf("%w (and no tracepoints: %w)", err2, err)
}

// Stop ends the count and returns it.
func (c *SyscallCount) Stop() (uint64, error) { return c.stop() }
