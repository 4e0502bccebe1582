package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/report"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// sample returns results in which every wanted figure is just reached.
func sample() *report.Results {
	r := report.New()
	r.Taken = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r.Targets = []string{target.NetHTTP, target.Chi, target.Gin, target.FastHTTP, target.Onramp,
		target.OnrampChi, target.OnrampGin, target.OnrampServer}
	for _, w := range append([]load.Workload{load.Bare, load.First}, load.All()...) {
		r.Workloads = append(r.Workloads, report.Title{Name: w.Name, Text: w.Title})
	}
	cpu := func(w load.Workload, name string, us float64) {
		r.CPU.Set(w.Name, name, []float64{us * 1.5, us, us * 0.5})
	}
	cpu(load.KeepAlive, target.NetHTTP, 18)
	cpu(load.KeepAlive, target.NetHTTP+report.Again, 18)
	cpu(load.KeepAlive, target.Chi, 18)
	cpu(load.KeepAlive, target.OnrampChi, 10)
	cpu(load.KeepAlive, target.Gin, 18)
	cpu(load.KeepAlive, target.OnrampGin, 10)
	cpu(load.KeepAlive, target.FastHTTP, 9.5)
	cpu(load.KeepAlive, target.Onramp, 10)
	cpu(load.KeepAlive, target.Gnet, 9)
	cpu(load.Browser, target.Chi, 20)
	cpu(load.Browser, target.OnrampChi, 10)
	cpu(load.Pipelined, target.Chi, 5)
	cpu(load.Pipelined, target.OnrampChi, 1)
	cpu(load.Close, target.NetHTTP, 10.8)
	cpu(load.Close, target.OnrampServer, 10)
	cpu(load.First, target.NetHTTP, 10)
	cpu(load.First, target.Onramp, 11)
	r.Memory.Set(load.Bare.Name, target.Onramp, report.Allocs{Objects: 5.0002})
	r.Memory.Set(load.Bare.Name, target.OnrampChi, report.Allocs{Objects: 8.0002})
	r.Instructions.Set(load.Bare.Name, target.Chi, 32_000)
	r.Instructions.Set(load.Bare.Name, target.OnrampChi, 8_000)
	r.Syscalls.Set(load.KeepAlive.Name, target.Onramp, 2.1)
	r.Idle[target.Onramp] = report.Idle{Connections: 10_000, AfterOne: 5.5 * 1024, AfterFive: 5.5 * 1024}
	r.ChainAllocs, r.FrameWrites = []float64{0}, []float64{1}
	addLive(r)
	return r
}

func TestGatesMet(t *testing.T) {
	t.Parallel()
	for _, g := range sample().Gates() {
		assert.Equal(t, report.Met, g.Verdict, "%s: %s", g.Figure, g.Measured)
	}
}

// TestGatesMissed worsens one figure after the other, which is to miss that gate and
// no other one.
func TestGatesMissed(t *testing.T) {
	t.Parallel()
	slower := func(w load.Workload, name string) func(*report.Results) {
		return func(r *report.Results) {
			for i := range r.CPU[w.Name][name] {
				r.CPU[w.Name][name][i] *= 1.02
			}
		}
	}
	for _, row := range []struct {
		figure string
		worsen func(*report.Results)
	}{
		{"keep-alive: chi", slower(load.KeepAlive, target.OnrampChi)},
		{"keep-alive: Gin", slower(load.KeepAlive, target.OnrampGin)},
		{"fasthttp", slower(load.KeepAlive, target.Onramp)},
		{"browser", slower(load.Browser, target.OnrampChi)},
		{"pipelined", slower(load.Pipelined, target.OnrampChi)},
		{"close", slower(load.Close, target.OnrampServer)},
		{"taking over", slower(load.First, target.Onramp)},
		{"allocations per request, plain", func(r *report.Results) {
			r.Memory.Set(load.Bare.Name, target.Onramp, report.Allocs{Objects: 5.1})
		}},
		{"allocations per request, chi", func(r *report.Results) {
			r.Memory.Set(load.Bare.Name, target.OnrampChi, report.Allocs{Objects: 8.1})
		}},
		{"instructions", func(r *report.Results) { r.Instructions.Set(load.Bare.Name, target.OnrampChi, 8100) }},
		{"system calls per keep-alive", func(r *report.Results) { r.Syscalls.Set(load.KeepAlive.Name, target.Onramp, 2.2) }},
		{"after 1 request", func(r *report.Results) {
			r.Idle[target.Onramp] = report.Idle{Connections: 10_000, AfterOne: 5700, AfterFive: 5000}
		}},
		{"after 5 requests", func(r *report.Results) {
			r.Idle[target.Onramp] = report.Idle{Connections: 10_000, AfterOne: 5000, AfterFive: 5700}
		}},
		{"ten pass-through hooks", func(r *report.Results) { r.ChainAllocs[0] = 1 }},
		{"SendList", func(r *report.Results) { r.FrameWrites[0] = 2 }},
	} {
		r := sample()
		row.worsen(r)
		var missed []string
		for _, g := range r.Gates() {
			if g.Verdict == report.Missed {
				missed = append(missed, g.Figure)
			}
		}
		if assert.Len(t, missed, 1, row.figure) {
			assert.Contains(t, missed[0], row.figure)
		}
	}
}

func TestGatesUnknown(t *testing.T) {
	t.Parallel()
	for _, g := range report.New().Gates() {
		assert.Equal(t, report.Unknown, g.Verdict, g.Figure)
		assert.Equal(t, "not measured", g.Measured, g.Figure)
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	r := sample()
	r.Notes = []string{"system calls: not measured: strace not found"}
	var b strings.Builder
	require.NoError(t, r.Markdown(&b, "bench.svg"))
	for _, fragment := range []string{
		"on 2 January 2026",
		"![processor time per request](bench.svg)",
		"| CPU, keep-alive: chi on net/http / the same service under Eager | at least 1.8 | 1.80 (1.80 to 1.80) | 2.00 | met |",
		"- keep-alive, net/http against itself: 1.00 (1.00 to 1.00)",
		"| | first request of a connection | keep-alive | browser's headers | 16-deep pipelined | Connection: close |",
		"| gin | n/a | 18.00 (1.00) | n/a | n/a | n/a |",
		"| onramp | 10000 | 5.5 | 5.5 | 0.0 |",
		"- system calls: not measured: strace not found",
	} {
		assert.Contains(t, b.String(), fragment)
	}
}

func TestPlot(t *testing.T) {
	t.Parallel()
	svg, err := sample().Plot()
	require.NoError(t, err)
	for _, fragment := range []string{"<svg", target.OnrampChi, "keep-alive", "18.0", "</svg>"} {
		assert.Contains(t, string(svg), fragment)
	}
	_, err = report.New().Plot()
	assert.Error(t, err)
}

func TestMedian(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 2.0, report.Median([]float64{9, 1, 2}))
	assert.Equal(t, 1.5, report.Median([]float64{1, 2}))
}
