package streamtest

import (
	"log"
	"strings"
	"sync"
)

// A Log collects what a server logs. The zero value is empty; it must not be copied.
type Log struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

// Logger returns a logger into l without prefix or time, such as http.Server.ErrorLog.
func (l *Log) Logger() *log.Logger { return log.New(l, "", 0) }

// Write implements io.Writer. It never fails.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String returns what was logged so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
