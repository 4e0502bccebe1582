package compat_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestEngineHeadBounds: heads far within and far beyond http.Server's MaxHeaderBytes
// end alike. Near the bound net/http's own result depends on its buffer.
func TestEngineHeadBounds(t *testing.T) {
	t.Parallel()
	const most, slop = 1000, 4096
	set := func(srv *http.Server) { srv.MaxHeaderBytes = most }
	for _, size := range []int{10, 900, most + slop - 200, 3 * slop, 200_000} {
		many := strings.Repeat("X: y\r\n", size/6)
		for name, head := range map[string]string{
			"target":  "GET /" + strings.Repeat("x", size) + " HTTP/1.1\r\nHost: a\r\n\r\n",
			"method":  strings.Repeat("X", size) + " / HTTP/1.1\r\nHost: a\r\n\r\n",
			"version": "GET / HTTP/1.1" + strings.Repeat("1", size) + "\r\nHost: a\r\n\r\n",
			"name":    "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("x", size) + ": y\r\n\r\n",
			"value":   "GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", size) + "\r\n\r\n",
			"fields":  "GET / HTTP/1.1\r\nHost: a\r\n" + many + "\r\n",
			"no end":  "GET / HTTP/1.1\r\nHost: a\r\n" + many,
			"no line": strings.Repeat("x", size),
			"blank":   "GET / HTTP/1.1\r\nHost: a\r\nX:" + strings.Repeat(" ", size) + "y\r\n\r\n",
		} {
			t.Run(fmt.Sprint(name, " ", size), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					d := newDuel(t)
					for i, fin := range []bool{false, true} {
						d.fight(input{bytes: head, manner: manners()[0], cutting: cuttings(0)[i*2], fin: fin, set: set})
						if size < most+slop {
							d.fight(input{bytes: head + next, manner: manners()[0], cutting: cuttings(0)[1], fin: fin, set: set})
						}
					}
				})
			})
		}
	}
}

// TestEngineTimeouts: a connection that goes silent, wherever in a request, ends at
// the same moment by each of http.Server's time-outs. A ReadHeaderTimeout beyond
// ReadTimeout is left out: net/http lets a head take longer than the whole request.
func TestEngineTimeouts(t *testing.T) {
	t.Parallel()
	servers := map[string]func(*http.Server){
		"header":       func(srv *http.Server) { srv.ReadHeaderTimeout = 3 * time.Second },
		"read":         func(srv *http.Server) { srv.ReadTimeout = 4 * time.Second },
		"idle":         func(srv *http.Server) { srv.IdleTimeout = 5 * time.Second },
		"header, idle": func(srv *http.Server) { srv.ReadHeaderTimeout, srv.IdleTimeout = 3*time.Second, 5*time.Second },
		"read, idle":   func(srv *http.Server) { srv.ReadTimeout, srv.IdleTimeout = 4*time.Second, 5*time.Second },
		"all": func(srv *http.Server) {
			srv.ReadTimeout, srv.ReadHeaderTimeout, srv.IdleTimeout, srv.WriteTimeout = 4*time.Second, 3*time.Second, 5*time.Second, 6*time.Second
		},
	}
	const request = "POST /t HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
	for name, set := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, m := range manners()[:5] {
					for n := range len(request) + 1 {
						if 0 < n && n < 4 {
							continue // net/http takes so little for silence: its IdleTimeout holds on
						}
						in := input{bytes: request[:n], manner: m, cutting: cuttings(0)[0], set: set}
						for _, e := range engines() {
							want, got := play(stock, e.warm, in), play(e.start, e.warm, in)
							assert.Equal(t, want.lasted, got.lasted, "%s: %s: %q, %v", e.name, m.name, in.bytes, got.causes)
							assert.Equal(t, want.state, got.state, "%s: %s: %q, %v", e.name, m.name, in.bytes, got.causes)
						}
					}
				}
			})
		})
	}
}
