package serve

import (
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// Sabotages are what a server can be told to do wrong, by [Config.Sabotage]: a soak is worth
// nothing if it does not notice.
var Sabotages = []string{"size", "abort", "twice", "event", "notice", "goroutine", "descriptor", "memory", "log"}

// every is of how many requests, or messages, one goes wrong.
const every = 20

// sabotaged does the wrong thing with some requests to next.
func (s *service) sabotaged(next http.Handler) http.Handler {
	if s.cfg.Sabotage == "" {
		return next
	}
	var requests atomic.Int64
	var kept sync.Map
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, work.AnswerPath) || requests.Add(1)%every != 0 {
			next.ServeHTTP(w, r)
			return
		}
		switch s.cfg.Sabotage {
		case "size":
			r.Header.Set(work.FieldSize, r.Header.Get(work.FieldSize)+"0")
		case "abort":
			s.ledger.enter(r)
			panic(http.ErrAbortHandler)
		case "twice":
			s.ledger.enter(r)
		case "goroutine":
			go func() { select {} }()
		case "descriptor":
			if f, err := os.Open(os.DevNull); err == nil {
				kept.Store(f, true)
			}
		case "memory":
			kept.Store(new(int), make([]byte, 4<<20))
		case "log":
			_, _ = s.journal.Write([]byte("http: something odd"))
		}
		next.ServeHTTP(w, r)
	})
}

// lose leaves out a number of a topic now and then, if that is the sabotage.
func (s *service) lose(sabotage, topic string) {
	if s.cfg.Sabotage == sabotage && s.published[topic]%every == 0 {
		s.published[topic]++
	}
}
