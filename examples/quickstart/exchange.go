package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
)

// A dialogue is a list of requests for one connection. It is for what a browser
// cannot show: the bytes, the order on one connection, and malformed requests.
type dialogue struct {
	Name, Title, Moral string
	requests           []string // %s is the host
}

var dialogues = []dialogue{
	{
		Name: "mixed", Title: "Hijacked, ordinary, hijacked",
		Moral: "A connection that was hijacked goes on serving the routes of the service.",
		requests: []string{
			"GET /frames HTTP/1.1\r\nHost: %s\r\n\r\n",
			"GET /api/notes HTTP/1.1\r\nHost: %s\r\n\r\n",
			"GET /frames HTTP/1.1\r\nHost: %s\r\n\r\n",
		},
	},
	{
		Name: "loop", Title: "A loop, and a request that is not for it",
		Moral: "The loop answers its own requests and passes the other one on to the service.",
		requests: []string{
			"GET /loop HTTP/1.1\r\nHost: %s\r\n\r\n",
			"GET /api/notes HTTP/1.1\r\nHost: %s\r\n\r\n",
			"GET /loop HTTP/1.1\r\nHost: %s\r\n\r\n",
			"GET /loop HTTP/1.1\r\nHost: %s\r\n\r\n",
		},
	},
	{
		Name: "malformed", Title: "A malformed request",
		Moral: "A request-error hook answers, then the connection is closed. " +
			"The first request of a connection is read by net/http itself, so this one comes second.",
		requests: []string{
			"GET /api/notes HTTP/1.1\r\nHost: %s\r\n\r\n",
			"GET /api/notes HTTP/1.1\r\nHost: %s\r\nthis is no header field\r\n\r\n",
		},
	},
	{
		Name: "large", Title: "A body that is too large",
		Moral: "The announced length is enough to refuse it: the same hook answers, and not one byte of the body is read.",
		requests: []string{
			"POST /api/notes HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: 50000000\r\n\r\n",
		},
	},
}

// A turn is one request of a dialogue and what came back, as they were on the wire.
type turn struct {
	Sent     string `json:"sent"`
	Received string `json:"received"`
	Closed   bool   `json:"closed"` // the server closed the connection behind it
}

// exchange is a handler that plays a dialogue against the service it is part of, over
// a connection of its own.
func exchange(w http.ResponseWriter, r *http.Request) {
	name := chi.URLParam(r, "name")
	for _, d := range dialogues {
		if d.Name != name {
			continue
		}
		turns, err := d.play(r.Context())
		if err != nil {
			log.Printf("quickstart: dialogue %s: %v", name, err)
			refuse(w, http.StatusBadGateway, "the service does not answer itself")
			return
		}
		answer(w, http.StatusOK, turns)
		return
	}
	refuse(w, http.StatusNotFound, "there is no such dialogue")
}

// play sends the requests, one after the other, to the address that ctx's request
// arrived at.
func (d *dialogue) play(ctx context.Context) ([]turn, error) {
	local, ok := ctx.Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return nil, fmt.Errorf("the request came over no connection")
	}
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", local.String())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	br := bufio.NewReader(io.TeeReader(conn, &raw))
	var turns []turn
	for _, request := range d.requests {
		request = fmt.Sprintf(request, local)
		if _, err := io.WriteString(conn, request); err != nil {
			return nil, err
		}
		closed, err := skipResponse(br)
		if err != nil {
			return nil, err
		}
		turns = append(turns, turn{Sent: request, Received: raw.String(), Closed: closed})
		raw.Reset()
	}
	return turns, nil
}

// skipResponse reads one response to its end, and reports whether the server has
// closed the connection behind it.
func skipResponse(br *bufio.Reader) (closed bool, err error) {
	resp, err := http.ReadResponse(br, nil)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || !resp.Close {
		return false, err
	}
	_, err = br.ReadByte()
	return err == io.EOF, nil
}
