package adapter_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A hookCase is a hook and what its client sees on every carrier.
type hookCase struct {
	name   string
	method string // "": GET
	hook   func(s *stream.Stream, c *stream.Context) hooks.Status

	status  int
	body    string
	header  map[string]string
	interim bool // 103 comes first
	closes  bool // a raw connection ends behind it
	broken  bool // the response breaks off
	cut     bool // nothing is answered at all
}

// verdict collects the first mistake that a hook has seen.
func must(what string, err, want error) {
	if want == nil && err != nil || !errors.Is(err, want) {
		panic(what + ": " + errText(err) + ", want " + errText(want))
	}
}

func errText(err error) string {
	if err == nil {
		return "nil"
	}
	return err.Error()
}

func (hc *hookCase) verb() string {
	if hc.method == "" {
		return http.MethodGet
	}
	return hc.method
}

func (hc *hookCase) check(t *testing.T, got *streamtest.Response, err error, interim bool) {
	t.Helper()
	if hc.broken {
		assert.Error(t, err, "a response that breaks off looks whole: %q", got.Text)
		return
	}
	require.NoError(t, err)
	assert.Equal(t, hc.status, got.StatusCode)
	assert.Equal(t, hc.body, got.Text)
	for k, v := range hc.header {
		assert.Equal(t, v, got.Header.Get(k), k)
	}
	if hc.interim && interim {
		assert.Equal(t, []int{103}, got.Interim)
	}
}

// TestHookOverCarriers runs the same hooks on each carrier, as first and as second
// request of a connection, and another request behind them.
func TestHookOverCarriers(t *testing.T) {
	for _, c := range carriers() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, hc := range hookCases() {
				t.Run(hc.name, func(t *testing.T) {
					s := serve(t, c.mount(t, hook(hc.hook), adapter.Options{}), nil)
					for _, second := range []bool{false, true} {
						p := s.Dial()
						if second {
							require.Equal(t, "legacy", p.Get("/legacy").Text)
						}
						p.Send(hc.verb() + " /hook HTTP/1.1\r\nHost: a\r\n\r\n")
						got, err := p.Next(hc.verb())
						if hc.cut {
							require.Error(t, err)
							continue
						}
						hc.check(t, got, err, !c.swallows)
						if hc.broken || hc.closes && c.raw() {
							p.WantEnd()
						} else if !got.Close && !hc.closes {
							assert.Equal(t, "legacy", p.Get("/legacy").Text, "second: %v", second)
						}
						p.Close()
					}
				})
			}
		})
	}
}

func TestHookOverHTTP2(t *testing.T) {
	t.Parallel()
	for _, wrap := range []bool{false, true} {
		for _, hc := range hookCases() {
			t.Run(hc.name, func(t *testing.T) {
				t.Parallel()
				var h http.Handler = adapter.Handler(hook(hc.hook))
				if wrap {
					h = adapt(t, &adapter.Options{Takeover: adapter.Eager}).Wrap(h)
				}
				client, url := http2(t, h)
				req, err := http.NewRequest(hc.verb(), url+"/hook", nil)
				require.NoError(t, err)
				resp, err := client.Do(req)
				if hc.cut || hc.broken && err != nil {
					require.Error(t, err)
					return
				}
				require.NoError(t, err)
				require.Equal(t, 2, resp.ProtoMajor)
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, resp.Body.Close())
				hc.check(t, &streamtest.Response{Response: resp, Text: string(body)}, err, false)
			})
		}
	}
}

func TestHookOverRecorder(t *testing.T) {
	t.Parallel()
	for _, hc := range hookCases() {
		if hc.interim { // a recorder takes 103 for the final status
			continue
		}
		t.Run(hc.name, func(t *testing.T) {
			t.Parallel()
			r := chi.NewRouter()
			r.Handle("/hook", adapter.Handler(hook(hc.hook)))
			rec, aborted := record(t, r, httptest.NewRequest(hc.verb(), "/hook", nil))
			if hc.broken || hc.cut { // a recorder has no connection that could break
				require.True(t, aborted || hc.broken)
				return
			}
			require.False(t, aborted)
			body := rec.Body.String()
			if hc.method == http.MethodHead {
				body = "" // a server would leave it out
			}
			hc.check(t, &streamtest.Response{Response: rec.Result(), Text: body}, nil, false)
		})
	}
}

// portions sends p cut into pieces of n bytes.
func portions(s *stream.Stream, p []byte, n int) {
	for len(p) > 0 {
		m := min(n, len(p))
		must("send", s.Send(p[:m]), nil)
		p = p[m:]
	}
}

const chunkedReply = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n" +
	"5;x=y\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\n\r\n"

var longBody = strings.Repeat("0123456789abcdef", 4096)
