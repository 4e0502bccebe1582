package http1_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// flags says in words what f knows.
func flags(f *http1.Follower) string {
	ten := *f
	ten.HTTP10 = true
	var words []string
	for _, w := range []struct {
		word string
		is   bool
	}{
		{"begun", f.Begun()}, {"complete", f.Complete()}, {"upgraded", f.Upgraded()}, {"whole", f.Whole()},
		{"keeps", f.KeepsAlive()}, {"keeps10", ten.KeepsAlive()}, {fmt.Sprintf("left=%d", f.Left()), f.Left() > 0},
	} {
		if w.is {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, " ")
}

// An entrance is an Outbound with a Follower at it.
type entrance struct {
	*tap
	out *http1.Outbound
	f   *http1.Follower
}

func enter(headOnly bool) entrance {
	s := newTap(all)
	return entrance{s, under(s, 1<<20, 0), &http1.Follower{Scanner: http1.Scanner{HeadOnly: headOnly}}}
}

// sends are the two ways past a Follower.
var sends = map[string]func(e entrance, frames ...string) error{
	"TrySend": func(e entrance, frames ...string) error { return e.out.TrySend(e.f, bytesOf(frames)...) },
	"Send":    func(e entrance, frames ...string) error { return e.out.Send(e.f, bytesOf(frames)...) },
}

func bytesOf(frames []string) (p [][]byte) {
	for _, f := range frames {
		p = append(p, []byte(f))
	}
	return p
}

// What a Follower knows at the end does not depend on how the response was sent: in
// one frame, in one list, in many sends.
func TestFollower(t *testing.T) {
	t.Parallel()
	for _, c := range responses {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			splits(c.in, func(parts ...string) {
				e := enter(c.headOnly)
				require.NoError(t, sends["Send"](e, parts...))
				assert.Equal(t, c.flags, flags(e.f))
				assert.True(t, c.in == e.got())

				e = enter(c.headOnly)
				for _, p := range parts {
					require.NoError(t, sends["TrySend"](e, p))
				}
				assert.Equal(t, c.flags, flags(e.f))
				assert.True(t, c.in == e.got())
			})
		})
	}
}

// excesses are sends with bytes behind the end: what was sent before, what is
// refused, why, and what would have been right.
var excesses = []struct {
	what   string
	before []string
	list   []string
	want   error
	right  []string
}{
	{"beyond the length", nil, []string{ok + "Content-Length: 5\r\n\r\nhello!"}, http.ErrContentLength, []string{ok + "Content-Length: 5\r\n\r\nhello"}},
	{"beyond the length, in the body", []string{ok + "Content-Length: 5\r\n\r\nhe"}, []string{"llo!"}, http.ErrContentLength, []string{"llo"}},
	{"beyond the length, a later frame", []string{ok + "Content-Length: 5\r\n\r\nhe"}, []string{"l", "lo", "!"}, http.ErrContentLength, []string{"l", "lo"}},
	{"beyond the length, in pieces", []string{ok, "Content-Le"}, []string{"ngth: 5\r\n\r\nhello", "!"}, http.ErrContentLength, []string{"ngth: 5\r\n\r\nhello"}},
	{"a body where there is none", nil, []string{ok + "Content-Length: 0\r\n\r\nx"}, http.ErrContentLength, []string{ok + "Content-Length: 0\r\n\r\n"}},
	{"204 with a body", nil, []string{"HTTP/1.1 204 No Content\r\n\r\nx"}, http.ErrBodyNotAllowed, []string{"HTTP/1.1 204 No Content\r\n\r\n"}},
	{"304 with a body", nil, []string{"HTTP/1.1 304 Not Modified\r\nContent-Length: 1\r\n\r\n", "x"}, http.ErrBodyNotAllowed, []string{"HTTP/1.1 304 Not Modified\r\n\r\n"}},
	{"behind a 103, 204 with a body", []string{"HTTP/1.1 103 Early Hints\r\n\r\n"}, []string{"HTTP/1.1 204 No Content\r\n\r\nx"}, http.ErrBodyNotAllowed, []string{ok + "Content-Length: 0\r\n\r\n"}},
	{"behind the last chunk", nil, []string{ok + te + "\r\n0\r\n\r\nx"}, http.ErrContentLength, []string{ok + te + "\r\n0\r\n\r\n"}},
	{"behind the last chunk, in a size", []string{ok + te + "\r\n3"}, []string{"\r\nabc\r\n0\r\n\r\nX"}, http.ErrContentLength, []string{"\r\nabc\r\n0\r\n\r\n"}},
	{"behind the last chunk, in an extension", []string{ok + te + "\r\n3;long=extension"}, []string{"\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\nX"}, http.ErrContentLength, []string{"\r\nabc\r\n0\r\n\r\n"}},
	{"behind the last chunk, in data", []string{ok + te + "\r\n3\r\na"}, []string{"bc\r\n0\r\n\r\nX"}, http.ErrContentLength, []string{"bc\r\n0\r\n\r\n"}},
	{"behind the last chunk, in its end", []string{ok + te + "\r\n3\r\nabc\r"}, []string{"\n0\r\n\r\nX"}, http.ErrContentLength, []string{"\n0\r\n\r\n"}},
	{"behind the trailer", []string{ok + te + "\r\n0\r\nA: b\r\nC"}, []string{": d\r\nE: f\r\n\r\nX"}, http.ErrContentLength, []string{": d\r\n\r\n"}},
	{"a second response", []string{ok + "Content-Length: 0\r\n\r\n"}, []string{ok + "Content-Length: 0\r\n\r\n"}, http1.ErrComplete, nil},
	{"two responses", nil, []string{ok + "Content-Length: 0\r\n\r\n" + ok + "Content-Length: 0\r\n\r\n"}, http.ErrContentLength, []string{ok + "Content-Length: 0\r\n\r\n"}},
	{"one byte more", []string{ok + "Content-Length: 1\r\n\r\nx"}, []string{"x"}, http1.ErrComplete, nil},
	{"behind a 204", []string{"HTTP/1.1 204 No Content\r\n\r\n"}, []string{"x"}, http1.ErrComplete, nil},
	{"says close, too long", nil, []string{ok + bye + "Content-Length: 0\r\n\r\nx"}, http.ErrContentLength, []string{ok + "Content-Length: 0\r\n\r\n"}},
}

