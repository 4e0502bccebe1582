package stream

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// ErrExpired is the reason for which something ends at the end of its longest life.
var ErrExpired = errors.New("stream: the longest life is over")

var errGoexit = errors.New("stream: revalidating has ended its goroutine")

// A tenure ends a Lasting that must not go on. Timers do so: no goroutine waits.
type tenure struct {
	Lasting
	server *http.Server
	remote string
	done   func() // when the Lasting is over, and nobody revalidates any more

	mu       sync.Mutex // guards what follows
	lifetime *time.Timer
	next     *time.Timer // revalidates
	asking   bool        // Revalidate runs
	over     bool
}

// tenure begins to look after l, and returns what ends that.
func (x *Exchange) tenure(l Lasting, done func()) (end func()) {
	t := &tenure{Lasting: l, server: x.Server(), remote: x.received.RemoteAddr, done: done}
	t.mu.Lock()
	defer t.mu.Unlock()
	if l.Lifetime > 0 {
		t.lifetime = time.AfterFunc(l.Lifetime-rand.N(l.Lifetime/10+1), func() { l.End(ErrExpired) })
	}
	if l.Revalidate != nil {
		t.next = time.AfterFunc(l.Interval, t.ask)
	}
	return t.end
}

func (t *tenure) end() {
	t.mu.Lock()
	t.over = true
	for _, timer := range []*time.Timer{t.lifetime, t.next} {
		if timer != nil {
			timer.Stop()
		}
	}
	asking := t.asking
	t.mu.Unlock()
	if !asking {
		t.done()
	}
}

// ask revalidates.
func (t *tenure) ask() {
	t.mu.Lock()
	t.asking = !t.over
	asking := t.asking
	t.mu.Unlock()
	if !asking {
		return
	}
	err := errGoexit
	defer func() {
		if v := recover(); v != nil {
			p := &PanicError{Value: v, Stack: stack()}
			if err = p; v != http.ErrAbortHandler {
				logTo(t.server, "http: panic serving %v: %v\n%s", t.remote, p.Value, p.Stack)
			}
		}
		t.answer(err)
	}()
	err = t.Revalidate()
}

// answer goes on with what Revalidate has said.
func (t *tenure) answer(err error) {
	t.mu.Lock()
	t.asking = false
	over := t.over
	if !over && err == nil {
		t.next.Reset(t.Interval)
	}
	t.mu.Unlock()
	switch {
	case over:
		t.done()
	case err != nil:
		t.End(err)
	}
}
