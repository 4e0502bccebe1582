package adapter_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
)

// slowPeers are the ways to be slow, each with the time it is given, and what it ends with.
var slowPeers = map[string]struct {
	begin  string // what the client sends at once
	drip   bool   // and then a byte each second
	deaf   bool   // it reads nothing
	bound  time.Duration
	reason stream.CloseReason
	status int // of the answer, 0: none
}{
	"silent":             {bound: idleBound, reason: stream.ClosedIdle},
	"slow request line":  {begin: "GET /", drip: true, bound: headBound, reason: stream.ClosedRefused, status: 408},
	"slow head":          {begin: "GET / HTTP/1.1\r\nHost: a\r\nX: ", drip: true, bound: headBound, reason: stream.ClosedRefused, status: 408},
	"stalled head":       {begin: "GET / HTTP/1.1\r\nHost: a\r\n", bound: headBound, reason: stream.ClosedRefused, status: 408},
	"slow body":          {begin: "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n", drip: true, bound: bodyBound, reason: stream.ClosedComplete, status: 500},
	"stalled body":       {begin: "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\nabc", bound: bodyBound, reason: stream.ClosedComplete, status: 500},
	"stalled chunk":      {begin: "POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", bound: bodyBound, reason: stream.ClosedComplete, status: 500},
	"deaf":               {begin: "GET /large HTTP/1.1\r\nHost: a\r\n\r\n", deaf: true, bound: writeBound, reason: stream.ClosedSlowReader},
	"deaf, slow as well": {begin: "GET /large HTTP/1.1\r\nHost: a\r\n\r\nGET", drip: true, deaf: true, bound: writeBound, reason: stream.ClosedSlowReader},
}

const (
	writeBound = 5 * time.Second
	headBound  = 11 * time.Second
	bodyBound  = 17 * time.Second
	idleBound  = 23 * time.Second
	late       = time.Second // what a sweep may take
)

// slowService has what slow peers ask for.
func slowService() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", text("hello"))
	mux.HandleFunc("/read", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		for p := make([]byte, 64<<10); ; {
			if _, err := w.Write(p); err != nil {
				return
			}
		}
	})
	return mux
}

// TestSlowPeers: each way to be slow ends at its own bound, for its own reason, on a first
// request and a later one.
func TestSlowPeers(t *testing.T) {
	for name, peer := range slowPeers {
		for _, m := range mounts() {
			for _, later := range []bool{false, true} {
				if m.mode != adapter.Eager || !m.own && !later || name == "silent" && !later {
					continue // the first head is net/http's, and who says nothing has begun no wait for a second
				}
				t.Run(fmt.Sprint(name, "/", m.name, " later ", later), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						seen := newLedger()
						h := m.with(t, slowService(), adapter.Options{
							Observer: seen, WriteTimeout: writeBound, HeaderTimeout: headBound, BodyTimeout: bodyBound, IdleTimeout: idleBound,
						})
						c := serveOver(t, h, nil, &streamtest.Options{Patience: time.Hour}).Dial()
						if later {
							c.Get("/")
						}
						begun := time.Now()
						c.Send(peer.begin)
						gone := make(chan struct{})
						go func() {
							defer close(gone)
							for err := error(nil); err == nil && peer.drip; {
								time.Sleep(time.Second)
								_, err = io.WriteString(c.Conn(), "x")
							}
						}()
						if !peer.deaf {
							got, err := c.Next("GET")
							if peer.status == 0 {
								assert.Equal(t, io.EOF, err)
							} else if assert.NoError(t, err) {
								assert.Equal(t, peer.status, got.StatusCode)
								assert.True(t, got.Close)
							}
							assert.GreaterOrEqual(t, time.Since(begun), peer.bound)
							assert.LessOrEqual(t, time.Since(begun), peer.bound+late)
							c.Close()
						}
						seen.until(t, "the end of the connection", func() bool { return len(seen.conns) == 1 })
						assert.GreaterOrEqual(t, time.Since(begun), peer.bound)
						assert.LessOrEqual(t, time.Since(begun), peer.bound+late)
						assert.Equal(t, peer.reason, seen.conns[0].Reason, "%v", seen.conns[0].Err)
						c.Close()
						<-gone
					})
				})
			}
		}
	}
}
