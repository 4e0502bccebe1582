package process

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"

	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// The commands.
const (
	cmdMemStats = "memstats" // how much was allocated
	cmdSettle   = "settle"   // collect garbage, and give what is free to the kernel
	cmdProfile  = "profile"  // begin a CPU profile; a file's name follows
	cmdStop     = "stop"     // end it
)

// MemStats is what a server says of its allocations since it began.
type MemStats struct {
	Mallocs, TotalAlloc uint64
	NumGC               uint32
}

// An answer is a line from the child.
type answer struct {
	Addr  string `json:",omitempty"`
	Error string `json:",omitempty"`
	MemStats
}

// Serve serves the target and answers commands from in on out. It returns when in
// ends or the target fails.
func Serve(name string, in io.Reader, out io.Writer) error {
	t, err := target.Find(name)
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	ready := make(chan string, 1)
	go func() { failed <- t.Run(func(addr string) { ready <- addr }) }()
	enc := json.NewEncoder(out)
	select {
	case err := <-failed:
		return err
	case addr := <-ready:
		if err := enc.Encode(answer{Addr: addr}); err != nil {
			return err
		}
	}
	go func() {
		var p profile
		lines := bufio.NewScanner(in)
		for lines.Scan() {
			if err := enc.Encode(obey(lines.Text(), &p)); err != nil {
				break
			}
		}
		failed <- lines.Err()
	}()
	return <-failed
}

func obey(line string, p *profile) answer {
	verb, rest, _ := strings.Cut(line, " ")
	var a answer
	var err error
	switch verb {
	case cmdMemStats:
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		a.MemStats = MemStats{Mallocs: m.Mallocs, TotalAlloc: m.TotalAlloc, NumGC: m.NumGC}
	case cmdSettle:
		// Twice: what a sync.Pool holds survives one collection.
		debug.FreeOSMemory()
		debug.FreeOSMemory()
	case cmdProfile:
		err = p.start(rest)
	case cmdStop:
		err = p.stop()
	default:
		err = fmt.Errorf("process: no command %q", verb)
	}
	if err != nil {
		a.Error = err.Error()
	}
	return a
}

// A profile is the CPU profile that is being written, if any.
type profile struct{ file *os.File }

func (p *profile) start(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	p.file = f
	return pprof.StartCPUProfile(f)
}

func (p *profile) stop() error {
	pprof.StopCPUProfile()
	return p.file.Close()
}
