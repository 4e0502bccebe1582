package http1_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// Whatever a handler puts into its header, a line stays a line (RFC 9110, 5.5).
func TestFieldsCannotBreakOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, value, want string }{
		{"A", "plain", "A: plain\r\n"},
		{"A", "x\r\nSet-Cookie: y", "A: x  Set-Cookie: y\r\n"},
		{"A", "x\r\n\r\n<script>", "A: x    <script>\r\n"},
		{"A", "x\nB: y", "A: x B: y\r\n"},
		{"A", "x\rB: y", "A: x B: y\r\n"},
		{"A", "x\x00y", "A: x y\r\n"},
		{"A", "\r\n\x00 \t", "A: \r\n"},
		{"A", " \t in \t between \t ", "A: in \t between\r\n"},
		{"A", "\r\nx\r\n", "A: x\r\n"},
		{"A", "", "A: \r\n"},
		{"A", "\xff\x80", "A: \xff\x80\r\n"},
		{"a-B", "the name as it was put", "a-B: the name as it was put\r\n"},
		{"A\r\nB", "x", ""},
		{"A\nB", "x", ""},
		{"A\x00", "x", ""},
		{"A: b\r\nC", "x", ""},
		{"A:", "x", ""},
		{"A ", "x", ""},
		{" A", "x", ""},
		{"", "x", ""},
		{"Ä", "x", ""},
		{"Content-Type", "a/b\r\nC: d", "Content-Type: a/b  C: d\r\n"},
		{"Connection", "x\r\nC: d", "Connection: x  C: d\r\n"},
		{"Trailer", "X\r\nC: d", "Trailer: X  C: d\r\n"},
	} {
		t.Run(c.name+"="+c.value, func(t *testing.T) {
			t.Parallel()
			a := answered(t, get, func(w *http1.ResponseWriter) {
				w.Header()["Content-Length"] = []string{"0"}
				w.Header()[c.name] = []string{c.value}
			})
			assert.Equal(t, "HTTP/1.1 200 OK\r\n", a.wire[:17])
			rest := strings.Replace(a.wire[17:], "Content-Length: 0\r\n", "", 1)
			assert.Equal(t, c.want+"\r\n", rest)

			interim := answered(t, get, func(w *http1.ResponseWriter) {
				w.Header()[c.name] = []string{c.value}
				w.WriteHeader(http.StatusEarlyHints)
				w.Header()[c.name] = nil
			})
			first, _, _ := strings.Cut(interim.wire, "\r\n\r\n")
			assert.Equal(t, strings.TrimSuffix("HTTP/1.1 103 Early Hints\r\n"+c.want, "\r\n"), first)

			assert.Equal(t, c.want, string(http1.AppendHeader(nil, http.Header{c.name: {c.value}})))

			if c.name == "Trailer" {
				return // announces itself
			}
			trailer := answered(t, get, func(w *http1.ResponseWriter) {
				w.Flush()
				w.Header()[http.TrailerPrefix+c.name] = []string{c.value}
			})
			_, section, _ := strings.Cut(trailer.wire, "\r\n\r\n")
			assert.Equal(t, "0\r\n"+c.want+"\r\n", section)
		})
	}
}

// Each value is a line of its own, in its order; the fields are sorted.
func TestAppendHeader(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "A: 3\r\nB: 1\r\nB: 2\r\nContent-Type: c\r\nConnection: close\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
		string(http1.AppendHeader(nil, http.Header{
			"B": {"1", "2"}, "A": {"3"}, "Empty": {}, "Connection": {"close"}, "Content-Type": {"c"}, "Content-Length": {"5"},
			"Transfer-Encoding": {"chunked"}, http.TrailerPrefix + "X": {"y"},
		})))
	assert.Equal(t, "before", string(http1.AppendHeader([]byte("before"), nil)))
}

func TestStatusLine(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{
		200: "200 OK", 404: "404 Not Found", 418: "418 I'm a teapot", 425: "425 Too Early", 511: "511 Network Authentication Required",
		299: "299 status code 299", 420: "420 status code 420", 599: "599 status code 599", 999: "999 status code 999", 306: "306 status code 306",
	} {
		for _, c := range []struct{ request, proto string }{{get, "HTTP/1.1 "}, {get10, "HTTP/1.0 "}, {head, "HTTP/1.1 "}} {
			a := answered(t, c.request, func(w *http1.ResponseWriter) { w.WriteHeader(code) })
			line, _, _ := strings.Cut(a.wire, "\r\n")
			assert.Equal(t, c.proto+want, line)
		}
		assert.Equal(t, "HTTP/1.1 "+want+"\r\n", string(http1.AppendStatusLine(nil, code)))
	}
	assert.Equal(t, "HTTP/1.1 042 status code 42\r\n", string(http1.AppendStatusLine(nil, 42)), "three digits")
	for _, code := range []int{-1, 0, 99, 1000} {
		answered(t, get, func(w *http1.ResponseWriter) { assert.Panics(t, func() { w.WriteHeader(code) }) })
	}
}

