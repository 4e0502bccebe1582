package adapter

import (
	"log/slog"
	"sync"
	"time"

	"github.com/onramp-go/onramp/stream"
)

// conn appends what names c.
func (o *logObserver) conn(a []slog.Attr, c stream.ConnInfo) []slog.Attr {
	a = append(a, slog.Uint64("conn", c.ID))
	if o.opts.Client {
		a = append(a, slog.String("client", c.RemoteAddr))
	}
	return a
}

// request appends what names r.
func (o *logObserver) request(a []slog.Attr, r stream.RequestInfo) []slog.Attr {
	a = append(a, slog.Uint64("conn", r.Conn))
	if q := r.Request; o.opts.Client && q != nil {
		a = append(a, slog.String("client", q.RemoteAddr), slog.String("method", q.Method), slog.String("proto", q.Proto),
			slog.String("host", q.Host), slog.String("target", q.RequestURI), slog.String("agent", q.UserAgent()))
	}
	return a
}

// cause appends the text of err, which may quote the client.
func (o *logObserver) cause(a []slog.Attr, err error) []slog.Attr {
	if err != nil && o.opts.Client {
		a = append(a, slog.String("error", err.Error()))
	}
	return a
}

// dropEvery is how often drops of a kind are logged at the most.
const dropEvery = time.Second

// A dropLog counts drops until it is time to log them.
type dropLog struct {
	mu    sync.Mutex // guards what follows
	kinds map[stream.Drop]*dropped
}

type dropped struct {
	count int64
	last  time.Time // that it was logged
}

func newDropLog() *dropLog { return &dropLog{kinds: make(map[stream.Drop]*dropped)} }

// add counts d, and returns how many are to be logged now.
func (l *dropLog) add(d stream.Drop, now time.Time) (count int64, due bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := stream.Drop{Kind: d.Kind, Refused: d.Refused}
	k := l.kinds[key]
	if k == nil {
		k = &dropped{}
		l.kinds[key] = k
	}
	k.count += d.Count
	if !k.last.IsZero() && now.Sub(k.last) < dropEvery {
		return 0, false
	}
	count, k.count, k.last = k.count, 0, now
	return count, true
}
