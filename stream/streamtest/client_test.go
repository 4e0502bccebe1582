package streamtest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/streamtest"
)

// overBoth runs test over memory and over TCP.
func overBoth(t *testing.T, test func(t *testing.T, opts *streamtest.Options)) {
	t.Helper()
	for _, tcp := range []bool{false, true} {
		t.Run(fmt.Sprint("TCP ", tcp), func(t *testing.T) {
			t.Parallel()
			test(t, &streamtest.Options{TCP: tcp})
		})
	}
}

// service answers in the ways that a client tells apart.
func service() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprint(w, r.Method, " ", r.Header.Get("X"), " ", string(body))
	})
	mux.HandleFunc("/chunks", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		for _, chunk := range []string{"one", "two and more", "3"} {
			io.WriteString(w, chunk)
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/silent", func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) })
	return mux
}

func TestClient(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, opts *streamtest.Options) {
		c := streamtest.Dial(t, service(), opts)
		got := c.Get("/echo", "X: y")
		assert.Equal(t, http.StatusOK, got.StatusCode)
		assert.Equal(t, "GET y ", got.Text)
		assert.True(t, strings.HasPrefix(got.Wire, "HTTP/1.1 200 OK\r\n"), got.Wire)
		assert.True(t, strings.HasSuffix(got.Wire, "\r\n\r\nGET y "), got.Wire)
		again, err := io.ReadAll(got.Body)
		require.NoError(t, err)
		assert.Equal(t, got.Text, string(again))
		assert.Nil(t, got.Chunks())

		assert.Equal(t, "POST  hello", c.Ask("POST", "/echo", "hello").Text)
		head := c.Ask("HEAD", "/echo", "")
		assert.Equal(t, "", head.Text)
		assert.EqualValues(t, 6, head.ContentLength)

		got = c.Get("/chunks")
		assert.Equal(t, []int{http.StatusEarlyHints}, got.Interim)
		assert.Equal(t, []string{"one", "two and more", "3"}, got.Chunks())
		assert.Equal(t, "onetwo and more3", got.Text)

		// Pipelined answers are told apart, and only their own bytes are theirs.
		c.Send(strings.Repeat("GET /echo HTTP/1.1\r\nHost: a\r\nX: z\r\n\r\n", 3))
		for range 3 {
			got := c.Want("GET")
			assert.Equal(t, "GET z ", got.Text)
			assert.Equal(t, 1, strings.Count(got.Wire, "HTTP/1.1"))
		}
		c.SendPieces("GET /echo HTTP/1.1\r\nHost: a\r\nX: p\r\n\r\n", 7, 0)
		assert.Equal(t, "GET p ", c.Want("GET").Text)
		c.WantSilence(time.Millisecond)
		assert.NoError(t, c.Send("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").Want("GET").Body.Close())
		assert.NoError(t, c.WantEnd())
	})
}

// An answer that does not come, or not whole.
func TestNext(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, opts *streamtest.Options) {
		s := streamtest.Serve(t, &http.Server{Handler: service()}, opts)
		c := s.Dial().Send("GET /cut HTTP/1.1\r\nHost: a\r\n\r\n")
		got, err := c.Next("GET")
		assert.Equal(t, io.ErrUnexpectedEOF, err)
		assert.Equal(t, "half", got.Text)
		assert.True(t, strings.HasSuffix(got.Wire, "\r\n\r\nhalf"), got.Wire)

		c = s.Dial().Send("GET /silent HTTP/1.1\r\nHost: a\r\n\r\n")
		got, err = c.Next("GET")
		assert.Equal(t, io.EOF, err)
		assert.Nil(t, got.Response)
		assert.Nil(t, got.Chunks())
	})
}

// The faults that a client commits, as a server sees them.
func TestFaults(t *testing.T) {
	t.Parallel()
	begun, read := make(chan struct{}, 1), make(chan error, 1)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		_, err := io.ReadAll(r.Body)
		read <- err
	})
	for _, row := range []struct {
		name   string
		commit func(c *streamtest.Client)
		want   error
	}{
		{"half-close", func(c *streamtest.Client) { c.CloseWrite() }, io.ErrUnexpectedEOF},
		{"close", (*streamtest.Client).Close, io.ErrUnexpectedEOF},
		{"reset", (*streamtest.Client).Reset, syscall.ECONNRESET},
	} {
		for _, tcp := range []bool{false, true} {
			t.Run(fmt.Sprint(row.name, " TCP ", tcp), func(t *testing.T) {
				c := streamtest.Dial(t, h, &streamtest.Options{TCP: tcp})
				c.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhal")
				<-begun
				row.commit(c)
				err := <-read
				if tcp && row.want == syscall.ECONNRESET {
					row.want = err // Windows has another name for it
				}
				assert.ErrorIs(t, err, row.want)
				assert.Equal(t, row.name == "reset", !errors.Is(err, io.ErrUnexpectedEOF))
			})
		}
	}
}