// Of a list that goes beyond the end nothing is taken, and nothing is remembered:
// what would have been right still is.
func TestRefusedListChangesNothing(t *testing.T) {
	t.Parallel()
	for _, c := range excesses {
		for what, send := range sends {
			t.Run(c.what+", "+what, func(t *testing.T) {
				t.Parallel()
				e := enter(false)
				for _, p := range c.before {
					require.NoError(t, send(e, p))
				}
				wire, calls, knew := e.got(), len(e.calls), flags(e.f)
				trailer, status := e.f.Trailer.Clone(), e.f.Head.Status
				for range 3 {
					assert.Equal(t, c.want, send(e, c.list...))
					assert.Equal(t, wire, e.got())
					assert.Len(t, e.calls, calls, "not even an attempt")
					assert.Equal(t, knew, flags(e.f))
					assert.Equal(t, trailer, e.f.Trailer)
					assert.Equal(t, status, e.f.Head.Status)
					assert.Zero(t, e.out.Pending())
				}
				require.NoError(t, e.out.Err(), "a refusal is no death")

				require.NoError(t, send(e, c.right...))
				assert.Equal(t, strings.Join(c.before, "")+strings.Join(c.right, ""), e.got())
				assert.Equal(t, "begun complete whole keeps", flags(e.f))
				assert.Equal(t, http1.ErrComplete, send(e, "x"))
			})
		}
	}
}

// A full queue refuses before the Follower has seen anything.
func TestFullQueueChangesNothing(t *testing.T) {
	t.Parallel()
	e := enter(false)
	e.out = under(e.tap, 40, 0)
	require.NoError(t, e.out.TrySend(e.f, []byte(ok)))
	assert.Equal(t, http1.ErrBufferFull, e.out.TrySend(e.f, []byte("Content-Length: 50\r\n\r\n"), make([]byte, 50)))
	require.NoError(t, e.out.TrySend(e.f, []byte("Content-Length: 0\r\n\r\n")))
	assert.Equal(t, "begun complete whole keeps", flags(e.f))
}

// For a HEAD request the body is swallowed, as net/http does, wherever it begins.
func TestHeadSwallowsTheBody(t *testing.T) {
	t.Parallel()
	const in = ok + "Content-Length: 5\r\n\r\n"
	for what, send := range sends {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			splits(in+"hello", func(parts ...string) {
				e := enter(true)
				require.NoError(t, send(e, parts...))
				require.NoError(t, send(e, "and more"))
				require.NoError(t, send(e))
				assert.Equal(t, in, e.got())
				assert.Equal(t, "begun complete whole keeps", flags(e.f))

				e = enter(true)
				for _, p := range parts {
					require.NoError(t, send(e, p))
				}
				assert.Equal(t, in, e.got())
			})
			e := enter(true)
			frames := bytesOf([]string{in + "he", "llo", "!"})
			require.NoError(t, e.out.Send(e.f, frames...))
			assert.Equal(t, []string{in + "he", "llo", "!"}, []string{string(frames[0]), string(frames[1]), string(frames[2])}, "the caller's list stays as it is")
		})
	}
}

// A Follower that is closed lets nothing pass, and can be opened again.
func TestFollowerClosed(t *testing.T) {
	t.Parallel()
	for what, send := range sends {
		e := enter(false)
		why := errors.New("closed")
		require.NoError(t, send(e, ok))
		e.f.Closed = why
		for _, list := range [][]string{{"Content-Length: 0\r\n\r\n"}, {"x", "y"}, {""}, nil} {
			assert.Equal(t, why, send(e, list...), what)
		}
		assert.Equal(t, why, e.out.TrySend(e.f, make([]byte, 2<<20)), "more than the queue takes; but it is not for want of room")
		assert.Equal(t, ok, e.got())
		assert.Equal(t, "begun", flags(e.f))
		e.f.Closed = nil
		require.NoError(t, send(e, "Content-Length: 0\r\n\r\n"))
		assert.Equal(t, "begun complete whole keeps", flags(e.f))
	}
}

// Without a Follower everything passes.
func TestNoFollower(t *testing.T) {
	t.Parallel()
	e := enter(false)
	e.f = nil
	for _, send := range sends {
		require.NoError(t, send(e, "anything ", "at all "))
	}
	assert.Equal(t, "anything at all anything at all ", e.got())
}
