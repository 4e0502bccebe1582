package adapter

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/onramp-go/onramp/stream"
)

// A ShutdownError says what was still under way when the context of a Shutdown ended. All
// of it was cut, but for connections that were given to handlers by Hijack. It unwraps
// to the context's error.
type ShutdownError struct {
	// Open counts what was under way by kind, see package stream's Kinds. An event
	// stream or WebSocket is not a request as well. Of stream.KindHijacked are the
	// connections whose handlers have not returned; of the others nobody knows. What
	// came to its end in the same moment may be counted or not.
	Open map[stream.Kind]int
	// Err is the error of the context.
	Err error
}

// Error names how many there were of each kind, in alphabetical order.
func (e *ShutdownError) Error() string {
	var cut, left []string
	for _, kind := range slices.Sorted(maps.Keys(e.Open)) {
		n, s := e.Open[kind], "s"
		if n == 1 {
			s = ""
		}
		count := fmt.Sprintf("%d %s%s", n, kind, s)
		switch {
		case n <= 0:
		case kind == stream.KindHijacked:
			left = append(left, count+" left to handlers")
		default:
			cut = append(cut, count)
		}
	}
	if len(cut) > 0 {
		cut[len(cut)-1] += " cut"
	}
	all := append(cut, left...)
	if len(all) == 0 {
		all = []string{"nothing cut"}
	}
	return fmt.Sprintf("adapter: shutdown: %s: %v", strings.Join(all, ", "), e.Err)
}

// Unwrap returns the context's error.
func (e *ShutdownError) Unwrap() error { return e.Err }

// cutAll cuts what is under way, because of reason, and reports it. From then on what
// begins is cut at once.
func (a *Adapter) cutAll(reason error) *ShutdownError {
	a.mu.Lock()
	a.cut = reason
	going := slices.Collect(maps.Keys(a.lasting))
	conns := slices.Collect(maps.Keys(a.conns))
	open := make(map[stream.Kind]int)
	if n := len(a.hijacked); n > 0 {
		open[stream.KindHijacked] = n
	}
	a.mu.Unlock()

	holds, carried := make(map[uint64]bool), int(a.carried.Load())
	for _, l := range going {
		open[l.kind]++
		if id := l.grip.ID(); id != 0 {
			holds[id] = true
		} else {
			carried--
		}
	}
	for _, c := range conns {
		if kind := c.Kind(); !holds[c.ID()] && (kind == stream.KindRequest || kind == stream.KindIdle) {
			open[kind]++
		}
	}
	if carried > 0 {
		open[stream.KindRequest] += carried
	}
	for _, l := range going {
		l.grip.Sever(reason)
	}
	for _, c := range conns {
		c.Abort(reason)
	}
	return &ShutdownError{open, reason}
}
