package adapter_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errLoggedOut = errors.New("the user has logged out")

// tagUser tags an exchange with the user that the request names.
var tagUser = hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
	adapter.Tag(c, "user:"+c.Query("user"))
	adapter.Tag(c, "user:"+c.Query("user"))
	adapter.Tag(c, "everybody")
	return hooks.Continue
})

// taggedService has streams of users.
func taggedService(causes chan<- error) http.Handler {
	mux := http.NewServeMux()
	events := sse.Hook(func(x *sse.Session) error {
		if err := x.Send(sse.Event{Data: "protected"}); err != nil {
			return err
		}
		<-x.Context().Done()
		causes <- context.Cause(x.Context())
		return nil
	}, nil)
	mux.Handle("/events", adapter.Handler(events))
	mux.Handle("/hidden", http.TimeoutHandler(adapter.Handler(events), time.Hour, "late"))
	for path, detach := range map[string]bool{"/ws": false, "/detached": true} {
		mux.Handle(path, adapter.Handler(ws.Hook(func(*ws.Conn, int, []byte) error { return nil }, &ws.Options{
			Detach: detach, Closed: func(_ *ws.Conn, err error) { causes <- err },
		})))
	}
	mux.HandleFunc("/", text("page"))
	return middleware.Request(tagUser)(mux)
}

func upgradeTo(path string) string {
	return "GET " + path + handshake[len("GET /ws"):]
}

// TestCloseTagged: the streams of one user end on every carrier, each by its protocol, and
// no other's do.
func TestCloseTagged(t *testing.T) {
	for _, m := range mounts() {
		if m.bare {
			continue // there each route has an Adapter of its own
		}
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				causes := make(chan error, 10)
				h := taggedService(causes)
				opts := &adapter.Options{Takeover: m.mode}
				both := new(http.Protocols)
				both.SetHTTP1(true)
				both.SetUnencryptedHTTP2(true)
				var s *service
				var closeTagged func(string, error) int
				tags := func() int { return 0 }
				if m.own {
					srv := &adapter.Server{Handler: h, Options: opts, Protocols: both}
					assert.Zero(t, srv.CloseTagged("everybody", nil), "it does not serve yet")
					s, closeTagged = startOver(t, srv, false, nil), srv.CloseTagged
				} else {
					a := adapt(t, opts)
					s, closeTagged, tags = serveOver(t, a.Wrap(h), &http.Server{Protocols: both}, nil), a.CloseTagged, a.Tags
				}
				open := func(user string) (all []io.Closer, n int) {
					for range 2 {
						c := s.Dial().Send("GET /events?user=" + user + " HTTP/1.1\r\nHost: a\r\n\r\n").WantBytes("HTTP/1.1 200 OK\r\n")
						all = append(all, c.Conn())
					}
					if m.mode != adapter.Never {
						for _, path := range []string{"/ws", "/detached"} {
							c := s.Dial().Send(upgradeTo(path + "?user=" + user))
							c.Want("GET")
							all = append(all, c.Conn())
						}
					}
					only := new(http.Protocols)
					only.SetUnencryptedHTTP2(true)
					client := &http.Client{Transport: &http.Transport{Protocols: only, DialContext: s.DialContext}}
					resp, err := client.Get("http://a/events?user=" + user)
					require.NoError(t, err)
					require.Equal(t, 2, resp.ProtoMajor)
					t.Cleanup(client.CloseIdleConnections)
					return append(all, resp.Body), len(all) + 1
				}
				alice, n := open("alice")
				bob, _ := open("bob")
				s.Dial().Get("/?user=carol")
				synctest.Wait()

				assert.Zero(t, closeTagged("user:carol", errLoggedOut), "her request is over")
				assert.Zero(t, closeTagged("user:dave", errLoggedOut))
				assert.Equal(t, n, closeTagged("user:alice", errLoggedOut))
				for _, c := range alice {
					if c, ok := c.(io.Reader); ok {
						go func() { _, _ = io.Copy(io.Discard, c) }()
					}
				}
				for range n {
					assert.ErrorIs(t, receive(t, causes, "the end of a stream"), errLoggedOut)
				}
				synctest.Wait()
				assert.Empty(t, causes, "bob stays")
				assert.Equal(t, n, closeTagged("everybody", nil))
				for range n {
					assert.NotErrorIs(t, receive(t, causes, "the end of a stream"), errLoggedOut)
				}
				for _, c := range append(alice, bob...) {
					_ = c.Close()
				}
				synctest.Wait()
				assert.Zero(t, tags(), "nothing of it is kept")
			})
		})
	}
}

