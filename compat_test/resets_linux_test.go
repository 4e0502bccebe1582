package compat_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/onramp-go/onramp/ws"
)

// openSockets counts the sockets of the process.
func openSockets() (n int) {
	entries, _ := os.ReadDir("/proc/self/fd")
	for _, e := range entries {
		if name, err := os.Readlink(filepath.Join("/proc/self/fd", e.Name())); err == nil && strings.HasPrefix(name, "socket:") {
			n++
		}
	}
	return n
}

// carrying counts the goroutines that serve a connection, or wait for one.
func carrying() (n int) {
	p := make([]byte, 16<<20)
	for g := range strings.SplitSeq(string(p[:runtime.Stack(p, true)]), "\n\n") {
		if strings.Contains(g, "adapter.(*owner).") || strings.Contains(g, "net/http.(*conn).serve") || strings.Contains(g, "/sse.") || strings.Contains(g, "/ws.") {
			n++
		}
	}
	return n
}

// endlessService has a path for each way to wait for a client.
func endlessService() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	mux.Handle("/sent", adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		_ = s.Send(c.Response().Build())
		return hooks.Reject
	}))
	mux.Handle("/loop", adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		for {
			_ = s.Send(c.Response().Build())
			if _, err := s.NextRequest(); err != nil {
				return hooks.Reject
			}
		}
	}))
	mux.HandleFunc("/wait", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	for name, detach := range map[string]bool{"/detached": true, "/held": false} {
		mux.Handle("/ws"+name, adapter.Handler(ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
			return c.WriteMessage(messageType, p)
		}, &ws.Options{Detach: detach})))
		mux.Handle("/events"+name, adapter.Handler(sse.Hook(func(x *sse.Session) error {
			if detach {
				return x.Detach(func(error) {})
			}
			_ = x.Start()
			<-x.Context().Done()
			return nil
		}, nil)))
		mux.Handle("/deaf"+name, adapter.Handler(sse.Hook(func(x *sse.Session) error {
			for range 200 { // more than the kernel takes
				_ = x.Send(sse.Event{Data: strings.Repeat("deaf", 10_000)})
			}
			if detach {
				return x.Detach(func(error) {})
			}
			<-x.Context().Done()
			return nil
		}, &sse.Options{QueueSize: 64 << 10, Policy: sse.DropOldest})))
	}
	return mux
}

const upgradeFields = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

// endlessStates have clients wait, or be waited for. parks says that the connection needs no
// goroutine for it.
func endlessStates(parks bool) map[string]func(c *streamtest.Client) {
	const get, post = "GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab"
	if parks {
		return map[string]func(c *streamtest.Client){
			"idle":   func(c *streamtest.Client) { c.Get("/sent"); c.Get("/") },
			"ws":     upgradeTo("/ws/detached", ""),
			"events": subscribe("/events/detached"),
		}
	}
	return map[string]func(c *streamtest.Client){
		"nothing":        func(*streamtest.Client) {},
		"a first head":   func(c *streamtest.Client) { c.Send(get) },
		"a first body":   func(c *streamtest.Client) { c.Send(post) },
		"a later head":   func(c *streamtest.Client) { c.Get("/sent"); c.Send(get) },
		"a later body":   func(c *streamtest.Client) { c.Get("/sent"); c.Send(post) },
		"a handler":      func(c *streamtest.Client) { c.Get("/sent"); c.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n") },
		"NextRequest":    func(c *streamtest.Client) { c.Get("/loop"); c.Get("/") },
		"ws held":        upgradeTo("/ws/held", ""),
		"ws, in a frame": upgradeTo("/ws/detached", "\x81\x84abcd"),
		"events held":    subscribe("/events/held"),
		"deaf held":      subscribe("/deaf/held"),
		"deaf":           subscribe("/deaf/detached"),
	}
}

// TestResets: a reset is noticed in whatever state a connection is, has it a goroutine or not,
// and nothing is left of the connection while its server goes on. It runs alone, for its
// counts.
func TestResets(t *testing.T) {
	const soon, often = streamtest.DefaultPatience, 5 * time.Millisecond
	for _, kind := range []string{"OnDemand", "Eager", "Server", "TLS"} {
		t.Run(kind, func(t *testing.T) {
			sample := &gauged{}
			dial := serveResets(t, kind, &adapter.Options{Observer: sample})
			first := dial()
			first.Get("/")
			first.Close()
			settled := func() bool { return sample.get() == stream.Gauges{} && carrying() == 0 }
			require.Eventually(t, settled, soon, often)
			sockets := openSockets()
			for _, parks := range []bool{true, false} {
				var clients []*streamtest.Client
				for range 3 {
					for _, reach := range endlessStates(parks) {
						c := dial()
						reach(c)
						clients = append(clients, c)
					}
				}
				if parks && kind != "TLS" {
					require.Eventually(t, func() bool { return carrying() == 0 }, soon, often)
				}
				for _, c := range clients {
					if conn, ok := c.Conn().(*tls.Conn); ok {
						c = streamtest.NewClient(t, conn.NetConn(), nil)
					}
					c.Reset()
				}
				assert.Eventually(t, settled, soon, often, "%+v", sample.get())
				assert.Eventually(t, func() bool { return openSockets() == sockets }, soon, often)
			}
			again := dial()
			assert.Equal(t, http.StatusOK, again.Get("/").StatusCode)
		})
	}
}

// serveResets serves endlessService, and returns what connects to it.
func serveResets(t *testing.T, kind string, opts *adapter.Options) (dial func() *streamtest.Client) {
	own := &adapter.Server{Handler: endlessService(), Options: opts}
	var srv streamtest.Server = own
	switch kind {
	case "TLS":
		cert := httptest.NewTLSServer(nil)
		own.TLSConfig = &tls.Config{Certificates: cert.TLS.Certificates}
		cert.Close()
		srv = overTLS{own}
	case "OnDemand", "Eager":
		if kind == "Eager" {
			opts.Takeover = adapter.Eager
		}
		srv = &http.Server{Handler: adapter.New(opts).Wrap(own.Handler)}
	}
	s := streamtest.Serve(t, srv, &streamtest.Options{TCP: true})
	return func() *streamtest.Client {
		c := s.Dial()
		if kind != "TLS" {
			return c
		}
		conn := tls.Client(c.Conn(), &tls.Config{InsecureSkipVerify: true})
		require.NoError(t, conn.Handshake())
		return streamtest.NewClient(t, conn, nil)
	}
}

func upgradeTo(path, then string) func(c *streamtest.Client) {
	return func(c *streamtest.Client) {
		c.Send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + upgradeFields + "\r\n")
		c.Want("GET")
		if then != "" {
			c.Send(then)
		}
	}
}

func subscribe(path string) func(c *streamtest.Client) {
	return func(c *streamtest.Client) {
		c.Send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").WantBytes("HTTP/1.1 200 OK\r\n")
	}
}

type gauged struct {
	stream.NopObserver
	sample func() stream.Gauges
}

func (g *gauged) Attached(sample func() stream.Gauges) { g.sample = sample }

func (g *gauged) get() stream.Gauges { return g.sample() }

// overTLS serves TLS.
type overTLS struct{ *adapter.Server }

func (s overTLS) Serve(l net.Listener) error { return s.ServeTLS(l, "", "") }
