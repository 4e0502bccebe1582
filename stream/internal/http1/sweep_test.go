package http1_test

import (
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// A slowCloser is a carrier whose Close says farewell to a peer that does not listen.
type slowCloser struct {
	net.Conn
	closing, farewell chan struct{}
}

func (c slowCloser) Close() error {
	close(c.closing)
	<-c.farewell
	return c.Conn.Close()
}

// A sweep has all connections of a server to go on to, and its lock: it does not wait for one
// that is being closed by its own means.
func TestSweepDoesNotWait(t *testing.T) {
	t.Parallel()
	server, peer := net.Pipe()
	defer peer.Close()
	s := slowCloser{server, make(chan struct{}), make(chan struct{})}
	conn := http1.NewConn(s, http1.Config{QueueSize: 1 << 20, Timeout: time.Minute, Sweeps: 2})
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		conn.Close(http1.ErrClosed)
	}()
	<-s.closing
	conn.Sweep()
	close(s.farewell)
	<-closed
}

// A rigid carrier knows no deadlines.
type rigid struct{ net.Conn }

var errRigid = errors.New("no deadlines")

func (rigid) SetWriteDeadline(time.Time) error { return errRigid }

// A write that cannot be ended by a deadline ends with the connection.
func TestCountWithoutDeadlines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, peer := net.Pipe()
		defer peer.Close()
		conn := http1.NewConn(rigid{server}, http1.Config{QueueSize: 1 << 20, Timeout: time.Minute, Sweeps: 2})
		written := make(chan error, 1)
		go func() { written <- conn.Out.WriteThrough([]byte(strings.Repeat("x", 100))) }()
		synctest.Wait()
		conn.Sweep()
		synctest.Wait()
		require.Empty(t, written)
		conn.Sweep()
		synctest.Wait()
		require.Len(t, written, 1)
		assert.ErrorIs(t, <-written, errRigid)
		conn.Release()
	})
}
