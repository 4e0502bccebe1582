package adapter_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/require"
)

// BenchmarkConnection is the whole life of a connection with one request, which asks to
// close it, or which the client closes. What the client allocates is in it.
func BenchmarkConnection(b *testing.B) {
	handler := text("hello")
	for _, ending := range []struct{ name, field string }{{"ClosedByServer", "Connection: close\r\n"}, {"ClosedByClient", ""}} {
		request := []byte("GET / HTTP/1.1\r\nHost: a\r\n" + ending.field + "\r\n")
		for _, network := range []struct {
			name string
			opts *streamtest.Options
		}{{"memory", nil}, {"TCP", &streamtest.Options{TCP: true}}} {
			for _, server := range []struct {
				name string
				make func() streamtest.Server
			}{
				{"NetHTTP", func() streamtest.Server { return &http.Server{Handler: handler} }},
				{"Server", func() streamtest.Server { return &adapter.Server{Handler: handler} }},
				{"Eager", func() streamtest.Server {
					a := adapter.New(&adapter.Options{Takeover: adapter.Eager})
					srv := &http.Server{Handler: a.Wrap(handler)}
					a.Register(srv)
					return srv
				}},
			} {
				b.Run(ending.name+"/"+network.name+"/"+server.name, func(b *testing.B) {
					s := streamtest.Serve(b, server.make(), network.opts)
					p := make([]byte, 4<<10)
					b.ReportAllocs()
					for b.Loop() {
						conn, err := s.DialContext(b.Context(), "", "")
						require.NoError(b, err)
						_, err = conn.Write(request)
						require.NoError(b, err)
						require.NoError(b, readUntil(conn, p, []byte("hello"), ending.field != ""))
						require.NoError(b, conn.Close())
					}
				})
			}
		}
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
