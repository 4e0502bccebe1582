package sse

import (
	"strconv"
	"strings"
	"time"
)

// An Event is what a client's EventSource dispatches. Each Event that is sent arrives
// as exactly one, an empty one included; only one that has nothing but Retry is not
// dispatched.
type Event struct {
	// ID becomes the client's Last-Event-ID; "": stays what it was. Without line
	// breaks and NUL.
	ID string
	// Name is the type of the event; "": the client takes it for "message". Without
	// line breaks and NUL.
	Name string
	// Data may have any number of lines, ended by CRLF, LF or CR; the client gets
	// all of them as LF. Invalid UTF-8 arrives as U+FFFD.
	Data string
	// Retry is how long the client waits before it reconnects, from then on, in whole
	// milliseconds, rounded up. Not positive: stays what it was.
	Retry time.Duration
}

func (ev Event) check() error {
	if strings.ContainsAny(ev.ID, "\r\n\x00") || strings.ContainsAny(ev.Name, "\r\n\x00") {
		return ErrMultiline
	}
	return nil
}

// append appends the event as the event stream's ABNF has it (HTML, section 9.2.5).
func (ev Event) append(p []byte) []byte {
	if ev.ID != "" {
		p = appendField(p, "id: ", ev.ID)
	}
	if ev.Name != "" {
		p = appendField(p, "event: ", ev.Name)
	}
	if ev.Retry > 0 {
		ms := ev.Retry / time.Millisecond
		if ev.Retry%time.Millisecond > 0 {
			ms++
		}
		p = append(p, "retry: "...)
		p = append(strconv.AppendInt(p, int64(ms), 10), '\n')
	}
	if ev.Retry <= 0 || ev.ID != "" || ev.Name != "" || ev.Data != "" {
		p = appendLines(p, "data: ", ev.Data)
	}
	return append(p, '\n')
}

func appendField(p []byte, name, value string) []byte {
	p = append(p, name...)
	p = append(p, value...)
	return append(p, '\n')
}

// appendLines appends a field for each line of text; an empty text is one line.
func appendLines(p []byte, name, text string) []byte {
	for {
		cr := strings.IndexByte(text, '\r')
		if cr < 0 {
			cr = len(text)
		}
		lf := strings.IndexByte(text[:cr], '\n')
		switch {
		case lf >= 0:
			p = appendField(p, name, text[:lf])
			text = text[lf+1:]
		case cr < len(text):
			p = appendField(p, name, text[:cr])
			text = strings.TrimPrefix(text[cr+1:], "\n")
		default:
			return appendField(p, name, text)
		}
	}
}
