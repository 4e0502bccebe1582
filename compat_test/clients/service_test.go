package clients_test

import (
	"context"
	"embed"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/require"
)

// topic is what all event streams follow.
const topic = "numbers"

// pages holds the page that a browser opens, and what Node runs.
//
//go:embed testdata
var pages embed.FS

// A service has a page at /testdata/page.html, an event stream at /events and a WebSocket
// at /ws, on a loopback port.
type service struct {
	url string
	hub *sse.Hub
	*cutter

	ended chan error // what the server read last of the first WebSocket

	mu     sync.Mutex
	visits []visit // guarded by mu: the event streams, as they were asked for
}

// A visit is a request for the event stream.
type visit struct{ proto, lastEventID string }

// service serves until the test ends.
func (c carrier) service(t *testing.T) *service {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &service{
		url: c.scheme() + "://" + l.Addr().String(), cutter: &cutter{Listener: l}, ended: make(chan error, 1),
		hub: sse.NewHub(&sse.HubOptions{History: true, Store: sse.NewMemory(&sse.MemoryOptions{Events: total})}),
	}
	mux := http.NewServeMux()
	mux.Handle("GET /testdata/", http.FileServerFS(pages))
	mux.Handle("/events", adapter.Handler(sse.Hook(s.follow, &sse.Options{Retry: 10 * time.Millisecond})))
	mux.Handle("/ws", adapter.Handler(ws.Hook(echo, &ws.Options{Compression: true, Closed: s.left})))
	c.serve(t, s.cutter, mux)
	return s
}

// follow serves an event stream.
func (s *service) follow(x *sse.Session) error {
	s.mu.Lock()
	s.visits = append(s.visits, visit{x.Request().Proto, x.LastEventID()})
	s.mu.Unlock()
	return s.hub.Follow(x, topic)
}

// visited returns the requests for the event stream so far.
func (s *service) visited() []visit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]visit(nil), s.visits...)
}

// publish publishes the numbers from first to last, each on its own.
func (s *service) publish(t *testing.T, first, last int) {
	t.Helper()
	for n := first; n <= last; n++ {
		require.NoError(t, s.hub.Publish(context.Background(), topic, sse.Event{Data: strconv.Itoa(n)}))
	}
}

// echo answers each message with itself, and farewell with a close frame.
func echo(c *ws.Conn, messageType int, p []byte) error {
	if string(p) == farewell {
		return &ws.CloseError{Code: farewellCode, Text: farewell}
	}
	return c.WriteMessage(messageType, p)
}

func (s *service) left(_ *ws.Conn, err error) {
	select {
	case s.ended <- err:
	default:
	}
}
