//go:build linux

package compare

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/meter"
	"github.com/onramp-go/onramp/compat_test/bench/internal/process"
	"github.com/onramp-go/onramp/compat_test/bench/internal/report"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// idling is how long connections are left alone before memory is looked at.
const idling = 3 * time.Second

// idle measures the memory of idle connections, one target at a time.
func (r *run) idle() error {
	n, err := affordable(r.opts.Idle)
	if err != nil {
		return err
	}
	if n < r.opts.Idle {
		r.note("the limit on descriptors allows %d idle connections only", n)
	}
	for _, name := range r.opts.Targets {
		if r.opts.Quick && !slices.Contains([]string{target.NetHTTP, target.Onramp, target.OnrampServer}, name) {
			continue
		}
		r.say("  %s", name)
		if r.results.Idle[name], err = r.idleOf(name, n); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// affordable returns n, or as many descriptors as this process and its children may
// have, less some to spare.
func affordable(n int) (int, error) {
	const spare = 200
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, err
	}
	if limit.Max < uint64(n+spare) {
		n = max(1, int(limit.Max)-spare)
	}
	return n, nil
}

func (r *run) idleOf(name string, n int) (idle report.Idle, err error) {
	server, err := process.Start(name, r.cores.Servers)
	if err != nil {
		return idle, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	if err := warm(server); err != nil {
		return idle, err
	}
	base, err := settled(server)
	if err != nil {
		return idle, err
	}
	lane, err := load.Open(server.Addr, load.KeepAlive, n, connections)
	if err != nil {
		return idle, err
	}
	defer lane.Close()
	each := func(bytes int64) float64 { return float64(bytes-base) / float64(n) }

	if err := load.Drive([]*load.Lane{lane}, n, n); err != nil {
		return idle, err
	}
	time.Sleep(idling)
	afterOne, err := rested(server)
	if err != nil {
		return idle, err
	}
	if err := load.Drive([]*load.Lane{lane}, 4*n, n); err != nil {
		return idle, err
	}
	time.Sleep(idling)
	untouched, err := meter.Resident(server.PID())
	if err != nil {
		return idle, err
	}
	afterFive, err := rested(server)
	if err != nil {
		return idle, err
	}
	return report.Idle{
		Connections: n, AfterOne: each(afterOne), AfterFive: each(afterFive), Untouched: each(untouched),
	}, nil
}

// rested is settled for a server that is left alone for a while longer, between two
// garbage collections, as in a service that has more to do than to wait.
func rested(server *process.Server) (int64, error) {
	if err := server.Settle(); err != nil {
		return 0, err
	}
	time.Sleep(idling)
	return settled(server)
}

// warm has the server do everything once, on connections that are closed again.
func warm(server *process.Server) error {
	lane, err := load.Open(server.Addr, load.KeepAlive, connections, 0)
	if err != nil {
		return err
	}
	defer lane.Close()
	return load.Drive([]*load.Lane{lane}, 4096, 4096)
}

// settled returns the memory that the server holds when it has given back what it
// does not need.
func settled(server *process.Server) (int64, error) {
	if err := server.Settle(); err != nil {
		return 0, err
	}
	return meter.Resident(server.PID())
}
