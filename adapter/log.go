package adapter

import (
	"context"
	"log/slog"
	"time"

	"github.com/onramp-go/onramp/stream"
)

// LogOptions says what [Log] logs. The zero value is valid.
type LogOptions struct {
	// Client has what the client has sent or is known by logged: its address, and of a
	// request the method, host, path and query, protocol and user agent; and the text of
	// errors, which may quote it. false: none of these.
	Client bool
	// Stacks has the stack of a panic logged with its value. false: neither, because the
	// value may quote the client; the server's ErrorLog has both.
	Stacks bool
}

// Log returns an Observer that logs to logger. opts is copied; nil selects every default.
// Log panics if logger is nil.
//
//   - Error: panics
//   - Warn: what was dropped, and requests that were refused with 5xx
//   - Info: other requests that were refused
//   - Debug: connections that are opened and closed, with the reason; requests and
//     streams that begin and end
//
// Whether a level is enabled is asked first, so that Debug costs next to nothing where it is
// off. What a slow client drops is logged once a second for each kind of stream, with
// the number. Without LogOptions.Client no line says anything of who the client is or what it
// has sent.
func Log(logger *slog.Logger, opts *LogOptions) stream.Observer {
	if logger == nil {
		panic("adapter.Log: logger is nil")
	}
	o := &logObserver{logger: logger, drops: newDropLog()}
	if opts != nil {
		o.opts = *opts
	}
	return o
}

type logObserver struct {
	stream.NopObserver
	logger *slog.Logger
	opts   LogOptions
	drops  *dropLog
}

// log logs a line, whose attributes are made only if somebody reads it.
func (o *logObserver) log(level slog.Level, message string, attrs func([]slog.Attr) []slog.Attr) {
	if ctx := context.Background(); o.logger.Enabled(ctx, level) {
		var room [16]slog.Attr
		o.logger.LogAttrs(ctx, level, message, attrs(room[:0])...)
	}
}

func (o *logObserver) ConnOpened(c stream.ConnInfo) {
	o.log(slog.LevelDebug, "connection opened", func(a []slog.Attr) []slog.Attr {
		return append(o.conn(a, c), slog.Bool("accepted", c.Accepted))
	})
}

func (o *logObserver) ConnClosed(c stream.ConnInfo, end stream.ConnEnd) {
	o.log(slog.LevelDebug, "connection closed", func(a []slog.Attr) []slog.Attr {
		a = append(o.conn(a, c), slog.String("reason", string(end.Reason)), slog.Int64("requests", end.Requests),
			slog.Int64("bytes_in", end.BytesIn), slog.Int64("bytes_out", end.BytesOut), slog.Duration("life", end.Life))
		return o.cause(a, end.Err)
	})
}

func (o *logObserver) RequestBegan(r stream.RequestInfo) {
	o.log(slog.LevelDebug, "request began", func(a []slog.Attr) []slog.Attr { return o.request(a, r) })
}

func (o *logObserver) RequestEnded(r stream.RequestInfo, end stream.RequestEnd) {
	o.log(slog.LevelDebug, "request ended", func(a []slog.Attr) []slog.Attr {
		a = append(o.request(a, r), slog.Int("status", end.Status), slog.Duration("first_byte", end.FirstByte),
			slog.Duration("duration", end.Duration), slog.Int64("bytes_in", end.BytesIn), slog.Int64("bytes_out", end.BytesOut))
		if end.Kind != "" {
			a = append(a, slog.String("kind", string(end.Kind)))
		}
		if end.Aborted {
			a = append(a, slog.Bool("aborted", true))
		}
		return a
	})
}

func (o *logObserver) StreamBegan(r stream.RequestInfo, kind stream.Kind) {
	o.log(slog.LevelDebug, "stream began", func(a []slog.Attr) []slog.Attr {
		return append(o.request(a, r), slog.String("kind", string(kind)))
	})
}

func (o *logObserver) StreamEnded(end stream.StreamEnd) {
	o.log(slog.LevelDebug, "stream ended", func(a []slog.Attr) []slog.Attr {
		a = append(a, slog.Uint64("conn", end.Conn), slog.String("kind", string(end.Kind)),
			slog.Duration("life", end.Life), slog.Int64("dropped", end.Dropped))
		return o.cause(a, end.Err)
	})
}

func (o *logObserver) Refused(r stream.RequestInfo, err *stream.RequestError) {
	level := slog.LevelInfo
	if err.Status >= 500 {
		level = slog.LevelWarn
	}
	o.log(level, "request refused", func(a []slog.Attr) []slog.Attr {
		a = append(o.request(a, r), slog.Int("status", err.Status), slog.String("op", err.Op))
		return o.cause(a, err.Err)
	})
}

func (o *logObserver) Panicked(r stream.RequestInfo, err *stream.PanicError) {
	o.log(slog.LevelError, "panic", func(a []slog.Attr) []slog.Attr {
		a = o.request(a, r)
		if o.opts.Stacks {
			a = append(a, slog.Any("value", err.Value), slog.String("stack", string(err.Stack)))
		}
		return a
	})
}

func (o *logObserver) Dropped(d stream.Drop) {
	if ctx := context.Background(); !o.logger.Enabled(ctx, slog.LevelWarn) {
		return
	}
	count, due := o.drops.add(d, time.Now())
	if !due {
		return
	}
	o.log(slog.LevelWarn, "client does not keep up", func(a []slog.Attr) []slog.Attr {
		a = append(a, slog.Int64("dropped", count), slog.Bool("refused", d.Refused))
		if d.Kind != "" {
			a = append(a, slog.String("kind", string(d.Kind)))
		}
		return a
	})
}
