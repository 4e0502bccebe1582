package sse_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// TestShutdown: a shutdown tells the client when to return and ends the stream in good
// order; the hook learns of it from what it uses.
func TestShutdown(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		for _, begun := range []bool{true, false} {
			s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
				if begun {
					assert.NoError(t, x.Send(sse.Event{Data: "x"}))
				}
				<-x.Context().Done()
				assert.ErrorIs(t, context.Cause(x.Context()), sse.ErrEnded)
				assert.ErrorIs(t, x.Send(sse.Event{Data: "late"}), sse.ErrEnded)
				return x.Send(sse.Event{Data: "late"})
			}, &sse.Options{ReturnWithin: 3 * time.Second}), nil, adapter.Options{DrainWindow: time.Second})
			type reply struct {
				data  []string
				retry int
				err   error
			}
			got := make(chan reply)
			go func() {
				l := s.get()
				data, err := l.rest()
				got <- reply{data, l.retry, err}
			}()
			synctest.Wait()
			time.Sleep(time.Second)
			stopped := make(chan struct{})
			go func() {
				defer close(stopped)
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				at := time.Now()
				switch {
				case s.adapter != nil:
					assert.NoError(t, s.adapter.Shutdown(ctx))
				default:
					s.shutdown(ctx)
				}
				assert.LessOrEqual(t, time.Since(at), 2*time.Second)
			}()
			r := <-got
			<-stopped
			assert.Equal(t, io.EOF, r.err)
			assert.Equal(t, begun, len(r.data) == 1)
			assert.Greater(t, r.retry, 0)
			assert.LessOrEqual(t, r.retry, 3000)
			stop()
		}
	})
}

// TestShutdownDeaf: a hook that does not listen cannot hold up its client, and holds up
// the server no longer than the server wants.
func TestShutdownDeaf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, stop := carriers()[1].serve(t, sse.Hook(func(x *sse.Session) error {
			assert.NoError(t, x.Send(sse.Event{Data: "x"}))
			time.Sleep(time.Minute)
			return nil
		}, &sse.Options{ReturnWithin: -1}), nil, adapter.Options{})
		defer stop()
		l := s.get()
		l.hear()
		begun := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		go func() { _ = s.adapter.Shutdown(ctx) }()
		_, err := l.next()
		assert.Equal(t, io.EOF, err)
		assert.Zero(t, time.Since(begun))
		assert.Equal(t, -1, l.retry)
		time.Sleep(2 * time.Minute)
	})
}

// TestShutdownSpread: clients are not all told the same.
func TestShutdownSpread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, stop := carriers()[1].serve(t, sse.Hook(func(x *sse.Session) error {
			assert.NoError(t, x.Send(sse.Event{Data: "x"}))
			<-x.Context().Done()
			return stream.ErrClosed
		}, nil), &http.Server{}, adapter.Options{})
		defer stop()
		var all []*listener
		for range 50 {
			all = append(all, s.get())
		}
		synctest.Wait()
		go func() { _ = s.adapter.Shutdown(context.Background()) }()
		told := map[int]int{}
		for _, l := range all {
			_, err := l.rest()
			assert.Equal(t, io.EOF, err)
			told[(l.retry-1)/500]++ // from 1 to 5000
		}
		assert.Greater(t, len(told), 4)
		for bin, n := range told {
			assert.LessOrEqual(t, bin, 10) // which is the whole of it alone
			assert.Less(t, n, 25)
		}
	})
}
