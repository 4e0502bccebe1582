//go:build linux

package compare

import (
	"errors"
	"strings"

	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/meter"
	"github.com/onramp-go/onramp/compat_test/bench/internal/report"
)

// syscalls counts system calls while each server has one more turn of its own: the
// counting itself takes time, so it is apart from the rounds.
func (r *run) syscalls(field []*runner, w load.Workload) error {
	requests := 8 * w.Turn
	for _, x := range field {
		if strings.HasSuffix(x.name, report.Again) {
			continue
		}
		count, err := meter.CountSyscalls(x.server.PID())
		if err != nil {
			r.note("system calls: not measured: %v", err)
			return nil
		}
		driven := load.Drive([]*load.Lane{x.lane}, requests, requests)
		n, err := count.Stop()
		if err := errors.Join(driven, err); err != nil {
			return err
		}
		r.note("system calls are counted by %s", count.How)
		r.results.Syscalls.Set(w.Name, x.name, float64(n)/float64(requests))
	}
	return nil
}
