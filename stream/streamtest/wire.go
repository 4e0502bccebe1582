package streamtest

import (
	"errors"
	"io"
	"os"
	"time"
)

// Take receives the next n bytes, whatever they are, and returns them. A client that
// takes a little at a time is a slow reader.
func (c *Client) Take(n int) string {
	c.t.Helper()
	defer c.bound(c.conn.SetReadDeadline)()
	p := make([]byte, n)
	if got, err := io.ReadFull(c.br, p); err != nil {
		c.t.Fatalf("streamtest.Client.Take: %v after %d of %d bytes: %q", err, got, n, abridged(p[:got]))
	}
	return string(p)
}

// WantBytes requires that the next bytes are those of text.
func (c *Client) WantBytes(text string) *Client {
	c.t.Helper()
	defer c.bound(c.conn.SetReadDeadline)()
	p := make([]byte, len(text))
	if n, err := io.ReadFull(c.br, p); string(p[:n]) != text[:n] || err != nil {
		c.t.Fatalf("streamtest.Client.WantBytes: got %q (%v), want %q", abridged(p[:n]), err, abridged([]byte(text)))
	}
	return c
}

// WantSilence requires that for as long as d nothing comes and the server does not end
// the connection. In a bubble of testing/synctest that is certain, however short d is:
// the clock moves only when everybody waits. Elsewhere what comes later is missed.
func (c *Client) WantSilence(d time.Duration) *Client {
	c.t.Helper()
	if c.br.Buffered() == 0 {
		_ = c.conn.SetReadDeadline(time.Now().Add(d))
		defer func() { _ = c.conn.SetReadDeadline(time.Time{}) }()
		if _, err := c.br.Peek(1); errors.Is(err, os.ErrDeadlineExceeded) {
			return c
		} else if err != nil {
			c.t.Fatalf("streamtest.Client.WantSilence: the connection has ended: %v", err)
		}
	}
	p, _ := c.br.Peek(c.br.Buffered())
	c.t.Fatalf("streamtest.Client.WantSilence: got %q", abridged(p))
	return c
}

// Rest receives what comes until the server ends the connection, and returns it and how
// it ended: nil for an orderly end, otherwise what a read returned, such as ECONNRESET.
func (c *Client) Rest() (string, error) {
	c.t.Helper()
	defer c.bound(c.conn.SetReadDeadline)()
	rest, err := io.ReadAll(c.br)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Fatalf("streamtest.Client.Rest: the connection is still open, after %q", abridged(rest))
	}
	return string(rest), err
}

// WantEnd requires that nothing more comes and the server ends the connection. It returns
// how, as [Client.Rest] does.
func (c *Client) WantEnd() error {
	c.t.Helper()
	defer c.bound(c.conn.SetReadDeadline)()
	rest, err := io.ReadAll(io.LimitReader(c.br, shown+1))
	switch {
	case len(rest) > 0:
		c.t.Fatalf("streamtest.Client.WantEnd: got %q", abridged(rest))
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.t.Fatalf("streamtest.Client.WantEnd: the connection is still open")
	}
	return err
}

// shown is how many bytes a failure shows.
const shown = 1 << 10

func abridged(p []byte) string {
	if len(p) <= shown {
		return string(p)
	}
	return string(p[:shown]) + "..."
}
