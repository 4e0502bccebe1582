package stream

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/onramp-go/onramp/stream/internal/http1"
	"golang.org/x/net/http/httpguts"
)

func unsupported(err error) bool { return errors.Is(err, http.ErrNotSupported) }

// Answered reports whether the response has begun, or the connection was given away.
func (x *Exchange) Answered() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.sent() || x.wroteElsewhere()
}

// sent reports whether a final response has begun on the Stream. mu is held.
func (x *Exchange) sent() (begun bool) {
	if x.out == nil {
		return false
	}
	x.out.Locked(func() { begun = x.follower.Begun() })
	return begun || x.raw && x.rw.Begun()
}

// answeredBeyond is Answered, but for what layers inside of l and l itself have begun.
func (x *Exchange) answeredBeyond(l *layerWriter) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, outer := range x.layers {
		if outer == l {
			break
		}
		if outer.begun() {
			return true
		}
	}
	return x.answered || x.sent() || x.conn != nil && x.rw.Begun()
}

// Publish puts the fields that hooks have staged into the header of w, for a handler
// that answers by itself.
func (x *Exchange) Publish(w http.ResponseWriter) {
	if h := x.hooked.Load(); h != nil && h.context.response.Header != nil {
		h.context.publish(w.Header())
	}
}

// Answer runs the response hooks that did not run yet and sends what is staged,
// unless a hook has sent a response itself.
func (x *Exchange) Answer() {
	if x.Answered() {
		return
	}
	x.runResponseHooks(x.Context())
	x.AnswerRejected()
}

// AnswerRejected is Answer without response hooks.
func (x *Exchange) AnswerRejected() {
	for _, l := range x.intercepting() {
		l.ran.Store(true)
	}
	w, closed, ok := x.claimAnswer()
	if !ok {
		return
	}
	c := x.Context()
	resp := c.Response()
	header := w.Header()
	c.publish(header)
	status := resp.status()
	switch {
	case status < 200 || status == http.StatusNoContent || status == http.StatusNotModified:
		resp.Body = nil
	case header.Get("Transfer-Encoding") == "":
		header.Set("Content-Length", strconv.Itoa(len(resp.Body)))
	}
	if _, ok := header["Content-Type"]; !ok && len(resp.Body) > 0 && header.Get("Content-Encoding") == "" {
		header.Set("Content-Type", http.DetectContentType(resp.Body))
	}
	if own := header["Connection"]; closed {
		header.Set("Connection", "close")
	} else if len(own) > 0 && own[0] != "close" && httpguts.HeaderValuesContainsToken(own, "close") {
		header["Connection"] = append([]string{"close"}, own...) // a server looks for the bare word
	}
	w.WriteHeader(status)
	if len(resp.Body) > 0 {
		_, _ = w.Write(resp.Body) // the client is gone: there is nobody to tell
	}
}

// claimAnswer returns the writer for the staged response and closes the Stream to
// sends; ok is false if the response has begun.
func (x *Exchange) claimAnswer() (w http.ResponseWriter, closed, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.wroteElsewhere() {
		return nil, false, false
	}
	if x.out != nil {
		begun := false
		x.out.Locked(func() {
			if begun = x.follower.Begun(); !begun {
				x.follower.Closed = ErrBegun
			}
		})
		if begun {
			return nil, false, false
		}
	}
	w = x.w
	if x.raw {
		x.rw.Reclaim() // the Stream was opened, but nothing was sent on it
		w = x.rw
	}
	x.rearm(w)
	x.answered = true
	return w, x.closed, true
}

// intercepting returns the layers that intercept the response, outermost first.
func (x *Exchange) intercepting() []*layerWriter {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.layers)
}

// runResponseHooks runs the hooks of all layers that did not run yet, innermost
// first, until one rejects.
func (x *Exchange) runResponseHooks(c *Context) {
	layers := x.intercepting()
	for i := len(layers) - 1; i >= 0; i-- {
		l := layers[i]
		if l.ran.Swap(true) || l.run == nil || l.run(x.Stream(), c) {
			continue
		}
		for _, outer := range layers[:i] {
			outer.ran.Store(true)
		}
		return
	}
}

// begin runs the response hooks ahead of the first bytes of a final response that
// are sent on the Stream. If these hold the whole head, the hooks find it staged and
// what they make of status and fields is sent instead; the body has begun and stays.
// A send that was refused and is tried again gets the same head.
func (x *Exchange) begin(frames [][]byte) [][]byte {
	h := x.forHooks()
	x.mu.Lock()
	again := x.begun && h.made != nil && !x.sent()
	if !again && (x.begun || !x.hooksPending()) {
		x.mu.Unlock()
		return frames
	}
	x.begun = true
	made := h.made
	x.mu.Unlock()
	head, at, n := firstHead(frames)
	switch {
	case at >= 0 && head.Interim():
		if !again {
			x.mu.Lock()
			x.begun = false
			x.mu.Unlock()
		}
		return frames
	case at < 0 && again:
		return frames
	case at < 0:
		x.runResponseHooks(x.fork(Response{x: x}))
		return frames
	case !again:
		made = x.remake(head)
		x.mu.Lock()
		h.made = made
		x.mu.Unlock()
	}
	return append([][]byte{slices.Concat(made, frames[at][n:])}, frames[at+1:]...)
}

// firstHead finds the head that frames begin with: the first n bytes of frame at, which
// is -1 if they hold none.
func firstHead(frames [][]byte) (head http1.RawHead, at, n int) {
	for i, p := range frames {
		if len(p) == 0 {
			continue
		}
		var scan http1.Scanner
		if kind, n := scan.Next(p); kind == http1.PieceHead {
			return scan.Head, i, n
		}
		break
	}
	return head, -1, 0
}

// remake runs the response hooks on a head and returns what they make of it.
func (x *Exchange) remake(head http1.RawHead) []byte {
	fields := make(http.Header)
	for name, value := range head.Fields {
		fields.Add(name, value)
	}
	c := x.fork(Response{Status: head.Status, Header: fields, x: x})
	x.runResponseHooks(c)
	made := c.Response()
	p := http1.AppendStatusLine(nil, made.status())
	p = http1.AppendHeader(p, made.Header)
	return append(p, "\r\n"...)
}

// fork returns a Context of the exchange for hooks that find resp staged: it may be
// used on another goroutine than the exchange's own.
func (x *Exchange) fork(resp Response) *Context {
	return &Context{x: x, response: resp, attributes: x.Context().attributes, fixed: true}
}

func (x *Exchange) hooksPending() bool {
	for _, l := range x.layers {
		if !l.ran.Load() && l.run != nil {
			return true
		}
	}
	return false
}
