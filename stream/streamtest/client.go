package streamtest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// host is the Host of the requests that a Client makes up.
const host = "example.com"

// A Client is one connection to a server, and says on it what a test wants to be said.
// Make it with [Dial], [Service.Dial] or [NewClient]. A method that fails, or waits
// longer than [Options].Patience, ends the test by Fatalf.
type Client struct {
	t        TB
	conn     net.Conn
	br       *bufio.Reader
	tape     tape
	patience time.Duration
}

// NewClient returns a client on conn, such as a tls.Conn over another connection. It
// closes conn when the test ends. Of opts only Patience has a meaning; nil selects every
// default.
func NewClient(t TB, conn net.Conn, opts *Options) *Client {
	return newClient(t, conn, opts.resolved())
}

func newClient(t TB, conn net.Conn, o Options) *Client {
	c := &Client{t: t, conn: conn, patience: o.Patience}
	c.tape.source = conn
	c.br = bufio.NewReader(&c.tape)
	t.Cleanup(func() { _ = conn.Close() })
	return c
}

// Conn returns the client's end of the connection: a [*Conn], a *net.TCPConn, or what
// NewClient was given. What the client has read ahead of it is in Reader.
func (c *Client) Conn() net.Conn { return c.conn }

// Reader returns what the client reads from, for a protocol that it does not speak.
// Reads through it are not bounded by Patience.
func (c *Client) Reader() *bufio.Reader { return c.br }

// Send sends text as it is, in one write.
func (c *Client) Send(text string) *Client {
	c.t.Helper()
	defer c.bound(c.conn.SetWriteDeadline)()
	if n, err := io.WriteString(c.conn, text); err != nil {
		c.t.Fatalf("streamtest.Client.Send: after %d of %d bytes: %v", n, len(text), err)
	}
	return c
}

// SendPieces sends text in writes of size bytes, with a pause between them: without one,
// TCP may join them, which memory never does. It panics if size is not positive.
func (c *Client) SendPieces(text string, size int, pause time.Duration) *Client {
	c.t.Helper()
	if size <= 0 {
		panic("streamtest.Client.SendPieces: size is not positive")
	}
	for len(text) > size {
		c.Send(text[:size])
		text = text[size:]
		time.Sleep(pause)
	}
	return c.Send(text)
}

// Get sends a GET request and returns the response. Fields are lines of the header, such
// as "Accept: text/plain".
func (c *Client) Get(path string, fields ...string) *Response {
	c.t.Helper()
	return c.Ask("GET", path, "", fields...)
}

// Ask sends a request and returns the response. A body that is not empty goes with its
// Content-Length. Anything else about a request is for [Client.Send].
func (c *Client) Ask(method, path, body string, fields ...string) *Response {
	c.t.Helper()
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, host)
	for _, field := range fields {
		head.WriteString(field + "\r\n")
	}
	if body != "" {
		fmt.Fprintf(&head, "Content-Length: %d\r\n", len(body))
	}
	return c.Send(head.String() + "\r\n" + body).Want(method)
}

// CloseWrite ends what the client sends; it can still receive.
func (c *Client) CloseWrite() *Client {
	c.t.Helper()
	half, ok := c.conn.(interface{ CloseWrite() error })
	if !ok {
		c.t.Fatalf("streamtest.Client.CloseWrite: %T cannot", c.conn)
	}
	if err := half.CloseWrite(); err != nil {
		c.t.Fatalf("streamtest.Client.CloseWrite: %v", err)
	}
	return c
}

// Reset closes the connection so that the server's reads and writes fail.
func (c *Client) Reset() {
	c.t.Helper()
	switch conn := c.conn.(type) {
	case *Conn:
		conn.Reset()
	case *net.TCPConn:
		if err := conn.SetLinger(0); err != nil {
			c.t.Fatalf("streamtest.Client.Reset: %v", err)
		}
		c.Close()
	default:
		c.t.Fatalf("streamtest.Client.Reset: %T cannot", c.conn)
	}
}

// Close closes the connection. It may be called more than once.
func (c *Client) Close() { _ = c.conn.Close() }

// bound gives what follows, up to a call of done, as much time as the client has patience.
func (c *Client) bound(set func(time.Time) error) (done func()) {
	if c.patience <= 0 {
		return func() {}
	}
	_ = set(time.Now().Add(c.patience)) // fails on what is closed: so will what follows, and says so
	return func() { _ = set(time.Time{}) }
}

// A tape reads from its source and keeps, while it runs, what was read.
type tape struct {
	source io.Reader
	runs   bool
	bytes  []byte
}

// Read implements io.Reader.
func (t *tape) Read(p []byte) (int, error) {
	n, err := t.source.Read(p)
	if t.runs {
		t.bytes = append(t.bytes, p[:n]...)
	}
	return n, err
}
