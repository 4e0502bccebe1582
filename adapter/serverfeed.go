package adapter

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// A feed is the listener through which the inner server gets the connections that
// speak HTTP/2.
type feed struct {
	addr   net.Addr
	conns  chan net.Conn
	asked  chan struct{} // closed when the inner server, which is set up by then, first accepts
	closed chan struct{}
	start  sync.Once
	ask    sync.Once
	end    sync.Once
	failed error // of the set-up
}

func (f *feed) init(addr net.Addr) {
	f.addr = addr
	f.conns, f.asked, f.closed = make(chan net.Conn), make(chan struct{}), make(chan struct{})
}

// Accept implements net.Listener.
func (f *feed) Accept() (net.Conn, error) {
	f.ask.Do(func() { close(f.asked) })
	select {
	case conn := <-f.conns:
		return conn, nil
	case <-f.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (f *feed) Close() error {
	f.close()
	return nil
}

func (f *feed) close() { f.end.Do(func() { close(f.closed) }) }

// Addr implements net.Listener.
func (f *feed) Addr() net.Addr { return f.addr }

// startFeed has the inner server serve f, once, and returns the error of its set-up.
// The goroutine ends with f, or with the inner server.
func (s *Server) startFeed(f *feed) error {
	f.start.Do(func() {
		ended := make(chan error, 1)
		go func() { ended <- s.inner.Serve(f) }()
		select {
		case <-f.asked:
		case f.failed = <-ended:
		}
	})
	return f.failed
}

// handOver gives conn to the inner server; false: the caller still has it.
func (s *Server) handOver(f *feed, conn net.Conn, ctx context.Context) bool {
	if err := s.startFeed(f); err != nil {
		return false
	}
	s.fed.Store(conn, ctx)
	select {
	case f.conns <- conn:
		return true
	case <-f.closed:
		s.fed.Delete(conn)
		return false
	}
}

// fedContext is the inner server's ConnContext: the context was made when the
// connection was accepted.
func (s *Server) fedContext(ctx context.Context, conn net.Conn) context.Context {
	if own, ok := s.fed.LoadAndDelete(conn); ok {
		return own.(context.Context)
	}
	return ctx
}

// fedState is the inner server's ConnState. That a connection is new was told when it
// was accepted.
func (s *Server) fedState(conn net.Conn, state http.ConnState) {
	if state == http.StateNew {
		return
	}
	if state == http.StateClosed || state == http.StateHijacked {
		s.endObserved(conn)
	}
	if r, ok := conn.(*replayed); ok {
		conn = r.Conn
	}
	s.tell(conn, state)
}
