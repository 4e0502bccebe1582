package serve

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// answers adds the routes that answer a request without a body, each in its own way.
func (s *service) answers(mux *http.ServeMux) {
	for how, write := range map[string]func(http.ResponseWriter, []byte){
		"written": func(w http.ResponseWriter, p []byte) { w.Write(p) },
		"pieces": func(w http.ResponseWriter, p []byte) {
			w.Header().Set("Content-Length", strconv.Itoa(len(p)))
			inPieces(p, func(piece []byte) error { _, err := w.Write(piece); return err })
		},
		"flushed": func(w http.ResponseWriter, p []byte) {
			inPieces(p, func(piece []byte) error {
				_, err := w.Write(piece)
				return errors.Join(err, http.NewResponseController(w).Flush())
			})
		},
	} {
		mux.HandleFunc(work.AnswerPath+how, func(w http.ResponseWriter, r *http.Request) {
			if p, ok := s.body(r); ok {
				w.Header().Set("Content-Type", "application/octet-stream")
				write(w, p)
			} else {
				http.Error(w, "no label", http.StatusBadRequest)
			}
		})
	}
	for how, send := range map[string]func(*stream.Stream, *stream.Context) error{
		"staged": func(*stream.Stream, *stream.Context) error { return nil },
		"sent":   func(x *stream.Stream, c *stream.Context) error { return x.Send(c.Response().Build()) },
		"list": func(x *stream.Stream, c *stream.Context) error {
			p := c.Response().Build()
			return x.SendList([][]byte{p[:len(p)/2], p[len(p)/2:]})
		},
		"tried": func(x *stream.Stream, c *stream.Context) error {
			return inPieces(c.Response().Build(), func(piece []byte) error {
				err := x.TrySend(piece)
				if errors.Is(err, stream.ErrBufferFull) {
					err = x.Send(piece)
				}
				return err
			})
		},
	} {
		mux.Handle(work.AnswerPath+how, adapter.HandlerFunc(func(x *stream.Stream, c *stream.Context) hooks.Status {
			p, ok := s.body(c.Request())
			if !ok {
				c.Response().SetBody(http.StatusBadRequest, "text/plain", "no label")
				return hooks.Continue
			}
			c.Response().Header.Set("Content-Type", "application/octet-stream")
			c.Response().Body = p
			if send(x, c) != nil {
				return hooks.Reject
			}
			return hooks.Continue
		}))
	}
}

// body notes the request and returns what its answer holds.
func (s *service) body(r *http.Request) ([]byte, bool) {
	label, ok := s.ledger.enter(r)
	return work.AppendBody(nil, label.Client, label.Seq, label.Size), ok
}

const pieceSize = 20 << 10

func inPieces(p []byte, send func([]byte) error) error {
	for len(p) > pieceSize {
		if err := send(p[:pieceSize]); err != nil {
			return err
		}
		p = p[pieceSize:]
	}
	return send(p)
}
