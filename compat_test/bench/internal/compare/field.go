//go:build linux

package compare

import (
	"errors"
	"time"

	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/meter"
	"github.com/onramp-go/onramp/compat_test/bench/internal/process"
	"github.com/onramp-go/onramp/compat_test/bench/internal/report"
)

// field runs all targets in one race: each in a process of its own, all on one
// processor, served in turns. In each round every target gets the same number of
// requests.
func (r *run) field(w load.Workload) (err error) {
	field, err := r.line(w)
	defer func() { err = errors.Join(err, stopAll(field)) }()
	if err != nil {
		return err
	}
	lanes := lanesOf(field)
	if err := load.Drive(lanes, 4*w.Turn, w.Turn); err != nil {
		return err
	}
	if err := r.profiles(field, w.Name); err != nil {
		return err
	}
	before, err := memStats(field)
	if err != nil {
		return err
	}
	took := turnTime(field)
	for range r.opts.Rounds {
		if err := r.round(field, lanes, w); err != nil {
			return err
		}
	}
	after, err := memStats(field)
	if err != nil {
		return err
	}
	r.busy(field, took, w)
	total := float64(r.opts.Rounds * r.opts.Turns * w.Turn)
	for i, x := range field {
		r.results.Loopback.Set(w.Name, x.name, report.Allocs{
			Objects: float64(after[i].Mallocs-before[i].Mallocs) / total,
			Bytes:   float64(after[i].TotalAlloc-before[i].TotalAlloc) / total,
		})
	}
	if err := stopProfiles(field, r.opts.ProfileDir); err != nil {
		return err
	}
	return r.syscalls(field, w)
}

// round takes one sample of each server's processor time.
func (r *run) round(field []*runner, lanes []*load.Lane, w load.Workload) error {
	requests := r.opts.Turns * w.Turn
	before, err := processorTime(field)
	if err != nil {
		return err
	}
	if err := load.Drive(lanes, requests, w.Turn); err != nil {
		return err
	}
	after, err := processorTime(field)
	if err != nil {
		return err
	}
	for i, x := range field {
		us := (after[i] - before[i]) / float64(requests)
		r.results.CPU.Set(w.Name, x.name, append(r.results.CPU[w.Name][x.name], us))
	}
	return nil
}

// busy notes the part of its turns, since they had lasted before, in which each
// server ran.
func (r *run) busy(field []*runner, before []time.Duration, w load.Workload) {
	after := turnTime(field)
	for i, x := range field {
		var ran float64
		for _, us := range r.results.CPU[w.Name][x.name] {
			ran += us * float64(r.opts.Turns*w.Turn)
		}
		r.results.Busy.Set(w.Name, x.name, ran*1e3/float64((after[i]-before[i]).Nanoseconds()))
	}
}

func turnTime(field []*runner) []time.Duration {
	var all []time.Duration
	for _, x := range field {
		all = append(all, x.lane.Took())
	}
	return all
}

// processorTime returns the microseconds that each server has had.
func processorTime(field []*runner) ([]float64, error) {
	var all []float64
	for _, x := range field {
		d, err := meter.CPU(x.server.PID())
		if err != nil {
			return nil, err
		}
		all = append(all, float64(d.Nanoseconds())/1e3)
	}
	return all, nil
}

func memStats(field []*runner) ([]process.MemStats, error) {
	var all []process.MemStats
	for _, x := range field {
		m, err := x.server.MemStats()
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}
