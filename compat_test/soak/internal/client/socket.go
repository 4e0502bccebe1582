package client

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// The close codes that matter here (RFC 6455, section 7.4.1).
const (
	codeNormal     = 1000
	codeGoingAway  = 1001
	codeTryAgain   = 1013
	messageSize    = 16 << 10
	mostInABurst   = 8
	fragmentsAtAll = 4
)

// A closed is a close frame of the server's.
type closed struct{ code int }

func (e *closed) Error() string { return fmt.Sprintf("close frame %d", e.code) }

// socket connects a WebSocket.
func (c *client) socket(ctx context.Context, path string) (*conn, error) {
	p, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	for n := c.rand.IntN(3); n > 0; n-- { // not always the first request
		open, err := p.ask(ctx, false)
		if err != nil || !open {
			p.Close()
			return nil, errors.Join(err, errOverUnless(open))
		}
	}
	if err := p.upgrade(ctx, path); err != nil {
		p.Close()
		return nil, err
	}
	c.fleet.Tally.Add("WebSockets", 1)
	return p, nil
}

func errOverUnless(open bool) error {
	if open {
		return nil
	}
	return errOver
}

func (p *conn) upgrade(ctx context.Context, path string) error {
	const fields = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	if err := p.send(ctx, fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: soak\r\n%s\r\n", path, fields)); err != nil {
		return err
	}
	resp, err := p.head("GET")
	if err != nil {
		return err
	}
	if p.c.fleet.ending.Load() && resp.StatusCode == http.StatusServiceUnavailable && resp.Close {
		return errOver
	}
	if resp.StatusCode != http.StatusSwitchingProtocols || resp.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		return fmt.Errorf("handshake: %s", resp.Status)
	}
	return nil
}

// message returns the next message; control frames on the way are dealt with. A close
// frame is a *closed.
func (p *conn) message() ([]byte, error) {
	var all []byte
	for first := true; ; {
		final, opcode, payload, err := p.frame()
		if err != nil {
			return nil, err
		}
		switch opcode {
		case opClose:
			code := 0
			if len(payload) >= 2 {
				code = int(binary.BigEndian.Uint16(payload))
			}
			return nil, &closed{code}
		case opPing:
			if _, err := p.Write(appendFrame(nil, true, opPong, p.c.rand.Uint32(), payload)); err != nil {
				return nil, err
			}
			continue
		case opPong:
			continue
		case opContinuation:
			if first {
				return nil, errors.New("a continuation of nothing")
			}
		default:
			if !first {
				return nil, errors.New("a message within a message")
			}
		}
		first = false
		all = append(all, payload...)
		if final {
			return all, nil
		}
	}
}

// ends deals with the end of a WebSocket: by a reason that the server has given, or by the
// client's own wish.
func (p *conn) ends(err error) error {
	var frame *closed
	switch {
	case !errors.As(err, &frame):
		if p.c.fleet.ending.Load() {
			return fmt.Errorf("WebSocket: a shutdown without 1001: %w", err)
		}
		return fmt.Errorf("WebSocket: %w", err)
	case p.c.fleet.ending.Load() && frame.code == codeGoingAway:
		p.c.fleet.Tally.end()
		p.c.fleet.Tally.Add("WebSockets sent away by the shutdown", 1)
	case frame.code == codeTryAgain:
		p.c.fleet.Tally.Add("WebSockets sent away as too slow", 1)
	default:
		return fmt.Errorf("WebSocket: %w", err)
	}
	_, _ = p.Write(p.closeFrame(frame.code))
	return p.ended(p.c.fleet.opts.Patience)
}

func (p *conn) closeFrame(code int) []byte {
	return appendFrame(nil, true, opClose, p.c.rand.Uint32(), binary.BigEndian.AppendUint16(nil, uint16(code)))
}

// leave closes the WebSocket from this side; what is on its way is of no interest.
func (p *conn) leave() error {
	p.patience()
	if _, err := p.Write(p.closeFrame(codeNormal)); err != nil {
		return p.ends(err)
	}
	for {
		_, err := p.message()
		var frame *closed
		switch {
		case errors.As(err, &frame) && frame.code == codeNormal:
			return p.ended(p.c.fleet.opts.Patience)
		case err != nil:
			return p.ends(err)
		}
	}
}

// echo sends messages, in bursts, in fragments, with pings among them, and wants them back.
func echo(ctx context.Context, c *client) error {
	p, err := c.socket(ctx, work.EchoPath+oneOf(c, work.Sockets...))
	if err != nil {
		return over(err)
	}
	defer p.Close()
	for turns := int64(1 + c.rand.IntN(50)); turns > 0; turns-- {
		n := 1 + c.rand.IntN(mostInABurst)
		if !c.pause(ctx, n) {
			break
		}
		var burst []byte
		want := make([][]byte, n)
		for i := range n {
			want[i] = work.AppendBody(nil, c.name, turns, c.rand.IntN(oneOf(c, 100, 1000, messageSize)))
			burst = p.appendMessage(burst, want[i])
		}
		if err := p.sendPieces(ctx, burst); err != nil {
			return p.ends(err)
		}
		p.patience()
		for _, want := range want {
			got, err := p.message()
			if err != nil {
				return p.ends(err)
			}
			if !bytes.Equal(got, want) {
				return fmt.Errorf("echo of %.60q is %.60q", want, got)
			}
			c.fleet.Tally.Add("echoes", 1)
		}
	}
	return p.leave()
}

// appendMessage appends a message in one frame or in several, maybe with a ping in between.
func (p *conn) appendMessage(b, message []byte) []byte {
	opcode := oneOf(p.c, byte(opText), opBinary)
	for n := p.c.rand.IntN(fragmentsAtAll); n > 0; n-- {
		cut := p.c.rand.IntN(len(message))
		b = appendFrame(b, false, opcode, p.c.rand.Uint32(), message[:cut])
		message, opcode = message[cut:], opContinuation
		if p.c.rand.IntN(2) == 0 {
			b = appendFrame(b, true, opPing, p.c.rand.Uint32(), []byte("ping"))
		}
	}
	return appendFrame(b, true, opcode, p.c.rand.Uint32(), message)
}

// listen gets what is published to all, every message behind the one before.
func listen(ctx context.Context, c *client) error {
	p, err := c.socket(ctx, work.NoticesPath+oneOf(c, work.Sockets...))
	if err != nil {
		return over(err)
	}
	defer p.Close()
	p.bound(0)
	undo := p.interrupt(ctx)
	defer undo()
	until := time.Now().Add(time.Duration(1+c.rand.IntN(8000)) * time.Millisecond)
	for seq := int64(0); time.Now().Before(until) || c.fleet.ending.Load(); {
		got, err := p.message()
		if ctx.Err() != nil {
			return nil // the message may have been cut by that, so there is no way to say good-bye
		}
		if err != nil {
			return p.ends(err)
		}
		n, err := work.CheckNotice(string(got), work.NoticesTopic)
		if err != nil {
			return err
		}
		if seq != 0 && n != seq+1 {
			return fmt.Errorf("notice %d came behind %d", n, seq)
		}
		seq = n
		c.fleet.Tally.Add("notices", 1)
	}
	if !undo() {
		return nil
	}
	return p.leave()
}
