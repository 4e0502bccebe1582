//go:build !linux

package http1

import "syscall"

const canAttend = false

type options struct{}

func socketOptions(syscall.RawConn) (o options) { return o }

func (options) restore(syscall.RawConn) {}

func hollow(syscall.RawConn) error { return nil }

func refill(_, _ syscall.RawConn) {}
