package ws

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/gorilla/websocket"
	"github.com/onramp-go/onramp/stream"
)

// IsUpgrade reports whether r asks to become a WebSocket, over HTTP/1.1: Connection and
// Upgrade say so. Whether the handshake is complete shows in [Accept].
func IsUpgrade(r *http.Request) bool {
	return r.ProtoMajor == 1 && r.ProtoMinor >= 1 && websocket.IsWebSocketUpgrade(r)
}

// shake has gorilla judge r. It returns the fields of the 101, or the refusal.
func (c *Conn) shake(r *http.Request) (fields http.Header, refusal *HandshakeError) {
	if refusal = preclude(r); refusal != nil {
		return nil, refusal
	}
	status := http.StatusInternalServerError
	u := c.opts.upgrader
	u.Error = func(_ http.ResponseWriter, _ *http.Request, s int, _ error) { status = s }
	u.EnableCompression = c.opts.Compression && deflates(r)
	x, answer, err := upgrade(&u, r)
	if err != nil {
		if status == http.StatusBadRequest && websocket.IsWebSocketUpgrade(r) && !isVersion13(r) {
			status = http.StatusUpgradeRequired // RFC 6455, section 4.4
		}
		return nil, &HandshakeError{status, err}
	}
	_, lines, _ := bytes.Cut(answer, []byte("\r\n"))
	mime, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(lines))).ReadMIMEHeader()
	if err != nil {
		return nil, &HandshakeError{http.StatusInternalServerError, err}
	}
	c.subprotocol = strings.Clone(x.g.Subprotocol()) // of memory that all of the request may share
	c.deflate = mime["Sec-Websocket-Extensions"] != nil
	return http.Header(mime), nil
}

// preclude refuses what gorilla does not look at.
func preclude(r *http.Request) *HandshakeError {
	switch {
	case r.ProtoMajor > 1 && r.Method == http.MethodConnect:
		return &HandshakeError{http.StatusNotImplemented, errors.New("extended CONNECT (RFC 8441) is not supported")}
	case r.ProtoMajor > 1:
		return &HandshakeError{http.StatusHTTPVersionNotSupported, errors.New(r.Proto + " has no Upgrade")}
	case r.ProtoMinor < 1:
		return &HandshakeError{http.StatusUpgradeRequired, errors.New("HTTP/1.0 has no Upgrade")}
	case r.ContentLength != 0:
		return &HandshakeError{http.StatusBadRequest, errors.New("the request has a body")}
	case len(r.Header["Sec-Websocket-Key"]) > 1:
		return &HandshakeError{http.StatusBadRequest, errors.New("more than one Sec-WebSocket-Key")}
	}
	return nil
}

func isVersion13(r *http.Request) bool {
	for _, line := range r.Header["Sec-Websocket-Version"] {
		for version := range strings.SplitSeq(line, ",") {
			if strings.TrimSpace(version) == "13" {
				return true
			}
		}
	}
	return false
}

// refuse stages the refusal.
func refuse(c *stream.Context, err *HandshakeError) error {
	resp := c.Response()
	resp.SetBody(err.Status, "text/plain; charset=utf-8", http.StatusText(err.Status)+"\n")
	switch err.Status {
	case http.StatusHTTPVersionNotSupported, http.StatusNotImplemented:
		resp.Body = []byte("WebSocket needs a connection of its own, over HTTP/1.1.\n")
	case http.StatusMethodNotAllowed:
		resp.Header.Set("Allow", http.MethodGet)
	case http.StatusUpgradeRequired:
		resp.Header.Set("Upgrade", "websocket")
		resp.Header.Set("Connection", "Upgrade")
	}
	if err.Status < 500 {
		resp.Header.Set("Sec-Websocket-Version", "13")
	}
	return err
}

// switching returns the 101 with its fields and those that are staged, but for those that
// belong to another response.
func switching(staged, fields http.Header) []byte {
	all := make(http.Header, len(staged)+len(fields))
	for name, values := range staged {
		switch k := http.CanonicalHeaderKey(name); {
		case strings.HasPrefix(k, "Sec-Websocket-"), strings.HasPrefix(k, "Content-"):
		case k == "Connection", k == "Upgrade", k == "Transfer-Encoding", k == "Trailer":
		default:
			all[name] = values
		}
	}
	for name, values := range fields {
		all[name] = values
	}
	return (&stream.Response{Status: http.StatusSwitchingProtocols, Header: all}).Build()
}
