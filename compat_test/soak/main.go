//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/onramp-go/onramp/compat_test/soak/internal/process"
	"github.com/onramp-go/onramp/compat_test/soak/internal/run"
	"github.com/onramp-go/onramp/compat_test/soak/internal/serve"
	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

func main() {
	served, err := process.Serve(os.Args[1:])
	if !served {
		err = soak(os.Args[1:], os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// errFailed ends a run in which a check does not hold.
var errFailed = errors.New("a check does not hold")

func soak(args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("soak", flag.ExitOnError)
	o := run.Options{Progress: progress, Settle: 30 * time.Second}
	flags.DurationVar(&o.For, "for", time.Minute, "how long the load lasts")
	kinds := flags.String("servers", serve.Server+","+serve.Eager, "`kinds` of servers, separated by commas: "+strings.Join(serve.Kinds, ", "))
	flags.IntVar(&o.Clients, "clients", 240, "number of clients of each server")
	flags.Float64Var(&o.Rate, "rate", 2000, "requests and messages a second to each server")
	flags.IntVar(&o.MaxSize, "size", work.MaxSize, "largest body in bytes")
	flags.Uint64Var(&o.Seed, "seed", rand.Uint64(), "of all that is random")
	memory := flags.Int64("memory", defaultMemory, "MiB that a server process may have")
	flags.DurationVar(&o.Drain, "drain", 2*time.Second, "drain window of the shutdown")
	file := flags.String("out", "", "write the summary to this `file`, too")
	if err := flags.Parse(args); err != nil {
		return err
	}
	o.Kinds, o.Memory = strings.Split(*kinds, ","), *memory<<20
	if o.MaxSize < 1 || o.MaxSize > work.MaxSize || o.Clients < 1 || o.Rate <= 0 {
		return fmt.Errorf("a size up to %d, and positive numbers, are wanted", work.MaxSize)
	}
	for _, kind := range o.Kinds {
		if !slices.Contains(serve.Kinds, kind) {
			return fmt.Errorf("there is no server %q", kind)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	title := fmt.Sprintf("soak: %v, %d clients and %g requests and messages a second to each server, race detector %v, seed %d",
		o.For, o.Clients, o.Rate, raceEnabled, o.Seed)
	fmt.Fprintln(progress, title)
	results, err := run.Soak(ctx, o)
	err = errors.Join(err, publish(out, *file, title, results))
	for _, r := range results {
		if err == nil && !r.Holds() {
			err = errFailed
		}
	}
	return err
}

// publish writes the summary to out, and to a file unless its name is "".
func publish(out io.Writer, file, title string, results []run.Result) error {
	if err := run.Markdown(out, title, results); err != nil || file == "" {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(run.Markdown(f, title, results), f.Close())
}
