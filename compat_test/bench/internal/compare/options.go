//go:build linux

package compare

import (
	"io"
	"regexp"
	"slices"

	"github.com/onramp-go/onramp/compat_test/bench/internal/report"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// Options says what to measure, and how long. The zero value is a full run.
type Options struct {
	// Quick measures only what the wanted figures need, in fewer and shorter rounds.
	Quick bool

	// Only selects sections by name: those of the workloads, and memory,
	// instructions, idle, chain, frames. nil: all.
	Only *regexp.Regexp

	// Targets are the names of the targets to measure. Empty: all, or what Quick
	// says.
	Targets []string

	// Rounds is the number of rounds for processor time. 0: 15, or 7.
	Rounds int

	// Turns is the number of turns of each server in a round. 0: 4, or 3.
	Turns int

	// Turn is the number of requests in a turn. 0: what the workload says.
	Turn int

	// Idle is the number of idle connections. 0: 10,000, or what the limit on
	// descriptors allows.
	Idle int

	// ProfileDir is where each server's CPU profile is written. "": none are made.
	ProfileDir string

	// Progress takes a line for each step. nil: none are written.
	Progress io.Writer
}

// connections is the number of connections that work at the same time.
const connections = 64

// resolved returns the options with their defaults in place.
func (o Options) resolved() Options {
	set := func(at *int, full, quick int) {
		if *at == 0 && o.Quick {
			*at = quick
		} else if *at == 0 {
			*at = full
		}
	}
	set(&o.Rounds, 15, 7)
	set(&o.Turns, 4, 3)
	set(&o.Idle, 10_000, 10_000)
	if o.Only == nil {
		o.Only = regexp.MustCompile("")
	}
	if len(o.Targets) == 0 {
		for _, t := range target.All() {
			if !o.Quick || slices.Contains(gated, t.Name) {
				o.Targets = append(o.Targets, t.Name)
			}
		}
	}
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	return o
}

// gated are the targets that the wanted figures are about.
var gated = []string{
	target.NetHTTP, target.Chi, target.Gin, target.FastHTTP,
	target.Onramp, target.OnrampChi, target.OnrampGin, target.OnrampHook, target.OnrampServer,
}

// titles are the sections that are columns of the report.
func titles() []report.Title {
	var all []report.Title
	for _, w := range columns() {
		all = append(all, report.Title{Name: w.Name, Text: w.Title})
	}
	return all
}
