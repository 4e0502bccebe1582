package streamtest

import (
	"io"
	"net/http"
	"strconv"
	"strings"
)

// A Response is a response as a client received it, with its whole body.
type Response struct {
	*http.Response // whose Body can be read once more

	// Text is the body.
	Text string
	// Interim has the status codes of the 1xx responses before it.
	Interim []int
	// Wire has the bytes as they came, interim responses included.
	Wire string
}

// Want waits for the response to a request with the given method, which matters for HEAD
// and CONNECT, and returns it.
func (c *Client) Want(method string) *Response {
	c.t.Helper()
	got, err := c.Next(method)
	if err != nil {
		c.t.Fatalf("streamtest.Client.Want: %v, after %q", err, got.Wire)
	}
	return got
}

// Next is [Client.Want] for a response that may fail to come, or to be whole: what has
// come is returned with the error. Its Response is nil if there was no final head.
// The error is io.EOF when the server ended the connection instead of answering.
func (c *Client) Next(method string) (*Response, error) {
	defer c.bound(c.conn.SetReadDeadline)()
	ahead, _ := c.br.Peek(c.br.Buffered())
	c.tape.bytes, c.tape.runs = append([]byte(nil), ahead...), true
	got, err := c.next(method)
	got.Wire = string(c.tape.bytes[:len(c.tape.bytes)-c.br.Buffered()])
	c.tape.bytes, c.tape.runs = nil, false
	if err == io.ErrUnexpectedEOF && got.Wire == "" {
		err = io.EOF
	}
	return got, err
}

func (c *Client) next(method string) (*Response, error) {
	got := new(Response)
	for {
		resp, err := http.ReadResponse(c.br, &http.Request{Method: method})
		if err != nil {
			return got, err
		}
		if resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
			got.Interim = append(got.Interim, resp.StatusCode)
			continue
		}
		body, err := io.ReadAll(resp.Body)
		got.Response, got.Text = resp, string(body)
		resp.Body = io.NopCloser(strings.NewReader(got.Text))
		return got, err
	}
}

// Chunks returns the chunks in which the body came (RFC 9112, section 7.1), but for the
// empty last one; none if it did not come in chunks.
func (r *Response) Chunks() []string {
	if r.Response == nil || len(r.TransferEncoding) == 0 {
		return nil
	}
	rest := r.Wire
	for range len(r.Interim) + 1 {
		_, rest, _ = strings.Cut(rest, "\r\n\r\n")
	}
	var chunks []string
	for {
		line, data, _ := strings.Cut(rest, "\r\n")
		size, _, _ := strings.Cut(line, ";")
		n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 31)
		if err != nil || n == 0 || n > uint64(len(data)) {
			return chunks
		}
		chunks = append(chunks, data[:n])
		rest = strings.TrimPrefix(data[n:], "\r\n")
	}
}
