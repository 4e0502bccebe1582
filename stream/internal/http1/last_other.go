//go:build !linux

package http1

func (*attempt) isLast() {}