// TestTagBeforeStream: what was tagged before it was closed ends as it begins, and sends
// nothing of what it would.
func TestTagBeforeStream(t *testing.T) {
	for _, path := range []string{"/events", "/hidden", "/ws", "/detached"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			causes := make(chan error, 1)
			streams := taggedService(causes)
			a := adapter.New(nil)
			h := a.Wrap(middleware.Request(tagUser)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assert.Zero(t, a.CloseTagged("user:alice", errLoggedOut), "there is none yet")
				streams.ServeHTTP(w, r)
			})))
			c := serve(t, h, nil).Dial()
			if path[1] == 'e' || path[1] == 'h' {
				assert.NotContains(t, c.Get(path+"?user=alice").Text, "protected")
			} else {
				c.Send(upgradeTo(path + "?user=alice")).Want("GET")
				assert.Equal(t, streamtest.Frame{Final: true, Opcode: ws.CloseMessage, Payload: "\x03\xf0not allowed any more"}, c.WantFrame())
				c.Close()
				assert.ErrorIs(t, receive(t, causes, "the end"), errLoggedOut)
			}
			assert.Eventually(t, func() bool { return a.Tags() == 0 }, patience, time.Millisecond, "the handlers are about to return")
		})
	}
}

// TestTagLate: an exchange may be tagged when its stream has begun.
func TestTagLate(t *testing.T) {
	t.Parallel()
	closed := make(chan error, 1)
	a := adapter.New(nil)
	tagged := make(chan struct{})
	c := serve(t, a.Wrap(adapter.Handler(ws.Hook(func(c *ws.Conn, _ int, p []byte) error {
		adapter.Tag(c.Context(), string(p))
		close(tagged)
		return nil
	}, &ws.Options{Detach: true, Closed: func(_ *ws.Conn, err error) { closed <- err }}))), nil).Dial().Send(handshake)
	c.Want("GET")
	c.SendFrame(streamtest.Frame{Final: true, Opcode: ws.TextMessage, Payload: "late"})
	receive(t, tagged, "the message")
	assert.Equal(t, 1, a.CloseTagged("late", nil))
	assert.Equal(t, "\x03\xe9going away", c.WantFrame().Payload)
	c.Close()
	receive(t, closed, "the end")
}

// TestTagRace: streams begin, are closed by tag and end, all at once, and none is left.
func TestTagRace(t *testing.T) {
	t.Parallel()
	a := adapter.New(nil)
	h := a.Wrap(middleware.Request(tagUser)(adapter.Handler(sse.Hook(func(x *sse.Session) error {
		<-x.Context().Done()
		return nil
	}, nil))))
	var waiting sync.WaitGroup
	stop := make(chan struct{})
	for i := range 4 {
		waiting.Go(func() {
			for range 200 {
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", fmt.Sprint("/?user=", i), nil))
			}
		})
	}
	go func() {
		waiting.Wait()
		close(stop)
	}()
	for done := false; !done; {
		for i := range 4 {
			a.CloseTagged(fmt.Sprint("user:", i), errLoggedOut)
		}
		select {
		case <-stop:
			done = true
		default:
		}
	}
	assert.Zero(t, a.Tags())
}
