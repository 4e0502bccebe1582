package report

import (
	"fmt"

	"github.com/onramp-go/onramp/compat_test/bench/internal/live"
	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// A Gate is a figure that onramp is to reach.
type Gate struct {
	Figure   string
	Wanted   string
	Measured string // "not measured" if there is none
	Bare     string // the same of an event loop with a canned reply, "" where that says nothing
	Verdict  Verdict
}

// A Verdict says whether a gate is passed.
type Verdict uint8

// The verdicts.
const (
	Unknown Verdict = iota
	Met
	Missed
)

// String implements fmt.Stringer.
func (v Verdict) String() string {
	return [...]string{"unknown", "met", "missed"}[v]
}

// Gates judges the results.
func (r *Results) Gates() []Gate {
	idle := r.Idle[target.Onramp]
	return append([]Gate{
		r.least("keep-alive: chi on net/http / the same service under Eager", load.KeepAlive.Name, target.Chi, target.OnrampChi, 1.8),
		r.least("keep-alive: Gin on net/http / the same engine under Eager", load.KeepAlive.Name, target.Gin, target.OnrampGin, 1.8),
		r.least("keep-alive: fasthttp / plain handler under Eager", load.KeepAlive.Name, target.FastHTTP, target.Onramp, 0.95),
		r.least("browser's headers: chi on net/http / the same service under Eager", load.Browser.Name, target.Chi, target.OnrampChi, 2),
		r.least("16-deep pipelined: chi on net/http / the same service under Eager", load.Pipelined.Name, target.Chi, target.OnrampChi, 5),
		r.least("Connection: close: net/http / adapter.Server", load.Close.Name, target.NetHTTP, target.OnrampServer, 1.08),
		r.most("taking over for a single request: Eager / net/http", load.First.Name, target.NetHTTP, target.Onramp, 1.1),
		atMost("allocations per request, plain handler, in memory", 5, objects(r.Memory, target.Onramp)...),
		atMost("allocations per request, chi, in memory", 8, objects(r.Memory, target.OnrampChi)...),
		r.fewerInstructions(4),
		atMost("system calls per keep-alive request", 2.1, value(r.Syscalls, load.KeepAlive, target.Onramp)...),
		atMost("KiB per idle connection, after 1 request", 5.5, kib(idle, idle.AfterOne)...),
		atMost("KiB per idle connection, after 5 requests", 5.5, kib(idle, idle.AfterFive)...),
		atMost("allocations of ten pass-through hooks", 0, r.ChainAllocs...),
		atMost("write system calls for a SendList of 100 frames", 1, r.FrameWrites...),
	}, r.liveGates()...)
}

// liveGates judges connections that stay.
func (r *Results) liveGates() []Gate {
	return []Gate{
		r.least("WebSocket echo: gorilla / onramp", live.Echo.Name, target.Gorilla, target.OnrampWS, 1),
		r.least("WebSocket echo, 16 in flight: gorilla / onramp", live.EchoBurst.Name, target.Gorilla, target.OnrampWS, 5),
		r.most("WebSocket broadcast: onramp / gorilla", live.Message.Name, target.Gorilla, target.OnrampWS, 0.95),
		r.least("WebSocket broadcast of 16: gorilla / onramp", live.MessageBurst.Name, target.Gorilla, target.OnrampWS, 5),
		r.most("one event: onramp / Fprintf and Flush", live.Event.Name, target.NetHTTPLive, target.OnrampSSE, 0.95),
		r.least("16 events: Fprintf and Flush / onramp", live.EventBurst.Name, target.NetHTTPLive, target.OnrampSSE, 6),
		atMost("KiB per idle WebSocket", 5.5, r.liveKiB(target.OnrampWS)...),
		atMost("KiB per idle event stream", 6, r.liveKiB(target.OnrampSSE)...),
	}
}

// least wants the reference's processor time, divided by the candidate's, to be at
// least that.
func (r *Results) least(figure, workload, reference, candidate string, least float64) Gate {
	g := Gate{Figure: "CPU, " + figure, Wanted: fmt.Sprintf("at least %.4g", least), Measured: "not measured"}
	if ratio, low, high, ok := r.Ratio(workload, reference, candidate); ok {
		g.Measured = fmt.Sprintf("%.2f (%.2f to %.2f)", ratio, low, high)
		g.Verdict = verdict(ratio >= least)
	}
	if ratio, _, _, ok := r.Ratio(workload, reference, target.Gnet); ok {
		g.Bare = fmt.Sprintf("%.2f", ratio)
	}
	return g
}

// most wants the candidate's processor time not to be more than most times the
// reference's.
func (r *Results) most(figure, workload, reference, candidate string, most float64) Gate {
	g := Gate{Figure: "CPU, " + figure, Wanted: fmt.Sprintf("at most %.4g", most), Measured: "not measured"}
	// The reciprocal of a median is the median of the reciprocals.
	if ratio, low, high, ok := r.Ratio(workload, reference, candidate); ok {
		g.Measured = fmt.Sprintf("%.2f (%.2f to %.2f)", 1/ratio, 1/high, 1/low)
		g.Verdict = verdict(1/ratio <= most)
	}
	return g
}

func (r *Results) fewerInstructions(least float64) Gate {
	g := Gate{
		Figure: "instructions, in memory: chi on net/http / the same service under Eager",
		Wanted: fmt.Sprintf("at least %.4g", least), Measured: "not measured",
	}
	counts := r.Instructions[load.Bare.Name]
	if a, b := counts[target.Chi], counts[target.OnrampChi]; a > 0 && b > 0 {
		g.Measured = fmt.Sprintf("%.2f", a/b)
		g.Verdict = verdict(a/b >= least)
	}
	return g
}

// atMost wants a count not to exceed most. There is one value or none. A hundredth
// more is the runtime's own, or a wake-up of its poller.
func atMost(figure string, most float64, values ...float64) Gate {
	g := Gate{Figure: figure, Wanted: fmt.Sprintf("at most %.4g", most), Measured: "not measured"}
	for _, v := range values {
		g.Measured = fmt.Sprintf("%.2f", v)
		g.Verdict = verdict(v <= most+0.01)
	}
	return g
}

func verdict(ok bool) Verdict {
	if ok {
		return Met
	}
	return Missed
}

func objects(t Table[Allocs], name string) []float64 {
	if a, ok := t[load.Bare.Name][name]; ok {
		return []float64{a.Objects}
	}
	return nil
}

func value(t Table[float64], w load.Workload, name string) []float64 {
	if v, ok := t[w.Name][name]; ok {
		return []float64{v}
	}
	return nil
}

func (r *Results) liveKiB(name string) []float64 {
	if idle, ok := r.LiveIdle[name]; ok {
		return []float64{idle.Bytes / 1024}
	}
	return nil
}

func kib(idle Idle, v float64) []float64 {
	if idle.Connections == 0 {
		return nil
	}
	return []float64{v / 1024}
}
