package adapter_test

import (
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A network is what a service listens on and its peers come from.
type network struct {
	net.Listener
	dial func() (net.Conn, error)
}

// loopback returns a port of this machine.
func loopback(t *testing.T) network {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return network{l, func() (net.Conn, error) { return net.Dial("tcp", l.Addr().String()) }}
}

// memory returns a network without sockets, for tests in a bubble. A write waits until
// all of it was read.
func memory() network {
	l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	return network{l, l.dial}
}

// pipes is the listener of a network in memory.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipes) dial() (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }

// short is a time-out that a test waits for.
const short = 100 * time.Millisecond

// timed runs f, a test of a time-out, by the clock of a bubble, where nothing comes late
// and each moment can be told. sockets says whether to run it over sockets, too, where
// the engine waits in ways of its own; then the time-out d is long enough for whatever
// else a busy machine has to do meanwhile.
func timed(t *testing.T, name string, sockets bool, f func(t *testing.T, on network, d time.Duration)) {
	t.Helper()
	t.Run(name+"/memory", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) { f(t, memory(), short) })
	})
	if sockets {
		t.Run(name+"/sockets", func(t *testing.T) {
			t.Parallel()
			f(t, loopback(t), 10*short)
		})
	}
}

// took asserts, in a bubble, that exactly d has passed since a moment. Over sockets the
// other side has its own view of when that was.
func (n network) took(t *testing.T, d time.Duration, since time.Time) {
	t.Helper()
	if _, ok := n.Listener.(*pipes); ok {
		assert.Equal(t, d, time.Since(since))
	}
}
