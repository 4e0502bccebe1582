package adapter_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A connectionServer is what the life of a connection with one request is measured of.
type connectionServer struct {
	name string
	make func(h http.Handler) streamtest.Server
}

var connectionServers = []connectionServer{
	{"NetHTTP", func(h http.Handler) streamtest.Server { return &http.Server{Handler: h} }},
	{"Server", func(h http.Handler) streamtest.Server { return &adapter.Server{Handler: h} }},
	{"Eager", func(h http.Handler) streamtest.Server {
		a := adapter.New(&adapter.Options{Takeover: adapter.Eager})
		srv := &http.Server{Handler: a.Wrap(h)}
		a.Register(srv)
		return srv
	}},
}

// connectionEndings are who closes the connection, and what the request says of it.
var connectionEndings = []struct{ name, field string }{{"ClosedByServer", "Connection: close\r\n"}, {"ClosedByClient", ""}}

// BenchmarkConnection is the whole life of a connection with one request, which asks to
// close it, or which the client closes. What the client allocates is in it.
func BenchmarkConnection(b *testing.B) {
	for _, ending := range connectionEndings {
		for _, network := range []struct {
			name string
			opts *streamtest.Options
		}{{"memory", nil}, {"TCP", &streamtest.Options{TCP: true}}} {
			for _, server := range connectionServers {
				b.Run(ending.name+"/"+network.name+"/"+server.name, func(b *testing.B) {
					live := connectionLife(b, server, network.opts, ending.field)
					b.ReportAllocs()
					for b.Loop() {
						live()
					}
				})
			}
		}
	}
}

// TestConnectionAllocations: a connection to Server is made of fewer pieces than one to
// http.Server, whoever closes it.
func TestConnectionAllocations(t *testing.T) { // alone, for its count
	for _, ending := range connectionEndings {
		var allocs [2]float64
		for i := range allocs {
			allocs[i] = testing.AllocsPerRun(300, connectionLife(t, connectionServers[i], nil, ending.field))
		}
		assert.LessOrEqual(t, allocs[1], 0.8*allocs[0], ending.name)
	}
}

// connectionLife returns what makes a connection, sends the request and closes it.
func connectionLife(t testing.TB, server connectionServer, opts *streamtest.Options, field string) func() {
	request := []byte("GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n")
	s := streamtest.Serve(t, server.make(text("hello")), opts)
	p := make([]byte, 4<<10)
	return func() {
		conn, err := s.DialContext(t.Context(), "", "")
		require.NoError(t, err)
		_, err = conn.Write(request)
		require.NoError(t, err)
		require.NoError(t, readUntil(conn, p, []byte("hello"), field != ""))
		require.NoError(t, conn.Close())
	}
}

// readUntil reads until what it has read ends with want, and the end if it is to follow.
func readUntil(conn net.Conn, p, want []byte, ends bool) error {
	n := 0
	for !bytes.HasSuffix(p[:n], want) {
		m, err := conn.Read(p[n:])
		if n += m; err != nil && !(ends && err == io.EOF && bytes.HasSuffix(p[:n], want)) {
			return err
		}
	}
	if !ends {
		return nil
	}
	if _, err := conn.Read(p[:1]); err != io.EOF {
		return io.ErrUnexpectedEOF
	}
	return nil
}
