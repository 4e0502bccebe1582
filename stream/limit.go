package stream

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"time"
)

// Limit holds cfg's limits against the request and bounds its body and the time to
// read it. What it returns is to be given to [Exchange.Refuse].
func (x *Exchange) Limit(cfg RequestConfig) *RequestError {
	r := x.r
	if size := len(r.RequestURI); cfg.MaxPathSize > 0 && size > cfg.MaxPathSize {
		return breach("read request line", http.StatusRequestURITooLong, "target", size, cfg.MaxPathSize)
	}
	if err := limitFields(r, cfg); err != nil {
		return err
	}
	if cfg.MaxBodySize > 0 {
		if r.ContentLength > cfg.MaxBodySize {
			return breach("read body", http.StatusRequestEntityTooLarge, "body", r.ContentLength, cfg.MaxBodySize)
		}
		if x.body != nil {
			x.body.bound(cfg.MaxBodySize)
		}
	}
	if cfg.ReadTimeout > 0 && x.body != nil {
		x.boundRead(time.Now().Add(cfg.ReadTimeout))
	}
	return nil
}

// boundRead sets the time by which the body has to be read. A carrier without
// deadlines keeps none.
func (x *Exchange) boundRead(t time.Time) {
	if c := x.connection(); c != nil {
		_ = c.wire.SetReadDeadline(t, false)
		return
	}
	_ = http.NewResponseController(x.w).SetReadDeadline(t)
}

func limitFields(r *http.Request, cfg RequestConfig) *RequestError {
	if cfg.MaxHeaderCount <= 0 && cfg.MaxHeaderKeySize <= 0 && cfg.MaxHeaderValueSize <= 0 {
		return nil
	}
	count := len(r.TransferEncoding) // fields that net/http keeps apart
	if r.Host != "" {
		count++
	}
	if len(r.Trailer) > 0 {
		count++
	}
	if cfg.MaxHeaderValueSize > 0 && len(r.Host) > cfg.MaxHeaderValueSize {
		return breach("read header", http.StatusRequestHeaderFieldsTooLarge, "field value", len(r.Host), cfg.MaxHeaderValueSize)
	}
	for name, values := range r.Header {
		if cfg.MaxHeaderKeySize > 0 && len(name) > cfg.MaxHeaderKeySize {
			return breach("read header", http.StatusRequestHeaderFieldsTooLarge, "field name", len(name), cfg.MaxHeaderKeySize)
		}
		for _, v := range values {
			if cfg.MaxHeaderValueSize > 0 && len(v) > cfg.MaxHeaderValueSize {
				return breach("read header", http.StatusRequestHeaderFieldsTooLarge, "field value", len(v), cfg.MaxHeaderValueSize)
			}
		}
		count += len(values)
	}
	if cfg.MaxHeaderCount > 0 && count > cfg.MaxHeaderCount {
		return breach("read header", http.StatusRequestHeaderFieldsTooLarge, "number of fields", count, cfg.MaxHeaderCount)
	}
	return nil
}

func breach[T int | int64](op string, status int, what string, is, most T) *RequestError {
	return &RequestError{Op: op, Status: status, Err: fmt.Errorf("%s is %d, more than %d", what, is, most)}
}

// bound lowers the limit of b to n bytes.
func (b *body) bound(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.limit == 0 || n < b.limit {
		b.limit = n
	}
}

// BodyBreach returns the error of a handler that read the body beyond its limit, nil
// if none did.
func (x *Exchange) BodyBreach() *RequestError {
	if x.body == nil {
		return nil
	}
	err := x.body.over.Load()
	if err == nil {
		return nil
	}
	return &RequestError{Op: "read body", Status: http.StatusRequestEntityTooLarge, Err: err}
}

func stack() []byte { return debug.Stack() }

func (x *Exchange) logf(format string, args ...any) {
	if c := x.conn; c != nil {
		c.Logf(format, args...)
		return
	}
	logTo(serverOf(x.r), format, args...)
}
