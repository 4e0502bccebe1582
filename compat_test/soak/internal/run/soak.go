//go:build linux

package run

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/onramp-go/onramp/compat_test/soak/internal/client"
	"github.com/onramp-go/onramp/compat_test/soak/internal/process"
	"github.com/onramp-go/onramp/compat_test/soak/internal/serve"
)

// Soak runs all servers at the same time. The error says that one could not be run at all,
// or has died; what was wrong under load is in the results.
func Soak(ctx context.Context, o Options) ([]Result, error) {
	results := make([]Result, len(o.Kinds))
	errs := make([]error, len(o.Kinds))
	var all sync.WaitGroup
	for i, kind := range o.Kinds {
		all.Go(func() {
			s := &soak{opts: o, kind: kind, result: &results[i]}
			s.result.Kind = kind
			errs[i] = s.run(ctx, o.Seed+uint64(i))
		})
	}
	all.Wait()
	return results, errors.Join(errs...)
}

// A soak is that of one server.
type soak struct {
	opts   Options
	kind   string
	server *process.Server
	fleet  *client.Fleet
	result *Result
}

func (s *soak) run(ctx context.Context, seed uint64) (err error) {
	s.server, err = process.Start(s.opts.config(s.kind), s.opts.Memory*3/4)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	watch := s.watch(ctx, cancel)
	defer func() {
		cancel()
		most := watch()
		s.result.atMost("MiB of memory at any time", most>>20, s.opts.Memory>>20)
		end := s.server.Stop()
		s.result.check("end of the process", end == nil, "without a word", wordOf(end))
	}()
	s.fleet = s.opts.fleet(s.server.Addr, seed)
	s.say("warming up")
	s.load(ctx, min(max(s.opts.For/10, 3*time.Second), 20*time.Second))
	start, err := s.settled(ctx, nil)
	if err != nil {
		return err
	}
	s.say("under load for %v", s.opts.For)
	s.load(ctx, s.opts.For)
	end, err := s.settled(ctx, &start)
	if err != nil {
		return err
	}
	s.result.backTo(start, end, "behind the load")
	if end.Goroutines > start.Goroutines {
		text, _ := s.server.Stacks()
		s.result.Wrong = append(s.result.Wrong, "goroutines that are left:\n"+text)
	}
	return s.shutdown(ctx, start)
}

func wordOf(err error) string {
	if err == nil {
		return "without a word"
	}
	return err.Error()
}

// load has the clients work for a time.
func (s *soak) load(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithCancel(ctx) // without a deadline, which a dialer would take for its own
	defer cancel()
	defer time.AfterFunc(d, cancel).Stop()
	s.fleet.Run(ctx, ctx)
}

// shutdown shuts the server down under load.
func (s *soak) shutdown(ctx context.Context, start serve.State) error {
	s.say("shutting down under load")
	working, leave := context.WithCancel(ctx)
	defer leave()
	faulty, dismiss := context.WithCancel(ctx)
	defer dismiss()
	left := make(chan struct{})
	go func() {
		defer close(left)
		s.fleet.Run(working, faulty)
	}()
	select {
	case <-time.After(min(s.opts.For/2, 5*time.Second)):
	case <-ctx.Done():
	}
	s.fleet.Ending()
	took, failed := s.server.Shutdown(shutdownLimit)
	s.result.check("shutdown under load", failed == nil, fmt.Sprint("nil within ", shutdownLimit), fmt.Sprint(failed, " after ", took.Round(time.Millisecond)))
	dismiss()
	select {
	case <-left:
	case <-time.After(patience): // what they wait for is wrong, and they will say so
	}
	leave()
	<-left
	end, err := s.settled(ctx, &start)
	if err != nil {
		return err
	}
	s.result.backTo(start, end, "behind the shutdown")
	s.result.CPU, err = s.server.CPU()
	s.judge(end)
	return err
}

// judge checks what both sides have counted.
func (s *soak) judge(end serve.State) {
	s.result.Counts = s.fleet.Tally.Counts()
	s.result.Counts["requests of faulty clients that were whole"] = end.Faulty
	s.result.Ends = s.fleet.Tally.Ends()
	wrongs, first := s.fleet.Tally.Wrongs()
	s.result.atMost("answers, messages and ends that are wrong to a client", int64(wrongs), 0)
	s.result.atMost("requests, bodies and log lines that are wrong to the server", int64(end.Wrongs), 0)
	s.result.Wrong = append(append(s.result.Wrong, first...), end.Wrong...)
	s.result.told(end)
	s.result.answered(end.Last, s.fleet.Answered())
}

// settled waits until the server has got rid of what clients left behind, and returns its
// state: no more than before or, where that is nil, the same for some time. It returns what
// there is when that takes longer than Options.Settle.
func (s *soak) settled(ctx context.Context, before *serve.State) (serve.State, error) {
	const step, enough = 250 * time.Millisecond, 10
	var last serve.State
	same := 0
	for until := time.Now().Add(s.opts.Settle); ; {
		st, err := s.server.State()
		if err != nil {
			return st, err
		}
		if st.Goroutines == last.Goroutines && st.Descriptors == last.Descriptors {
			same++
		} else {
			same = 0
		}
		last = st
		back := before != nil && st.Goroutines <= before.Goroutines && st.Descriptors <= before.Descriptors && st.Listeners == 0
		if back || before == nil && same >= enough || time.Now().After(until) {
			return st, nil
		}
		select {
		case <-time.After(step):
		case <-ctx.Done():
			return st, context.Cause(ctx)
		}
	}
}

// watch looks at the server's memory and says something now and then, until ctx ends. The
// function that it returns waits for that and returns the most memory.
func (s *soak) watch(ctx context.Context, cancel func()) func() int64 {
	var peak int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		looks, words := time.NewTicker(time.Second), time.NewTicker(30*time.Second)
		defer looks.Stop()
		defer words.Stop()
		for {
			now, most, err := s.server.Memory()
			if err == nil {
				peak = max(peak, most)
			}
			if err != nil || now > s.opts.Memory {
				s.say("it ends here: %v, %d MiB", err, now>>20)
				s.server.Kill()
				cancel()
				return
			}
			select {
			case <-looks.C:
			case <-words.C:
				s.say("%d MiB, %v", now>>20, s.fleet.Tally.Counts()["answers"])
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() int64 { <-done; return peak }
}

func (s *soak) say(format string, args ...any) {
	fmt.Fprintf(s.opts.Progress, "%s %s: %s\n", time.Now().Format(time.TimeOnly), s.kind, fmt.Sprintf(format, args...))
}
