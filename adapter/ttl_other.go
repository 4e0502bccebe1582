//go:build !unix && !windows

package adapter

import "errors"

func setTTL(uintptr, int) error { return errors.ErrUnsupported }

func setHopLimit(uintptr, int) error { return errors.ErrUnsupported }
