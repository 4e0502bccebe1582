package compat_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
)

// errorClasses are the errors that a handler can tell apart, the more
// particular ones first.
var errorClasses = []struct {
	name string
	err  error
}{
	{"EOF", io.EOF},
	{"unexpected EOF", io.ErrUnexpectedEOF},
	{"http.ErrContentLength", http.ErrContentLength},
	{"http.ErrHijacked", http.ErrHijacked},
	{"http.ErrBodyNotAllowed", http.ErrBodyNotAllowed},
	{"http.ErrBodyReadAfterClose", http.ErrBodyReadAfterClose},
	{"http.ErrHandlerTimeout", http.ErrHandlerTimeout},
	{"http.ErrNotSupported", http.ErrNotSupported},
	{"http.ErrAbortHandler", http.ErrAbortHandler},
	{"http.ErrNotMultipart", http.ErrNotMultipart},
	{"http.ErrMissingFile", http.ErrMissingFile},
	{"http.ErrNoCookie", http.ErrNoCookie},
	{"context canceled", context.Canceled},
	{"context deadline exceeded", context.DeadlineExceeded},
	{"deadline exceeded", os.ErrDeadlineExceeded},
	{"net.ErrClosed", net.ErrClosed},
}

// errorClass names err by what errors.Is and errors.As see in it, and by its
// text where that is nothing.
func errorClass(err error) string {
	if err == nil {
		return "ok"
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return fmt.Sprintf("*http.MaxBytesError(%d)", tooLarge.Limit)
	}
	for _, class := range errorClasses {
		if errors.Is(err, class.err) {
			return class.name
		}
	}
	return maskAddresses(err.Error())
}

var address = regexp.MustCompile(`(127\.0\.0\.1|\[::1\]):\d+`)

// maskAddresses replaces what differs from one listener to the next.
func maskAddresses(s string) string { return address.ReplaceAllString(s, "<address>") }

// abridged quotes p, a long one by its beginning, its length and its sum.
func abridged(p []byte) string {
	const most = 400
	if len(p) <= most {
		return fmt.Sprintf("%d %q", len(p), p)
	}
	return fmt.Sprintf("%d %q... sha256 %x", len(p), p[:40], sha256.Sum256(p))
}

// closeNotifier is http.CloseNotifier, which is deprecated and still in use.
type closeNotifier interface{ CloseNotify() <-chan bool }

// capabilities names the optional interfaces of w, which decide what handlers
// and the standard library do with it. Those that an http.ResponseController
// finds through Unwrap have cases of their own.
func capabilities(w http.ResponseWriter) string {
	var has []string
	note := func(name string, ok bool) {
		if ok {
			has = append(has, name)
		}
	}
	_, flusher := w.(http.Flusher)
	_, hijacker := w.(http.Hijacker)
	_, readerFrom := w.(io.ReaderFrom)
	_, stringWriter := w.(io.StringWriter)
	_, pusher := w.(http.Pusher)
	_, notifier := w.(closeNotifier)
	note("Flusher", flusher)
	note("Hijacker", hijacker)
	note("ReaderFrom", readerFrom)
	note("StringWriter", stringWriter)
	note("Pusher", pusher)
	note("CloseNotifier", notifier)
	return strings.Join(has, " ")
}
