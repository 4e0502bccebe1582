//go:build unix && !linux

package http1

import "syscall"

func send(fd int, p []byte, _ bool) (int, error) { return syscall.Write(fd, p) }

func endWrites(int) {}
