package compat_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
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

// tripField is the field of a request that trips over a wire, and names it.
const tripField = "X-Trip"

// wires are positions in a service at which a panic can happen. The zero value trips nobody.
type wires struct {
	unparsed string // position for a request that could not be parsed, and names none

	mu  sync.Mutex // guards ran
	ran []string   // the task-panic hooks that ran
}

// at panics if r is to trip here.
func (w *wires) at(r *http.Request, position string) {
	trips := r.Header.Get(tripField)
	if r.Method == "" {
		trips = w.unparsed
	}
	for trip := range strings.SplitSeq(trips, ", ") {
		switch trip {
		case position:
			panic("tripped over " + position)
		case position + " (abort)":
			panic(http.ErrAbortHandler)
		case position + " (exit)":
			runtime.Goexit()
		}
	}
}

// hook is a hook that does nothing but to be a position.
func (w *wires) hook(position string) hooks.HookFunc {
	return func(_ *stream.Stream, c *stream.Context) hooks.Status {
		w.at(c.Request(), position)
		return hooks.Continue
	}
}

// panicHook answers a panic, unless that is where the next one happens.
func (w *wires) panicHook(position string) hooks.HookFunc {
	return func(_ *stream.Stream, c *stream.Context) hooks.Status {
		w.mu.Lock()
		w.ran = append(w.ran, position)
		w.mu.Unlock()
		w.at(c.Request(), position)
		c.Response().Header.Set("X-Caught", position)
		return hooks.Continue
	}
}

// service has a position wherever a service can have code of its own.
func (w *wires) service() (adapter.Options, http.Handler) {
	opts := adapter.Options{
		Request:           stream.RequestConfig{MaxPathSize: 100},
		RequestHooks:      hooks.Chain{w.hook("outer request hook")},
		ResponseHooks:     hooks.Chain{w.hook("outer response hook")},
		RequestErrorHooks: hooks.Chain{w.hook("outer error hook")},
		TaskPanicHooks:    hooks.Chain{w.panicHook("outer panic hook")},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/plain", func(rw http.ResponseWriter, r *http.Request) {
		w.at(r, "handler")
		rw.WriteHeader(http.StatusOK)
		w.at(r, "handler behind the head")
		_, _ = rw.Write([]byte("be"))
		w.at(r, "handler behind a write")
		_ = http.NewResponseController(rw).Flush()
		w.at(r, "handler behind a flush")
		_, _ = rw.Write([]byte("gun"))
		w.at(r, "handler at its end")
	})
	mux.HandleFunc("/body", func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadFull(r.Body, make([]byte, 2))
		w.at(r, "body read")
		_, _ = io.Copy(rw, r.Body)
	})
	mux.Handle("/loop", adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		for {
			w.at(c.Request(), "loop")
			if s.Send(c.Response().Build()) != nil {
				return hooks.Reject
			}
			w.at(c.Request(), "loop behind a send")
			if _, err := s.NextRequest(); err != nil {
				return hooks.Reject
			}
		}
	}))
	mux.Handle("/small/", middleware.Limits(stream.RequestConfig{MaxPathSize: 50, MaxBodySize: 10})(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(rw, r.Body)
	})))
	mux.Handle("/hook", adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		w.at(c.Request(), "hook")
		c.Response().SetBody(http.StatusOK, "text/plain", "begun")
		w.at(c.Request(), "hook behind staging")
		p := c.Response().Build()
		if s.Send(p[:len(p)-2]) != nil {
			return hooks.Reject
		}
		w.at(c.Request(), "hook behind a send")
		if s.Send(p[len(p)-2:]) != nil {
			return hooks.Reject
		}
		w.at(c.Request(), "hook behind the last send")
		return hooks.Continue
	}))
	mux.Handle("/events", adapter.Handler(sse.Hook(func(x *sse.Session) error {
		w.at(x.Request(), "session")
		if err := x.Send(sse.Event{Data: "begun"}); err != nil {
			return err
		}
		w.at(x.Request(), "session behind an event")
		return nil
	}, nil)))
	for _, detach := range []bool{false, true} {
		opts := &ws.Options{
			Detach:      detach,
			CheckOrigin: func(r *http.Request) bool { w.at(r, "CheckOrigin"); return true },
			Connected:   func(c *ws.Conn) error { w.at(c.Context().Request(), "Connected"); return nil },
			Closed:      func(c *ws.Conn, _ error) { w.at(c.Context().Request(), "Closed") },
		}
		mux.Handle(fmt.Sprint("/ws/", detach), adapter.Handler(ws.Hook(func(c *ws.Conn, messageType int, p []byte) error {
			w.at(c.Context().Request(), "message hook")
			return c.WriteMessage(messageType, p)
		}, opts)))
	}
	inner := middleware.Request(w.hook("inner request hook"))(middleware.Response(w.hook("inner response hook"))(mux))
	return opts, middleware.RequestError(w.hook("inner error hook"))(middleware.TaskPanic(w.panicHook("inner panic hook"))(inner))
}

// A panicCase is a way to panic, and what is left of the exchange.
type panicCase struct {
	path   string
	trips  string // over these positions
	client string // what the client gets
	ran    string // the task-panic hooks that run
}

const inner, outer = "inner panic hook", "outer panic hook"

