package compat_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"golang.org/x/net/http/httpguts"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// names and values are header fields as a handler may put them together from what
// it was given, some of them to break out of their line.
var (
	names = []string{
		"X-A", "x-a", "", " ", "X A", "X-A ", " X-A", "X-A:", "X-A: b\r\nX-B", "X\rA", "X\nA", "X\r\nA", "X\x00A", "X\tA", "X(A", "X\x7f", "\xff",
		"é", ":", "\r\n", "\r\n\r\n",
		"Content-Length", "content-length", "Transfer-Encoding", "Connection", "Content-Type", "Date", "Trailer", "Upgrade", "Content-Encoding",
		"Set-Cookie", "Server", "Keep-Alive",
		http.TrailerPrefix + "X-A", http.TrailerPrefix, http.TrailerPrefix + "X A", http.TrailerPrefix + "X\r\nA", http.TrailerPrefix + "Content-Length",
	}
	values = []string{
		"", "a", " a ", "\ta\t", "a b", "a\r\nX-B: c", "a\rX-B: c", "a\nX-B: c", "a\r\n\r\nbody", "a\n\nHTTP/1.1 200 OK\n\n", "\r\n", "\n", "\r",
		"\x00", "a\x00b", "a\x07b", "a\x0bb", "a\x7f", "\xff\xfe", "é", "\u2028",
		"0", "7", "+7", "-1", "7, 7", "0x7", "99999999999999999999", "chunked", "identity", "gzip, chunked", "close", "keep-alive", "close, x",
		"Close", "X-A", "X-A, X-B", "Content-Length", "X A", "text/plain\r\nX-B: c",
	}
)

// TestEngineAnswer gives every name every value, on every engine.
func TestEngineAnswer(t *testing.T) {
	t.Parallel()
	for i, name := range names {
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for j, value := range values {
					compareAnswers(t, name, value, uint8(i+j))
				}
			})
		})
	}
}

// FuzzAnswerField does the same with other names and values.
func FuzzAnswerField(f *testing.F) {
	for i, name := range names {
		for j, value := range values {
			if i%5 == j%5 {
				f.Add(name, value, uint8(i+j))
			}
		}
	}
	f.Fuzz(func(t *testing.T, name, value string, how uint8) {
		synctest.Test(t, func(t *testing.T) { compareAnswers(t, name, value, how) })
	})
}

// compareAnswers has handlers and hooks answer with the field, and looks at what
// gets on the wire.
func compareAnswers(t *testing.T, name, value string, how uint8) {
	t.Helper()
	request := []string{
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
	}[how%4] + next
	in := input{bytes: request, cutting: cuttings(0)[0], manner: manner{serve: answering(name, value, how/4)}}
	for _, e := range engines() {
		want, got := play(stock, e.warm, in), play(e.start, e.warm, in)
		for _, answer := range got.answers {
			assertUnbroken(t, e.name, name, value, answer)
		}
		if misframed(name, value, how/4) || respelt(name) {
			continue
		}
		if evenAnswers(&want, &got); want.String() != got.String() {
			t.Errorf("%q: %q by %d, - net/http, + %s:\n%s", name, value, how, e.name, diff(want.String(), got.String()))
		}
	}
	hooked := play(hookAnswering(name, value), false, in)
	for _, answer := range hooked.answers {
		assertUnbroken(t, "a hook", name, value, answer)
	}
	assert.NotEmpty(t, hooked.answers, "%q: %q", name, value)
}

// respelt reports whether name is one on which the framing of a response hangs, or
// which the server adds, in other letters than net/http looks for: net/http sends it
// beside its own, the engine takes it for what it is (RFC 9110, 5.1; RFC 9112, 6.3).
func respelt(name string) bool {
	for _, known := range []string{"Connection", "Content-Length", "Content-Type", "Date", "Trailer", "Transfer-Encoding"} {
		if strings.EqualFold(name, known) {
			return name != known
		}
	}
	return false
}

// answering returns what a handler does that sends a field in one of several ways.
func answering(name, value string, how uint8) func(http.ResponseWriter, *http.Request, *sight) {
	return func(w http.ResponseWriter, r *http.Request, s *sight) {
		w.Header()[name] = []string{value}
		switch how % 6 {
		case 0:
			io.WriteString(w, "whole")
		case 1:
			io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			io.WriteString(w, "ended")
		case 2:
			w.WriteHeader(http.StatusEarlyHints)
			io.WriteString(w, "hinted")
		case 3:
			w.WriteHeader(http.StatusNotModified)
		case 4:
			w.Header().Set("Trailer", name)
			w.WriteHeader(http.StatusOK)
			io.WriteString(w, "trailed")
		case 5:
			w.Header()[name] = []string{value, "second", value}
		}
	}
}

// hookAnswering is a server of a hook that stages the field.
func hookAnswering(name, value string) func(http.Handler, *causes, func(*http.Server)) server {
	return func(_ http.Handler, log *causes, set func(*http.Server)) server {
		return eager(adapter.HandlerFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Header.Set(seenField, c.Request().Method)
			c.Response().Header[name] = []string{value}
			c.Response().Body = []byte("staged")
			return hooks.Continue
		}), log, set)
	}
}

// assertUnbroken asserts that an answer is one, and that no line of it was begun by
// a name or value.
func assertUnbroken(t *testing.T, who, name, value, answer string) {
	t.Helper()
	assert.False(t, strings.HasPrefix(answer, "no answer") || strings.HasPrefix(answer, "half an answer"), "%s: %q: %q: %s", who, name, value, answer)
	for line := range strings.SplitSeq(answer, "\n") {
		field, ok := strings.CutPrefix(line, "    ")
		if !ok || strings.HasPrefix(field, "body: ") {
			continue
		}
		assert.False(t, strings.ContainsAny(field, "\r\n\x00"), "%s: %q: %q: %q", who, name, value, answer)
		if got, _, ok := strings.Cut(field, ":"); ok && !strings.EqualFold(got, name) {
			assert.True(t, httpguts.ValidHeaderFieldName(got) || got == "broken off", "%s: %q: %q: %q", who, name, value, answer)
			assert.NotEqual(t, "x-b", strings.ToLower(got), "%s: %q: %q: %q", who, name, value, answer)
		}
	}
}

// misframed reports whether a handler announces a length that is none, or several, or
// any framing in letters of another case:
// net/http sends what it has found to be invalid, or under a name of other case has
// not looked at, along with its own framing (RFC 9110, 8.6).
func misframed(name, value string, how uint8) bool {
	if strings.EqualFold(name, "Transfer-Encoding") {
		return name != "Transfer-Encoding"
	}
	if !strings.EqualFold(name, "Content-Length") {
		return false
	}
	_, err := strconv.ParseUint(value, 10, 63)
	return err != nil || how%6 == 5 || name != "Content-Length"
}

// evenAnswers evens out what net/http forgets in values: NUL, which is replaced by a
// blank, and blanks around a value are none of it (RFC 9110, 5.5).
func evenAnswers(want, got *result) {
	for _, r := range []*result{want, got} {
		r.answers = slices.Clone(r.answers)
		for i, answer := range r.answers {
			lines := strings.Split(strings.ReplaceAll(answer, "\x00", " "), "\n")
			for j := range lines {
				name, value, _ := strings.Cut(lines[j], ":")
				lines[j] = name + ": " + strings.TrimSpace(value)
			}
			slices.Sort(lines)
			r.answers[i] = strings.Join(lines, "\n")
		}
	}
}
