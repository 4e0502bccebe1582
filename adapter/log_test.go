package adapter_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

// A lineLog keeps lines, without their time.
type lineLog struct {
	mu    sync.Mutex // guards lines
	lines []string
}

func (l *lineLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, strings.TrimSpace(string(p)))
	return len(p), nil
}

func (l *lineLog) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines)
}

func (l *lineLog) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// TestLog: what is logged of all that can happen, at which level, and nothing of the
// client's unless that is asked for.
func TestLog(t *testing.T) {
	secrets := []string{"it", "127.0.0.1", "pipe", "agent", "secret", "oh"}
	for _, row := range []struct {
		level slog.Level
		opts  *adapter.LogOptions
		want  map[string]int // lines by level, of all accounts
	}{
		{slog.LevelError, nil, map[string]int{"ERROR": 2}},
		{slog.LevelInfo, nil, map[string]int{"ERROR": 2, "INFO": 1}},
		{slog.LevelDebug, nil, nil},
		{slog.LevelInfo, &adapter.LogOptions{Client: true, Stacks: true}, map[string]int{"ERROR": 2, "INFO": 1}},
	} {
		t.Run(row.level.String(), func(t *testing.T) {
			t.Parallel()
			logged, got := new(lineLog), map[string]int{}
			for _, ac := range accounts() {
				l := newLedger()
				opts := adapter.Options{
					Observer: adapter.Observers(adapter.Log(logged.logger(row.level), row.opts), nil, l),
					Request:  stream.RequestConfig{MaxPathSize: 100},
				}
				p := serve(t, mount{mode: adapter.Eager}.with(t, ac.handler, opts), nil).Dial()
				ac.send(p)
				p.Close()
				l.settled(t)
			}
			text := strings.Join(logged.all(), "\n")
			for _, line := range logged.all() {
				level, _, _ := strings.Cut(strings.TrimPrefix(line, "level="), " ")
				got[level]++
			}
			if row.want != nil {
				assert.Equal(t, row.want, got, text)
			} else {
				assert.Greater(t, got["DEBUG"], 4*len(accounts()))
				for _, what := range []string{"connection opened", "connection closed", "request began", "request ended", "stream began", "stream ended", "reason=", "first_byte="} {
					assert.Contains(t, text, what)
				}
			}
			if row.opts == nil {
				for _, secret := range secrets {
					assert.NotRegexp(t, `\b`+secret+`\b`, text)
				}
			} else {
				for _, shown := range []string{"127.0.0.1", "target=/it", "value=oh", "stack="} {
					assert.Contains(t, text, shown)
				}
			}
		})
	}
}

// TestLogOfDrops: a slow client's are summed up.
func TestLogOfDrops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logged := new(lineLog)
		o := adapter.Log(logged.logger(slog.LevelWarn), nil)
		for range 2500 {
			o.Dropped(stream.Drop{Kind: stream.KindEvents, Count: 2})
			time.Sleep(time.Millisecond)
		}
		o.Dropped(stream.Drop{Count: 1, Refused: true})
		assert.Equal(t, []string{
			`level=WARN msg="client does not keep up" dropped=2 refused=false kind="event stream"`,
			`level=WARN msg="client does not keep up" dropped=2000 refused=false kind="event stream"`,
			`level=WARN msg="client does not keep up" dropped=2000 refused=false kind="event stream"`,
			`level=WARN msg="client does not keep up" dropped=1 refused=true`,
		}, logged.all())
	})
}

// TestLogLevels: a refusal that is this side's fault weighs more.
func TestLogLevels(t *testing.T) {
	t.Parallel()
	logged := new(lineLog)
	o := adapter.Log(logged.logger(slog.LevelInfo), nil)
	for _, status := range []int{http.StatusBadRequest, http.StatusServiceUnavailable} {
		o.Refused(stream.RequestInfo{}, &stream.RequestError{Op: "accept", Status: status, Err: errors.New("why")})
	}
	assert.Equal(t, []string{
		`level=INFO msg="request refused" conn=0 status=400 op=accept`,
		`level=WARN msg="request refused" conn=0 status=503 op=accept`,
	}, logged.all())
	assert.Panics(t, func() { adapter.Log(nil, nil) })
}

// A closedHandler fails a test that hands it a line.
type closedHandler struct{ t *testing.T }

func (h closedHandler) Enabled(context.Context, slog.Level) bool { return false }
func (h closedHandler) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h closedHandler) WithGroup(string) slog.Handler            { return h }
func (h closedHandler) Handle(context.Context, slog.Record) error {
	assert.Fail(h.t, "a line that nobody wants")
	return nil
}

// TestLogAsksFirst: nothing is made of what nobody reads.
func TestLogAsksFirst(t *testing.T) {
	o := adapter.Log(slog.New(closedHandler{t}), nil)
	info := stream.RequestInfo{Request: &http.Request{}}
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		o.ConnOpened(stream.ConnInfo{})
		o.RequestBegan(info)
		o.RequestEnded(info, stream.RequestEnd{})
		o.Dropped(stream.Drop{})
		o.ConnClosed(stream.ConnInfo{}, stream.ConnEnd{})
	}))
}