func panicPositions() []panicCase {
	return []panicCase{
		{"/plain", "outer request hook", "500 by " + outer, outer},
		{"/plain", "inner request hook", "500 by " + inner, inner},
		{"/plain", "handler", "500 by " + inner, inner},
		{"/plain", "inner response hook", "500 by " + inner, inner},
		{"/plain", "outer response hook", "500 by " + inner, inner}, // it runs when the handler begins to answer
		{"/plain", "handler behind the head", "cut", inner},
		{"/plain", "handler behind a write", "cut", inner},
		{"/plain", "handler behind a flush", "cut", inner},
		{"/plain", "handler at its end", "cut", inner},
		{"/plain", "handler, inner panic hook", "500 by nobody", inner},
		{"/plain", "handler, inner panic hook, outer panic hook", "500 by nobody", inner},
		{"/plain", "outer request hook, outer panic hook", "500 by nobody", outer},
		{"/hook", "hook", "500 by " + inner, inner},
		{"/hook", "hook behind staging", "500 by " + inner, inner},
		{"/hook", "hook behind a send", "cut", inner},
		{"/hook", "hook behind the last send", "whole", inner},
		{"/events", "session", "500 by " + inner, inner},
		{"/events", "session behind an event", "cut", inner},
		{"/ws/false", "Connected", "1011", inner},
		{"/ws/false", "message hook", "1011", inner},
		{"/ws/false", "Closed", "1000", inner},
		{"/ws/true", "Connected", "1011", inner},
		{"/ws/true", "message hook", "1011", outer},
		{"/ws/true", "Closed", "1000", outer},
		{"/" + strings.Repeat("long", 50), "outer error hook", "414 by nobody", ""}, // the plain answer is staged already
	}
}

// TestPanicPositions panics wherever a service has code of its own, in the first request of a
// connection and in the fiftieth: the panic hooks run, other connections do not notice, and
// nothing is left.
func TestPanicPositions(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"OnDemand", "Eager", "Server"} {
		for _, pc := range panicPositions() {
			for _, number := range []int{1, 50} {
				t.Run(fmt.Sprintf("%s/%.8s/%s/%d", kind, pc.path, pc.trips, number), func(t *testing.T) {
					t.Parallel()
					w := &wires{}
					s := w.serve(t, kind)
					other, c := s.Dial(), s.Dial()
					require.Equal(t, "begun", other.Get("/plain").Text)
					for range number - 1 {
						require.Equal(t, "begun", c.Get("/hook").Text)
					}
					assert.Equal(t, pc.client, w.trip(c, pc))
					assert.Equal(t, "begun", other.Get("/plain").Text, "another connection")
					assert.Equal(t, "begun", s.Dial().Get("/hook").Text, "a new connection")
					assert.Eventually(t, func() bool { // a hook may outlive what it has sent
						w.mu.Lock()
						defer w.mu.Unlock()
						return strings.Join(w.ran, ", ") == pc.ran
					}, streamtest.DefaultPatience, time.Millisecond)
					w.mu.Lock()
					defer w.mu.Unlock()
					assert.Equal(t, pc.ran, strings.Join(w.ran, ", "))
				})
			}
		}
	}
}

// serve serves the service until the test ends.
func (w *wires) serve(t *testing.T, kind string) *streamtest.Service {
	t.Helper()
	opts, h := w.service()
	log := new(streamtest.Log)
	if kind == "Server" {
		return streamtest.Serve(t, &adapter.Server{Handler: h, Options: &opts, ErrorLog: log.Logger()}, &streamtest.Options{TCP: true})
	}
	if kind == "Eager" {
		opts.Takeover = adapter.Eager
	}
	a := adapter.New(&opts)
	srv := &http.Server{Handler: a.Wrap(h), ErrorLog: log.Logger()}
	a.Register(srv)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), streamtest.DefaultPatience)
		defer cancel()
		assert.NoError(t, a.Shutdown(ctx))
	})
	return streamtest.Serve(t, srv, &streamtest.Options{TCP: true})
}

// trip makes the request that panics and says what comes of it.
func (w *wires) trip(c *streamtest.Client, pc panicCase) string {
	fields := tripField + ": " + pc.trips + "\r\n"
	socket := strings.HasPrefix(pc.path, "/ws/")
	if socket {
		fields += "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	}
	c.Send("GET " + pc.path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n")
	resp, err := c.Next("GET")
	switch {
	case resp == nil:
		return fmt.Sprint("no answer: ", err)
	case err != nil:
		_, _ = c.Rest()
		return "cut"
	case resp.StatusCode == http.StatusSwitchingProtocols && socket:
		return closeCode(c, pc)
	case resp.StatusCode == http.StatusOK:
		return "whole"
	}
	by := resp.Header.Get("X-Caught")
	if by == "" {
		by = "nobody"
	}
	if strings.Contains(resp.Text, "tripped") {
		return "the text of the panic"
	}
	return fmt.Sprint(resp.StatusCode, " by ", by)
}

// closeCode has a WebSocket come to its end and returns the code of the server's close frame.
func closeCode(c *streamtest.Client, pc panicCase) string {
	switch pc.trips {
	case "message hook":
		c.SendFrame(streamtest.Frame{Final: true, Opcode: 1, Payload: "hello"})
	case "Closed":
		c.SendFrame(streamtest.Frame{Final: true, Opcode: 8, Payload: "\x03\xe8"})
	}
	f := c.WantFrame()
	if f.Opcode != 8 || len(f.Payload) < 2 {
		return fmt.Sprint("frame ", f)
	}
	if pc.trips != "Closed" {
		c.SendFrame(streamtest.Frame{Final: true, Opcode: 8, Payload: f.Payload[:2]})
	}
	if text, err := c.Rest(); text != "" || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("behind the close frame %q, %v", text, err)
	}
	return fmt.Sprint(int(f.Payload[0])<<8 | int(f.Payload[1]))
}
