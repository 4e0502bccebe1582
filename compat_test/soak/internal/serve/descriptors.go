//go:build linux

package serve

import "syscall"

// limitDescriptors bounds how many descriptors this process can have; 0: as it is.
func limitDescriptors(n uint64) error {
	if n == 0 {
		return nil
	}
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: n, Max: n})
}
