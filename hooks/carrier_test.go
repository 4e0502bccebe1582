package hooks_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/require"
)

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

// A carrier is a way to serve a hook.
type carrier struct {
	name string
	wrap func(http.Handler) http.Handler

	http1, http2 bool // neither: a recorder
	memory       bool // over a connection without a descriptor
}

func carriers() []carrier {
	bare := func(h http.Handler) http.Handler { return h }
	under := func(t adapter.Takeover) func(http.Handler) http.Handler {
		return adapter.New(&adapter.Options{Takeover: t}).Wrap
	}
	return []carrier{
		{name: "net/http", wrap: bare, http1: true},
		{name: "OnDemand", wrap: under(adapter.OnDemand), http1: true},
		{name: "Eager", wrap: under(adapter.Eager), http1: true},
		{name: "Never", wrap: under(adapter.Never), http1: true},
		{name: "memory", wrap: bare, http1: true, memory: true},
		{name: "HTTP/2", wrap: bare, http2: true},
		{name: "Recorder", wrap: bare},
	}
}

// A request is what a client says. The zero request is GET / HTTP/1.1 for "onramp.test".
type request struct {
	method, target, host string

	old    bool     // HTTP/1.0
	fields []string // names and values
	body   string
}

// An answer is what a client gets.
type answer struct {
	status int
	header http.Header
	body   string
}

// A client talks to one server over one connection.
type client interface {
	do(t *testing.T, r request) answer
	// closed requires that the connection ends.
	closed()
}

// open serves hook on the carrier until the test ends.
func (ca carrier) open(t *testing.T, hook hooks.ServerHook) client {
	h := ca.wrap(adapter.Handler(hook))
	if !ca.http1 && !ca.http2 {
		return recorder{h}
	}
	if ca.http2 {
		name := fmt.Sprint(http2Count.Add(1))
		http2Handlers.Store(name, h)
		t.Cleanup(func() { http2Handlers.Delete(name) })
		return http2Client{name}
	}
	return http1Client{streamtest.Dial(t, h, &streamtest.Options{TCP: !ca.memory})}
}

// onCarriers runs test on every carrier, with hook served anew for each.
func onCarriers(t *testing.T, hook hooks.ServerHook, test func(t *testing.T, ca carrier, cl client)) {
	t.Helper()
	for _, ca := range carriers() {
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			test(t, ca, ca.open(t, hook))
		})
	}
}

type http1Client struct{ *streamtest.Client }

func (cl http1Client) do(t *testing.T, r request) answer {
	r = r.filled()
	var b strings.Builder
	version := "HTTP/1.1"
	if r.old {
		version = "HTTP/1.0"
	}
	fmt.Fprintf(&b, "%s %s %s\r\nHost: %s\r\n", r.method, r.target, version, r.host)
	for i := 0; i < len(r.fields); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", r.fields[i], r.fields[i+1])
	}
	if r.body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.body))
	}
	return read(t, cl.Send(b.String()+"\r\n"+r.body).Want(r.method).Response)
}

func (cl http1Client) closed() { cl.WantEnd() }

// The HTTP/2 server is one for all tests, since TLS is what takes their time.
// [TestMain] closes it.
var (
	http2Server   *httptest.Server
	http2Handlers sync.Map // of http.Handler, by the text of a number
	http2Count    atomic.Int64
)

// http2Name is the field that names the handler. It is taken away before.
const http2Name = "X-Test-Handler"

func startHTTP2() {
	http2Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, _ := http2Handlers.Load(r.Header.Get(http2Name))
		r.Header.Del(http2Name)
		h.(http.Handler).ServeHTTP(w, r)
	}))
	http2Server.EnableHTTP2 = true
	http2Server.StartTLS()
}

type http2Client struct{ name string }

func (cl http2Client) do(t *testing.T, r request) answer {
	r = r.filled()
	req, err := http.NewRequest(r.method, http2Server.URL+r.target, strings.NewReader(r.body))
	require.NoError(t, err)
	req.Host = r.host
	req.Header.Set(http2Name, cl.name)
	for i := 0; i < len(r.fields); i += 2 {
		req.Header.Add(r.fields[i], r.fields[i+1])
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	resp, err := http2Server.Client().Transport.RoundTrip(req.WithContext(ctx))
	require.NoError(t, err)
	require.Equal(t, 2, resp.ProtoMajor)
	return read(t, resp)
}

func (http2Client) closed() {}

type recorder struct{ handler http.Handler }

func (cl recorder) do(t *testing.T, r request) answer {
	r = r.filled()
	req := httptest.NewRequest(r.method, r.target, strings.NewReader(r.body))
	req.Host = r.host
	if r.old {
		req.Proto, req.ProtoMinor = "HTTP/1.0", 0
	}
	for i := 0; i < len(r.fields); i += 2 {
		req.Header.Add(r.fields[i], r.fields[i+1])
	}
	w := httptest.NewRecorder()
	cl.handler.ServeHTTP(w, req)
	return read(t, w.Result())
}

func (recorder) closed() {}

func (r request) filled() request {
	if r.method == "" {
		r.method = "GET"
	}
	if r.target == "" {
		r.target = "/"
	}
	if r.host == "" {
		r.host = "onramp.test"
	}
	return r
}

func read(t *testing.T, resp *http.Response) answer {
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp.StatusCode, resp.Header, string(body)}
}
