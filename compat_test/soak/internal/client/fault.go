package client

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// faults are what can be done wrong. None of them may do more harm than to itself: what the
// server owes is to get rid of it in time.
var faults = map[string]func(ctx context.Context, p *conn) error{
	"reset in a request":       resetInRequest,
	"reset in an answer":       resetInAnswer,
	"reset of an event stream": resetOfEvents,
	"reset of a WebSocket":     resetOfSocket,
	"stall in a request":       stallInRequest,
	"stall in an answer":       stallInAnswer,
	"stall in an event stream": stallInEvents,
	"stall in a WebSocket":     stallInSocket,
	"half-close":               halfClose,
	"half a request":           halfARequest,
	"garbage":                  garbage,
	"spoilt bytes":             spoilt,
	"garbage in a WebSocket":   garbageInSocket,
}

// faultNames are their names in an order that does not change.
var faultNames = slices.Sorted(maps.Keys(faults))

// faulty does something wrong.
func faulty(ctx context.Context, c *client) error {
	name := oneOf(c, faultNames...)
	p, err := c.dial(ctx)
	if err != nil {
		return over(err)
	}
	defer p.Close()
	p.patience()
	defer p.interrupt(ctx)()
	c.fleet.Tally.Add(name, 1)
	if err := faults[name](ctx, p); err != nil && ctx.Err() == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// request is a request of any kind, as bytes.
func (p *conn) request() []byte {
	label := work.Label{Client: p.c.name, Seq: 1, Size: p.c.size()}
	switch p.c.rand.IntN(4) {
	case 0:
		return appendUpload(nil, label)
	case 1:
		body := p.chunks(work.AppendBody(nil, label.Client, label.Seq, label.Size))
		return append(appendHead(nil, "POST", work.UploadPath+oneOf(p.c, work.Uploads...), label, "Transfer-Encoding: chunked\r\n"), body...)
	case 2:
		var all []byte
		for range 2 + p.c.rand.IntN(8) {
			all = appendHead(all, "GET", work.AnswerPath+oneOf(p.c, work.Answers...), label, "")
		}
		return all
	}
	return appendHead(nil, "GET", work.AnswerPath+oneOf(p.c, work.Answers...), label, "")
}

// part is a request that ends somewhere ahead of its end.
func (p *conn) part() []byte {
	b := p.request()
	return b[:p.c.rand.IntN(len(b))]
}

// try writes; a server that has closed already is right to have done so.
func (p *conn) try(b []byte) { _, _ = p.Write(b) }

// wait waits a moment.
func (p *conn) wait(ctx context.Context, most time.Duration) {
	select {
	case <-time.After(time.Duration(p.c.rand.Int64N(int64(most)))):
	case <-ctx.Done():
	}
}

const moment = 200 * time.Millisecond

func resetInRequest(ctx context.Context, p *conn) error {
	p.try(p.part())
	p.wait(ctx, moment)
	p.reset()
	return nil
}

func resetInAnswer(ctx context.Context, p *conn) error {
	label := work.Label{Client: p.c.name, Seq: 1, Size: p.c.fleet.opts.MaxSize}
	p.try(appendHead(nil, "GET", work.AnswerPath+oneOf(p.c, work.Answers...), label, ""))
	_, _ = io.CopyN(io.Discard, p.br, p.c.rand.Int64N(int64(label.Size)))
	p.reset()
	return nil
}

func (p *conn) openEvents() error {
	p.try(fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: soak\r\n%s\r\n", work.EventsPath+oneOf(p.c, work.Topics...),
		oneOf(p.c, "", "Last-Event-ID: made-up\r\n")))
	resp, err := p.head("GET")
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %s", resp.Status)
	}
	return over(err)
}

func resetOfEvents(ctx context.Context, p *conn) error {
	if err := p.openEvents(); err != nil {
		return err
	}
	p.wait(ctx, 5*moment)
	p.reset()
	return nil
}

// resetOfSocket leaves in the middle of a frame, or of what is published.
func resetOfSocket(ctx context.Context, p *conn) error {
	path := oneOf(p.c, work.EchoPath, work.NoticesPath) + oneOf(p.c, work.Sockets...)
	if err := p.upgrade(ctx, path); err != nil {
		return over(err)
	}
	b := p.appendMessage(nil, work.AppendBody(nil, p.c.name, 1, p.c.rand.IntN(messageSize)))
	p.try(b[:p.c.rand.IntN(len(b))])
	p.wait(ctx, moment)
	p.reset()
	return nil
}

