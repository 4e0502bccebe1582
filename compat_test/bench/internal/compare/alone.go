//go:build linux

package compare

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/memory"
	"github.com/onramp-go/onramp/compat_test/bench/internal/meter"
	"github.com/onramp-go/onramp/compat_test/bench/internal/process"
	"github.com/onramp-go/onramp/compat_test/bench/internal/report"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// MemoryCommand is the argument that makes the program serve a target over a
// connection in memory; the target, the workload and the number of requests follow.
// It prints a memory.Cost.
const MemoryCommand = "memory"

// inMemory are the workloads that are measured so.
var inMemory = []load.Workload{load.Bare, load.KeepAlive, load.Browser, load.Large, load.Upload}

// allocations counts what each target allocates over a connection in memory.
func (r *run) allocations() error {
	const requests = 20_000
	workloads := inMemory
	if r.opts.Quick {
		workloads = workloads[:1]
	}
	return r.eachAlone(workloads, func(name string, w load.Workload) error {
		cost, err := inMemoryCost(name, w, requests)
		if err != nil {
			return err
		}
		r.results.Memory.Set(w.Name, name, report.Allocs{Objects: cost.Allocs, Bytes: cost.Bytes})
		return nil
	})
}

func inMemoryCost(name string, w load.Workload, requests int) (memory.Cost, error) {
	var cost memory.Cost
	cmd, err := process.Self(MemoryCommand, name, w.Name, strconv.Itoa(requests))
	if err != nil {
		return cost, err
	}
	cmd.Env = append(cmd.Env, "GOGC=off")
	out, err := cmd.Output()
	if err != nil {
		return cost, fmt.Errorf("%s, %s: %w", name, w.Name, err)
	}
	return cost, json.Unmarshal(out, &cost)
}

// instructions counts the instructions of each target, as the difference between two
// numbers of requests.
func (r *run) instructions() error {
	const few, many = 1000, 3000
	workloads := []load.Workload{load.Bare, load.Browser}
	if r.opts.Quick {
		workloads = workloads[:1]
	}
	err := r.eachAlone(workloads, func(name string, w load.Workload) error {
		var counts [2]uint64
		for i, n := range []int{few, many} {
			cmd, err := process.Self(MemoryCommand, name, w.Name, strconv.Itoa(n))
			if err != nil {
				return err
			}
			// Valgrind does not know RDTSCP on every processor that it finds it on.
			cmd.Env = append(cmd.Env, "GOGC=off", "GODEBUG=asyncpreemptoff=1,cpu.rdtscp=off")
			if counts[i], err = meter.Instructions(cmd); err != nil {
				return fmt.Errorf("%s, %s: %w", name, w.Name, err)
			}
		}
		r.results.Instructions.Set(w.Name, name, float64(counts[1]-counts[0])/(many-few))
		return nil
	})
	if errors.Is(err, meter.ErrNoValgrind) {
		r.note("instructions: not measured: %v", meter.ErrNoValgrind)
		return nil
	}
	return err
}

// eachAlone calls measure for each workload and each target that can serve in
// memory.
func (r *run) eachAlone(workloads []load.Workload, measure func(name string, w load.Workload) error) error {
	for _, name := range r.opts.Targets {
		t, err := target.Find(name)
		if err != nil {
			return err
		}
		if t.Serve == nil {
			r.note("%s makes its own sockets, so there are no figures of it in memory", name)
			continue
		}
		for _, w := range workloads {
			if err := measure(name, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// chain counts what a chain of hooks allocates.
func (r *run) chain() error {
	n, err := memory.ChainAllocs()
	r.results.ChainAllocs = []float64{n}
	return err
}
