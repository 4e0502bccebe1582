package sse_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// script sends one of everything.
func script(x *sse.Session) error {
	if err := x.Send(sse.Event{ID: "1", Name: "first", Data: "one\ntwo"}); err != nil {
		return err
	}
	if err := x.Comment("nobody sees this"); err != nil {
		return err
	}
	if err := x.SendList(sse.Event{Data: "a"}, sse.Event{Data: "b"}, sse.Event{ID: "2", Data: "c"}); err != nil {
		return err
	}
	p, err := sse.Prepare(sse.Event{Data: "prepared"}, sse.Event{Name: "twice", Data: "prepared"})
	if err != nil {
		return err
	}
	if err := x.SendPrepared(p); err != nil {
		return err
	}
	if err := x.Send(sse.Event{Name: "bad\n"}); err != sse.ErrMultiline {
		return fmt.Errorf("a line break in Name: %w", err)
	}
	return x.TrySendPrepared(p)
}

var scripted = []message{
	{"first", "one\ntwo", "1"}, {"message", "a", "1"}, {"message", "b", "1"}, {"message", "c", "2"},
	{"message", "prepared", "2"}, {"twice", "prepared", "2"}, {"message", "prepared", "2"}, {"twice", "prepared", "2"},
}

func TestSession(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		s, stop := ca.serve(t, sse.Hook(script, &sse.Options{Retry: 2 * time.Second}), nil, adapter.Options{})
		defer stop()
		l := s.get()
		assert.Equal(t, 200, l.StatusCode)
		assert.Equal(t, "text/event-stream", l.Header.Get("Content-Type"))
		assert.Equal(t, "no-store", l.Header.Get("Cache-Control"))
		assert.Equal(t, ca.around != nil && ca.name != "OnDemand Logger", l.Uncompressed, "gone through Compress")
		for _, want := range scripted {
			assert.Equal(t, want, l.hear())
		}
		_, err := l.next()
		assert.Equal(t, io.EOF, err, "the stream ends in good order")
		assert.Equal(t, 2000, l.retry)
		assert.Equal(t, 1, l.comments)
	})
}

// TestRecorder: a test without a server gets all of it, too.
func TestRecorder(t *testing.T) {
	t.Parallel()
	for _, proto := range []string{"HTTP/1.0", "HTTP/1.1", "HTTP/2.0"} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		r.Proto = proto
		r.ProtoMajor, r.ProtoMinor, _ = http.ParseHTTPVersion(proto)
		adapter.Handler(sse.Hook(script, nil)).ServeHTTP(w, r)
		got, _ := parseAll(t, w.Body.String())
		assert.Equal(t, scripted, got, proto)
		assert.Equal(t, 200, w.Code)
		assert.True(t, w.Flushed)
	}
}

// TestRefuse: as long as nothing was sent, the hook can answer otherwise.
func TestRefuse(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		for name, hook := range map[string]hooks.ServerHook{
			"Open": hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
				x, err := sse.Open(s, c, nil)
				if !assert.NoError(t, err) {
					return hooks.Reject
				}
				defer x.Close()
				c.Response().SetBody(403, "text/plain", "not you")
				return hooks.Reject
			}),
			"Hook": sse.Hook(func(x *sse.Session) error {
				x.Response().SetBody(403, "text/plain", "not you")
				return fmt.Errorf("refused")
			}, nil),
		} {
			s, stop := ca.serve(t, hook, &http.Server{WriteTimeout: time.Second}, adapter.Options{})
			resp, err := s.ask("GET", "/events")
			require.NoError(t, err, name)
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err, name)
			assert.Equal(t, 403, resp.StatusCode, name)
			assert.Equal(t, "text/plain", resp.Header.Get("Content-Type"), name)
			assert.Equal(t, "not you", string(body), name)
			stop()
		}
	})
}

