package stream_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: lines\r\n\r\n"

// never is an end that keeps nothing.
func never(bool) bool { return false }

// raw serves one request with f, sent with more behind it, and returns the client's end
// behind the 101.
func raw(t *testing.T, more string, f func(s *stream.Stream, c *stream.Context) hooks.Status) (net.Conn, *bufio.Reader) {
	t.Helper()
	return rawFor(t, "GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: lines\r\nX-Hat: no\r\n\r\n"+more, f)
}

// rawFor is raw for a request of one's own.
func rawFor(t *testing.T, request string, f func(s *stream.Stream, c *stream.Context) hooks.Status) (net.Conn, *bufio.Reader) {
	t.Helper()
	client, br, resp := ask(t, request, f)
	require.Equal(t, 101, resp.StatusCode)
	return client, br
}

// ask has f serve one request, and returns the client's end behind the head of the answer.
func ask(t *testing.T, request string, f func(s *stream.Stream, c *stream.Context) hooks.Status) (net.Conn, *bufio.Reader, *http.Response) {
	t.Helper()
	a := adapter.New(nil)
	srv := httptest.NewServer(a.Wrap(adapter.HandlerFunc(f)))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		assert.NoError(t, a.Shutdown(ctx))
		srv.Close()
	})
	client, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	require.NoError(t, client.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = io.WriteString(client, request)
	require.NoError(t, err)
	br := bufio.NewReader(client)
	resp, err := http.ReadResponse(br, nil)
	require.NoError(t, err)
	return client, br, resp
}

// echoLine answers what waits to be read.
func echoLine(r *stream.Raw) error {
	if err := r.Wait(false); err != nil {
		return err
	}
	line, err := r.Reader().ReadString('\n')
	if err != nil {
		return err
	}
	return r.Send([]byte("echo "), []byte(line))
}

func TestUpgrade(t *testing.T) {
	t.Parallel()
	cut := make(chan bool, 1)
	client, br := raw(t, "early\n", func(s *stream.Stream, c *stream.Context) hooks.Status {
		x := c.Exchange()
		_, err := x.Upgrade(never)
		assert.ErrorIs(t, err, stream.ErrBegun, "no 101 was sent")
		assert.NoError(t, s.Send([]byte(switching)))
		r, err := x.Upgrade(func(c bool) bool {
			cut <- c
			return false
		})
		if !assert.NoError(t, err) {
			return hooks.Reject
		}
		assert.NoError(t, echoLine(r))
		assert.NoError(t, echoLine(r))

		s.SetClosed(true)
		assert.ErrorIs(t, r.TrySend([]byte("x")), stream.ErrClosed)
		s.SetClosed(false)
		held, err := r.TryHold([]byte("held, "))
		assert.True(t, held)
		assert.NoError(t, err)
		assert.NoError(t, r.TrySend([]byte("sent\n")))
		bye := errors.New("bye")
		assert.NoError(t, r.TryLast(bye, []byte("last\n")))
		assert.ErrorIs(t, r.Send([]byte("x")), bye)
		assert.ErrorIs(t, s.Send([]byte("x")), bye)
		return hooks.Continue
	})
	_, _ = io.WriteString(client, "late\n")
	p, err := io.ReadAll(br)
	assert.NoError(t, err)
	assert.Equal(t, "echo early\necho late\nheld, sent\nlast\n", string(p))
	assert.False(t, <-cut)
}

// TestUpgradeElsewhere: only a raw connection can be handed over.
func TestUpgradeElsewhere(t *testing.T) {
	t.Parallel()
	rec := httptest.NewRecorder()
	adapter.HandlerFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		_, err := c.Exchange().Upgrade(never)
		assert.ErrorIs(t, err, stream.ErrNotRaw)
		assert.False(t, c.Exchange().Afterwards(func(*stream.Exchange) bool { return false }))
		return hooks.Continue
	}).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	assert.Equal(t, 200, rec.Code)
}

// TestRawEnds: what outlives the exchange can do no harm.
func TestRawEnds(t *testing.T) {
	t.Parallel()
	left := make(chan *stream.Raw, 1)
	_, br := raw(t, "", func(s *stream.Stream, c *stream.Context) hooks.Status {
		assert.NoError(t, s.Send([]byte(switching)))
		r, err := c.Exchange().Upgrade(never)
		assert.NoError(t, err)
		left <- r
		return hooks.Continue
	})
	_, err := br.ReadByte()
	assert.ErrorIs(t, err, io.EOF)
	r := <-left
	assert.ErrorIs(t, r.TrySend([]byte("x")), stream.ErrClosed)
	assert.ErrorIs(t, r.TryLast(io.EOF), stream.ErrClosed)
	r.Abort(io.EOF)
}

// TestAfterwards: the exchange that follows has the request, without the context that was
// the handlers', and outlasts them, on one goroutine after the other.
func TestAfterwards(t *testing.T) {
	t.Parallel()
	type key struct{}
	returned, done := make(chan struct{}), make(chan error, 1)
	var first *stream.Stream
	hat := stream.NewKey[string]("hat")
	rested := make(chan struct{}, 100)
	client, br := raw(t, "", func(s *stream.Stream, c *stream.Context) hooks.Status {
		defer close(returned)
		first = s
		c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), key{}, 1)))
		hat.Set(c, c.Header("X-Hat"))
		assert.NoError(t, s.Send([]byte(switching)))
		x := c.Exchange()
		assert.False(t, x.Afterwards(func(*stream.Exchange) bool { return false }), "the connection was not handed over")
		r, err := x.Upgrade(never)
		assert.NoError(t, err)
		assert.True(t, x.Afterwards(func(next *stream.Exchange) bool {
			<-returned
			err := r.Wait(true)
			if errors.Is(err, stream.ErrResting) {
				rested <- struct{}{}
				return true
			}
			if err != nil {
				assert.Error(t, next.Stream().Context().Err())
				done <- err
				return false
			}
			line, _ := r.Reader().ReadString('\n')
			req := next.Context().Request()
			kept, _ := hat.Get(next.Context())
			assert.NoError(t, r.Send(fmt.Appendf(nil, "%s %s %s %q %q %v %v %v\n", line[:len(line)-1], req.URL.Path, kept,
				req.Header.Get("X-Hat"), req.Header.Get("Upgrade"), req.Context().Value(key{}), req.Context().Err(), first.Closed())))
			return true
		}))
		assert.False(t, x.Afterwards(func(*stream.Exchange) bool { return false }), "once is enough")
		return hooks.Continue
	})
	for i := range 3 {
		if i == 1 {
			<-rested // after a while
		}
		_, _ = io.WriteString(client, "line\n")
		got, err := br.ReadString('\n')
		require.NoError(t, err)
		assert.Equal(t, "line /a no \"no\" \"\" <nil> <nil> true\n", got)
	}
	_ = client.Close()
	assert.ErrorIs(t, <-done, io.EOF)
}
