package adapter_test

import (
	"io"
	"net/http"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
)

// A client that sends its body a byte at a time does not hold the handler for ever,
// whether the body comes with the first request of a connection or a later one, and
// whether the handler reads it or leaves it to be thrown away.
func TestBodyTimeout(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name          string
		second, reads bool
	}{{"first, read", false, true}, {"second, read", true, true}, {"second, not read", true, false}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got := make(chan error, 2)
				p := paced(t, func(w http.ResponseWriter, r *http.Request) {
					if row.reads {
						_, err := io.ReadAll(r.Body)
						got <- err
					}
				})
				if row.second {
					p.Get("/")
				}
				p.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
				var slowly sync.WaitGroup
				slowly.Go(func() {
					for err := error(nil); err == nil; time.Sleep(time.Second) {
						_, err = io.WriteString(p.Conn(), "x")
					}
				})
				_, _ = p.Rest()
				p.Close()
				slowly.Wait()
				if row.reads {
					assert.ErrorIs(t, <-got, os.ErrDeadlineExceeded)
				}
			})
		})
	}
}

// The time that counts is that of waiting: what the handler does meanwhile does not, nor
// is a body bounded as a whole.
func TestBodyTimeoutSparesTheHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := paced(t, func(w http.ResponseWriter, r *http.Request) {
			buf := make([]byte, 16<<10)
			for range 4 {
				time.Sleep(2 * slow)
				if _, err := io.ReadFull(r.Body, buf); err != nil {
					panic(err)
				}
			}
		})
		p.Get("/")
		p.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n" + string(make([]byte, 65536)))
		assert.Equal(t, http.StatusOK, p.Want(http.MethodPost).StatusCode)
	})
}

// A handler that says how long it wants to wait is taken at its word.
func TestBodyTimeoutOfTheHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got := make(chan error, 1)
		p := paced(t, func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
			_, err := io.ReadAll(r.Body)
			got <- err
		})
		p.Get("/")
		p.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n")
		time.Sleep(4 * slow) // the body comes late
		p.Send("x")
		assert.NoError(t, <-got)
	})
}

const slow = 10 * time.Second

// paced serves POST with h, with a BodyTimeout, in memory.
func paced(t *testing.T, h http.HandlerFunc) *streamtest.Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", text("ok"))
	mux.HandleFunc("POST /", h)
	a := adapt(t, &adapter.Options{Takeover: adapter.Eager, BodyTimeout: slow})
	return serveOver(t, a.Wrap(mux), nil, &streamtest.Options{Patience: time.Hour}).Dial()
}
