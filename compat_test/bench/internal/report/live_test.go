package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/compat_test/bench/internal/live"
	"github.com/onramp-go/onramp/compat_test/bench/internal/report"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// addLive adds figures of connections that stay, in which every wanted one is just
// reached.
func addLive(r *report.Results) {
	r.LiveTargets = []string{target.Gorilla, target.OnrampWS, target.Gobwas, target.NetHTTPLive, target.OnrampSSE}
	cpu := func(w live.Workload, reference, onramp float64) {
		r.LiveWorkloads = append(r.LiveWorkloads, report.Title{Name: w.Name, Text: w.Title})
		names := []string{target.Gorilla, target.OnrampWS}
		if w.Path == target.EventsPath {
			names = []string{target.NetHTTPLive, target.OnrampSSE}
		}
		for i, us := range []float64{reference, onramp} {
			r.CPU.Set(w.Name, names[i], []float64{us, us * 2, us * 3})
			r.Rate.Set(w.Name, names[i], 1e6/us)
		}
	}
	cpu(live.Echo, 8, 8)
	cpu(live.EchoBurst, 5, 1)
	cpu(live.Message, 10, 9.499)
	cpu(live.MessageBurst, 5, 1)
	cpu(live.Event, 10, 9.499)
	cpu(live.EventBurst, 6, 1)
	r.LiveIdle[target.OnrampWS] = report.LiveIdle{Connections: 10_000, Bytes: 5.5 * 1024}
	r.LiveIdle[target.OnrampSSE] = report.LiveIdle{Connections: 10_000, Bytes: 6 * 1024}
}

// TestLiveGatesMissed is TestGatesMissed for connections that stay.
func TestLiveGatesMissed(t *testing.T) {
	t.Parallel()
	slower := func(w live.Workload, name string) func(*report.Results) {
		return func(r *report.Results) {
			for i := range r.CPU[w.Name][name] {
				r.CPU[w.Name][name][i] *= 1.02
			}
		}
	}
	larger := func(name string) func(*report.Results) {
		return func(r *report.Results) { r.LiveIdle[name] = report.LiveIdle{Connections: 10_000, Bytes: 6500} }
	}
	for figure, worsen := range map[string]func(*report.Results){
		"WebSocket echo: ":             slower(live.Echo, target.OnrampWS),
		"WebSocket echo, 16 in flight": slower(live.EchoBurst, target.OnrampWS),
		"WebSocket broadcast: ":        slower(live.Message, target.OnrampWS),
		"WebSocket broadcast of 16":    slower(live.MessageBurst, target.OnrampWS),
		"one event":                    slower(live.Event, target.OnrampSSE),
		"16 events":                    slower(live.EventBurst, target.OnrampSSE),
		"idle WebSocket":               larger(target.OnrampWS),
		"idle event stream":            larger(target.OnrampSSE),
	} {
		r := sample()
		worsen(r)
		var missed []string
		for _, g := range r.Gates() {
			if g.Verdict == report.Missed {
				missed = append(missed, g.Figure)
			}
		}
		if assert.Len(t, missed, 1, figure) {
			assert.Contains(t, missed[0], figure)
		}
	}
}

func TestLiveMarkdown(t *testing.T) {
	t.Parallel()
	r := sample()
	r.CPU.Set(live.Echo.Name, target.Gorilla+report.Again, []float64{8, 16, 24})
	var b strings.Builder
	require.NoError(t, r.Markdown(&b, ""))
	_, sockets, found := strings.Cut(b.String(), "\n## WebSockets\n")
	require.True(t, found)
	sockets, streams, found := strings.Cut(sockets, "\n## Event streams\n")
	require.True(t, found)
	assert.Contains(t, b.String(), "- echo, gorilla/websocket against itself: 1.00 (1.00 to 1.00)")
	assert.Contains(t, sockets, "| | echo | echo, 16 in flight | broadcast | broadcast of 16 |")
	assert.Contains(t, sockets, "| onramp/ws | 16.00 (1.00) | 2.00 (5.00) | 19.00 (1.05) | 2.00 (5.00) |")
	assert.Contains(t, sockets, "| onramp/ws | 10000 | 5.5 |")
	assert.NotContains(t, sockets, target.Gobwas, "nothing is known of it")
	assert.Contains(t, streams, "| | one event | 16 events |")
	assert.Contains(t, streams, "| onramp/sse | 105274 | 1000000 |")
	assert.NotContains(t, streams, "echo")

	// What was not measured has no section.
	b.Reset()
	require.NoError(t, report.New().Markdown(&b, ""))
	assert.NotContains(t, b.String(), "WebSockets\n")
}
