package sse_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTimeouts: an http.Server's time-outs for one request are none for a stream, neither
// before its first event nor between two.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			for range 6 {
				time.Sleep(900 * time.Millisecond)
				if err := x.Send(sse.Event{Data: "x"}); err != nil {
					return err
				}
			}
			time.Sleep(900 * time.Millisecond)
			return x.Context().Err()
		}, nil), &http.Server{WriteTimeout: 200 * time.Millisecond, ReadTimeout: 200 * time.Millisecond}, adapter.Options{})
		defer stop()
		data, err := s.get().rest()
		assert.Equal(t, io.EOF, err)
		assert.Len(t, data, 6)
	})
}

// TestSlowAnswer: what refuses a stream has the server's time-out for its answer again.
func TestSlowAnswer(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			time.Sleep(100 * time.Millisecond)
			x.Response().SetBody(404, "text/plain", "nothing here")
			return io.EOF
		}, nil), &http.Server{WriteTimeout: 200 * time.Millisecond}, adapter.Options{})
		defer stop()
		resp, err := s.ask("GET", "/events")
		require.NoError(t, err)
		assert.Equal(t, 404, resp.StatusCode)
		body, err := io.ReadAll(resp.Body)
		assert.NoError(t, err)
		assert.Equal(t, "nothing here", string(body))
	})
}

// TestStuckAnswer: a client that does not take the refusal is gone at the time-out.
func TestStuckAnswer(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		ended := ca.noteReturn()
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			x.Response().SetBody(404, "text/plain", strings.Repeat("x", 8<<20))
			return io.EOF
		}, nil), &http.Server{WriteTimeout: 200 * time.Millisecond}, adapter.Options{})
		defer stop()
		resp, err := s.ask("GET", "/events")
		require.NoError(t, err)
		begun := time.Now()
		<-ended
		assert.LessOrEqual(t, time.Since(begun), time.Second)
		_, err = io.Copy(io.Discard, resp.Body)
		assert.Error(t, err)
	})
}

// TestHeartbeat: a comment follows 15 seconds behind whatever was sent last.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			time.Sleep(20 * time.Second) // one heartbeat, which begins the response
			for range 6 {
				_ = x.Send(sse.Event{Data: "traffic"})
				time.Sleep(10 * time.Second) // none
			}
			_ = x.Send(sse.Event{Data: "silence"})
			time.Sleep(65 * time.Second) // four
			return nil
		}, nil), nil, adapter.Options{})
		defer stop()
		begun := time.Now()
		l := s.get()
		assert.Equal(t, 15*time.Second, time.Since(begun))
		for range 6 {
			l.hear()
		}
		assert.Equal(t, 1, l.comments)
		assert.Equal(t, "silence", l.hear().data)
		assert.Equal(t, 1, l.comments)
		_, err := l.next()
		assert.Equal(t, io.EOF, err)
		assert.Equal(t, 5, l.comments)
		assert.Equal(t, 145*time.Second, time.Since(begun))
	})
}

// TestNoHeartbeat: they can be switched off.
func TestNoHeartbeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, stop := carriers()[1].serve(t, sse.Hook(func(x *sse.Session) error {
			time.Sleep(time.Hour)
			return x.Send(sse.Event{Data: "x"})
		}, &sse.Options{Heartbeat: -1}), nil, adapter.Options{})
		defer stop()
		l := s.get()
		data, _ := l.rest()
		assert.Len(t, data, 1)
		assert.Equal(t, 0, l.comments)
	})
}

// TestClientLeaves: the session ends within 100 ms, and refuses what comes then.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		type end struct {
			at  time.Time
			err error
		}
		ended := make(chan end)
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			assert.NoError(t, x.Send(sse.Event{Data: "x"}))
			<-x.Context().Done()
			at := time.Now()
			err := x.Send(sse.Event{Data: "late"})
			ended <- end{at, err}
			return err
		}, nil), nil, adapter.Options{})
		defer stop()
		l := s.get()
		l.hear()
		time.Sleep(time.Second)
		for range 2 {
			left := time.Now()
			l.Body.Close()
			e := <-ended
			assert.LessOrEqual(t, e.at.Sub(left), 100*time.Millisecond)
			assert.ErrorIs(t, e.err, stream.ErrClosed)
			l = s.get()
			l.hear()
		}
		l.Body.Close()
		<-ended
	})
}
