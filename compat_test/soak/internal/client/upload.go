package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// mostUnread is how much of a body a handler may leave, and keep the connection.
const mostUnread = 128 << 10

// upload sends bodies: with a length or in chunks, at once or when it is told to, to handlers
// that read them and to one that does not.
func upload(ctx context.Context, c *client) error {
	return c.turns(ctx, 30, func(p *conn, _ bool) (int, bool, error) {
		open, err := p.upload(ctx)
		return 1, open, err
	})
}

func (p *conn) upload(ctx context.Context) (bool, error) {
	how := oneOf(p.c, work.Uploads...)
	size := p.c.size()
	if how == "unread" {
		size = min(size, mostUnread)
	}
	label := p.c.label(size)
	body := work.AppendBody(nil, label.Client, label.Seq, label.Size)
	label.Size = 0 // of the answer
	expect, chunked := p.c.rand.IntN(4) == 0, p.c.rand.IntN(2) == 0
	fields := fmt.Sprintf("Content-Length: %d\r\n", len(body))
	if chunked {
		fields, body = "Transfer-Encoding: chunked\r\n", p.chunks(body)
	}
	head := label
	head.Size = size
	if expect {
		fields += "Expect: 100-continue\r\n"
	}
	request := appendHead(nil, "POST", work.UploadPath+how, head, fields)
	if !expect {
		request = append(request, body...)
	}
	if err := p.send(ctx, request); err != nil && !p.c.fleet.ending.Load() {
		return false, err
	}
	if expect {
		wanted, err := p.wanted()
		if err != nil {
			return false, err
		}
		if wanted {
			if err := p.send(ctx, body); err != nil {
				return false, err
			}
		} else if how != "unread" {
			return false, errors.New("a body that a handler reads was not asked for")
		}
	}
	resp, err := p.wantBody("POST", label)
	if err != nil {
		return false, err
	}
	p.c.fleet.Tally.Add("uploads", 1)
	// Whether the body of an unread request follows is for the client to decide, so the
	// server has to close.
	return p.stays(resp, expect && how == "unread")
}

// wanted reports whether a body is asked for, by a 100 that is then read.
func (p *conn) wanted() (bool, error) {
	const begin = "HTTP/1.1 100 "
	p.patience()
	b, err := p.br.Peek(len(begin))
	if err != nil {
		if p.silent(err) {
			return false, errOver
		}
		return false, fmt.Errorf("no answer to Expect: %w", err)
	}
	if string(b) != begin {
		return false, nil
	}
	_, err = http.ReadResponse(p.br, nil)
	return true, err
}

// chunks returns body in chunks of random sizes, some with an extension, maybe with a trailer.
func (p *conn) chunks(body []byte) []byte {
	var b []byte
	for len(body) > 0 {
		n := min(len(body), 1+p.c.rand.IntN(oneOf(p.c, 100, 10_000, 200_000)))
		b = fmt.Appendf(b, "%x%s\r\n", n, oneOf(p.c, "", "", ";name=value"))
		b = append(append(b, body[:n]...), "\r\n"...)
		body = body[n:]
	}
	return append(b, "0\r\n"+oneOf(p.c, "", "X-Trailer: yes\r\n")+"\r\n"...)
}
