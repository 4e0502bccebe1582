package compat_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestHTTP2 compares what a client sees over HTTP/2.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	elsewhere(t, runHTTP2)
}

// runHTTP2 plays a case over HTTP/2 and returns all there was to see.
func runHTTP2(t *testing.T, hc *handlerCase, c carrier) string {
	n := newNotes(false)
	errors := newErrorLog()
	m := c.mount(hc, root(t, hc, n))
	srv := httptest.NewUnstartedServer(m.handler)
	srv.EnableHTTP2 = true
	srv.Config.ErrorLog = log.New(errors, "", 0)
	m.register(srv.Config)
	n.server = srv.Config
	srv.TLS = serverTLS().Clone()
	srv.StartTLS()

	transport := &http.Transport{
		TLSClientConfig:       &tls.Config{InsecureSkipVerify: true},
		ForceAttemptHTTP2:     true,
		DisableCompression:    true,
		ExpectContinueTimeout: patience,
	}
	clientHTTP2(hc, n, transport, srv.URL)
	n.settle()
	// HTTP/2 logs panics, and little else of what HTTP/1.x does.
	var logged int
	if slices.Contains(hc.logs, "panic serving") {
		logged = 1
	}
	kinds := errors.settle(logged, n.patience)
	transport.CloseIdleConnections()

	ctx, cancel := contextWithPatience()
	defer cancel()
	assert.NoError(t, m.shutdown(ctx), "shutdown")
	srv.Close()
	return outcome(hc, n, kinds)
}

// clientHTTP2 sends the case's request and records the answer.
func clientHTTP2(hc *handlerCase, n *notes, transport http.RoundTripper, url string) {
	saw := func(format string, args ...any) { n.seen = append(n.seen, fmt.Sprintf(format, args...)) }
	r, err := hc.request.request(url)
	if err != nil {
		saw("no request: %v", err)
		return
	}
	ctx, cancel := contextWithPatience()
	defer cancel()
	r = r.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
			saw("interim %d %q", code, headerLines(http.Header(header)))
			return nil
		},
	}))
	resp, err := transport.RoundTrip(r)
	if err != nil {
		saw("no response: %s", clientErrorClass(err))
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	saw("%s %s", resp.Proto, resp.Status)
	saw("header %q", headerLines(resp.Header))
	saw("length %d", resp.ContentLength)
	saw("body %s, %s", abridged(body), clientErrorClass(err))
	saw("trailer %q", headerLines(resp.Trailer))
}

// headerLines returns the fields of h, sorted, the date masked.
func headerLines(h http.Header) []string {
	var lines []string
	for name, values := range h {
		for _, value := range values {
			lines = append(lines, maskDate(name+": "+value))
		}
	}
	slices.Sort(lines)
	return lines
}

var digits = regexp.MustCompile(`\d+`)

// clientErrorClass names what went wrong for a client of HTTP/2, without the
// numbers of streams.
func clientErrorClass(err error) string {
	if err == nil {
		return "ok"
	}
	if context.DeadlineExceeded.Error() == err.Error() {
		return timedOut
	}
	return digits.ReplaceAllString(maskAddresses(err.Error()), "#")
}
