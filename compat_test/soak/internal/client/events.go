package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// A position is where a client is in a topic.
type position struct {
	id  string // its Last-Event-ID
	seq int64  // the number of the notice; 0: none yet
}

// follow follows a topic, leaves in some way or other, and goes on where it was: no event
// may be missing, and none may come twice.
func follow(ctx context.Context, c *client) error {
	p, err := c.dial(ctx)
	if err != nil {
		return over(err)
	}
	defer p.Close()
	topic := work.Topics[c.number%len(work.Topics)]
	stay := time.Duration(1+c.rand.IntN(4000)) * time.Millisecond
	byServer := c.rand.IntN(3) == 0
	path := work.EventsPath + topic
	if byServer {
		path += "?for=" + stay.String()
	}
	fields := ""
	if c.follows.id != "" {
		fields = "Last-Event-ID: " + c.follows.id + "\r\n"
	}
	if err := p.send(ctx, fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: soak\r\n%s\r\n", path, fields)); err != nil {
		return over(err)
	}
	resp, err := p.head("GET")
	if err != nil {
		return over(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		return fmt.Errorf("events: %s, %q", resp.Status, resp.Header.Get("Content-Type"))
	}
	c.fleet.Tally.Add("event streams", 1)
	p.bound(0)
	undo := p.interrupt(ctx)
	defer undo()
	until := time.Now().Add(stay)
	if byServer {
		until = time.Now().Add(stay + c.fleet.opts.Patience)
	}
	retry, err := p.events(resp.Body, topic, until)
	switch {
	case ctx.Err() != nil, errors.Is(err, errLeft):
		if c.rand.IntN(2) == 0 {
			p.reset()
		}
		return nil
	case err != nil:
		return fmt.Errorf("events: %w", err)
	case c.fleet.ending.Load():
		if !retry && !byServer {
			return errors.New("events: ended by a shutdown that has not said when to come back")
		}
		c.fleet.Tally.end()
		return p.ended(c.fleet.opts.Patience)
	case !byServer:
		return errors.New("events: ended without a reason")
	}
	if !undo() {
		return nil
	}
	_, err = p.ask(ctx, true) // the stream has ended in good order, and the connection is free
	return over(err)
}

// errLeft says that the client has got enough.
var errLeft = errors.New("client: it has left")

// events reads events until the stream ends in good order, and reports whether the client
// was told when to come back.
func (p *conn) events(r io.Reader, topic string, until time.Time) (retry bool, err error) {
	lines := newLines(r)
	name, id, data := "", "", ""
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return retry, nil
		}
		if err != nil {
			return retry, err
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			name = value
		case "id":
			id = value
		case "data":
			data = value
		case "retry":
			retry = true
		case "": // a comment, or the end of an event
			if line != "" {
				continue
			}
			if err := p.c.follows.event(name, id, data, topic); err != nil {
				return retry, err
			}
			if data != "" {
				p.c.fleet.Tally.Add("events", 1)
			}
			if name == "gap" {
				p.c.fleet.Tally.Add("gaps", 1)
			}
			name, id, data = "", "", ""
			if time.Now().After(until) && !p.c.fleet.ending.Load() {
				return retry, errLeft
			}
		}
	}
}

// event moves on by an event, which must be the next one.
func (at *position) event(name, id, data, topic string) error {
	if id != "" {
		at.id = id
	}
	if name == "gap" {
		at.seq = 0
		return nil
	}
	if data == "" {
		return nil
	}
	seq, err := work.CheckNotice(data, topic)
	if err != nil {
		return err
	}
	if at.seq != 0 && seq != at.seq+1 {
		return fmt.Errorf("event %d came behind %d", seq, at.seq)
	}
	at.seq = seq
	return nil
}
