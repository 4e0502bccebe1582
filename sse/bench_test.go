package sse_test

import (
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
	"github.com/stretchr/testify/require"
)

// onLoopback runs fn with a session whose client reads all that comes.
func onLoopback(t testing.TB, o *sse.Options, fn func(x *sse.Session)) {
	srv := httptest.NewServer(adapter.New(nil).Wrap(adapter.Handler(sse.Hook(func(x *sse.Session) error {
		fn(x)
		return nil
	}, o))))
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	require.NoError(t, err)
	buf := make([]byte, 256<<10)
	for err == nil {
		_, err = conn.Read(buf)
	}
}

// TestAllocations: an event to a client that keeps up leaves no garbage behind.
func TestAllocations(t *testing.T) {
	onLoopback(t, nil, func(x *sse.Session) {
		ev := sse.Event{ID: "12345", Name: "tick", Data: strings.Repeat("x", 100)}
		p, err := sse.Prepare(ev)
		require.NoError(t, err)
		const runs = 300
		for name, send := range map[string]func() error{
			"Send":         func() error { return x.Send(ev) },
			"SendPrepared": func() error { return x.SendPrepared(p) },
		} {
			allocs := testing.AllocsPerRun(runs, func() { require.NoError(t, send()) })
			if allocs >= 2 { // the pool may be emptied now and then
				t.Errorf("%s allocates %v times", name, allocs)
			}
		}
	})
}

func BenchmarkSend(b *testing.B) {
	ev := sse.Event{ID: "12345", Data: strings.Repeat("x", 100)}
	list := make([]sse.Event, 16)
	for i := range list {
		list[i] = ev
	}
	p, err := sse.Prepare(list...)
	require.NoError(b, err)
	for name, send := range map[string]func(x *sse.Session) error{
		"one":         func(x *sse.Session) error { return x.Send(ev) },
		"list of 16":  func(x *sse.Session) error { return x.SendList(list...) },
		"16 prepared": func(x *sse.Session) error { return x.SendPrepared(p) },
	} {
		b.Run(name, func(b *testing.B) {
			onLoopback(b, &sse.Options{SendTimeout: -1}, func(x *sse.Session) {
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					if err := send(x); err != nil {
						b.Fatal(err)
					}
				}
				b.StopTimer()
			})
		})
	}
}
