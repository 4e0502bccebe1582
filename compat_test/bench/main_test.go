//go:build linux

package main

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/compat_test/bench/internal/compare"
	"github.com/onramp-go/onramp/compat_test/bench/internal/live"
	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/meter"
	"github.com/onramp-go/onramp/compat_test/bench/internal/process"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// TestMain lets the test binary be the child processes, too.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == process.ServeCommand || os.Args[1] == compare.MemoryCommand) {
		if err := dispatch(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// Under the race detector each child would sleep a second before it ends.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	os.Exit(m.Run())
}

// TestTargets has every target answer every workload, as a process, to the driver.
func TestTargets(t *testing.T) {
	for _, x := range target.All() {
		t.Run(x.Name, func(t *testing.T) {
			t.Parallel()
			workloads := append(load.All(), load.First, load.Bare)
			if x.Name == target.OnrampHook {
				workloads = append(workloads, load.Frames)
			}
			server := start(t, x.Name)
			for _, w := range workloads {
				lane, err := load.Open(server.Addr, w, 4, 0)
				require.NoError(t, err, w.Name)
				assert.NoError(t, load.Drive([]*load.Lane{lane}, 64, 32), w.Name)
				lane.Close()
			}
		})
	}
}

// TestLiveTargets has every target whose connections stay do all that its kind is
// measured with.
func TestLiveTargets(t *testing.T) {
	for _, w := range live.All() {
		w.Clients = 4
		for _, x := range w.Targets() {
			t.Run(w.Name+"/"+x.Name, func(t *testing.T) {
				t.Parallel()
				lane, err := live.Open(start(t, x.Name).Addr, w)
				require.NoError(t, err)
				defer lane.Close()
				assert.NoError(t, live.Drive([]*live.Lane{lane}, 9, 4))
				assert.Positive(t, lane.Took())
			})
		}
	}
}

// TestMeters reads the meters of a server that has work, then of one that has none.
func TestMeters(t *testing.T) {
	server := start(t, target.NetHTTP)
	lane, err := load.Open(server.Addr, load.KeepAlive, 4, 0)
	require.NoError(t, err)
	defer lane.Close()
	const requests = 400
	work := func() error { return load.Drive([]*load.Lane{lane}, requests, requests) }

	before, err := server.MemStats()
	require.NoError(t, err)
	cpu, err := meter.CPU(server.PID())
	require.NoError(t, err)
	require.NoError(t, work())
	later, err := meter.CPU(server.PID())
	require.NoError(t, err)
	after, err := server.MemStats()
	require.NoError(t, err)
	assert.Greater(t, later, cpu, "a request costs processor time")
	assert.Greater(t, after.Mallocs, before.Mallocs+10*requests, "net/http allocates for a request")

	require.NoError(t, server.Settle())
	settled, err := server.MemStats()
	require.NoError(t, err)
	assert.GreaterOrEqual(t, settled.NumGC, after.NumGC+2, "two collections empty a sync.Pool")
	resident, err := meter.Resident(server.PID())
	require.NoError(t, err)
	assert.Greater(t, resident, int64(1<<20), "a Go program holds some memory")

	count, err := meter.CountSyscalls(server.PID())
	if err != nil {
		t.Log(err)
		return
	}
	require.NoError(t, work())
	calls, err := count.Stop()
	require.NoError(t, err)
	assert.Greater(t, calls, uint64(2*requests), "a request is at least read and answered")
	assert.Less(t, calls, uint64(20*requests), count.How)
}

// TestRun makes a whole run, as short as can be.
func TestRun(t *testing.T) {
	for _, row := range []struct {
		name string
		args []string
	}{
		{"fields", []string{"-only", "^(browser|first)$", "-targets", "net/http,onramp"}},
		{"memory", []string{"-quick", "-only", "^(memory|chain|frames)$", "-targets", "onramp,gnet", "-out", t.TempDir()}},
		{"echo", []string{"-only", "^ws-echo", "-targets", "gorilla/websocket,onramp/ws"}},
		{"published", []string{"-quick", "-only", "^(ws-broadcast|sse-events)", "-clients", "4"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			require.NoError(t, bench(append(row.args, "-rounds", "2", "-turns", "1", "-turn", "64")))
		})
	}
}

func TestMissedFigure(t *testing.T) {
	// Nothing is measured, so nothing is missed.
	assert.NoError(t, bench([]string{"-only", "^nothing$", "-check"}))
	assert.Error(t, bench([]string{"-targets", "nginx", "-only", "^memory$"}))
}

func start(t *testing.T, name string) *process.Server {
	t.Helper()
	cores, err := process.PickCores()
	require.NoError(t, err)
	server, err := process.Start(name, cores.Servers)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Stop()) })
	return server
}