// A client that takes little at a time slows the server down, and no more.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		written := make(chan time.Duration, 1)
		start := time.Now()
		c := streamtest.Dial(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for range 10 {
				fmt.Fprint(w, strings.Repeat("x", 1000))
				w.(http.Flusher).Flush()
			}
			written <- time.Since(start)
		}), &streamtest.Options{Window: 1000})
		c.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		for range 10 {
			time.Sleep(time.Second)
			c.Take(1000)
		}
		_, err := c.CloseWrite().Rest()
		require.NoError(t, err)
		assert.Equal(t, 10*time.Second, <-written)
	})
}

// Everything takes the time that it should, and none of it in truth.
func TestVirtualTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := streamtest.Serve(t, &http.Server{Handler: service(), IdleTimeout: time.Hour}, &streamtest.Options{Latency: 10 * time.Millisecond, Patience: 2 * time.Hour})
		c := s.Dial()
		start := time.Now()
		c.Get("/echo")
		assert.Equal(t, 20*time.Millisecond, time.Since(start))
		c.WantSilence(59 * time.Minute)
		require.NoError(t, c.WantEnd())
		assert.Equal(t, time.Hour+20*time.Millisecond, time.Since(start)) // the end is under way as well
	})
}

// What fails a test says why.
func TestFailures(t *testing.T) {
	t.Parallel()
	answering := func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ok") }
	for _, row := range []struct {
		name, says string
		test       func(c *streamtest.Client)
	}{
		{"no answer", "Want: EOF", func(c *streamtest.Client) { c.CloseWrite().Want("GET") }},
		{"bytes differ", `WantBytes: got "HTTP" (<nil>), want "http"`, func(c *streamtest.Client) { c.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").WantBytes("http") }},
		{"bytes are missing", `WantBytes: got "" (EOF), want "x"`, func(c *streamtest.Client) { c.CloseWrite().WantBytes("x") }},
		{"too few", "Take: EOF after 0 of 1 bytes", func(c *streamtest.Client) { c.CloseWrite().Take(1) }},
		{"not silent", `WantSilence: got "HTTP/1.1 200 OK`, func(c *streamtest.Client) { c.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").WantSilence(time.Minute) }},
		{"not silent, read ahead", `WantSilence: got "TTP/1.1 200 OK`, func(c *streamtest.Client) {
			c.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").WantBytes("H").WantSilence(time.Minute)
		}},
		{"ended", "WantSilence: the connection has ended: EOF", func(c *streamtest.Client) { c.CloseWrite().WantSilence(time.Minute) }},
		{"not ended", "WantEnd: the connection is still open", func(c *streamtest.Client) { c.WantEnd() }},
		{"not ended, after all", `Rest: the connection is still open, after ""`, func(c *streamtest.Client) { c.Rest() }},
		{"more before the end", `WantEnd: got "HTTP/1.1 200 OK`, func(c *streamtest.Client) { c.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").WantEnd() }},
		{"send", "Send: after 0 of 1 bytes", func(c *streamtest.Client) { c.CloseWrite().Send("x") }},
		{"ended twice", "CloseWrite: ", func(c *streamtest.Client) { c.Close(); c.CloseWrite() }},
		{"no frame", "WantFrame: EOF after 0 of 2 bytes", func(c *streamtest.Client) { c.CloseWrite().WantFrame() }},
	} {
		for _, tcp := range []bool{false, true} {
			t.Run(fmt.Sprint(row.name, " TCP ", tcp), func(t *testing.T) {
				t.Parallel()
				wantFailure(t, "streamtest.Client."+row.says, func(tb streamtest.TB) {
					opts := &streamtest.Options{TCP: tcp}
					if strings.HasPrefix(row.name, "not ended") {
						opts.Patience = 100 * time.Millisecond
					}
					row.test(streamtest.Dial(tb, http.HandlerFunc(answering), opts))
				})
			})
		}
	}
}
