package stream_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dropped returns a channel that is closed when nobody has what p points to any more.
func dropped[T any](p *T) <-chan struct{} {
	gone := make(chan struct{})
	runtime.AddCleanup(p, func(c chan struct{}) { close(c) }, gone)
	return gone
}

// assertDropped waits for that.
func assertDropped(t *testing.T, gone <-chan struct{}, what string) {
	t.Helper()
	assert.Eventually(t, func() bool {
		runtime.GC()
		select {
		case <-gone:
			return true
		default:
			return false
		}
	}, 10*time.Second, time.Millisecond, what)
}

// TestFeedKeeps: a response that goes on kept the bytes that its head was sent in, of which
// it needs to know the length.
func TestFeedKeeps(t *testing.T) {
	t.Parallel()
	begun, sent := make(chan *stream.Feed, 1), make(chan (<-chan struct{}), 1)
	ask(t, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", func(s *stream.Stream, c *stream.Context) hooks.Status {
		p := []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		sent <- dropped(&p[0])
		assert.NoError(t, s.Send(p))
		_, goes := c.Exchange().Outlast(func(f *stream.Feed) { begun <- f }, func() {})
		assert.True(t, goes)
		return hooks.Continue
	})
	f := <-begun
	require.NotNil(t, f)
	assertDropped(t, <-sent, "what was sent")
	f.End()
}

// TestSuccessorKeeps: what goes on by itself has nothing of the request that it began as.
func TestSuccessorKeeps(t *testing.T) {
	t.Parallel()
	before := make(chan (<-chan struct{}), 2)
	_, br := raw(t, "", func(s *stream.Stream, c *stream.Context) hooks.Status {
		before <- dropped(c.Request())
		before <- dropped(c.Request().URL)
		assert.NoError(t, s.Send([]byte(switching)))
		r, err := c.Exchange().Upgrade(never)
		assert.NoError(t, err)
		assert.True(t, c.Exchange().Afterwards(func(*stream.Exchange) bool {
			assertDropped(t, <-before, "the request")
			assertDropped(t, <-before, "its URL")
			assert.NoError(t, r.Send([]byte("done\n")))
			return false
		}))
		return hooks.Continue
	})
	_, err := br.ReadString('\n')
	assert.NoError(t, err)
}

// TestWatchAfterFeed: the watch for the client's leaving begins anew behind a response that
// went on.
func TestWatchAfterFeed(t *testing.T) {
	t.Parallel()
	begun, waits, left := make(chan *stream.Feed, 1), make(chan struct{}), make(chan struct{})
	var sender stream.Sender
	client, _, _ := ask(t, "GET /feed HTTP/1.1\r\nHost: a\r\n\r\n", func(s *stream.Stream, c *stream.Context) hooks.Status {
		done := c.Request().Context().Done() // somebody waits
		if c.Request().URL.Path == "/wait" {
			close(waits)
			<-done
			close(left)
			return hooks.Reject
		}
		assert.NoError(t, s.Send([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")))
		sender, _ = c.Exchange().Sender()
		_, goes := c.Exchange().Outlast(func(f *stream.Feed) { begun <- f }, func() {})
		assert.True(t, goes)
		return hooks.Continue
	})
	f := <-begun
	require.NotNil(t, f)
	assert.NoError(t, sender.Send([]byte("0\r\n\r\n")))
	f.End()
	_, err := client.Write([]byte("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"))
	require.NoError(t, err)
	<-waits
	require.NoError(t, client.Close())
	<-left
}
