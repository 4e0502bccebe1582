package sse_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onTCP runs test on the carriers whose connections the system knows, for what it does
// otherwise with these.
func onTCP(t *testing.T, test func(t *testing.T, ca carrier)) {
	for _, ca := range carriers() {
		if ca.http2 {
			continue
		}
		for _, secure := range []bool{false, true} {
			if secure && ca.own {
				continue
			}
			ca.tcp, ca.tls = true, secure
			name := ca.name
			if secure {
				name += " TLS"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, ca)
			})
		}
	}
}

// within fails the test if c is not closed in time.
func within(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatal(what)
	}
}

// TestTCPConversation: requests and event streams in turn on one connection, and the
// client leaves in the middle of the last.
func TestTCPConversation(t *testing.T) {
	t.Parallel()
	onTCP(t, func(t *testing.T, ca carrier) {
		left := make(chan struct{})
		s, stop := ca.serve(t, hooks.HookFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
			return sse.Hook(func(x *sse.Session) error {
				stays := c.Header("Stay") != ""
				if stays {
					defer close(left)
				}
				for i := range 100 {
					if err := x.Send(sse.Event{Data: fmt.Sprint(i)}); err != nil {
						return err // the client may have left by now
					}
				}
				if stays {
					<-x.Context().Done()
					assert.ErrorIs(t, x.Send(sse.Event{Data: "late"}), stream.ErrClosed)
				}
				return nil
			}, nil).Handle(s, c)
		}), nil, adapter.Options{})
		defer stop()
		p := s.peer()
		require.NoError(t, p.conn.SetDeadline(time.Now().Add(patience)))
		for range 3 {
			p.say("GET /plain HTTP/1.1\nHost: a\n\n")
			_, body := p.reply()
			assert.Equal(t, "plain", body)
			p.say("GET /events HTTP/1.1\nHost: a\n\n")
			_, body = p.reply()
			got, _ := parseAll(t, body)
			assert.Len(t, got, 100)
		}
		p.say("GET /events HTTP/1.1\nHost: a\nStay: yes\n\n")
		_, err := p.br.ReadString('\n')
		require.NoError(t, err)
		p.conn.Close()
		within(t, "the client's leaving was not seen", left)
	})
}

// TestTCPEnd: a client that reads nothing is cut off.
func TestTCPEnd(t *testing.T) {
	t.Parallel()
	onTCP(t, func(t *testing.T, ca carrier) {
		ended := make(chan struct{})
		returned := ca.noteReturn()
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			defer close(ended)
			var err error
			for err == nil {
				err = x.Send(sse.Event{Data: strings.Repeat("0123456789abcdef", 2000)})
			}
			assert.ErrorIs(t, err, sse.ErrSlow)
			<-x.Context().Done()
			return err
		}, &sse.Options{Policy: sse.End}), nil, adapter.Options{WriteTimeout: time.Hour})
		defer stop()
		p := s.peer()
		p.say("GET /events HTTP/1.1\nHost: a\n\n")
		within(t, "the client was not cut off", ended)
		within(t, "what serves the request waits for its client", returned)
		require.NoError(t, p.conn.SetDeadline(time.Now().Add(patience)))
		_, err := io.Copy(io.Discard, p.conn)
		if ne, ok := err.(net.Error); ok {
			assert.False(t, ne.Timeout(), "the connection is closed")
		}
	})
}

// TestTCPShutdown: the streams of many clients end in good order.
func TestTCPShutdown(t *testing.T) { testTCPShutdown(t, false) }

func TestTCPShutdownAttached(t *testing.T) { testTCPShutdown(t, true) }

func testTCPShutdown(t *testing.T, attaches bool) {
	t.Parallel()
	onTCP(t, func(t *testing.T, ca carrier) {
		ca.attaches = attaches
		h := sse.NewHub(nil)
		s, stop := ca.serve(t, ca.follow(h, nil), nil, adapter.Options{DrainWindow: 50 * time.Millisecond})
		defer stop()
		var all []*listener
		for range 8 {
			all = append(all, s.get("Topic", "a"))
		}
		for i := range 50 {
			publish(t, h, "a", fmt.Sprint(2*i), fmt.Sprint(2*i+1))
		}
		for _, l := range all {
			for i := range 100 {
				require.Equal(t, fmt.Sprint(i), l.hear().data)
			}
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			if s.adapter != nil {
				assert.NoError(t, s.adapter.Shutdown(ctx))
			} else {
				assert.NoError(t, s.shutdown(ctx))
			}
		}()
		for _, l := range all {
			_, err := l.rest()
			assert.Equal(t, io.EOF, err)
			assert.Greater(t, l.retry, 0)
		}
		within(t, "the shutdown did not end", done)
	})
}

// TestTCPAttachWhilePublished: what is published while a hook returns that has attached its
// session reaches the client, as all else does.
func TestTCPAttachWhilePublished(t *testing.T) {
	t.Parallel()
	onTCP(t, func(t *testing.T, ca carrier) {
		if ca.inside {
			return // there the hook stays
		}
		const clients, events = 30, 20
		h := sse.NewHub(nil)
		published := make(chan struct{}, clients)
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			topic := x.Request().Header.Get("Topic")
			err := h.Attach(x, topic)
			go func() {
				for i := range events {
					assert.NoError(t, h.Publish(context.Background(), topic, sse.Event{Data: fmt.Sprint(i)}))
				}
				published <- struct{}{}
			}()
			return err
		}, nil), nil, adapter.Options{})
		defer stop()
		for n := range clients {
			l := s.get("Topic", fmt.Sprint(n))
			for i := range events {
				require.Equal(t, fmt.Sprint(i), l.hear().data)
			}
			within(t, "publishing did not end", published)
		}
	})
}
