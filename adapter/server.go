package adapter

import (
	"context"
	"crypto/tls"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A Server serves HTTP in the place of http.Server. Its HTTP/1.x connections are
// onramp's from the first byte: nothing is taken over, request-error hooks run for a
// first request that cannot be parsed, too, and an idle connection holds no buffer.
// HTTP/2 is net/http's, with the same handler and hooks.
//
// The zero Server is valid and serves http.DefaultServeMux on ":http". The fields are
// read when it first serves and must not change afterwards; a Server must not be
// copied. All methods may be called from any goroutine, but for handlers and for
// ConnState, BaseContext and ConnContext, which must not wait for Shutdown.
//
// Handlers find an *http.Server with these settings under http.ServerContextKey. It is
// the Server's own: shutting it down, or switching its keep-alives off, does not end
// the Server.
type Server struct {
	// Addr is the TCP address to listen on, "host:port". "": Config.Address; if
	// that is empty too, ":http", or ":https" for ListenAndServeTLS.
	Addr string
	// Config has the TCP options of the listeners that ListenAndServe and
	// ListenAndServeTLS make. Those given to Serve and ServeTLS are left as they
	// are; [ServerConfig.Listen] makes one with options.
	Config ServerConfig

	// Handler serves the requests. nil: http.DefaultServeMux.
	Handler http.Handler
	// Options has the hooks and limits around Handler, and what [Adapter] can be
	// told else. It is copied; nil selects every default. Takeover has no meaning
	// here. The first call that serves panics if Options.Request is out of range.
	Options *Options
	// DisableGeneralOptionsHandler passes "OPTIONS *" to Handler. false answers it
	// with 200 and no content.
	DisableGeneralOptionsHandler bool

	// TLSConfig configures ServeTLS and ListenAndServeTLS, which clone it. nil:
	// the defaults of crypto/tls. The protocols offered are those of Protocols.
	TLSConfig *tls.Config
	// Protocols is what the server speaks. nil: HTTP/1.x, and HTTP/2 over TLS.
	// With UnencryptedHTTP2, connections without TLS that begin with HTTP/2's
	// preface are HTTP/2 (RFC 9113, section 3.3). Without HTTP1, connections that
	// speak nothing else are closed.
	Protocols *http.Protocols
	// HTTP2 configures HTTP/2 connections. nil: net/http's defaults.
	HTTP2 *http.HTTP2Config
	// TLSNextProto has what serves TLS connections whose client negotiated another
	// protocol than HTTP/1.x, by its name, which TLSConfig.NextProtos has to offer. A
	// function owns the connection until it returns, which closes it; the Handler that
	// it gets, hooks included, completes requests that lack RemoteAddr or TLS. nil:
	// HTTP/2 is net/http's. Not nil and without "h2": there is no HTTP/2, unless
	// Protocols has it. An Observer is told of such connections as of HTTP/2's.
	TLSNextProto map[string]func(*http.Server, *tls.Conn, http.Handler)

	// ReadTimeout bounds the time to read a request with its body. 0 or negative:
	// no bound. Options.Request.ReadTimeout overrides it.
	ReadTimeout time.Duration
	// ReadHeaderTimeout bounds the time to read the head of a request; that of a
	// first request begins when the connection is accepted, or its TLS handshake
	// over. 0: ReadTimeout; if that is 0 too, Options.HeaderTimeout.
	// Negative: no bound.
	ReadHeaderTimeout time.Duration
	// WriteTimeout bounds the time from the end of a request's head to the end of
	// its response. 0 or negative: no bound but Options.WriteTimeout's, which holds
	// for each write.
	WriteTimeout time.Duration
	// IdleTimeout bounds the wait for the next request. 0: ReadTimeout; if that is
	// 0 too, Options.IdleTimeout. Negative: no bound.
	//
	// A TLS handshake may take as long as the least positive of ReadHeaderTimeout,
	// ReadTimeout and WriteTimeout; where none is, Options.HeaderTimeout.
	IdleTimeout time.Duration
	// MaxHeaderBytes bounds the head of a request, in bytes. 0 or negative:
	// http.DefaultMaxHeaderBytes, 1 MiB. Beyond it the status is 431.
	MaxHeaderBytes int

	// ConnState is called when a connection changes state, as http.Server's is: New
	// on the goroutine that accepts, the others on the connection's own. nil: not
	// called. The connection must not be read or written.
	ConnState func(net.Conn, http.ConnState)
	// ErrorLog gets what goes wrong with connections and handlers. nil: package
	// log's standard logger.
	ErrorLog *log.Logger
	// BaseContext returns the context that those of all requests on connections of
	// a listener derive from; when it ends, so do they. nil: context.Background.
	// Serve panics if it returns nil.
	BaseContext func(net.Listener) context.Context
	// ConnContext returns the context for a new connection, derived from ctx, which
	// has http.ServerContextKey; on the goroutine that accepts. nil: ctx as it is.
	// Serve panics if it returns nil.
	ConnContext func(ctx context.Context, c net.Conn) context.Context

	inner        http.Server // of the handlers' contexts; serves HTTP/2
	stopping     atomic.Bool
	noKeepAlives atomic.Bool
	accepting    sync.WaitGroup // Serve calls that may still accept; Add under mu
	fed          sync.Map       // net.Conn handed to inner: its context
	observed     sync.Map       // net.Conn that inner serves: its observedConn

	mu        sync.Mutex              // guards what follows
	adapter   *Adapter                // made when the Server first serves
	owner     *serverOwner            // the same, as its connections see it
	listeners map[*closeOnce]struct{} // open
	greeted   map[*greeting]struct{}  // connections that have not shown yet what they speak
	stopped   chan struct{}           // closed by Shutdown and Close; nil until somebody waits
}

// ListenAndServe listens on the TCP address Addr and serves the connections, see
// [Server.Serve].
func (s *Server) ListenAndServe() error {
	ln, err := s.listen(":http")
	if err != nil {
		return err
	}
	return s.Serve(ln)
}

// ListenAndServeTLS listens on the TCP address Addr and serves the connections over
// TLS, see [Server.ServeTLS].
func (s *Server) ListenAndServeTLS(certFile, keyFile string) error {
	ln, err := s.listen(":https")
	if err != nil {
		return err
	}
	defer func() { _ = ln.Close() }() // ServeTLS does, unless it could not begin
	return s.ServeTLS(ln, certFile, keyFile)
}

func (s *Server) listen(otherwise string) (net.Listener, error) {
	if s.stopping.Load() {
		return nil, http.ErrServerClosed
	}
	cfg := s.Config
	if s.Addr != "" {
		cfg.Address = s.Addr
	}
	if cfg.Address == "" {
		cfg.Address = otherwise
	}
	return cfg.Listen(context.Background())
}

// prepare makes what the Server serves with, once. mu is held.
func (s *Server) prepare() {
	if s.adapter != nil {
		return
	}
	var opts Options
	if s.Options != nil {
		opts = *s.Options
	}
	opts.Takeover = Eager
	a := New(&opts)
	a.counts = true
	handler := s.Handler
	if handler == nil {
		handler = http.DefaultServeMux
	}
	in := &s.inner
	in.Addr, in.Handler = s.Addr, a.Wrap(handler)
	in.DisableGeneralOptionsHandler = s.DisableGeneralOptionsHandler
	in.ReadTimeout, in.ReadHeaderTimeout = s.ReadTimeout, s.ReadHeaderTimeout
	in.WriteTimeout, in.IdleTimeout = s.WriteTimeout, s.IdleTimeout
	in.MaxHeaderBytes, in.ErrorLog = s.MaxHeaderBytes, s.ErrorLog
	in.Protocols, in.HTTP2, in.TLSNextProto = s.Protocols, s.HTTP2, maps.Clone(s.TLSNextProto)
	in.ConnContext = s.fedContext
	if s.TLSConfig != nil {
		in.TLSConfig = s.TLSConfig.Clone()
		in.TLSConfig.NextProtos = offered(s.TLSConfig.NextProtos, s.protocols())
	}
	if s.ConnState != nil || a.crowd != nil || opts.Observer != nil {
		in.ConnState = s.fedState
		a.settings.Discreet = s.ConnState == nil
	}
	a.servers[in] = &draining{} // a Shutdown of in alone is none of the Server
	s.adapter, s.owner = a, &serverOwner{(*owner)(a), s}
}

// protocols resolves the default.
func (s *Server) protocols() http.Protocols {
	if s.Protocols != nil {
		return *s.Protocols
	}
	var p http.Protocols
	p.SetHTTP1(true)
	own := s.TLSNextProto["h2"] != nil
	off := s.TLSNextProto != nil || strings.Contains(os.Getenv("GODEBUG"), "http2server=0") // the inner server keeps to it
	p.SetHTTP2(own || !off)
	return p
}
