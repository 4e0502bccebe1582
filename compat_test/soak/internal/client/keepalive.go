package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// keepAlive asks again and again on one connection.
func keepAlive(ctx context.Context, c *client) error {
	return c.turns(ctx, 100, func(p *conn, last bool) (int, bool, error) {
		open, err := p.ask(ctx, last)
		return 1, open, err
	})
}

// turns takes up to most turns on a connection, as long as it stays. A turn makes some
// requests, and knows whether it is the last one.
func (c *client) turns(ctx context.Context, most int, turn func(p *conn, last bool) (asked int, open bool, err error)) error {
	p, err := c.dial(ctx)
	if err != nil {
		return over(err)
	}
	defer p.Close()
	for n := 1 + c.rand.IntN(most); n > 0; n-- {
		asked, open, err := turn(p, n == 1)
		if err != nil || !open {
			return over(err)
		}
		if !c.pause(ctx, asked) {
			break
		}
	}
	return nil
}

// ask makes one request, the last one of a connection or not, and reports whether the
// connection stays.
func (p *conn) ask(ctx context.Context, last bool) (bool, error) {
	method, fields := oneOf(p.c, "GET", "GET", "GET", "HEAD"), ""
	if last {
		fields = oneOf(p.c, "", "Connection: close\r\n")
	}
	label := p.c.label(p.c.size())
	if err := p.send(ctx, appendHead(nil, method, work.AnswerPath+oneOf(p.c, work.Answers...), label, fields)); err != nil {
		return false, err
	}
	resp, err := p.wantBody(method, label)
	if err != nil {
		return false, err
	}
	return p.stays(resp, fields != "")
}

// stays reports whether the connection stays behind an answer; it must unless it may go.
func (p *conn) stays(resp *http.Response, mayGo bool) (bool, error) {
	switch {
	case !resp.Close:
		return true, p.quiet()
	case mayGo: // net/http waits for the client to close where that was told not to send a body
		return false, nil
	case !p.c.fleet.ending.Load():
		return false, fmt.Errorf("answer %d closes the connection", p.c.answered)
	}
	return false, p.ended(p.c.fleet.opts.Patience)
}

// pipeline asks many times before it reads an answer.
func pipeline(ctx context.Context, c *client) error {
	return c.turns(ctx, 20, func(p *conn, _ bool) (int, bool, error) {
		n := 2 + c.rand.IntN(15)
		open, err := p.askAll(ctx, n)
		return n, open, err
	})
}

// askAll makes n requests in one write, and reports whether the connection stays. While
// the server shuts down answers may end behind any of them, but each that a handler has
// seen has its own.
func (p *conn) askAll(ctx context.Context, n int) (bool, error) {
	methods, labels := make([]string, n), make([]work.Label, n)
	var all []byte
	for i := range n {
		methods[i] = oneOf(p.c, "GET", "GET", "HEAD", "POST")
		labels[i] = p.c.label(p.c.rand.IntN(8 << 10))
		if methods[i] == "POST" {
			all = appendUpload(all, labels[i])
			labels[i].Size = 0
			continue
		}
		all = appendHead(all, methods[i], work.AnswerPath+oneOf(p.c, work.Answers...), labels[i], "")
	}
	if err := p.send(ctx, all); err != nil && !p.c.fleet.ending.Load() {
		return false, err
	}
	for i := range n {
		resp, err := p.wantBody(methods[i], labels[i])
		if err != nil {
			return false, err
		}
		if resp.Close {
			return p.stays(resp, false)
		}
	}
	return true, p.quiet()
}

// appendUpload appends a request with a body.
func appendUpload(b []byte, label work.Label) []byte {
	body := work.AppendBody(nil, label.Client, label.Seq, label.Size)
	b = appendHead(b, "POST", work.UploadPath+"read", label, fmt.Sprintf("Content-Length: %d\r\n", len(body)))
	return append(b, body...)
}

// panicking asks handlers that panic: before an answer, and in the middle of one.
func panicking(ctx context.Context, c *client) error {
	p, err := c.dial(ctx)
	if err != nil {
		return over(err)
	}
	defer p.Close()
	for n := c.rand.IntN(4); n > 0; n-- {
		if open, err := p.ask(ctx, false); err != nil || !open {
			return over(err)
		}
	}
	label := c.label(0)
	late := c.rand.IntN(2) == 0
	path := work.PanicPath + map[bool]string{false: "early", true: "late"}[late]
	if err := p.send(ctx, appendHead(nil, "GET", path, label, "")); err != nil && !c.fleet.ending.Load() {
		return err
	}
	resp, err := p.head("GET")
	if err != nil {
		return over(err)
	}
	body, err := io.ReadAll(resp.Body)
	c.answered = label.Seq
	c.fleet.Tally.Add("panics", 1)
	switch {
	case late && (err == nil || !strings.HasPrefix("begun", string(body))):
		return fmt.Errorf("a late panic answered %q, %v", body, err)
	case !late && (err != nil || resp.StatusCode != http.StatusInternalServerError || string(body) != work.OnPurpose):
		return fmt.Errorf("an early panic answered %s %q, %v", resp.Status, body, err)
	case late || resp.Close:
		return p.ended(c.fleet.opts.Patience)
	}
	_, err = p.ask(ctx, true)
	return over(err)
}
