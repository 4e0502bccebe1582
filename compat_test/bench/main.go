//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/onramp-go/onramp/compat_test/bench/internal/compare"
	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/memory"
	"github.com/onramp-go/onramp/compat_test/bench/internal/process"
	"github.com/onramp-go/onramp/compat_test/bench/internal/report"
)

func main() {
	if err := dispatch(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// dispatch is the command itself, or what it executes itself for.
func dispatch(args []string) error {
	switch {
	case len(args) == 2 && args[0] == process.ServeCommand:
		return process.Serve(args[1], os.Stdin, os.Stdout)
	case len(args) == 4 && args[0] == compare.MemoryCommand:
		return serveInMemory(args[1], args[2], args[3], os.Stdout)
	}
	return bench(args)
}

func serveInMemory(name, workload, requests string, out io.Writer) error {
	w, err := load.Find(workload)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(requests)
	if err != nil {
		return err
	}
	cost, err := memory.Measure(name, w, n)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(cost)
}

// errMissed ends a run with -check that missed a figure.
var errMissed = errors.New("a figure is missed")

func bench(args []string) error {
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	opts := compare.Options{Progress: os.Stderr}
	flags.BoolVar(&opts.Quick, "quick", false, "measure what the wanted figures need, in about two minutes")
	only := flags.String("only", "", "measure the `sections` that match: a workload, memory, instructions, idle, chain, frames, ws-echo, ws-broadcast, ws-idle, sse-events, sse-idle")
	targets := flags.String("targets", "", "measure these `targets`, separated by commas")
	flags.IntVar(&opts.Rounds, "rounds", 0, "number of rounds for processor time")
	flags.IntVar(&opts.Turns, "turns", 0, "number of turns of each server in a round")
	flags.IntVar(&opts.Turn, "turn", 0, "number of requests in a turn")
	flags.IntVar(&opts.Idle, "idle", 0, "number of idle connections")
	flags.IntVar(&opts.Clients, "clients", 0, "number of clients that get what is published")
	flags.StringVar(&opts.ProfileDir, "profile", "", "write the servers' CPU profiles to this `directory`")
	out := flags.String("out", "", "write RESULTS.md and bench.svg to this `directory`; a full run writes them beside the sources")
	check := flags.Bool("check", false, "fail if a wanted figure is missed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if opts.Only, err = regexp.Compile(*only); err != nil {
		return err
	}
	if *targets != "" {
		opts.Select(strings.Split(*targets, ","))
	}
	results, err := compare.Run(opts)
	if err != nil {
		return err
	}
	if *out == "" && *only == "" && *targets == "" && !opts.Quick {
		*out = beside
	}
	if err := publish(results, *out); err != nil {
		return err
	}
	if *check && missed(results) {
		return errMissed
	}
	return nil
}

// beside is where the sources are, seen from the repository's root.
const beside = "compat_test/bench"

// publish prints the results, and writes them to dir unless that is "".
func publish(results *report.Results, dir string) error {
	if err := results.Markdown(os.Stdout, ""); err != nil || dir == "" {
		return err
	}
	return results.Write(dir)
}

func missed(results *report.Results) bool {
	for _, g := range results.Gates() {
		if g.Verdict == report.Missed {
			return true
		}
	}
	return false
}
