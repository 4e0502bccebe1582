package compat_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A conversation is the client's side of one HTTP/1.x connection, and the
// record of what it saw. Its methods are for one goroutine.
type conversation struct {
	notes   *notes // of the handler at the other end, for its gates
	conn    net.Conn
	br      *bufio.Reader
	seen    []string
	ended   bool // the connection's end has been read
	prefix  string
	pending string      // the body that waits for 100 Continue
	out     chan func() // what the writing goroutine does, in order
	sent    sync.WaitGroup
}

// plain is a request that the harness sends on its own account.
func plain(path string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"
}

func newConversation(conn net.Conn, n *notes) *conversation {
	conn.SetDeadline(time.Now().Add(n.patience))
	c := &conversation{notes: n, conn: conn, br: bufio.NewReader(conn), out: make(chan func(), 64)}
	c.sent.Go(func() {
		for act := range c.out {
			act()
		}
	})
	return c
}

// close ends the conversation. What is still to be sent has until the
// connection's deadline.
func (c *conversation) close() {
	c.out <- func() { c.conn.Close() }
	close(c.out)
	c.sent.Wait()
}

func (c *conversation) saw(format string, args ...any) {
	c.seen = append(c.seen, fmt.Sprintf(format, args...))
}

// send writes p in one segment if it is small. It does not wait for the
// server, so that a server which does not read cannot stop the client from
// reading.
func (c *conversation) send(p string) {
	p = c.prefix + p
	c.out <- func() { io.WriteString(c.conn, p) } // an error shows in what is read
	if c.prefix != "" {
		c.prefix = ""
		c.saw("-- the request before")
		c.answer("GET")
		c.saw("-- the case")
	}
}

// request sends m, without its body if that waits for 100 Continue.
func (c *conversation) request(m message) {
	head, body := m.wire()
	if m.expect {
		c.pending = body
		body = ""
	}
	c.send(head + body)
}

// interim reads one reply and records it, final or not.
func (c *conversation) interim(method string) *reply {
	p := readReply(c.br, method)
	if p.statusLine == "" && wireErrorClass(p.err) == "closed" {
		c.saw("no reply: connection closed")
		c.ended = true
		return p
	}
	c.seen = append(c.seen, p.transcript()...)
	return p
}

// answer reads replies up to the final one to a request with method, and
// sends a body that waited for 100 Continue.
func (c *conversation) answer(method string) *reply {
	for {
		p := c.interim(method)
		if p.err != nil || p.code >= 200 || p.code == 101 {
			return p
		}
		if p.code == 100 && c.pending != "" {
			c.send(c.pending)
			c.pending = ""
		}
	}
}

// probe finds out whether the connection is still good for a request, whatever
// the last reply said. With a nil reply there is no telling but by trying.
func (c *conversation) probe(last *reply) {
	if c.ended {
		return
	}
	if last != nil && (last.err != nil || last.framing == "until close" || last.framing == "tunnel") {
		c.rest()
		return
	}
	c.send(plain(probePath))
	p := readReply(c.br, "GET")
	if p.statusLine == "" && wireErrorClass(p.err) == "closed" {
		c.saw("end: closed")
		c.ended = true
		return
	}
	c.saw("-- probe")
	c.seen = append(c.seen, p.transcript()...)
}

// head reads a reply up to its body, whose framing is left to the caller.
func (c *conversation) head() {
	p := new(reply)
	if p.statusLine, p.err = readLine(c.br); p.err == nil {
		p.fields, p.err = readFields(c.br)
	}
	c.ended = p.err != nil
	c.seen = append(c.seen, p.transcript()...)
}

// line reads one line.
func (c *conversation) line() string {
	line, err := c.br.ReadString('\n')
	c.saw("line %q", line)
	if err != nil {
		c.saw("end: %s", wireErrorClass(err))
		c.ended = true
	}
	return line
}

// bytes reads n bytes.
func (c *conversation) bytes(n int) []byte {
	p := make([]byte, n)
	n, err := io.ReadFull(c.br, p)
	c.saw("bytes %q", p[:n])
	if err != nil {
		c.saw("end: %s", wireErrorClass(err))
		c.ended = true
	}
	return p[:n]
}

// rest reads up to the end of the connection.
func (c *conversation) rest() {
	if c.ended {
		return
	}
	c.ended = true
	p, err := io.ReadAll(c.br)
	if len(p) > 0 {
		c.saw("rest %s", abridged(p))
	}
	c.saw("end: %s", wireErrorClass(err))
}

// hangUp closes the connection from the client's side.
func (c *conversation) hangUp() {
	c.out <- func() { c.conn.Close() }
	c.ended = true
}

// hangUpWriting says that no more comes, and goes on reading.
func (c *conversation) hangUpWriting() {
	if half, ok := c.conn.(interface{ CloseWrite() error }); ok {
		c.out <- func() { half.CloseWrite() }
	}
}

// exchange is what a client does unless the case says otherwise: send the
// request, read its answer, probe.
func (c *conversation) exchange(m message) {
	c.request(m)
	c.probe(c.answer(m.verb()))
}

// wireErrorClass names the end of a connection. Whether it came as FIN or as
// RST is up to the kernel.
func wireErrorClass(err error) string {
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "closed"
	case strings.Contains(err.Error(), "tls: "):
		// A server that is out of time cannot take its leave in TLS either.
		return "closed"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "closed in the middle"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return timedOut
	default:
		return maskAddresses(err.Error())
	}
}

// timedOut is in the record of a client that waited in vain.
const timedOut = "the client waited in vain"

// withoutChunks drops the sizes of chunks from a record.
func withoutChunks(seen []string) []string {
	return slices.DeleteFunc(slices.Clone(seen), func(line string) bool {
		return strings.HasPrefix(line, "    chunks: ")
	})
}
