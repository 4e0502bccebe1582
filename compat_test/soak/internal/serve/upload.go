package serve

import (
	"io"
	"net/http"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// uploads adds the routes that get a body. They answer with one of no size.
func (s *service) uploads(mux *http.ServeMux) {
	mux.HandleFunc(work.UploadPath+"read", func(w http.ResponseWriter, r *http.Request) {
		label, ok := s.ledger.enter(r)
		body, err := io.ReadAll(r.Body)
		w.Write(s.received(label, ok, body, err))
	})
	mux.HandleFunc(work.UploadPath+"unread", func(w http.ResponseWriter, r *http.Request) {
		label, _ := s.ledger.enter(r)
		w.Write(work.AppendBody(nil, label.Client, label.Seq, 0))
	})
	mux.Handle(work.UploadPath+"hook", adapter.HandlerFunc(func(x *stream.Stream, c *stream.Context) hooks.Status {
		label, ok := s.ledger.enter(c.Request())
		body, err := c.Body()
		c.Response().Body = s.received(label, ok, body, err)
		return hooks.Continue
	}))
}

// received holds the body of a healthy client against its label, and answers it.
func (s *service) received(label work.Label, ok bool, body []byte, err error) []byte {
	if _, healthy := work.HealthyID(label.Client); healthy && ok {
		if err == nil {
			err = work.CheckBody(body, label.Client, label.Seq, label.Size)
		}
		if err != nil {
			s.ledger.faults.add("upload %d of %s: %v", label.Seq, label.Client, err)
		}
	}
	return work.AppendBody(nil, label.Client, label.Seq, 0)
}
