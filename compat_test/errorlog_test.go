package compat_test

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// logKinds are the lines that net/http writes to its error log on account of
// a handler, by what they contain.
var logKinds = []string{
	"superfluous response.WriteHeader",
	"response.WriteHeader on hijacked connection",
	"response.Write on hijacked connection",
	"panic serving",
	"invalid Content-Length",
	"both Transfer-Encoding",
	"ignoring invalid trailer",
}

// An errorLog is a server's log, by kinds of lines.
type errorLog struct {
	mu    sync.Mutex
	kinds []string
	more  chan struct{} // closed and replaced with each line
}

func newErrorLog() *errorLog { return &errorLog{more: make(chan struct{})} }

// Write takes one line, which may have a stack after it.
func (l *errorLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if kind := logKind(string(p)); kind != "" {
		l.kinds = append(l.kinds, kind)
		close(l.more)
		l.more = make(chan struct{})
	}
	return len(p), nil
}

// logKind returns the kind of a line, its first words if it is of none, and ""
// for those that tell of the client's manners instead of the handler's.
func logKind(line string) string {
	for _, kind := range logKinds {
		if strings.Contains(line, kind) {
			return kind
		}
	}
	for _, manners := range []string{"TLS handshake error", "http2: server connection error", "http2: received GOAWAY"} {
		if strings.Contains(line, manners) {
			return ""
		}
	}
	words := strings.Fields(line)
	return strings.Join(words[:min(5, len(words))], " ")
}

// settle waits until n lines came, no longer than patience, and returns the
// kinds of all there are by then, sorted.
func (l *errorLog) settle(n int, patience time.Duration) []string {
	timeout := time.After(patience)
	for {
		l.mu.Lock()
		kinds, more := slices.Sorted(slices.Values(l.kinds)), l.more
		l.mu.Unlock()
		if len(kinds) >= n {
			return kinds
		}
		select {
		case <-more:
		case <-timeout:
			return kinds
		}
	}
}
