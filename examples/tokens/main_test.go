package main

import (
	"compress/gzip"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
)

// A service is one that a test has made, with its log.
type service struct {
	*streamtest.Service
	log *streamtest.Log
}

// serve runs the service, whose answers take at most patience, until the test ends.
func serve(t *testing.T, patience time.Duration) service {
	logs := new(streamtest.Log)
	srv := &adapter.Server{Handler: routes(&model{pace: pace}, patience, logs.Logger()), ErrorLog: logs.Logger()}
	return service{streamtest.Serve(t, srv, nil), logs}
}

// text returns the tokens of an event stream, joined, and the event behind them.
func text(events string) (tokens, outcome string) {
	var b strings.Builder
	for event := range strings.SplitSeq(strings.TrimSuffix(events, "\n\n"), "\n\n") {
		if rest, ok := strings.CutPrefix(event, "event: "); ok {
			outcome = strings.Replace(rest, "\ndata:", "", 1)
			continue
		}
		event = strings.TrimPrefix(event, "data: ")
		b.WriteString(strings.ReplaceAll(event, "\ndata: ", "\n"))
	}
	return b.String(), outcome
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	for _, coding := range []string{"identity", "gzip"} {
		t.Run(coding, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, patience)
				began := time.Now()
				got := s.Dial().Get("/answer?q=why+not", "Accept-Encoding: "+coding)
				require.Equal(t, 200, got.StatusCode)
				assert.Equal(t, "text/event-stream", got.Header.Get("Content-Type"))
				want := reply("why not")
				n := strings.Count(want, " ") + 1
				assert.Equal(t, time.Duration(n)*pace, time.Since(began), "the answer takes the model's time, and no more")
				assert.GreaterOrEqual(t, len(got.Chunks()), n, "each token leaves on its own")
				body := got.Text
				if coding == "gzip" {
					require.Equal(t, "gzip", got.Header.Get("Content-Encoding"))
					zr, err := gzip.NewReader(strings.NewReader(body))
					require.NoError(t, err)
					plain, err := io.ReadAll(zr)
					require.NoError(t, err)
					body = string(plain)
				}
				tokens, outcome := text(body)
				assert.Equal(t, want, tokens)
				assert.Equal(t, "done 74", outcome)
				assert.Equal(t, "tokens: \"why not\": 74 tokens, whole\n", s.log.String())
			})
		})
	}
}

func TestBrowserLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, patience)
		c := s.Dial()
		c.Send("GET /answer?q=why HTTP/1.1\r\nHost: example.com\r\n\r\n")
		c.WantBytes("HTTP/1.1 200 OK\r\n")
		c.Close()
		synctest.Wait()
		assert.Equal(t, "tokens: \"why\": 1 tokens, cancelled: the browser has left\n", s.log.String())
	})
}

func TestAnswerTakesTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, 10*pace-1)
		c := s.Dial()
		got := c.Get("/answer?q=why")
		tokens, outcome := text(got.Text)
		assert.Equal(t, strings.Join(strings.SplitAfterN(reply("why"), " ", 10)[:9], ""), tokens)
		assert.Equal(t, "late 9", outcome)
		assert.Contains(t, s.log.String(), "tokens: \"why\": 9 tokens, cancelled: it took too long\n")
		assert.Equal(t, 200, c.Get("/").StatusCode, "the connection goes on")
	})
}

func TestShutdownEndsAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		logs := new(streamtest.Log)
		srv := &adapter.Server{Handler: routes(&model{pace: pace}, patience, logs.Logger())}
		c := streamtest.Serve(t, srv, nil).Dial()
		c.Send("GET /answer?q=why HTTP/1.1\r\nHost: example.com\r\n\r\n")
		c.WantBytes("HTTP/1.1 200 OK\r\n")
		go func() { // as a browser does
			_, _ = c.Rest()
			c.Close()
		}()
		began := time.Now()
		require.NoError(t, srv.Shutdown(context.Background()))
		assert.Less(t, time.Since(began), pace/2, "nobody waits for the next token")
		assert.Equal(t, "tokens: \"why\": 1 tokens, cancelled: the service shuts down\n", logs.String())
	})
}

func TestPrompt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := serve(t, patience).Dial()
		for query, want := range map[string]int{
			"":                                       400,
			"?q=":                                    400,
			"?q=+%20":                                400,
			"?q=" + strings.Repeat("a", maxPrompt):   200,
			"?q=" + strings.Repeat("a", maxPrompt+1): 400,
		} {
			assert.Equal(t, want, c.Get("/answer"+query).StatusCode, "%.20s", query)
		}
	})
}

func TestPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got := serve(t, patience).Dial().Get("/")
		assert.Equal(t, "text/html; charset=utf-8", got.Header.Get("Content-Type"))
		assert.Contains(t, got.Text, "EventSource(")
		assert.NotContains(t, got.Text, "https://", "the page needs nothing from elsewhere")
	})
}

// TestRun starts the program as main does, and ends it as an interrupt would.
func TestRun(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	assert.NoError(t, run(ctx, "127.0.0.1:0"))

	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	assert.Error(t, run(context.Background(), ln.Addr().String()))
}
