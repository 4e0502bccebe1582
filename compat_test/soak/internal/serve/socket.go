package serve

import (
	"errors"
	"net/http"
	"sync"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/ws"
)

// sockets adds the WebSockets: those that echo, and those that listen.
func (s *service) sockets(mux *http.ServeMux) {
	echo := func(c *ws.Conn, messageType int, p []byte) error { return c.WriteMessage(messageType, p) }
	quiet := func(*ws.Conn, int, []byte) error { return nil }
	listening := ws.Options{
		Connected: func(c *ws.Conn) error { s.listeners.add(c); return nil },
		Closed:    func(c *ws.Conn, _ error) { s.listeners.remove(c) },
	}
	detached := listening
	detached.Detach = true
	mux.Handle(work.EchoPath+"hook", adapter.Handler(ws.Hook(echo, nil)))
	mux.Handle(work.EchoPath+"detached", adapter.Handler(ws.Hook(echo, &ws.Options{Detach: true})))
	mux.Handle(work.EchoPath+"loop", adapter.Handler(accepted(nil, func(c *ws.Conn) {
		for {
			messageType, p, err := c.ReadMessage()
			if err != nil || c.WriteMessage(messageType, p) != nil {
				return
			}
		}
	})))
	mux.Handle(work.NoticesPath+"hook", adapter.Handler(ws.Hook(quiet, &listening)))
	mux.Handle(work.NoticesPath+"detached", adapter.Handler(ws.Hook(quiet, &detached)))
	mux.Handle(work.NoticesPath+"loop", adapter.Handler(accepted(nil, func(c *ws.Conn) {
		s.listeners.add(c)
		defer s.listeners.remove(c)
		for {
			if _, _, err := c.ReadMessage(); err != nil {
				return
			}
		}
	})))
}

// accepted is a hook that serves a WebSocket by itself.
func accepted(opts *ws.Options, serve func(*ws.Conn)) hooks.ServerHook {
	return hooks.HookFunc(func(x *stream.Stream, c *stream.Context) hooks.Status {
		conn, err := ws.Accept(x, c, opts)
		if err != nil {
			return hooks.Reject
		}
		serve(conn)
		return hooks.Continue
	})
}

// publishNotice publishes the next message to all that listen. Who does not keep up is
// sent away with a reason. Only one goroutine calls it.
func (s *service) publishNotice() {
	s.published[work.NoticesTopic]++
	m, err := ws.NewPreparedMessage(ws.TextMessage, []byte(work.Notice(work.NoticesTopic, s.published[work.NoticesTopic])))
	if err != nil {
		s.ledger.faults.add("prepare: %v", err)
		return
	}
	s.listeners.each(func(c *ws.Conn) {
		if errors.Is(c.TryWritePrepared(m), stream.ErrBufferFull) {
			_ = c.CloseWith(ws.CloseTryAgainLater, "slow") // it is about to be closed, or was
		}
	})
}

// A roster is the WebSockets that listen.
type roster struct {
	mu  sync.Mutex // guards all, and is held while something is published
	all map[*ws.Conn]struct{}
}

func (r *roster) add(c *ws.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all[c] = struct{}{}
}

func (r *roster) remove(c *ws.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, c)
}

func (r *roster) each(f func(*ws.Conn)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.all {
		f(c)
	}
}

func (r *roster) len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.all)
}
