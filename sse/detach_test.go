package sse_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	chimw "github.com/go-chi/chi/v5/middleware"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A detaching is a hook that detaches its sessions.
type detaching struct {
	sessions chan *sse.Session
	ended    chan error
	returned chan error
}

func newDetaching() *detaching {
	return &detaching{make(chan *sse.Session, 10), make(chan error, 10), make(chan error, 10)}
}

func (d *detaching) serve(x *sse.Session) error {
	d.sessions <- x
	err := x.Detach(func(err error) { d.ended <- err })
	d.returned <- err
	return err
}

// A heard is the data of an event, and how many comments have come by then.
type heard struct {
	data     string
	comments int
}

// pump reads all the time, as a browser does. How the stream has ended comes last.
func (l *listener) pump() (<-chan heard, <-chan error) {
	data, end := make(chan heard, 100), make(chan error, 1)
	go func() {
		for {
			m, err := l.next()
			if err != nil {
				end <- err
				return
			}
			data <- heard{m.data, l.comments}
		}
	}()
	return data, end
}

// TestDetach: the handlers return where they can, the session goes on until Close on
// every carrier, and the connection serves what comes next.
func TestDetach(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		d, returned := newDetaching(), ca.noteReturn()
		s, stop := ca.serve(t, sse.Hook(d.serve, &sse.Options{Heartbeat: time.Second}), nil, adapter.Options{})
		defer stop()
		events, end := s.get().pump()
		x := <-d.sessions
		synctest.Wait()
		if !ca.inside {
			<-returned
			require.NoError(t, <-d.returned)
			assert.Nil(t, x.Request())
			assert.Nil(t, x.Response())
		}
		assert.NoError(t, x.Context().Err())
		assert.NotNil(t, x.Context().Value(http.ServerContextKey))
		for range 3 {
			require.NoError(t, x.Send(sse.Event{Data: "a"}))
			a := <-events
			assert.Equal(t, "a", a.data)
			time.Sleep(3500 * time.Millisecond)
			require.NoError(t, x.SendList(sse.Event{Data: "b"}, sse.Event{Data: "c"}))
			assert.Equal(t, heard{"b", a.comments + 3}, <-events, "and heartbeats")
			assert.Equal(t, "c", (<-events).data)
		}
		assert.Empty(t, d.ended)
		require.NoError(t, x.Close())
		assert.Equal(t, io.EOF, <-end)
		assert.ErrorIs(t, <-d.ended, sse.ErrEnded)
		assert.ErrorIs(t, x.Send(sse.Event{}), sse.ErrEnded)
		assert.Error(t, x.Context().Err())
		if ca.inside {
			assert.ErrorIs(t, <-d.returned, sse.ErrEnded)
		}
		synctest.Wait()
		assert.Empty(t, d.ended, "it is told once")
	})
}

// TestDetachAsTheRequestEnds: what is sent at the very moment at which the request and
// its context end, and behind it, is sent.
func TestDetachAsTheRequestEnds(t *testing.T) {
	t.Parallel()
	onTCP(t, func(t *testing.T, ca carrier) {
		if ca.inside {
			return
		}
		ended := make(chan error, 100)
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			context.AfterFunc(x.Request().Context(), func() {
				for range 3 {
					assert.NoError(t, x.Send(sse.Event{Data: "a"}))
				}
			})
			return x.Detach(func(err error) { ended <- err })
		}, nil), nil, adapter.Options{})
		defer stop()
		for range 20 {
			l := s.get()
			for range 3 {
				assert.Equal(t, "a", l.hear().data)
			}
		}
		assert.Empty(t, ended)
	})
}

// TestDetachReuse: the connection serves the next request behind a stream that was
// detached, be it that it has come meanwhile.
func TestDetachReuse(t *testing.T) {
	t.Parallel()
	onTCP(t, func(t *testing.T, ca carrier) {
		if ca.around != nil {
			return // the first page of these is compressed, or logged, which is nothing new
		}
		d := newDetaching()
		s, stop := ca.serve(t, sse.Hook(d.serve, nil), nil, adapter.Options{})
		defer stop()
		p := s.peer()
		require.NoError(t, p.conn.SetDeadline(time.Now().Add(patience)))
		for range 3 {
			p.say("GET /events HTTP/1.1\nHost: a\n\n")
			x := <-d.sessions
			require.NoError(t, x.Send(sse.Event{Data: "a"}))
			p.say("GET /plain HTTP/1.1\nHost: a\n\n")
			require.NoError(t, x.Send(sse.Event{Data: "b"}))
			require.NoError(t, x.Close())
			assert.ErrorIs(t, <-d.ended, sse.ErrEnded)
			for _, want := range []string{"data: a\n\ndata: b\n\n", "plain"} {
				resp, err := http.ReadResponse(p.br, nil)
				require.NoError(t, err)
				body, err := io.ReadAll(resp.Body)
				assert.NoError(t, err)
				assert.Equal(t, want, string(body))
			}
		}
	})
}

