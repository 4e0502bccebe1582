package target

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/panjf2000/gnet/v2"
	"github.com/panjf2000/gnet/v2/pkg/logging"
)

// listenGnet serves with a small HTTP/1.1 responder on one event loop. gnet has no
// HTTP of its own: this is what is left when a framework does nothing.
func listenGnet(ready func(addr string)) error {
	return gnet.Run(&gnetEvents{ready: ready}, "tcp4://127.0.0.1:0",
		gnet.WithNumEventLoop(1), gnet.WithLogger(quiet{logging.GetDefaultLogger()}))
}

// quiet leaves out what gnet says of itself on standard output.
type quiet struct{ logging.Logger }

func (quiet) Infof(string, ...any) {}

// gnetEvents belongs to the one event loop.
type gnetEvents struct {
	gnet.BuiltinEventEngine
	ready func(addr string)
	date  []byte // the Date of this second
	stamp int64
	out   []byte
}

// OnBoot finds out which port was chosen; gnet itself does not say.
func (e *gnetEvents) OnBoot(eng gnet.Engine) gnet.Action {
	addr, err := boundTo(eng)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gnet:", err)
		return gnet.Shutdown
	}
	e.ready(addr)
	return gnet.None
}

func boundTo(eng gnet.Engine) (string, error) {
	fd, err := eng.Dup()
	if err != nil {
		return "", err
	}
	f := os.NewFile(uintptr(fd), "listener")
	defer f.Close()
	ln, err := net.FileListener(f)
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

// OnTraffic answers every request that is complete, with one write for all.
func (e *gnetEvents) OnTraffic(c gnet.Conn) gnet.Action {
	in, err := c.Peek(-1)
	if err != nil {
		return gnet.Close
	}
	e.out = e.out[:0]
	used, action := 0, gnet.None
	for action == gnet.None && used < len(in) {
		req, size := parseSimple(in[used:])
		if size == 0 && !req.bad {
			break
		}
		used += size
		action = e.answer(req)
	}
	// Discard(0) means everything.
	if used > 0 {
		if _, err := c.Discard(used); err != nil {
			return gnet.Close
		}
	}
	if len(e.out) > 0 {
		if _, err := c.Write(e.out); err != nil {
			return gnet.Close
		}
	}
	return action
}

func (e *gnetEvents) answer(req simpleRequest) gnet.Action {
	status, kind, body := "200 OK", TextType, []byte(nil)
	switch {
	case req.bad:
		status = "400 Bad Request"
	case bytes.Equal(req.path, []byte(HelloPath)):
		body = append(body, Hello...)
	case bytes.Equal(req.path, []byte(LargePath)):
		kind, body = LargeType, Large
	case bytes.Equal(req.path, []byte(UploadPath)):
		body = strconv.AppendInt(body, int64(req.length), 10)
	default:
		status = "404 Not Found"
	}
	e.out = append(append(e.out, "HTTP/1.1 "...), status...)
	e.out = append(append(e.out, "\r\nDate: "...), e.now()...)
	e.out = append(append(e.out, "\r\nContent-Type: "...), kind...)
	e.out = append(e.out, "\r\nContent-Length: "...)
	e.out = strconv.AppendInt(e.out, int64(len(body)), 10)
	if req.close || req.bad {
		e.out = append(e.out, "\r\nConnection: close"...)
	}
	e.out = append(append(e.out, "\r\n\r\n"...), body...)
	if req.close || req.bad {
		return gnet.Close
	}
	return gnet.None
}

func (e *gnetEvents) now() []byte {
	if now := time.Now(); now.Unix() != e.stamp {
		e.stamp = now.Unix()
		e.date = now.UTC().AppendFormat(e.date[:0], "Mon, 02 Jan 2006 15:04:05 GMT")
	}
	return e.date
}
