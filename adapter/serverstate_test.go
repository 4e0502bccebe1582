package adapter_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// states notes what ConnState is told of one connection.
type states struct {
	mu    sync.Mutex
	conn  net.Conn
	lines []string
	more  chan struct{}
}

func newStates() *states { return &states{more: make(chan struct{}, 100)} }

func (s *states) note(conn net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := state.String()
	if s.conn == nil {
		s.conn = conn
	}
	if s.conn != conn {
		line += " of another connection"
	}
	s.lines = append(s.lines, line)
	s.more <- struct{}{}
}

// wait waits for n lines.
func (s *states) wait(t *testing.T, n int) []string {
	for {
		s.mu.Lock()
		lines := slices.Clone(s.lines)
		s.mu.Unlock()
		if len(lines) >= n {
			return lines
		}
		receive(t, s.more, fmt.Sprint(n, " states, not only ", lines))
	}
}

// TestServerConnState: the sequence is net/http's for the same conversation.
func TestServerConnState(t *testing.T) {
	const get, post = "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
	type step = func(*streamtest.Client)
	leave := (*streamtest.Client).Close
	say := func(text string, answers int) step {
		return func(p *streamtest.Client) {
			p.Send(text)
			for range answers {
				p.Want("GET")
			}
		}
	}
	for name, tc := range map[string]struct {
		steps []step
		want  string
	}{
		"nothing":      {[]step{leave}, "new closed"},
		"one":          {[]step{say(get, 1), leave}, "new active idle closed"},
		"two":          {[]step{say(get, 1), say(post, 1), leave}, "new active idle active idle closed"},
		"pipelined":    {[]step{say(get+post+get, 3), leave}, "new active idle active idle active idle closed"},
		"last":         {[]step{say("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 1)}, "new active closed"},
		"bad":          {[]step{say("GET /\r\n\r\n", 1)}, "new active closed"},
		"half":         {[]step{say("GET / HT", 0), leave}, "new active closed"},
		"hijacked":     {[]step{say("GET /hijack HTTP/1.1\r\nHost: a\r\n\r\n", 1)}, "new active hijacked"},
		"panic":        {[]step{say("GET /panic HTTP/1.1\r\nHost: a\r\n\r\n", 0)}, "new active closed"},
		"second panic": {[]step{say(get, 1), say("GET /panic HTTP/1.1\r\nHost: a\r\n\r\n", 0)}, "new active idle active closed"},
	} {
		for _, secure := range []bool{false, true} {
			want := strings.Fields(tc.want)
			for _, own := range []bool{false, true} {
				t.Run(fmt.Sprint(name, "/own ", own, "/TLS ", secure), func(t *testing.T) {
					t.Parallel()
					config, _ := certificate()
					noted := newStates()
					h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						switch r.URL.Path {
						case "/panic":
							panic(http.ErrAbortHandler)
						case "/hijack":
							conn, _, err := http.NewResponseController(w).Hijack()
							if assert.NoError(t, err) {
								_, _ = io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
								_ = conn.Close()
							}
						}
					})
					var srv starter = &http.Server{Handler: h, TLSConfig: config.Clone(), ConnState: noted.note}
					if own {
						srv = &adapter.Server{Handler: h, TLSConfig: config, ConnState: noted.note}
					}
					s := start(t, srv, secure)
					p := s.Dial()
					if secure {
						p = dialTLSOver(t, p)
					}
					for _, step := range tc.steps {
						step(p)
					}
					assert.Equal(t, want, noted.wait(t, len(want)))
				})
			}
		}
	}
}

// dialTLSOver does the handshake on p's connection.
func dialTLSOver(t *testing.T, p *streamtest.Client) *streamtest.Client {
	_, pool := certificate()
	conn := tls.Client(p.Conn(), &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"})
	require.NoError(t, conn.Handshake())
	return streamtest.NewClient(t, conn, nil)
}

// TestServerConnStateHTTP2: the connection is the one that was accepted, new once.
func TestServerConnStateHTTP2(t *testing.T) {
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprint("TLS ", secure), func(t *testing.T) {
			t.Parallel()
			noted := newStates()
			config, pool := certificate()
			var p http.Protocols
			p.SetHTTP2(true)
			p.SetUnencryptedHTTP2(true)
			s := start(t, &adapter.Server{Handler: text("x"), TLSConfig: config, Protocols: &p, ConnState: noted.note}, secure)
			transport := &http.Transport{Protocols: &p, TLSClientConfig: &tls.Config{RootCAs: pool}}
			scheme := map[bool]string{true: "https://", false: "http://"}[secure]
			resp, err := (&http.Client{Transport: transport, Timeout: patience}).Get(scheme + s.Addr().String())
			require.NoError(t, err)
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			transport.CloseIdleConnections()
			lines := noted.wait(t, 4)
			for lines[len(lines)-1] != "closed" {
				lines = noted.wait(t, len(lines)+1)
			}
			assert.Equal(t, "new", lines[0])
			for _, line := range lines[1 : len(lines)-1] {
				assert.Contains(t, []string{"active", "idle"}, line)
			}
		})
	}
}

type contextKey string

// TestServerContexts: requests have the values of the listener and of the connection,
// and end with the listener's context.
func TestServerContexts(t *testing.T) {
	for _, proto := range []string{"HTTP/1.1", "HTTP/1.1 TLS", "HTTP/2.0 TLS"} {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			config, pool := certificate()
			all, end := context.WithCancel(context.WithValue(context.Background(), contextKey("of the listener"), "1"))
			defer end()
			waiting := make(chan struct{})
			srv := &adapter.Server{
				TLSConfig: config,
				BaseContext: func(l net.Listener) context.Context {
					return context.WithValue(all, contextKey("address"), l.Addr().String())
				},
				ConnContext: func(ctx context.Context, c net.Conn) context.Context {
					return context.WithValue(ctx, contextKey("of the connection"), c.RemoteAddr().String())
				},
			}
			srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ctx := r.Context()
				assert.Equal(t, "1", ctx.Value(contextKey("of the listener")))
				assert.Equal(t, r.RemoteAddr, ctx.Value(contextKey("of the connection")))
				assert.Equal(t, ctx.Value(contextKey("address")), ctx.Value(http.LocalAddrContextKey).(net.Addr).String())
				inner, _ := ctx.Value(http.ServerContextKey).(*http.Server)
				assert.NotNil(t, inner)
				if r.URL.Path == "/wait" {
					close(waiting)
					select {
					case <-ctx.Done():
						_, _ = io.WriteString(w, "ended")
					case <-time.After(patience):
					}
				}
			})
			s := start(t, srv, proto != "HTTP/1.1")
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: strings.HasPrefix(proto, "HTTP/2")}
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport, Timeout: patience}
			url := map[bool]string{true: "https://", false: "http://"}[proto != "HTTP/1.1"] + s.Addr().String()
			for range 2 {
				resp, err := client.Get(url)
				require.NoError(t, err)
				_ = resp.Body.Close()
				require.Equal(t, strings.Fields(proto)[0], resp.Proto)
			}
			go func() {
				<-waiting
				end()
			}()
			resp, err := client.Get(url + "/wait")
			require.NoError(t, err)
			got, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			assert.Equal(t, "ended", string(got))
		})
	}
}
