package sse_test

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-chi/chi/v5"
	chimw "github.com/go-chi/chi/v5/middleware"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/require"
)

// patience bounds every wait in these tests. Nothing is expected to take that long.
const patience = 20 * time.Second

// A carrier is a way to serve a hook at /events.
type carrier struct {
	name     string
	takeover adapter.Takeover
	bare     bool // no Wrap around
	own      bool // served by an adapter.Server
	http2    bool
	around   func(http.Handler) http.Handler
	inside   bool // events go through the ResponseWriter
	tcp, tls bool // on the loopback interface, and not in memory
	attaches bool // hooks attach to a Hub, and go
}

var (
	compress = chimw.Compress(5, "text/event-stream")
	logger   = chimw.RequestLogger(&chimw.DefaultLogFormatter{Logger: log.New(io.Discard, "", 0), NoColor: true})
)

func carriers() []carrier {
	return []carrier{
		{name: "rung 0", bare: true},
		{name: "OnDemand"},
		{name: "Eager", takeover: adapter.Eager},
		{name: "Server", takeover: adapter.Eager, own: true},
		{name: "Never", takeover: adapter.Never, inside: true},
		{name: "rung 0 Compress", bare: true, around: compress, inside: true},
		{name: "OnDemand Compress", around: compress, inside: true},
		{name: "Eager Compress", takeover: adapter.Eager, around: compress, inside: true},
		{name: "Server Compress", takeover: adapter.Eager, own: true, around: compress, inside: true},
		{name: "OnDemand Logger", around: logger, inside: true},
		{name: "HTTP/2", http2: true, inside: true},
		{name: "HTTP/2 Compress", http2: true, around: compress, inside: true},
	}
}

// noteReturn has the channel closed when the first request has been served.
func (ca *carrier) noteReturn() <-chan struct{} {
	around, returned := ca.around, make(chan struct{})
	ca.around = func(next http.Handler) http.Handler {
		if around != nil {
			next = around(next)
		}
		var once sync.Once
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer once.Do(func() { close(returned) })
			next.ServeHTTP(w, r)
		})
	}
	return returned
}

// A site is a carrier that serves a hook, over connections in memory that hold next to
// nothing: a client that does not read is noticed at once.
type site struct {
	t       *testing.T
	adapter *adapter.Adapter // nil where there is none around
	dial    func() (net.Conn, error)
	client  *http.Client
	bodies  []io.Closer

	shutdown func(context.Context) error // of what serves
}

// serve serves hook, beside /plain, until stop is called. around may wrap the listener.
func (ca carrier) serve(t *testing.T, hook hooks.ServerHook, config *http.Server, opts adapter.Options, around ...func(net.Listener) net.Listener) (*site, func()) {
	if config == nil {
		config = &http.Server{}
	}
	config.ErrorLog = log.New(io.Discard, "", 0)
	r := chi.NewRouter()
	if ca.around != nil {
		r.Use(ca.around)
	}
	r.Handle("/events", adapter.Handler(hook))
	r.HandleFunc("/plain", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "plain") })
	opts.Takeover = ca.takeover
	listener, dial := ca.listen(t)
	s := &site{t: t, dial: dial}
	config.Handler = r
	if !ca.bare {
		s.adapter = adapter.New(&opts)
		config.Handler = s.adapter.Wrap(r)
	}
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return dial() }}
	if ca.http2 {
		config.Protocols = new(http.Protocols)
		config.Protocols.SetUnencryptedHTTP2(true)
		transport.Protocols = config.Protocols
	}
	s.client = &http.Client{Transport: transport}
	var server interface {
		Serve(net.Listener) error
		Shutdown(context.Context) error
	} = config
	if ca.own {
		server = &adapter.Server{Handler: r, Options: &opts, ErrorLog: config.ErrorLog,
			ReadTimeout: config.ReadTimeout, WriteTimeout: config.WriteTimeout, ReadHeaderTimeout: config.ReadHeaderTimeout}
		s.adapter = nil
	}
	s.shutdown = server.Shutdown
	for _, wrap := range around {
		listener = wrap(listener)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	stop := func() {
		for _, body := range s.bodies {
			body.Close()
		}
		transport.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if s.adapter != nil {
			_ = s.adapter.Shutdown(ctx)
		}
		_ = server.Shutdown(ctx)
		<-done
	}
	return s, stop
}

// listen returns a listener of the carrier's kind, and what connects to it.
func (ca carrier) listen(t *testing.T) (net.Listener, func() (net.Conn, error)) {
	if !ca.tcp {
		l := streamtest.Listen(&streamtest.Options{Window: 64})
		return l, func() (net.Conn, error) { return l.Dial() }
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().String()
	if !ca.tls {
		return l, func() (net.Conn, error) { return net.Dial("tcp", addr) }
	}
	server, client := certified()
	return tls.NewListener(l, server), func() (net.Conn, error) { return tls.Dial("tcp", addr, client) }
}

// certified returns what both sides of a TLS connection need.
var certified = sync.OnceValues(func() (server, client *tls.Config) {
	srv := httptest.NewTLSServer(nil)
	defer srv.Close()
	client = srv.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	client.ServerName = "example.com"
	return &tls.Config{Certificates: srv.TLS.Certificates}, client
})

// inBubble runs test on every carrier, with a clock of its own.
func inBubble(t *testing.T, test func(t *testing.T, ca carrier)) {
	for _, ca := range carriers() {
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { test(t, ca) })
		})
	}
}

// get opens the event stream.
func (s *site) get(fields ...string) *listener {
	resp, err := s.ask("GET", "/events", fields...)
	require.NoError(s.t, err)
	return &listener{s.t, resp, newParser(resp.Body)}
}

func (s *site) ask(method, path string, fields ...string) (*http.Response, error) {
	req, err := http.NewRequest(method, "http://onramp.test"+path, nil)
	require.NoError(s.t, err)
	for i := 0; i < len(fields); i += 2 {
		req.Header.Set(fields[i], fields[i+1])
	}
	resp, err := s.client.Do(req)
	if err == nil {
		s.bodies = append(s.bodies, resp.Body)
	}
	return resp, err
}

// A listener is a client's end of an event stream.
type listener struct {
	t *testing.T
	*http.Response
	*parser
}

// hear returns the next event.
func (l *listener) hear() message {
	l.t.Helper()
	m, err := l.next()
	require.NoError(l.t, err)
	return m
}

// rest returns the data of all events that are still to come, and how the stream ended.
func (l *listener) rest() (data []string, err error) {
	for {
		m, err := l.next()
		if err != nil {
			return data, err
		}
		data = append(data, m.data)
	}
}
