//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/compat_test/soak/internal/process"
	"github.com/onramp-go/onramp/compat_test/soak/internal/run"
	"github.com/onramp-go/onramp/compat_test/soak/internal/serve"
)

// TestMain lets the test binary be the server processes, too.
func TestMain(m *testing.M) {
	if served, err := process.Serve(os.Args[1:]); served {
		if err != nil {
			fmt.Fprintln(os.Stderr, "soak:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestSoak makes a whole run of all servers, as short as can be.
func TestSoak(t *testing.T) {
	file := filepath.Join(t.TempDir(), "summary.md")
	var out strings.Builder
	err := soak([]string{"-for", "2s", "-servers", "server,eager,ondemand", "-clients", "40", "-rate", "80", "-drain", "200ms", "-size", "20000", "-out", file}, &out, io.Discard)
	require.NoError(t, err, out.String())
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, out.String(), string(text))
	for _, want := range []string{"## server", "## eager", "## ondemand", "| answers | ", "| garbage"} {
		assert.Contains(t, out.String(), want)
	}
}

// TestSabotage has servers do what is wrong: a run that does not notice is worth nothing.
func TestSabotage(t *testing.T) {
	seen := map[string]string{ // by which check
		"size":       "wrong to a client",
		"abort":      "wrong to a client",
		"twice":      "wrong to the server",
		"event":      "wrong to a client",
		"notice":     "wrong to a client",
		"goroutine":  "goroutines behind the load",
		"descriptor": "descriptors behind the load",
		"memory":     "heap behind the load",
		"log":        "wrong to the server",
	}
	// Servers wait more than they work, so that all of them run at the same time.
	var all sync.WaitGroup
	for _, sabotage := range serve.Sabotages {
		all.Go(func() {
			results, err := run.Soak(t.Context(), run.Options{
				For: 3 * time.Second, Kinds: []string{serve.Server}, Clients: 40, Rate: 200, MaxSize: 1000, Seed: 1,
				Memory: 2 << 30, Settle: 3 * time.Second, Progress: io.Discard, Sabotage: sabotage,
			})
			assert.NoError(t, err, sabotage)
			assert.Condition(t, func() bool {
				return slices.ContainsFunc(results[0].Checks, func(c run.Check) bool {
					return !c.Holds && strings.Contains(c.Name, seen[sabotage])
				})
			}, "%s: %+v", sabotage, results[0].Checks)
		})
	}
	all.Wait()
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{
		{"-clients", "0"}, {"-rate", "0"}, {"-size", "0"}, {"-size", "2000000"}, {"-servers", "apache"},
	} {
		assert.Error(t, soak(args, io.Discard, io.Discard), args)
	}
}
