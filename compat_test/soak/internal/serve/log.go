package serve

import (
	"strings"
	"sync/atomic"

	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// A journal is the server's ErrorLog. What it holds beside panics on purpose is wrong.
type journal struct {
	panics atomic.Int64
	wrong  wrongs
}

// Write implements io.Writer.
func (j *journal) Write(p []byte) (int, error) {
	line := string(p)
	if strings.Contains(line, "panic serving") && strings.Contains(line, work.OnPurpose) {
		j.panics.Add(1)
	} else {
		j.wrong.add("%.2000s", line)
	}
	return len(p), nil
}
