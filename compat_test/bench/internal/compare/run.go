//go:build linux

package compare

import (
	"fmt"
	"slices"
	"time"

	"github.com/onramp-go/onramp/compat_test/bench/internal/live"
	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/process"
	"github.com/onramp-go/onramp/compat_test/bench/internal/report"
)

// A run is a comparison under way.
type run struct {
	opts    Options
	cores   process.Cores
	results *report.Results
}

// columns are the workloads of the report, in its order.
func columns() []load.Workload {
	return append(append([]load.Workload{load.Bare}, load.All()...), load.First)
}

// Run measures what the options say. It pins this process to one processor and runs
// the servers on another. What cannot be measured on this machine becomes a note; an
// error means that a server gave a wrong answer or none.
func Run(opts Options) (*report.Results, error) {
	begun := time.Now()
	cores, err := process.PickCores()
	if err != nil {
		return nil, err
	}
	if err := process.PinSelf(cores.Client); err != nil {
		return nil, err
	}
	r := &run{opts: opts.resolved(), cores: cores, results: report.New()}
	r.results.Taken = begun
	r.results.Machine = report.ThisMachine()
	r.results.Modules = report.Modules(peers...)
	r.results.Workloads, r.results.Targets, r.results.Rounds = titles(), r.opts.Targets, r.opts.Rounds
	r.results.LiveWorkloads, r.results.LiveTargets = liveTitles(), r.opts.Live
	r.results.Conns = connections
	if cores.Servers == cores.Client {
		r.note("there is one processor only, so client and servers share it")
	}
	for _, s := range r.sections() {
		if !r.opts.Only.MatchString(s.name) {
			continue
		}
		r.say("%s", s.name)
		if err := s.measure(); err != nil {
			return nil, fmt.Errorf("compare: %s: %w", s.name, err)
		}
	}
	r.results.Took = time.Since(begun)
	return r.results, nil
}

// peers are the modules whose versions the report names.
var peers = []string{
	"github.com/go-chi/chi/v5", "github.com/gin-gonic/gin", "github.com/labstack/echo/v5",
	"github.com/gofiber/fiber/v3", "github.com/valyala/fasthttp", "github.com/panjf2000/gnet/v2",
	"github.com/gorilla/websocket", "github.com/coder/websocket", "github.com/gobwas/ws", "github.com/tmaxmax/go-sse",
}

// A section is a part of a run that can be selected.
type section struct {
	name    string
	measure func() error
}

func (r *run) sections() []section {
	var all []section
	for _, w := range r.workloads() {
		if r.opts.Turn > 0 {
			w.Turn = r.opts.Turn
		}
		all = append(all, section{w.Name, func() error { return r.field(w) }})
	}
	all = append(all,
		section{"memory", r.allocations},
		section{"instructions", r.instructions},
		section{"idle", r.idle},
		section{"chain", r.chain},
		section{"frames", r.frames},
	)
	for _, w := range r.liveWorkloads() {
		all = append(all, section{w.Name, func() error { return r.live(w) }})
	}
	return append(all,
		section{"ws-idle", func() error { return r.liveIdle(live.Echo) }},
		section{"sse-idle", func() error { return r.liveIdle(live.Event) }},
	)
}

func (r *run) say(format string, args ...any) {
	fmt.Fprintf(r.opts.Progress, format+"\n", args...)
}

// workloads are those that are measured with a field. A quick run leaves out those
// that no wanted figure is about.
func (r *run) workloads() []load.Workload {
	all := append(load.All(), load.First)
	if r.opts.Quick {
		all = slices.DeleteFunc(all, func(w load.Workload) bool {
			return w.Name == load.Large.Name || w.Name == load.Upload.Name
		})
	}
	return all
}

// note adds a remark to the report, once.
func (r *run) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if slices.Contains(r.results.Notes, text) {
		return
	}
	r.say("note: %s", text)
	r.results.Notes = append(r.results.Notes, text)
}
