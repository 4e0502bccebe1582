//go:build !unix

package http1

import "syscall"

const canTryWrite = false

type attempt struct{}

func (*attempt) write(syscall.RawConn, []byte) (int, error) { return 0, nil }