// An interim response has the fields of the moment, but no framing, and leaves the
// header as it is for the final one (RFC 9110, 15.2).
func TestInterim(t *testing.T) {
	t.Parallel()
	a := answered(t, get, func(w *http1.ResponseWriter) {
		h := w.Header()
		h.Set("Link", "</a>; rel=preload")
		h.Set("Content-Length", "2")
		h.Set("Content-Type", "a/b")
		h.Set("Transfer-Encoding", "chunked")
		w.WriteHeader(http.StatusEarlyHints)
		h.Del("Transfer-Encoding")
		h.Set("Link", "</b>; rel=preload")
		w.WriteHeader(http.StatusProcessing)
		assert.False(t, w.Begun())
		w.WriteHeader(199)
		h.Del("Link")
		w.WriteHeader(http.StatusCreated)
		assert.True(t, w.Begun())
		w.Write([]byte("ok"))
	})
	assert.Equal(t, "HTTP/1.1 103 Early Hints\r\nContent-Type: a/b\r\nLink: </a>; rel=preload\r\n\r\n"+
		"HTTP/1.1 102 Processing\r\nContent-Type: a/b\r\nLink: </b>; rel=preload\r\n\r\n"+
		"HTTP/1.1 199 status code 199\r\nContent-Type: a/b\r\nLink: </b>; rel=preload\r\n\r\n"+
		"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nContent-Type: a/b\r\n\r\nok", a.wire)
	assert.True(t, a.keep)
	assert.Empty(t, a.log)
}

// An interim response that comes too late, or a second final one, is a mistake.
func TestSuperfluousHeads(t *testing.T) {
	t.Parallel()
	for _, code := range []int{103, 200, 404} {
		a := answered(t, get, func(w *http1.ResponseWriter) {
			w.WriteHeader(http.StatusAccepted)
			w.WriteHeader(code)
		})
		assert.Equal(t, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", a.wire)
		assert.True(t, a.keep)
		if assert.Len(t, a.log, 1) {
			assert.Contains(t, a.log[0], "superfluous response.WriteHeader call from ")
		}
	}
}

// The 100 Continue goes out once, when the body is asked for, and not behind a head.
func TestContinue(t *testing.T) {
	t.Parallel()
	const go100 = "HTTP/1.1 100 Continue\r\n\r\n"
	post := "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
	for _, c := range []struct {
		what string
		call func(w *http1.ResponseWriter)
		want string
	}{
		{"asked for", func(w *http1.ResponseWriter) { w.Continue(); w.Continue() }, go100},
		{"never", func(*http1.ResponseWriter) {}, ""},
		{"the head is fixed", func(w *http1.ResponseWriter) { w.WriteHeader(200); w.Continue() }, ""},
		{"the body has begun", func(w *http1.ResponseWriter) { w.Write([]byte("x")); w.Continue() }, ""},
		{"sent by hand", func(w *http1.ResponseWriter) { w.WriteHeader(100); w.Continue() }, go100},
		{"another interim response first", func(w *http1.ResponseWriter) { w.WriteHeader(102); w.Continue() }, "HTTP/1.1 102 Processing\r\n\r\n" + go100},
		{"forgone", func(w *http1.ResponseWriter) { w.ForgoContinue(); w.Continue() }, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			a := answered(t, post, func(w *http1.ResponseWriter) {
				w.ExpectContinue()
				assert.True(t, w.Waits())
				c.call(w)
			})
			interim, _, ok := strings.Cut(a.wire, "HTTP/1.1 200 OK\r\n")
			assert.True(t, ok, a.wire)
			assert.Equal(t, c.want, interim)
			assert.False(t, a.keep, "whether the body comes is not known")
		})
	}
}

// Date is formatted once a second, so it costs no memory in between. Not parallel:
// AllocsPerRun counts for the whole process.
func TestDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second)))
		for range 3 {
			want := time.Now().UTC().Format(http.TimeFormat)
			assert.Equal(t, want, http1.Date())
			assert.Zero(t, testing.AllocsPerRun(100, func() { http1.Date() }))
			time.Sleep(time.Second - time.Nanosecond)
			assert.Equal(t, want, http1.Date())
			time.Sleep(time.Nanosecond)
		}
	})
}
