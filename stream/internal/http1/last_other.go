//go:build !linux

package http1

func (*connSink) isLast() {}