// stallInRequest begins a request and says no more.
func stallInRequest(_ context.Context, p *conn) error {
	p.try(p.part())
	return p.ended(p.c.fleet.opts.Stall)
}

// stallInAnswer asks for more than buffers hold and does not read. That the server has given
// up shows when it does at last.
func stallInAnswer(ctx context.Context, p *conn) error {
	label := work.Label{Client: p.c.name, Seq: 1, Size: p.c.fleet.opts.MaxSize}
	var all []byte
	for range 16 {
		all = appendHead(all, "GET", work.AnswerPath+oneOf(p.c, work.Answers...), label, "")
	}
	p.try(all)
	p.wait(ctx, p.c.fleet.opts.Stall)
	return p.ended(p.c.fleet.opts.Stall)
}

// stallInEvents does not read events, which are too few to fill the buffers.
func stallInEvents(ctx context.Context, p *conn) error {
	if err := p.openEvents(); err != nil {
		return err
	}
	p.wait(ctx, p.c.fleet.opts.Stall)
	return nil
}

// stallInSocket has much echoed and does not read it, or sends half a frame.
func stallInSocket(ctx context.Context, p *conn) error {
	if err := p.upgrade(ctx, work.EchoPath+oneOf(p.c, work.Sockets...)); err != nil {
		return over(err)
	}
	message := appendFrame(nil, true, opBinary, 1, make([]byte, 1<<20))
	if p.c.rand.IntN(2) == 0 {
		p.try(message[:p.c.rand.IntN(len(message))])
		p.wait(ctx, p.c.fleet.opts.Stall)
		return nil
	}
	p.bound(p.c.fleet.opts.Stall)
	for range 64 {
		if _, err := p.Write(message); err != nil {
			break
		}
	}
	return p.ended(p.c.fleet.opts.Stall)
}

// halfClose says no more behind a whole request, which is answered all the same.
func halfClose(_ context.Context, p *conn) error {
	label := work.Label{Client: p.c.name, Seq: 1, Size: p.c.size()}
	p.try(appendHead(nil, "GET", work.AnswerPath+oneOf(p.c, work.Answers...), label, ""))
	_ = p.CloseWrite()
	if _, err := p.wantBody("GET", label); err != nil && !p.c.fleet.ending.Load() {
		return err
	}
	return p.ended(p.c.fleet.opts.Stall)
}

// halfARequest says no more in the middle of one.
func halfARequest(_ context.Context, p *conn) error {
	p.try(p.part())
	_ = p.CloseWrite()
	return p.ended(p.c.fleet.opts.Stall)
}

// garbage sends what is no HTTP, which gets nothing but errors.
func garbage(_ context.Context, p *conn) error {
	b := make([]byte, 1+p.c.rand.IntN(oneOf(p.c, 10, 1000, 100_000)))
	for i := range b {
		b[i] = byte(p.c.rand.Uint32())
	}
	p.try(b)
	_ = p.CloseWrite()
	answer, err := io.ReadAll(p.br)
	if len(answer) > 0 && !strings.HasPrefix(string(answer), "HTTP/1.1 4") && !strings.HasPrefix(string(answer), "HTTP/1.1 5") {
		return fmt.Errorf("answer to garbage: %.60q, %v", answer, err)
	}
	return p.ended(p.c.fleet.opts.Stall)
}

// spoilt sends requests with bytes that are wrong, or gone.
func spoilt(_ context.Context, p *conn) error {
	b := p.request()
	for range 1 + p.c.rand.IntN(5) {
		switch at := p.c.rand.IntN(min(len(b), 400)); p.c.rand.IntN(3) {
		case 0:
			b[at] = byte(p.c.rand.Uint32())
		case 1:
			b[at] ^= 1 << p.c.rand.IntN(8)
		default:
			b = append(b[:at], b[at+1:]...)
		}
	}
	p.try(b)
	_ = p.CloseWrite()
	return p.ended(p.c.fleet.opts.Stall)
}

// garbageInSocket sends what are no frames.
func garbageInSocket(ctx context.Context, p *conn) error {
	if err := p.upgrade(ctx, work.EchoPath+oneOf(p.c, work.Sockets...)); err != nil {
		return over(err)
	}
	b := make([]byte, 1+p.c.rand.IntN(5000))
	for i := range b {
		b[i] = byte(p.c.rand.Uint32())
	}
	p.try(b)
	_ = p.CloseWrite()
	return p.ended(p.c.fleet.opts.Stall)
}
