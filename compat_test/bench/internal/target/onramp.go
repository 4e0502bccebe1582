package target

import (
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

func serveOnramp(ln net.Listener) error     { return serveEager(ln, http.HandlerFunc(plain)) }
func serveOnrampChi(ln net.Listener) error  { return serveEager(ln, chiRouter()) }
func serveOnrampGin(ln net.Listener) error  { return serveEager(ln, ginEngine()) }
func serveOnrampHook(ln net.Listener) error { return serveEager(ln, adapter.HandlerFunc(hook)) }

// serveEager is the third rung: the handler as it is, every connection taken over.
func serveEager(ln net.Listener, h http.Handler) error {
	a := adapter.New(&adapter.Options{Takeover: adapter.Eager})
	srv := &http.Server{Handler: a.Wrap(h)}
	a.Register(srv)
	return srv.Serve(ln)
}

// hook answers the routes without any handler: it stages the responses.
func hook(s *stream.Stream, c *stream.Context) hooks.Status {
	switch c.Request().URL.Path {
	case HelloPath:
		c.Response().SetBody(http.StatusOK, TextType, Hello)
	case LargePath:
		c.Response().Header.Set("Content-Type", LargeType)
		c.Response().Body = Large
	case UploadPath:
		n, err := io.Copy(io.Discard, c.Request().Body)
		if err != nil {
			return hooks.Reject
		}
		c.Response().SetBody(http.StatusOK, TextType, strconv.FormatInt(n, 10))
	case FramesPath:
		return sendFrames(s, c)
	default:
		c.Response().SetBody(http.StatusNotFound, TextType, "no such route")
	}
	return hooks.Continue
}

// sendFrames sends a response in FrameCount frames with one SendList: the head, and
// the body eight bytes at a time.
func sendFrames(s *stream.Stream, c *stream.Context) hooks.Status {
	const frame = "8 bytes\n"
	c.Response().Header.Set("Content-Type", TextType)
	c.Response().Header.Set("Content-Length", strconv.Itoa((FrameCount-1)*len(frame)))
	frames := make([][]byte, 0, FrameCount)
	frames = append(frames, c.Response().Build())
	for len(frames) < FrameCount {
		frames = append(frames, []byte(frame))
	}
	if s.SendList(frames) != nil {
		return hooks.Reject
	}
	return hooks.Continue
}
