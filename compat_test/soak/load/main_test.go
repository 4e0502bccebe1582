//go:build linux

// Package load_test does to servers what they must get over: a shutdown under load, thousands
// of clients that hardly say a word, one that never reads, and the end of all descriptors. The
// servers are processes of their own, those of the soak.
//
// The sizes are small, so that the tests run with all others. The real ones take some minutes:
//
//	go test ./compat_test/soak/load -full -v -timeout 20m
package load_test

import (
	"bufio"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/compat_test/soak/internal/process"
	"github.com/onramp-go/onramp/compat_test/soak/internal/serve"
)

var full = flag.Bool("full", false, "run with the sizes that matter")

// TestMain lets the test binary be the server processes, too.
func TestMain(m *testing.M) {
	if served, err := process.Serve(os.Args[1:]); served {
		if err != nil {
			fmt.Fprintln(os.Stderr, "load:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// sized returns the size of a test: small, or the real one.
func sized[T any](small, real T) T {
	if *full {
		return real
	}
	return small
}

const (
	patience = 60 * time.Second
	memory   = 512 << 20 // of a server process, with the race detector
)

// kinds are the servers that have connections of onramp's alone.
var kinds = []string{serve.Server, serve.Eager}

// config is a server of the kind with patience.
func config(kind string) serve.Config {
	return serve.Config{
		Kind: kind, Clients: 1, Events: time.Second, Notices: time.Second,
		Header: patience, Body: patience, Write: patience, Idle: patience,
	}
}

func start(t *testing.T, cfg serve.Config) *process.Server {
	t.Helper()
	s, err := process.Start(cfg, memory)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Stop()) })
	return s
}

func state(t *testing.T, s *process.Server) serve.State {
	t.Helper()
	st, err := s.State()
	require.NoError(t, err)
	return st
}

// back waits until the server has no more goroutines and descriptors than before.
func back(t *testing.T, s *process.Server, before serve.State) {
	t.Helper()
	assert.Eventually(t, func() bool {
		st := state(t, s)
		return st.Goroutines <= before.Goroutines && st.Descriptors <= before.Descriptors
	}, patience, 50*time.Millisecond, "something is left")
}

// A dialog is a connection to a server.
type dialog struct {
	net.Conn
	br *bufio.Reader
}

func dial(t *testing.T, s *process.Server) *dialog {
	t.Helper()
	nc, err := net.Dial("tcp", s.Addr)
	require.NoError(t, err)
	t.Cleanup(func() { nc.Close() })
	require.NoError(t, nc.SetDeadline(time.Now().Add(2*patience)))
	return &dialog{nc, bufio.NewReader(nc)}
}

// answer reads the next answer.
func (d *dialog) answer() (*http.Response, error) { return http.ReadResponse(d.br, nil) }
