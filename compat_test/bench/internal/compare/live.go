//go:build linux

package compare

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/onramp-go/onramp/compat_test/bench/internal/live"
	"github.com/onramp-go/onramp/compat_test/bench/internal/process"
	"github.com/onramp-go/onramp/compat_test/bench/internal/report"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// A liveRunner is one server of a field whose connections stay.
type liveRunner struct {
	runner
	lane *live.Lane
}

// live runs all targets that serve the workload's connections in one race, as field
// does those that answer requests. What it measures is per message that a client
// gets.
func (r *run) live(w live.Workload) (err error) {
	field, err := r.liveLine(w)
	defer func() { err = errors.Join(err, stopLive(field)) }()
	if err != nil || len(field) == 0 {
		return err
	}
	var lanes []*live.Lane
	var servers []*runner
	for _, x := range field {
		lanes, servers = append(lanes, x.lane), append(servers, &x.runner)
	}
	if err := live.Drive(lanes, 4*w.Turn, w.Turn); err != nil {
		return err
	}
	if err := r.profiles(servers, w.Name); err != nil {
		return err
	}
	allocated, err := memStats(servers)
	if err != nil {
		return err
	}
	began := laneTime(field)
	messages := float64(w.Messages(r.opts.Turns * w.Turn))
	ran := make([]float64, len(field))
	for range r.opts.Rounds {
		before, err := processorTime(servers)
		if err != nil {
			return err
		}
		if err := live.Drive(lanes, r.opts.Turns*w.Turn, w.Turn); err != nil {
			return err
		}
		after, err := processorTime(servers)
		if err != nil {
			return err
		}
		for i, x := range field {
			us := after[i] - before[i]
			ran[i] += us
			r.results.CPU.Set(w.Name, x.name, append(r.results.CPU[w.Name][x.name], us/messages))
		}
	}
	ended := laneTime(field)
	after, err := memStats(servers)
	if err != nil {
		return err
	}
	total := float64(r.opts.Rounds) * messages
	for i, x := range field {
		took := ended[i] - began[i]
		r.results.Busy.Set(w.Name, x.name, ran[i]*1e3/float64(took.Nanoseconds()))
		r.results.Rate.Set(w.Name, x.name, total/took.Seconds())
		r.results.Loopback.Set(w.Name, x.name, report.Allocs{
			Objects: float64(after[i].Mallocs-allocated[i].Mallocs) / total,
			Bytes:   float64(after[i].TotalAlloc-allocated[i].TotalAlloc) / total,
		})
	}
	return stopProfiles(servers, r.opts.ProfileDir)
}

// liveLine starts the servers and connects to them. What it returns is to be stopped,
// even if it fails.
func (r *run) liveLine(w live.Workload) ([]*liveRunner, error) {
	names := r.liveTargets(w)
	each, err := affordable(w.Clients * len(names))
	if err != nil {
		return nil, err
	}
	if each < w.Clients*len(names) {
		r.note("%s: the limit on descriptors allows %d connections to each server only", w.Title, each/len(names))
		w.Clients = each / len(names)
	}
	var field []*liveRunner
	for _, name := range names {
		server, err := process.Start(strings.TrimSuffix(name, report.Again), r.cores.Servers)
		if err != nil {
			return field, err
		}
		x := &liveRunner{runner: runner{name: name, server: server}}
		field = append(field, x)
		if x.lane, err = live.Open(server.Addr, w); err != nil {
			return field, fmt.Errorf("%s: %w", name, err)
		}
	}
	return field, nil
}

// liveTargets are the names of those that are measured with the workload, in the order
// of their turns. The first, which is the reference, is there once more, unless the run
// is quick.
func (r *run) liveTargets(w live.Workload) []string {
	var names []string
	for i, t := range w.Targets() {
		if !slices.Contains(r.opts.Live, t.Name) {
			continue
		}
		names = append(names, t.Name)
		if i == 0 && !r.opts.Quick {
			names = append(names, t.Name+report.Again)
		}
	}
	return names
}

func laneTime(field []*liveRunner) []time.Duration {
	var all []time.Duration
	for _, x := range field {
		all = append(all, x.lane.Took())
	}
	return all
}

func stopLive(field []*liveRunner) error {
	var err error
	for _, x := range field {
		if x.lane != nil {
			x.lane.Close()
		}
		err = errors.Join(err, x.server.Stop())
	}
	return err
}

// liveGated are the targets that the wanted figures are about, among those whose
// connections stay.
var liveGated = []string{target.Gorilla, target.OnrampWS, target.NetHTTPLive, target.OnrampSSE}

// liveWorkloads returns the workloads with what the options say of them.
func (r *run) liveWorkloads() []live.Workload {
	all := live.All()
	for i := range all {
		w := &all[i]
		if r.opts.Turn > 0 {
			w.Turn = min(w.Turn, r.opts.Turn)
		}
		if r.opts.Clients > 0 && !w.Echoes() {
			w.Clients = r.opts.Clients
		}
	}
	return all
}
