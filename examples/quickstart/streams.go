package main

import (
	"fmt"
	"net/http"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// frames sends on the connection itself: a head and four chunks, prepared before the
// first byte leaves and handed over in one write. The response is framed, so the
// connection serves further requests.
func frames(s *stream.Stream, c *stream.Context) hooks.Status {
	c.Response().Header.Set("Content-Type", "text/plain; charset=utf-8")
	c.Response().Header.Set("Transfer-Encoding", "chunked")
	list := [][]byte{c.Response().Build()}
	for i := range 4 {
		list = append(list, chunk(fmt.Sprintf("frame %d of 4\n", i+1)))
	}
	list = append(list, chunk(""))
	if err := s.SendList(list); err != nil {
		return hooks.Reject
	}
	return hooks.Continue
}

// chunk frames text as one chunk of a chunked body (RFC 9112, section 7.1); the empty
// one ends it.
func chunk(text string) []byte {
	return fmt.Appendf(nil, "%x\r\n%s\r\n", len(text), text)
}

const (
	loopPath   = "/loop"
	loopRounds = 3 // how many requests a loop answers before it gives its connection back
)

// A loop serves its connection by itself: it answers a request, waits for the next
// one, and returns when it has had its rounds.
type loop struct{ round int }

func newLoop(*stream.Stream, *stream.Context) *loop { return &loop{} }

// Handle implements hooks.ServerHook.
func (l *loop) Handle(s *stream.Stream, c *stream.Context) hooks.Status {
	for {
		if c.Request().URL.Path == loopPath {
			l.round++
			stage(s, c, http.StatusOK, map[string]any{
				"round": l.round, "rounds": loopRounds, "connection": s.ID(), "served": s.Served(),
			})
		} else if passOn(s, c) != hooks.Continue {
			return hooks.Reject
		}
		if l.round == loopRounds {
			return hooks.Continue // what is staged is sent
		}
		if _, err := s.NextRequest(); err != nil {
			return hooks.Reject // the client has left, or had nothing more to ask
		}
	}
}

// passOn has the service's other routes answer a request that the loop got: a browser
// sends whatever comes next on the connection that is free.
func passOn(s *stream.Stream, c *stream.Context) hooks.Status {
	srv, ok := c.Request().Context().Value(http.ServerContextKey).(*http.Server)
	if !ok {
		return hooks.Reject
	}
	return adapter.Hook(srv.Handler).Handle(s, c)
}
