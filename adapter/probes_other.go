//go:build !linux

package adapter

import (
	"errors"
	"syscall"
)

const canInheritProbes = false

func inheritProbes(syscall.RawConn) error { return errors.ErrUnsupported }
