package sse_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errRevoked = errors.New("the token was revoked")

// TestLifetime: the longest life ends a session in good order, up to a tenth early.
func TestLifetime(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			<-x.Context().Done()
			cause := context.Cause(x.Context())
			assert.ErrorIs(t, cause, stream.ErrExpired)
			assert.ErrorIs(t, cause, sse.ErrEnded)
			assert.ErrorIs(t, x.Send(sse.Event{Data: "late"}), stream.ErrExpired)
			return cause
		}, &sse.Options{Lifetime: time.Hour}), nil, adapter.Options{})
		defer stop()
		begun := time.Now()
		l := s.get()
		data, err := l.rest()
		assert.Equal(t, io.EOF, err)
		assert.Empty(t, data)
		assert.Greater(t, l.retry, 0, "it is told when to come back")
		assert.LessOrEqual(t, time.Since(begun), time.Hour)
		assert.GreaterOrEqual(t, time.Since(begun), 54*time.Minute)
	})
}

// TestRevalidate: a token that is revoked ends the session within one interval, however
// busy it is, and nothing that is sent afterwards arrives.
func TestRevalidate(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		var asked atomic.Int64
		var revoked atomic.Bool
		time.AfterFunc(31*time.Second, func() { revoked.Store(true) })
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			time.Sleep(500 * time.Millisecond)
			for x.Send(sse.Event{Data: "protected"}) == nil {
				select {
				case <-x.Context().Done():
				case <-time.After(time.Second):
				}
			}
			err := x.Send(sse.Event{Data: "protected"})
			assert.ErrorIs(t, err, errRevoked)
			assert.ErrorIs(t, err, sse.ErrEnded)
			assert.ErrorIs(t, context.Cause(x.Context()), errRevoked)
			return err
		}, &sse.Options{Revalidate: func(x *sse.Session) error {
			assert.Equal(t, "secret", x.Request().Header.Get("Authorization"))
			asked.Add(1)
			if revoked.Load() {
				return errRevoked
			}
			return nil
		}}), nil, adapter.Options{})
		defer stop()
		begun := time.Now()
		data, err := s.get("Authorization", "secret").rest()
		assert.Equal(t, io.EOF, err)
		assert.Len(t, data, 45)
		assert.Equal(t, 3*sse.DefaultHeartbeat, time.Since(begun))
		assert.EqualValues(t, 3, asked.Load())
	})
}

// TestRevalidateSlowly: asking holds up no event, is never done twice at a time, and is
// waited for by a shutdown.
func TestRevalidateSlowly(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		var asking, asked atomic.Int64
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			for x.Send(sse.Event{Data: "x"}) == nil {
				time.Sleep(time.Second)
			}
			return nil
		}, &sse.Options{Heartbeat: 10 * time.Second, Lifetime: -1, Revalidate: func(x *sse.Session) error {
			assert.EqualValues(t, 1, asking.Add(1))
			defer asking.Add(-1)
			asked.Add(1)
			time.Sleep(25 * time.Second)
			return nil
		}}), nil, adapter.Options{})
		l := s.get()
		for range 101 {
			l.hear()
		}
		assert.EqualValues(t, 3, asked.Load(), "at 10, 45 and 80 seconds")
		// Asking has ended at 105 seconds.
		go func() { _, _ = l.rest() }()
		begun := time.Now()
		if s.adapter != nil {
			assert.NoError(t, s.adapter.Shutdown(t.Context()))
		} else {
			assert.NoError(t, s.shutdown(t.Context()))
		}
		if !ca.bare {
			assert.GreaterOrEqual(t, time.Since(begun), 5*time.Second)
		}
		stop()
		synctest.Wait()
		time.Sleep(10 * time.Second)
		assert.Zero(t, asking.Load())
	})
}

// TestRevalidateFails: a function that panics, or ends its goroutine, ends the session as
// an error does.
func TestRevalidateFails(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fail func()
		log  string
	}{
		"panic":  {func() { panic("oh dear") }, "oh dear"},
		"abort":  {func() { panic(http.ErrAbortHandler) }, ""},
		"Goexit": {runtime.Goexit, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := adapter.Handler(sse.Hook(func(x *sse.Session) error {
					<-x.Context().Done()
					return nil
				}, &sse.Options{Heartbeat: -1, Revalidate: func(*sse.Session) error {
					tc.fail()
					return nil
				}}))
				s := streamtest.Serve(t, &http.Server{Handler: h}, &streamtest.Options{Patience: time.Minute})
				c := s.Dial().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
				begun := time.Now()
				require.Contains(t, c.Want("GET").Text, "retry: ")
				assert.Equal(t, sse.DefaultHeartbeat, time.Since(begun))
				assert.Equal(t, tc.log != "", strings.Contains(s.Log.String(), "panic serving"))
				assert.Contains(t, s.Log.String(), tc.log)
			})
		})
	}
}

// TestLifeDetached: a session that goes on without its hook ends no later.
func TestLifeDetached(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]*sse.Options{
		"Lifetime":   {Lifetime: time.Hour},
		"Revalidate": {Revalidate: func(*sse.Session) error { return stream.ErrExpired }},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, ca carrier) {
				ended := make(chan error, 1)
				s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
					return x.Detach(func(err error) { ended <- err })
				}, opts), nil, adapter.Options{})
				defer stop()
				begun := time.Now()
				data, err := s.get().rest()
				assert.Equal(t, io.EOF, err)
				assert.Empty(t, data)
				err = <-ended
				assert.ErrorIs(t, err, stream.ErrExpired)
				assert.ErrorIs(t, err, stream.ErrClosed)
				assert.LessOrEqual(t, time.Since(begun), time.Hour)
			})
		})
	}
}
