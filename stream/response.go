package stream

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/onramp-go/onramp/stream/internal/http1"
	"golang.org/x/net/http/httpguts"
)

// A Response is staged: what a hook puts here is sent when the exchange ends, or
// when a hook sends what Build returns. Its zero value is an empty 200 to an
// HTTP/1.1 request. It belongs to the goroutine that runs the hook.
type Response struct {
	// Status is the status code; 0: 200.
	Status int
	// Header holds the fields, those included that middleware further out has set
	// on the http.ResponseWriter. A handler that comes after finds them there.
	Header http.Header
	// Body is the content; it is not kept after it was sent.
	Body []byte

	x *Exchange
}

// SetBody stages status, the type of the content, and the content.
func (r *Response) SetBody(status int, contentType, body string) {
	if r.Header == nil {
		r.Header = make(http.Header)
	}
	r.Status, r.Body = status, []byte(body)
	r.Header.Set("Content-Type", contentType)
}

// Build returns the response as bytes for [Stream.Send], head and body, ready for
// the request that is being served (RFC 9112): Date, Content-Type (sniffed if there
// is none and there is a body) and Connection are filled in as net/http would;
// nothing is sent and the Response stays as it is.
//
// Content-Length is that of Body. Without a Body it is 0, unless Header announces a
// Content-Length or Transfer-Encoding itself or the type is text/event-stream, whose
// body follows by further sends. A Content-Length that is no number, or stands beside a
// Transfer-Encoding, is left out. To a HEAD request, and with a status that has no
// content, the body is left out. Names that frame a message are taken in letters of
// any case, once each. Field names that are no tokens are left out; line
// breaks and NUL in values become spaces (RFC 9110, section 5.5).
func (r *Response) Build() []byte {
	status := r.status()
	hasContent := status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
	fields := make(http.Header, len(r.Header)+4)
	for k, vv := range r.Header {
		if known := http1.FramingName(k); known != k {
			if _, ok := r.Header[known]; ok {
				continue
			}
			k = known
		}
		if !strings.HasPrefix(k, http.TrailerPrefix) {
			fields[k] = vv
		}
	}
	switch {
	case !hasContent: // RFC 9110, section 8.6, and RFC 9112, section 6.1
		fields.Del("Content-Length")
		fields.Del("Transfer-Encoding")
	case len(r.Body) > 0:
		fields.Del("Transfer-Encoding")
		fields.Set("Content-Length", strconv.Itoa(len(r.Body)))
	case fields.Get("Transfer-Encoding") != "":
		fields.Del("Content-Length") // RFC 9112, section 6.2: never both
	default:
		fields.Del("Transfer-Encoding")
		if _, err := strconv.ParseUint(strings.TrimSpace(fields.Get("Content-Length")), 10, 63); err == nil {
			break
		}
		fields.Del("Content-Length")
		if !isEventStream(fields) {
			fields.Set("Content-Length", "0")
		}
	}
	if status >= 200 {
		r.fill(fields, hasContent && len(r.Body) > 0)
	}
	p := make([]byte, 0, 256+len(r.Body))
	p = http1.AppendStatusLine(p, status)
	p = http1.AppendHeader(p, fields)
	p = append(p, "\r\n"...)
	if hasContent && (r.x == nil || r.x.method() != http.MethodHead) {
		p = append(p, r.Body...)
	}
	return p
}

// fill adds the fields that net/http would add; sniff says that Body is sent.
func (r *Response) fill(fields http.Header, sniff bool) {
	if _, ok := fields["Date"]; !ok {
		fields["Date"] = []string{http1.Date()}
	}
	if _, ok := fields["Content-Type"]; !ok && sniff && fields.Get("Content-Encoding") == "" {
		fields["Content-Type"] = []string{http.DetectContentType(r.Body)}
	}
	if r.x == nil {
		return
	}
	own, ok := fields["Connection"]
	switch {
	case r.x.closes():
		if !httpguts.HeaderValuesContainsToken(own, "close") {
			fields["Connection"] = []string{"close"}
		}
	case !ok && !r.x.req().ProtoAtLeast(1, 1):
		fields["Connection"] = []string{"keep-alive"}
	}
}

// closes reports whether the connection ends with a response that is sent now, whatever
// it says: to a client that waits to be asked for its body too (RFC 9110, section
// 10.1.1), for nobody knows whether that is still to come.
func (x *Exchange) closes() bool {
	return !x.Stream().KeepAlive(x.Context().KeepAlive()) || x.body != nil && x.body.unasked()
}

// same reports whether r is still what it was when other was copied from it.
func (r *Response) same(other Response) bool {
	return r.Status == other.Status && bytes.Equal(r.Body, other.Body) && maps.EqualFunc(r.Header, other.Header, slices.Equal)
}

func (r *Response) status() int {
	if r.Status == 0 {
		return http.StatusOK
	}
	return r.Status
}

func isEventStream(h http.Header) bool {
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "text/event-stream")
}
