//go:build linux

package compare

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/onramp-go/onramp/compat_test/bench/internal/live"
	"github.com/onramp-go/onramp/compat_test/bench/internal/process"
	"github.com/onramp-go/onramp/compat_test/bench/internal/report"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// idleGated are the targets whose memory the wanted figures are about.
var idleGated = []string{target.OnrampWS, target.OnrampSSE}

// liveIdle measures the memory of connections of the workload's kind on which one
// message was sent each, one target at a time.
func (r *run) liveIdle(w live.Workload) error {
	n, err := affordable(r.opts.Idle)
	if err != nil {
		return err
	}
	for _, t := range w.Targets() {
		if !slices.Contains(r.opts.Live, t.Name) || r.opts.Quick && !slices.Contains(idleGated, t.Name) {
			continue
		}
		r.say("  %s", t.Name)
		if r.results.LiveIdle[t.Name], err = r.liveIdleOf(t.Name, w, n); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	return nil
}

func (r *run) liveIdleOf(name string, w live.Workload, n int) (idle report.LiveIdle, err error) {
	server, err := process.Start(name, r.cores.Servers)
	if err != nil {
		return idle, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	w.Clients = connections
	first, err := openUsed(server.Addr, w)
	if err != nil {
		return idle, err
	}
	first.Close()
	base, err := settled(server)
	if err != nil {
		return idle, err
	}
	w.Clients = n
	lane, err := openUsed(server.Addr, w)
	if err != nil {
		return idle, err
	}
	defer lane.Close()
	time.Sleep(idling)
	resident, err := rested(server)
	return report.LiveIdle{Connections: n, Bytes: float64(resident-base) / float64(n)}, err
}

// openUsed opens a lane and sends a message on each of its connections.
func openUsed(addr string, w live.Workload) (*live.Lane, error) {
	lane, err := live.Open(addr, w)
	if err != nil {
		return nil, err
	}
	bursts := 1
	if w.Echoes() {
		bursts = w.Clients
	}
	if err := live.Drive([]*live.Lane{lane}, bursts, bursts); err != nil {
		lane.Close()
		return nil, err
	}
	return lane, nil
}