// TestConclude: what the result of a Hook's function means.
func TestConclude(t *testing.T) {
	t.Parallel()
	failed := fmt.Errorf("the source has failed")
	inBubble(t, func(t *testing.T, ca carrier) {
		for _, row := range []struct {
			name   string
			send   bool
			err    error
			status int
			whole  bool
		}{
			{"nothing", false, nil, 200, true},
			{"all", true, nil, 200, true},
			{"an error at once", false, failed, 500, true},
			{"an error later", true, failed, 200, false},
			{"the end of the session", true, fmt.Errorf("loop: %w", sse.ErrEnded), 200, true},
		} {
			s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
				if row.send {
					assert.NoError(t, x.Send(sse.Event{Data: "x"}))
				}
				return row.err
			}, nil), nil, adapter.Options{})
			l := s.get()
			assert.Equal(t, row.status, l.StatusCode, row.name)
			data, err := l.rest()
			if row.whole {
				assert.Equal(t, io.EOF, err, row.name)
			} else {
				assert.NotEqual(t, io.EOF, err, row.name)
			}
			assert.Equal(t, row.send, len(data) == 1, row.name)
			stop()
		}
	})
}

// TestCloseAtOnce: a session that was closed ahead of its first event, as a timer may do, is an
// empty stream. An EventSource that gets a 500 never comes back.
func TestCloseAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		for _, result := range []error{nil, sse.ErrEnded, context.Canceled} {
			s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
				assert.NoError(t, x.Close())
				assert.ErrorIs(t, x.Send(sse.Event{Data: "x"}), sse.ErrEnded)
				return result
			}, nil), nil, adapter.Options{})
			l := s.get()
			assert.Equal(t, 200, l.StatusCode, result)
			assert.Equal(t, "text/event-stream", l.Header.Get("Content-Type"), result)
			data, err := l.rest()
			assert.Equal(t, io.EOF, err, result)
			assert.Empty(t, data, result)
			stop()
		}
	})
}

// TestOpenAgain: a response is one session's.
func TestOpenAgain(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
		x, err := sse.Open(s, c, nil)
		require.NoError(t, err)
		_, err = sse.Open(s, c, nil)
		assert.ErrorIs(t, err, stream.ErrBegun)
		assert.NoError(t, x.Send(sse.Event{Data: "x"}))
		assert.NoError(t, x.Close())
		assert.NoError(t, x.Close())
		assert.ErrorIs(t, x.Send(sse.Event{Data: "y"}), sse.ErrEnded)
		assert.ErrorIs(t, x.Send(sse.Event{Data: "y"}), stream.ErrClosed)
		assert.Error(t, x.Context().Err())
		return hooks.Continue
	}).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	assert.Equal(t, "data: x\n\n", w.Body.String())
	assert.Panics(t, func() { sse.Hook(nil, nil) })
	assert.Panics(t, func() { sse.Hook(script, &sse.Options{Policy: 9}) })
	assert.Panics(t, func() { sse.Hook(script, &sse.Options{MissedEvent: "a\nb"}) })
}

// TestHead: a HEAD request gets the head, and its hook an end.
func TestHead(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			for {
				if err := x.Send(sse.Event{Data: "x"}); err != nil {
					return err
				}
			}
		}, nil), nil, adapter.Options{})
		defer stop()
		resp, err := s.ask("HEAD", "/events")
		require.NoError(t, err)
		assert.Equal(t, 200, resp.StatusCode)
		assert.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	})
}

// TestPanic: a panic breaks the stream off, and takes its goroutines and timers with it.
func TestPanic(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		for _, begun := range []bool{true, false} {
			s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
				if begun {
					assert.NoError(t, x.Send(sse.Event{Data: "x"}))
				}
				panic("oops")
			}, nil), nil, adapter.Options{})
			l := s.get()
			_, err := l.rest()
			assert.Equal(t, !begun, err == io.EOF)
			assert.Equal(t, !begun, l.StatusCode == 500)
			stop()
		}
	})
}
