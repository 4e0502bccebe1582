//go:build !unix

package http1

import "syscall"

const canTryWrite = false

func tryWrite(syscall.RawConn, []byte, bool) (int, uintptr, error) { return 0, 0, nil }

func writeNow(uintptr, []byte, bool) (int, error) { return 0, nil }
