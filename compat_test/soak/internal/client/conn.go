package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// errOver says that the server, which shuts down, has ended a connection where it may.
var errOver = errors.New("client: the server has ended it")

// A conn is a connection to the server.
type conn struct {
	*net.TCPConn
	br   *bufio.Reader
	c    *client
	gone atomic.Bool // the client is to leave: see interrupt
}

// dial connects. The error is errOver where nobody can be reached any more.
func (c *client) dial(ctx context.Context) (*conn, error) {
	nc, err := (&net.Dialer{Timeout: c.fleet.opts.Patience}).DialContext(ctx, "tcp", c.fleet.addr)
	if err != nil {
		if ctx.Err() != nil || c.fleet.ending.Load() {
			return nil, errOver
		}
		return nil, fmt.Errorf("connect: %w", err)
	}
	c.fleet.Tally.Add("connections", 1)
	p := &conn{TCPConn: nc.(*net.TCPConn), c: c}
	p.br = bufio.NewReader(p)
	return p, nil
}

// over turns the result of a job into what is wrong: the end of the server is not.
func over(err error) error {
	if errors.Is(err, errOver) {
		return nil
	}
	return err
}

// patience bounds what follows.
func (p *conn) patience() { p.bound(p.c.fleet.opts.Patience) }

// bound bounds what follows; 0 or less: only by an interrupt.
func (p *conn) bound(d time.Duration) {
	var t time.Time
	if d > 0 {
		t = time.Now().Add(d)
	}
	_ = p.SetDeadline(t)
	if p.gone.Load() {
		_ = p.SetDeadline(past)
	}
}

var past = time.Unix(1, 0)

// reset closes the connection so that the server gets an error.
func (p *conn) reset() {
	_ = p.SetLinger(0)
	p.Close()
}

// interrupt ends reads and writes when ctx does, until it is undone.
func (p *conn) interrupt(ctx context.Context) (undo func() bool) {
	return context.AfterFunc(ctx, func() {
		p.gone.Store(true)
		_ = p.SetDeadline(past)
	})
}

// send sends bytes, sometimes in two pieces. The error is errOver where the server, which
// shuts down, has ended the connection before.
func (p *conn) send(ctx context.Context, b []byte) error {
	err := p.sendPieces(ctx, b)
	if err != nil && p.silent(err) {
		return errOver
	}
	return err
}

func (p *conn) sendPieces(ctx context.Context, b []byte) error {
	p.patience()
	if len(b) > 1 && p.c.rand.IntN(10) == 0 {
		n := 1 + p.c.rand.IntN(len(b)-1)
		if _, err := p.Write(b[:n]); err != nil {
			return err
		}
		b = b[n:]
		select {
		case <-time.After(time.Duration(p.c.rand.IntN(20)) * time.Millisecond):
		case <-ctx.Done():
		}
	}
	_, err := p.Write(b)
	return err
}

// silent reports whether the server has closed the connection before the first byte of an
// answer, which it may do while it shuts down.
func (p *conn) silent(err error) bool {
	return p.c.fleet.ending.Load() && p.br.Buffered() == 0 &&
		(errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE))
}

// head reads the head of an answer, and skips those of 1xx. The error is errOver where none
// came because the server shuts down.
func (p *conn) head(method string) (*http.Response, error) {
	p.patience()
	if _, err := p.br.Peek(1); err != nil {
		if p.silent(err) {
			return nil, errOver
		}
		return nil, fmt.Errorf("no answer: %w", err)
	}
	for {
		resp, err := http.ReadResponse(p.br, &http.Request{Method: method})
		if err != nil {
			return nil, fmt.Errorf("read the head: %w", err)
		}
		if resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
			continue
		}
		return resp, nil
	}
}

// wantBody reads an answer with the body of the label.
func (p *conn) wantBody(method string, label work.Label) (*http.Response, error) {
	resp, err := p.head(method)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %s: %.200q", resp.Status, body)
	}
	if err == nil && method != "HEAD" {
		err = work.CheckBody(body, label.Client, label.Seq, label.Size)
	}
	if err != nil {
		return nil, fmt.Errorf("answer %d: %w", label.Seq, err)
	}
	p.c.answered = label.Seq
	p.c.fleet.Tally.Add("answers", 1)
	return resp, nil
}

// label makes the label of the next request.
func (c *client) label(size int) work.Label {
	c.asked++
	return work.Label{Client: c.name, Seq: c.asked, Size: size}
}

// appendHead appends the head of a request, whose last fields are given as lines.
func appendHead(p []byte, method, path string, label work.Label, fields string) []byte {
	p = fmt.Appendf(p, "%s %s HTTP/1.1\r\nHost: soak\r\n", method, path)
	p = label.Append(p)
	return fmt.Appendf(p, "%s\r\n", fields)
}

// quiet says that something has come that nobody has asked for.
func (p *conn) quiet() error {
	if n := p.br.Buffered(); n > 0 {
		rest, _ := p.br.Peek(min(n, 60))
		return fmt.Errorf("%d bytes behind the answer: %q", n, rest)
	}
	return nil
}

// ended wants the connection to be at its end, in whatever way, within a time.
func (p *conn) ended(within time.Duration) error {
	p.bound(within)
	_, err := io.Copy(io.Discard, p.br)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("not ended within %v", within)
	}
	return nil
}
