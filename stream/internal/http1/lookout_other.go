//go:build !linux

package http1

import (
	"errors"
	"syscall"
)

const canLookOut = false

type lookout struct{}

var lookouts lookout

func (*lookout) add(syscall.RawConn, func(error)) (uint64, error) { return 0, errors.ErrUnsupported }

func (*lookout) remove(syscall.RawConn, uint64) {}
