package adapter_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestShutdownErrorHTTP2: over HTTP/2, too, what does not end in time is cut at once and
// counted; requests are an adapter.Server's, and else the http.Server's.
func TestShutdownErrorHTTP2(t *testing.T) {
	both := new(http.Protocols)
	both.SetHTTP1(true)
	both.SetUnencryptedHTTP2(true)
	only := new(http.Protocols)
	only.SetUnencryptedHTTP2(true)
	for _, own := range []bool{false, true} {
		for _, window := range []time.Duration{0, untold} {
			t.Run(map[bool]string{false: "http.Server", true: "Server"}[own]+" "+window.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					forever := make(chan struct{})
					h, opts := deafService(forever), &adapter.Options{DrainWindow: window}
					var s *service
					var shut func(context.Context) error
					want := map[stream.Kind]int{stream.KindEvents: 2}
					if own {
						s = startOver(t, &adapter.Server{Handler: h, Options: opts, Protocols: both}, false, nil)
						shut = s.Shutdown
						want[stream.KindRequest] = 1
					} else {
						a := adapter.New(opts)
						s = serveOver(t, a.Wrap(h), &http.Server{Protocols: both}, nil)
						shut = a.Shutdown
					}
					transport := &http.Transport{Protocols: only, DialContext: s.DialContext}
					defer transport.CloseIdleConnections()
					ended := make(chan string, 3)
					get := func(path string) {
						resp, err := (&http.Client{Transport: transport}).Get("http://a" + path)
						if err == nil {
							_, err = io.Copy(io.Discard, resp.Body)
							_ = resp.Body.Close()
						}
						if assert.Error(t, err, path) {
							ended <- path
						}
					}
					go get("/silent")
					if window > 0 { // else it is told, and ends for its client
						go get("/events")
					} else {
						go get("/silent")
					}
					if own {
						go get("/request")
					}
					synctest.Wait()

					ctx, cancel := context.WithTimeout(t.Context(), grace)
					defer cancel()
					began := time.Now()
					err := shut(ctx)
					var report *adapter.ShutdownError
					require.ErrorAs(t, err, &report)
					assert.ErrorIs(t, err, context.DeadlineExceeded)
					assert.Equal(t, want, report.Open)
					for range len(want) + 1 {
						receive(t, ended, "the end of a response")
					}
					assert.Equal(t, grace, time.Since(began))
					close(forever)
				})
			})
		}
	}
}
