package compat_test

import (
	"fmt"
	"io"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestRecorder compares what a ResponseRecorder holds afterwards.
func TestRecorder(t *testing.T) {
	t.Parallel()
	elsewhere(t, runRecorder)
}

// runRecorder plays a case into a recorder and returns all there was to see.
func runRecorder(t *testing.T, hc *handlerCase, c carrier) string {
	n := newNotes(false)
	m := c.mount(hc, root(t, hc, n))
	r, err := hc.request.request("http://" + host)
	if err != nil {
		return "no request: " + err.Error()
	}
	in := httptest.NewRequest(r.Method, hc.request.path(), r.Body)
	in.Host, in.Header, in.ContentLength = r.Host, r.Header, r.ContentLength
	in.Trailer = r.Trailer
	w := httptest.NewRecorder()
	func() {
		defer func() {
			if v := recover(); v != nil {
				n.seen = append(n.seen, fmt.Sprintf("panic: %v", v))
			}
		}()
		m.handler.ServeHTTP(w, in)
	}()
	n.settle()
	if form := in.MultipartForm; form != nil {
		assert.NoError(t, form.RemoveAll(), "a server would have done it")
	}
	record(n, w)
	ctx, cancel := contextWithPatience()
	defer cancel()
	assert.NoError(t, m.shutdown(ctx), "shutdown")
	return outcome(hc, n, nil)
}

// record adds what w holds to what the client saw.
func record(n *notes, w *httptest.ResponseRecorder) {
	saw := func(format string, args ...any) { n.seen = append(n.seen, fmt.Sprintf(format, args...)) }
	resp := w.Result()
	body, err := io.ReadAll(resp.Body)
	saw("%s %s", resp.Proto, resp.Status)
	saw("flushed %t", w.Flushed)
	saw("header %q", headerLines(resp.Header))
	saw("left in the map %q", headerLines(w.Header()))
	saw("length %d", resp.ContentLength)
	saw("body %s, %s", abridged(body), errorClass(err))
	saw("trailer %q", headerLines(resp.Trailer))
}
