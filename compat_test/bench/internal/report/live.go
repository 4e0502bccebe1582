package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// live writes the sections about connections that stay.
func (r *Results) live(b *strings.Builder) {
	r.kind(b, "WebSockets", target.Gorilla, target.WebSockets())
	r.kind(b, "Event streams", target.NetHTTPLive, target.EventStreams())
}

// kind writes the section about one kind of connection.
func (r *Results) kind(b *strings.Builder, title, reference string, targets []target.Target) {
	s := sheet{columns: r.LiveWorkloads}
	idle := false
	for _, t := range targets {
		if slices.Contains(r.LiveTargets, t.Name) {
			s.rows = append(s.rows, t.Name)
			idle = idle || r.LiveIdle[t.Name].Connections > 0
		}
	}
	measured := s.has(r.cpuCell(reference))
	if !measured && !idle {
		return
	}
	fmt.Fprintf(b, "\n## %s\n", title)
	if measured {
		fmt.Fprintf(b, "\nMicroseconds of processor time per message of 125 bytes that a client gets, user space and kernel; "+
			"in brackets %s's cost divided by it.\n", reference)
		s.write(b, r.cpuCell(reference))
		r.waits(b, s)
		b.WriteString("\nMessages per second, on one processor; where the client or the machine was slower, that is what was measured.\n")
		s.write(b, floatCell(r.Rate, "%.0f"))
		b.WriteString("\nObjects and bytes that are allocated per message.\n")
		s.write(b, allocCell(r.Loopback))
	}
	if idle {
		b.WriteString("\nResident KiB per connection that has had a message and is idle, after collecting garbage.\n\n" +
			"| | connections | KiB |\n|---|---:|---:|\n")
		for _, name := range s.rows {
			if v, ok := r.LiveIdle[name]; ok {
				fmt.Fprintf(b, "| %s | %d | %.1f |\n", name, v.Connections, v.Bytes/1024)
			}
		}
	}
}
