package adapter_test

import (
	"bufio"
	"net"
	"net/http"
	"runtime"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// A slowHijacker lets others run while the connection is being taken over.
type slowHijacker struct {
	http.ResponseWriter
	hijack func()
}

func (w *slowHijacker) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *slowHijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.hijack()
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// TestLastsWithinTakeover: a stream that begins while another goroutine's send takes the
// connection over waited for the exchange with the adapter's lock in hand, and the takeover
// for that lock: the adapter stood still for ever.
func TestLastsWithinTakeover(t *testing.T) {
	t.Parallel()
	a := adapt(t, nil)
	hijacking, begins := make(chan struct{}), make(chan struct{})
	route := adapter.Handler(hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Body = []byte("posted")
		answer, sent := c.Response().Build(), make(chan error, 1)
		go func() { sent <- s.Send(answer) }()
		<-hijacking
		close(begins)
		done := c.Exchange().Lasts(stream.Lasting{Kind: stream.KindEvents, End: func(error) {}})
		done()
		must("send", <-sent, nil)
		return hooks.Reject
	}))
	s := serve(t, a.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		route.ServeHTTP(&slowHijacker{w, func() {
			close(hijacking)
			<-begins
			for range 10_000 { // the other goroutine is in Lasts by then
				runtime.Gosched()
				a.Gauges()
			}
		}}, r)
	})), nil)
	p := s.Dial()
	p.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	got := p.Want("GET")
	assert.Equal(t, "posted", got.Text)
}
