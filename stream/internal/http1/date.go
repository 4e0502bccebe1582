package http1

import (
	"net/http"
	"sync/atomic"
	"time"
)

// A dateLine is what date returns for a while, in times since started.
type dateLine struct {
	from, to time.Duration
	line     string
}

var started = time.Now() // to look at one clock, not at two

var lastDate atomic.Pointer[dateLine]

// Date returns the value of a Date field for now. It is formatted once a second.
func Date() string {
	line := date()
	return line[len("Date: ") : len(line)-len("\r\n")]
}

// date returns the line of a Date field for now.
func date() string {
	d := lastDate.Load()
	if e := time.Since(started); d == nil || e < d.from || e >= d.to {
		d = newDate(e)
		lastDate.Store(d)
	}
	return d.line
}

func newDate(e time.Duration) *dateLine {
	now := time.Now()
	left := time.Second - time.Duration(now.Nanosecond())
	return &dateLine{e, e + left, "Date: " + now.UTC().Format(http.TimeFormat) + "\r\n"}
}
