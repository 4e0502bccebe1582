//go:build linux

package compare

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/process"
	"github.com/onramp-go/onramp/compat_test/bench/internal/report"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// A runner is one server of a field.
type runner struct {
	name   string // the target's, or with report.Again
	server *process.Server
	lane   *load.Lane
}

// line starts the servers and connects to them. What it returns is to be stopped,
// even if it fails.
func (r *run) line(w load.Workload) ([]*runner, error) {
	var field []*runner
	for _, name := range r.entrants(w) {
		plain := strings.TrimSuffix(name, report.Again)
		server, err := process.Start(plain, r.cores.Servers)
		if err != nil {
			return field, err
		}
		x := &runner{name: name, server: server}
		field = append(field, x)
		if x.lane, err = load.Open(server.Addr, w, max(connections, w.Conns), connections); err != nil {
			return field, fmt.Errorf("%s: %w", name, err)
		}
	}
	return field, nil
}

// entrants are the names of the field, the targets and the references once more, in
// the order of their turns: those that are compared come one after the other.
func (r *run) entrants(w load.Workload) []string {
	may := func(name string) bool {
		return slices.Contains(r.opts.Targets, strings.TrimSuffix(name, report.Again))
	}
	if w.Name == load.First.Name {
		only := []string{target.NetHTTP, target.NetHTTP + report.Again, target.Onramp, target.OnrampServer}
		return slices.DeleteFunc(only, func(name string) bool { return !may(name) })
	}
	neighbours := []string{
		target.NetHTTP, target.OnrampServer, target.NetHTTP + report.Again,
		target.Chi, target.OnrampChi, target.Chi + report.Again, target.ServerChi,
		target.Gin, target.OnrampGin,
		target.FastHTTP, target.Onramp,
	}
	for _, name := range r.opts.Targets {
		if !slices.Contains(neighbours, name) {
			neighbours = append(neighbours, name)
		}
	}
	return slices.DeleteFunc(neighbours, func(name string) bool { return !may(name) })
}

func lanesOf(field []*runner) []*load.Lane {
	var lanes []*load.Lane
	for _, x := range field {
		lanes = append(lanes, x.lane)
	}
	return lanes
}

func stopAll(field []*runner) error {
	var err error
	for _, x := range field {
		if x.lane != nil {
			x.lane.Close()
		}
		err = errors.Join(err, x.server.Stop())
	}
	return err
}
