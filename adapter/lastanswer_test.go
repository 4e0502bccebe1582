package adapter_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/onramp-go/onramp/adapter"
)

const (
	getNext = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	getLast = "GET /last HTTP/1.1\r\nHost: a\r\n\r\n"
)

// TestLastAnswerArrives: a client that has sent further requests gets all of the answer behind
// which we close. What nobody had read made of the close a reset, and most of the answer was
// lost (RFC 9112, section 9.6).
func TestLastAnswerArrives(t *testing.T) {
	answer := strings.Repeat("answer, ", 1<<17) // more than arrives before a client reads
	for _, m := range mounts() {
		for _, secure := range []bool{false, true} {
			for _, end := range []string{"MaxConnAge", "handler", "Shutdown"} {
				if m.mode != adapter.Eager || secure && !m.own {
					continue // it is net/http that closes
				}
				t.Run(fmt.Sprint(m.name, " secure ", secure, " ", end), func(t *testing.T) {
					t.Parallel()
					begun, goOn := make(chan struct{}), make(chan struct{})
					h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if r.URL.Path != "/last" {
							return
						}
						begun <- struct{}{}
						<-goOn
						if end == "handler" {
							w.Header().Set("Connection", "close")
						}
						_, _ = io.WriteString(w, answer)
					})
					l := newLedger()
					opts := &adapter.Options{Takeover: adapter.Eager, Observer: l}
					if end == "MaxConnAge" {
						opts.MaxConnAge = time.Nanosecond
					}
					var s *service
					var a interface{ Shutdown(context.Context) error }
					if config, _ := certificate(); m.own {
						srv := &adapter.Server{Handler: h, Options: opts, TLSConfig: config}
						s, a = start(t, srv, secure), srv
					} else {
						under := adapt(t, opts)
						s, a = serve(t, under.Wrap(h), nil), under
					}
					idle, c := s.Dial(), s.Dial()
					if secure {
						idle, c = dialTLS(t, s), dialTLS(t, s)
					}
					idle.Get("/")
					if !m.own || end != "MaxConnAge" {
						c.Get("/")
					}
					c.Send(getLast)
					receive(t, begun, "the handler")
					c.Send(getNext + getNext)
					done := make(chan error, 1)
					if end == "Shutdown" {
						go func() { done <- a.Shutdown(t.Context()) }()
						idle.WantEnd() // then it is under way
					} else {
						idle.Close()
						done <- nil
					}
					l.until(t, "the idle one", func() bool { return len(l.conns) == 1 })
					goOn <- struct{}{}
					l.until(t, "the end", func() bool { return len(l.conns) == 2 })
					got := c.Want("GET")
					assert.True(t, got.Close)
					assert.Len(t, got.Text, len(answer))
					assert.NoError(t, receive(t, done, "Shutdown"))
				})
			}
		}
	}
}

// TestLastAnswerIsAwaited: a client that did not ask for the end may have sent a request by
// the time it learns of it, even where none was seen: it has time to read.
func TestLastAnswerIsAwaited(t *testing.T) {
	for _, m := range mounts() {
		if m.mode != adapter.Eager {
			continue // it is net/http that closes
		}
		for sent, waits := range map[string]bool{
			getLast: true,
			"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n": false,
			"GET /last HTTP/1.0\r\n\r\n":                                 false,
		} {
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					l := newLedger()
					h := m.with(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if r.URL.Path == "/last" {
							w.Header().Set("Connection", "close")
						}
					}), adapter.Options{Observer: l})
					c := serveOver(t, h, nil, nil).Dial()
					c.Get("/")
					c.Send(sent).Want("GET")
					c.WantEnd()
					time.Sleep(100 * time.Millisecond)
					open := 0
					l.note(func() { open = len(l.open) })
					assert.Equal(t, waits, open == 1, "%q", sent)
					c.Close()
					synctest.Wait()
					l.note(func() { open = len(l.open) })
					assert.Zero(t, open)
				})
			})
		}
	}
}
