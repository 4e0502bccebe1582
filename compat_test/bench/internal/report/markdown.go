package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// Markdown writes the results as a document; plot is the name of the picture beside
// it, "" for none.
func (r *Results) Markdown(w io.Writer, plot string) error {
	var b strings.Builder
	r.preface(&b, plot)
	r.gates(&b)
	r.cpu(&b)
	r.rest(&b)
	r.live(&b)
	if len(r.Notes) > 0 {
		b.WriteString("\n## Notes\n\n")
		for _, n := range r.Notes {
			fmt.Fprintf(&b, "- %s\n", n)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Results) preface(b *strings.Builder, plot string) {
	fmt.Fprintf(b, "# What a request costs\n\nWritten by `go run ./compat_test/bench` on %s, in %s.\n\n",
		r.Taken.UTC().Format("2 January 2006"), r.Took.Round(1e9))
	fmt.Fprintf(b, "Machine: %s.\n", r.Machine)
	for i, m := range r.Modules {
		sep := ", "
		if i == 0 {
			sep = "Peers: "
		}
		fmt.Fprintf(b, "%s%s %s", sep, m.Path, m.Version)
	}
	if len(r.Modules) > 0 {
		b.WriteString(".\n")
	}
	fmt.Fprintf(b, "\nEach server is a process of its own with GOMAXPROCS=1. All are pinned to one processor, and the client to another. "+
		"It sends the same requests to each over %d connections of the loopback interface, in turns of some ten milliseconds, "+
		"so that what disturbs one disturbs the others alike. Of every reply the length, the beginning and the end are checked, "+
		"and of some all of it. Processor time is what the scheduler counts for the process. There were %d rounds.\n", r.Conns, r.Rounds)
	if plot != "" {
		fmt.Fprintf(b, "\n![processor time per request](%s)\n", plot)
	}
}

func (r *Results) gates(b *strings.Builder) {
	b.WriteString("\n## The figures that are wanted\n\n| figure | wanted | measured | canned | |\n|---|---|---|---|---|\n")
	for _, g := range r.Gates() {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", g.Figure, g.Wanted, g.Measured, g.Bare, g.Verdict)
	}
	fmt.Fprintf(b, "\nCanned is what %s reaches in the place of the last one named: one event loop that looks for the end of each request "+
		"and sends the same reply. What is left there is the kernel's, so it says how much there is to be saved on this machine.\n", target.Gnet)
	fmt.Fprintf(b, "\nA ratio of processor times is the median over the rounds, with the least and the greatest in brackets. "+
		"What the method can tell apart is seen in two processes of one and the same server, which should have the ratio 1:\n\n")
	for _, w := range slices.Concat(r.Workloads, r.LiveWorkloads) {
		for _, name := range []string{target.NetHTTP, target.Chi, target.Gorilla, target.NetHTTPLive} {
			if ratio, low, high, ok := r.Ratio(w.Name, name, name+Again); ok {
				fmt.Fprintf(b, "- %s, %s against itself: %.2f (%.2f to %.2f)\n", w.Text, name, ratio, low, high)
			}
		}
	}
}

func (r *Results) cpu(b *strings.Builder) {
	cell := r.cpuCell(target.NetHTTP)
	if !r.requests().has(cell) {
		return
	}
	b.WriteString("\n## Processor time\n\nMicroseconds per request, user space and kernel; " +
		"in brackets net/http's cost divided by it, so that 2.00 means half of net/http's.\n")
	r.requests().write(b, cell)
	r.waits(b, r.requests())
}

// cpuCell is the processor time, and the reference's divided by it.
func (r *Results) cpuCell(reference string) func(workload, name string) string {
	return func(workload, name string) string {
		samples := r.CPU[workload][name]
		if len(samples) == 0 {
			return ""
		}
		cell := fmt.Sprintf("%.2f", Median(samples))
		if ratio, _, _, ok := r.Ratio(workload, reference, name); ok && name != reference {
			cell += fmt.Sprintf(" (%.2f)", ratio)
		}
		return cell
	}
}

// busyEnough is the part of its turns that a server has to run for its client not to
// be what was measured.
const busyEnough = 0.85

// waits names the servers that had to wait for the client.
func (r *Results) waits(b *strings.Builder, s sheet) {
	var waited []string
	for _, w := range s.columns {
		for _, name := range s.rows {
			if busy, ok := r.Busy[w.Name][name]; ok && busy < busyEnough {
				waited = append(waited, fmt.Sprintf("%s (%s, %.0f %%)", name, w.Text, 100*busy))
			}
		}
	}
	if len(waited) > 0 {
		fmt.Fprintf(b, "\nServers that did not run during all of their turns, because the client or something else on the machine "+
			"was slower: %s. A server that waits sleeps and wakes more often, and costs a little more for it.\n", strings.Join(waited, ", "))
	}
}

func (r *Results) rest(b *strings.Builder) {
	for _, section := range []struct {
		title, text string
		cell        func(workload, name string) string
	}{
		{
			"Allocations in memory", "Objects and bytes per request, over a connection that lives in memory.",
			allocCell(r.Memory),
		},
		{
			"Allocations over loopback", "The same over TCP, what new connections cost included.",
			allocCell(r.Loopback),
		},
		{
			"System calls", "Per request.",
			floatCell(r.Syscalls, "%.2f"),
		},
		{
			"Instructions", "In user space, per request, over a connection that lives in memory, without garbage collection.",
			floatCell(r.Instructions, "%.0f"),
		},
	} {
		if !r.requests().has(section.cell) {
			continue
		}
		fmt.Fprintf(b, "\n## %s\n\n%s\n", section.title, section.text)
		r.requests().write(b, section.cell)
	}
	if len(r.Idle) > 0 {
		r.idle(b)
	}
}

func allocCell(t Table[Allocs]) func(workload, name string) string {
	return func(workload, name string) string {
		a, ok := t[workload][name]
		if !ok {
			return ""
		}
		return fmt.Sprintf("%.1f / %.0f", a.Objects, a.Bytes)
	}
}

func floatCell(t Table[float64], format string) func(workload, name string) string {
	return func(workload, name string) string {
		v, ok := t[workload][name]
		if !ok {
			return ""
		}
		return fmt.Sprintf(format, v)
	}
}

func (r *Results) idle(b *strings.Builder) {
	b.WriteString("\n## Idle connections\n\nResident KiB per connection after some seconds without a request. " +
		"Before the memory is read, each server is told to collect its garbage and give free memory back, as the runtime does " +
		"by itself within minutes; the last column is without that.\n\n" +
		"| | connections | after 1 request | after 5 | after 5, untouched |\n|---|---:|---:|---:|---:|\n")
	for _, name := range r.Targets {
		if v, ok := r.Idle[name]; ok {
			fmt.Fprintf(b, "| %s | %d | %.1f | %.1f | %.1f |\n", name, v.Connections,
				v.AfterOne/1024, v.AfterFive/1024, v.Untouched/1024)
		}
	}
}
