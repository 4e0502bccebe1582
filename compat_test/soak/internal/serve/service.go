package serve

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/ws"
)

// A service is a server under load, and what it knows of that.
type service struct {
	cfg       Config
	ledger    ledger
	journal   journal
	hub       *sse.Hub
	listeners roster
	counters  *adapter.Counters // nil: there is no Observer
	published map[string]int64  // belongs to the goroutine that publishes

	serve    func(net.Listener) error
	shutdown func(context.Context) error
}

func newService(cfg Config) *service {
	s := &service{cfg: cfg, published: map[string]int64{}}
	s.ledger.last = make([]atomic.Int64, cfg.Clients)
	s.listeners.all = make(map[*ws.Conn]struct{})
	mux := http.NewServeMux()
	s.answers(mux)
	s.uploads(mux)
	s.events(mux)
	s.sockets(mux)
	s.panics(mux)
	mux.HandleFunc(work.SmuggledPath, func(_ http.ResponseWriter, r *http.Request) {
		s.ledger.faults.add("a body was taken for a request of %s", r.RemoteAddr)
	})
	s.mount(s.sabotaged(mux))
	return s
}

// mount puts h into a server of the kind.
func (s *service) mount(h http.Handler) {
	opts := &adapter.Options{
		HeaderTimeout: s.cfg.Header, BodyTimeout: s.cfg.Body, WriteTimeout: s.cfg.Write, IdleTimeout: s.cfg.Idle,
		DrainWindow:    s.cfg.Drain,
		TaskPanicHooks: hooks.Chain{hooks.HookFunc(panicked)},
	}
	if s.cfg.Kind != Eager { // one kind has to do without
		s.counters = &adapter.Counters{}
		opts.Observer = s.counters
	}
	if s.cfg.Kind == Server {
		srv := &adapter.Server{Handler: h, Options: opts, ErrorLog: log.New(&s.journal, "", 0)}
		s.serve, s.shutdown = srv.Serve, srv.Shutdown
		return
	}
	readTimeout := time.Duration(0)
	if s.cfg.Kind == Eager {
		opts.Takeover = adapter.Eager
	} else { // net/http has no other bound for bodies on the connections that stay its own
		readTimeout = s.cfg.Body
	}
	a := adapter.New(opts)
	srv := &http.Server{
		Handler: a.Wrap(h), ErrorLog: log.New(&s.journal, "", 0),
		ReadHeaderTimeout: s.cfg.Header, ReadTimeout: readTimeout, IdleTimeout: s.cfg.Idle,
	}
	a.Register(srv)
	s.serve = srv.Serve
	s.shutdown = func(ctx context.Context) error {
		var all sync.WaitGroup
		var ours error
		all.Go(func() { ours = a.Shutdown(ctx) })
		theirs := srv.Shutdown(ctx)
		all.Wait()
		if ours != nil {
			return ours
		}
		return theirs
	}
}

// panics adds the handlers that panic: before the head of the response, and behind it.
func (s *service) panics(mux *http.ServeMux) {
	mux.HandleFunc(work.PanicPath+"early", func(_ http.ResponseWriter, r *http.Request) {
		s.ledger.enter(r)
		panic(work.OnPurpose)
	})
	mux.HandleFunc(work.PanicPath+"late", func(w http.ResponseWriter, r *http.Request) {
		s.ledger.enter(r)
		w.Write([]byte("begun"))
		_ = http.NewResponseController(w).Flush() // the client may be gone
		panic(work.OnPurpose)
	})
}

// panicked is the task-panic hook.
func panicked(_ *stream.Stream, c *stream.Context) hooks.Status {
	c.Response().SetBody(http.StatusInternalServerError, "text/plain", fmt.Sprint(c.TaskPanic().Value))
	return hooks.Continue
}

// publish publishes until ctx ends.
func (s *service) publish(ctx context.Context) {
	events, notices := time.NewTicker(s.cfg.Events), time.NewTicker(s.cfg.Notices)
	defer events.Stop()
	defer notices.Stop()
	for {
		select {
		case <-events.C:
			for _, topic := range work.Topics {
				s.publishEvent(topic)
				s.lose("event", topic)
			}
		case <-notices.C:
			s.publishNotice()
			s.lose("notice", work.NoticesTopic)
		case <-ctx.Done():
			return
		}
	}
}
