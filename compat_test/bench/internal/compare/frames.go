//go:build linux

package compare

import (
	"errors"

	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/meter"
	"github.com/onramp-go/onramp/compat_test/bench/internal/process"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// frames counts the system calls that send a list of frames, on connections that
// have been taken over already.
func (r *run) frames() (err error) {
	w := load.Frames
	server, err := process.Start(target.OnrampHook, r.cores.Servers)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	lane, err := load.Open(server.Addr, w, connections, 0)
	if err != nil {
		return err
	}
	defer lane.Close()
	if err := load.Drive([]*load.Lane{lane}, w.Turn, w.Turn); err != nil {
		return err
	}
	count, err := meter.CountSyscalls(server.PID(), meter.Writes...)
	if err != nil {
		r.note("writes for a list of frames: not measured: %v", err)
		return nil
	}
	requests := 4 * w.Turn
	driven := load.Drive([]*load.Lane{lane}, requests, requests)
	n, err := count.Stop()
	if err := errors.Join(driven, err); err != nil {
		return err
	}
	r.results.FrameWrites = []float64{float64(n) / float64(requests)}
	return nil
}