// TestDetachClientLeaves: the session ends when its client leaves, and by itself where it
// cannot be told anything any more.
func TestDetachClientLeaves(t *testing.T) {
	t.Parallel()
	onTCP(t, func(t *testing.T, ca carrier) {
		d := newDetaching()
		s, stop := ca.serve(t, sse.Hook(d.serve, nil), nil, adapter.Options{})
		defer stop()
		p := s.peer()
		p.say("GET /events HTTP/1.1\nHost: a\n\n")
		x := <-d.sessions
		ctx := x.Context()
		require.NoError(t, p.conn.Close())
		select {
		case err := <-d.ended:
			assert.ErrorIs(t, err, stream.ErrClosed)
		case <-time.After(patience):
			t.Fatal("the session goes on")
		}
		<-ctx.Done()
		<-x.Context().Done()
		assert.ErrorIs(t, x.Send(sse.Event{}), stream.ErrClosed)
	})
}

// TestDetachEnds: what else ends a session, before the handlers have returned and behind
// that.
func TestDetachEnds(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		end  func(x *sse.Session, s *site)
		want error
	}{
		{"Close", func(x *sse.Session, _ *site) { assert.NoError(t, x.Close()) }, sse.ErrEnded},
		{"shutdown", func(_ *sse.Session, s *site) {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			if s.adapter != nil {
				assert.NoError(t, s.adapter.Shutdown(ctx))
			} else {
				_ = s.shutdown(ctx)
			}
		}, sse.ErrEnded},
		{"slow", func(x *sse.Session, _ *site) {
			for x.Send(sse.Event{Data: strings.Repeat("x", 1000)}) == nil {
			}
		}, sse.ErrSlow},
	} {
		for _, early := range []bool{false, true} {
			for _, ca := range carriers()[1:4] {
				t.Run(row.name+"/"+ca.name, func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						d := newDetaching()
						hold := make(chan struct{})
						ca := ca
						ca.around = func(next http.Handler) http.Handler {
							return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
								next.ServeHTTP(w, r)
								<-hold
							})
						}
						s, stop := ca.serve(t, sse.Hook(d.serve, &sse.Options{Policy: sse.End, QueueSize: 2000}), nil, adapter.Options{})
						defer stop()
						l := s.get()
						x := <-d.sessions
						require.NoError(t, <-d.returned)
						if row.want != sse.ErrSlow {
							go func() { _, _ = l.rest() }()
						}
						if !early {
							close(hold)
							synctest.Wait()
						}
						go row.end(x, s)
						if early {
							synctest.Wait()
							close(hold)
						}
						assert.ErrorIs(t, <-d.ended, row.want)
					})
				})
			}
		}
	}
}

// TestDetachBehindAPanic: a panic of what is around the hook ends the session, too, and so
// does an error that the hook returns nevertheless.
func TestDetachBehindAPanic(t *testing.T) {
	t.Parallel()
	for _, ca := range carriers()[:4] {
		for _, panics := range []bool{false, true} {
			t.Run(ca.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					d := newDetaching()
					ca := ca
					ca.around = func(next http.Handler) http.Handler {
						return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
							next.ServeHTTP(w, r)
							if panics {
								panic(http.ErrAbortHandler)
							}
						})
					}
					s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
						if err := d.serve(x); err != nil || panics {
							return err
						}
						return errors.New("nevertheless")
					}, nil), nil, adapter.Options{})
					defer stop()
					if panics && ca.bare {
						return // the exchange has ended within the middleware
					}
					l := s.get()
					assert.ErrorIs(t, <-d.ended, stream.ErrClosed)
					_, err := l.rest()
					assert.Error(t, err)
				})
			})
		}
	}
}

// TestTimeoutAround: a deadline that middleware has given the request ends a stream, in
// good order, but none that is detached.
func TestTimeoutAround(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		around := ca.around
		ca.around = func(next http.Handler) http.Handler {
			if around != nil {
				next = around(next)
			}
			return chimw.Timeout(time.Second)(next)
		}
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			if err := x.Send(sse.Event{Data: "a"}); err != nil {
				return err
			}
			<-x.Context().Done()
			assert.ErrorIs(t, context.Cause(x.Context()), context.DeadlineExceeded)
			return x.Send(sse.Event{Data: "b"})
		}, nil), nil, adapter.Options{})
		defer stop()
		at := time.Now()
		data, err := s.get().rest()
		assert.Equal(t, io.EOF, err)
		assert.Equal(t, []string{"a", "b"}, data, "it may still say so")
		assert.Equal(t, time.Second, time.Since(at))
		if ca.inside {
			return
		}
		d := newDetaching()
		s, stop = ca.serve(t, sse.Hook(d.serve, nil), nil, adapter.Options{})
		defer stop()
		events, _ := s.get().pump()
		x := <-d.sessions
		time.Sleep(time.Minute)
		require.NoError(t, x.Send(sse.Event{Data: "still here"}))
		assert.Equal(t, "still here", (<-events).data)
	})
}
