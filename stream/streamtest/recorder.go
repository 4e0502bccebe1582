package streamtest

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
)

// A Recorder is an httptest.ResponseRecorder that can be hijacked (http.Hijacker): what
// is sent on the connection is for its Client to receive. Make it with [Record] or
// [NewRecorder].
type Recorder struct {
	*httptest.ResponseRecorder // has what went through the ResponseWriter

	// Client is at the other end of the connection, nil while it was not hijacked.
	Client *Client
	// Log has what is logged of the connection.
	Log Log

	far     *Client // Client, once it is
	conn    *Conn
	br      *bufio.Reader
	written bool // the head has gone through the ResponseWriter
}

var errBegun = errors.New("streamtest: hijack after the response has begun")

// NewRecorder returns a Recorder for a request without a body. nil options select every
// default; nobody may read from the connection before the handler has returned, so that
// Window 0 stands for no bound.
func NewRecorder(t TB, opts *Options) *Recorder {
	o := opts.resolved()
	if opts == nil || opts.Window == 0 {
		o.Window = -1
	}
	client, server := pipe(&o, clientAddr(firstPort), serverAddr)
	return &Recorder{
		ResponseRecorder: httptest.NewRecorder(),
		far:              newClient(t, client, o), conn: server, br: bufio.NewReader(server),
	}
}

// Record has h serve r, such as httptest.NewRequest returns it, into a new Recorder, and
// returns that when h has. To h the request comes from an http.Server, so that hooks can
// take the connection over: what h has not read of the body is then on the connection,
// and later requests of Client are for h as well. A panic of h is the caller's.
func Record(t TB, h http.Handler, r *http.Request, opts *Options) *Recorder {
	t.Helper()
	rec := NewRecorder(t, opts)
	srv := &http.Server{Handler: h, ErrorLog: rec.Log.Logger()}
	ctx, cancel := context.WithCancel(context.WithValue(r.Context(), http.ServerContextKey, srv))
	defer cancel()
	r = r.Clone(context.WithValue(ctx, http.LocalAddrContextKey, rec.conn.LocalAddr()))
	if err := rec.receive(r); err != nil {
		t.Fatalf("streamtest.Record: %v", err)
	}
	h.ServeHTTP(rec, r)
	return rec
}

// receive has the client send r's body, and r read it from the connection.
func (rec *Recorder) receive(r *http.Request) error {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	sent := &http.Request{Method: r.Method, URL: r.URL, Host: host, Body: r.Body, ContentLength: r.ContentLength}
	if err := sent.Write(rec.far.conn); err != nil {
		return err
	}
	got, err := http.ReadRequest(rec.br)
	if err != nil {
		return err
	}
	r.Body, r.TransferEncoding, r.ContentLength = got.Body, got.TransferEncoding, got.ContentLength
	return nil
}

// Hijack implements http.Hijacker. It fails when the response has begun.
func (rec *Recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	switch {
	case rec.Client != nil:
		return nil, nil, http.ErrHijacked
	case rec.written || rec.Flushed:
		return nil, nil, errBegun
	}
	rec.Client = rec.far
	return rec.conn, bufio.NewReadWriter(rec.br, bufio.NewWriter(rec.conn)), nil
}

// WriteHeader implements http.ResponseWriter. It does nothing once the connection was
// hijacked.
func (rec *Recorder) WriteHeader(code int) {
	if rec.Client != nil {
		return
	}
	rec.written = rec.written || code >= 200
	rec.ResponseRecorder.WriteHeader(code)
}

// Write implements http.ResponseWriter. It fails with http.ErrHijacked once the
// connection was hijacked.
func (rec *Recorder) Write(p []byte) (int, error) {
	if rec.Client != nil {
		return 0, http.ErrHijacked
	}
	rec.written = true
	return rec.ResponseRecorder.Write(p)
}

// WriteString implements io.StringWriter, as Write.
func (rec *Recorder) WriteString(s string) (int, error) { return rec.Write([]byte(s)) }

// Flush implements http.Flusher. It does nothing once the connection was hijacked.
func (rec *Recorder) Flush() {
	if rec.Client == nil {
		rec.ResponseRecorder.Flush()
	}
}
