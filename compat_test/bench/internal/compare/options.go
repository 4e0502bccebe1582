//go:build linux

package compare

import (
	"io"
	"regexp"
	"slices"

	"github.com/onramp-go/onramp/compat_test/bench/internal/live"
	"github.com/onramp-go/onramp/compat_test/bench/internal/report"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// Options says what to measure, and how long. The zero value is a full run.
type Options struct {
	// Quick measures only what the wanted figures need, in fewer and shorter rounds.
	Quick bool

	// Only selects sections by name: those of the workloads, and memory,
	// instructions, idle, chain, frames, ws-idle, sse-idle. nil: all.
	Only *regexp.Regexp

	// Targets are the names of the targets to measure, and Live of those that have
	// WebSockets or event streams. Both empty: all, or what Quick says.
	Targets, Live []string

	// Rounds is the number of rounds for processor time. 0: 15, or 7.
	Rounds int

	// Turns is the number of turns of each server in a round. 0: 4, or 3.
	Turns int

	// Turn is the number of requests in a turn. 0: what the workload says.
	Turn int

	// Idle is the number of idle connections. 0: 10,000, or what the limit on
	// descriptors allows.
	Idle int

	// Clients is the number of those that get what is published. 0: 2,000 WebSockets
	// and 500 event streams.
	Clients int

	// ProfileDir is where each server's CPU profile is written. "": none are made.
	ProfileDir string

	// Progress takes a line for each step. nil: none are written.
	Progress io.Writer
}

// Select has the targets of these names measured. A name that nobody has is an error
// of the run.
func (o *Options) Select(names []string) {
	stay := slices.Concat(target.WebSockets(), target.EventStreams())
	for _, name := range names {
		if slices.ContainsFunc(stay, func(t target.Target) bool { return t.Name == name }) {
			o.Live = append(o.Live, name)
		} else {
			o.Targets = append(o.Targets, name)
		}
	}
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
	if len(o.Targets)+len(o.Live) == 0 {
		for _, t := range target.All() {
			if !o.Quick || slices.Contains(gated, t.Name) {
				o.Targets = append(o.Targets, t.Name)
			}
		}
		for _, t := range slices.Concat(target.WebSockets(), target.EventStreams()) {
			if !o.Quick || slices.Contains(liveGated, t.Name) {
				o.Live = append(o.Live, t.Name)
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
	target.NetHTTP, target.Chi, target.Gin, target.FastHTTP, target.Gnet,
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

// liveTitles are the same for connections that stay.
func liveTitles() []report.Title {
	var all []report.Title
	for _, w := range live.All() {
		all = append(all, report.Title{Name: w.Name, Text: w.Title})
	}
	return all
}
