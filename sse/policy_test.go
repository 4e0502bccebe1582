package sse_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// big is an event of which ten fill a queue of queueSize, whose client has to read to
// make room.
func big(name string, n int) sse.Event {
	text := strconv.Itoa(n)
	return sse.Event{Name: name, Data: text + strings.Repeat(".", 1000-len(text))}
}

const queueSize = 10*1050 + 500

func number(m message) int {
	n, _ := strconv.Atoi(strings.TrimRight(m.data, "."))
	return n
}

// stalled serves fn to a client that has read the head and then waits until read is
// called.
func stalled(t *testing.T, ca carrier, o sse.Options, fn func(x *sse.Session) error) (l *listener, stop func()) {
	o.QueueSize = queueSize
	s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
		assert.NoError(t, x.Start())
		assert.NoError(t, x.Flush())
		return fn(x)
	}, &o), &http.Server{WriteTimeout: 2 * time.Hour}, adapter.Options{})
	return s.get(), stop
}

// fill sends events until one waits in the queue, so that the carrier itself takes no more.
func fill(t *testing.T, x *sse.Session) (sent int) {
	for ; ; sent++ {
		require.NoError(t, x.TrySend(big("fill", sent)))
		synctest.Wait()
		if x.Queued() > 40<<10 || x.Queued() > 2*1050 && sent > 0 {
			return sent + 1
		}
	}
}

// slowCarriers are those on which a client's not reading is felt at once: where a client
// of HTTP/2 or a decompressor reads ahead, the queue fills by chance.
func slowCarriers(t *testing.T, test func(t *testing.T, ca carrier)) {
	for _, ca := range carriers() {
		if ca.http2 || ca.inside && ca.around != nil {
			continue
		}
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { test(t, ca) })
		})
	}
}

// hearNumbers reads the numbers of all events until the end.
func hearNumbers(l *listener) (fills, numbers []int, missed []string, err error) {
	for {
		m, err := l.next()
		switch {
		case err != nil:
			return fills, numbers, missed, err
		case m.kind == "fill":
			fills = append(fills, number(m))
		case m.kind == "missed":
			missed = append(missed, m.data)
			numbers = append(numbers, -1)
		default:
			numbers = append(numbers, number(m))
		}
	}
}

func count(from, to int) (all []int) {
	for i := from; i < to; i++ {
		all = append(all, i)
	}
	return all
}

func TestWait(t *testing.T) {
	t.Parallel()
	slowCarriers(t, func(t *testing.T, ca carrier) {
		read := make(chan struct{})
		sent := 0
		l, stop := stalled(t, ca, sse.Options{SendTimeout: 2 * time.Second}, func(x *sse.Session) error {
			fill(t, x)
			var err error
			for ; err == nil; sent++ {
				err = x.TrySend(big("", sent))
			}
			sent--
			assert.ErrorIs(t, err, stream.ErrBufferFull)
			begun := time.Now()
			assert.ErrorIs(t, x.Send(big("", -1)), os.ErrDeadlineExceeded)
			assert.Equal(t, 2*time.Second, time.Since(begun))
			assert.LessOrEqual(t, x.Queued(), queueSize+2*(32<<10))
			time.AfterFunc(time.Second, func() { close(read) })
			assert.NoError(t, x.Send(big("", sent)), "there is room once the client reads")
			sent++
			assert.Equal(t, 3*time.Second, time.Since(begun))
			assert.Zero(t, x.Dropped())
			assert.ErrorIs(t, x.Send(sse.Event{Data: strings.Repeat("x", queueSize)}), sse.ErrTooLarge)
			assert.ErrorIs(t, x.SendList(big("", 0), sse.Event{Data: strings.Repeat("x", queueSize)}), sse.ErrTooLarge)
			return nil
		})
		defer stop()
		<-read
		_, numbers, _, err := hearNumbers(l)
		assert.Equal(t, io.EOF, err)
		assert.Equal(t, count(0, sent), numbers, "all that was accepted, and nothing else")
	})
}

func TestDropOldest(t *testing.T) {
	t.Parallel()
	slowCarriers(t, func(t *testing.T, ca carrier) {
		read := make(chan struct{})
		var dropped int64
		filled := 0
		l, stop := stalled(t, ca, sse.Options{Policy: sse.DropOldest, MissedEvent: "missed"}, func(x *sse.Session) error {
			filled = fill(t, x)
			begun := time.Now()
			for i := range 100 {
				assert.NoError(t, x.Send(big("", i)))
			}
			assert.Zero(t, time.Since(begun), "nobody waits")
			assert.LessOrEqual(t, x.Queued(), queueSize+2*(32<<10))
			dropped = x.Dropped()
			close(read)
			return nil
		})
		defer stop()
		<-read
		fills, numbers, missed, err := hearNumbers(l)
		assert.Equal(t, io.EOF, err)
		assert.Equal(t, []string{fmt.Sprint(dropped)}, missed)
		assert.Equal(t, -1, numbers[0], "the client is told where it is")
		assert.Equal(t, count(100-len(numbers)+1, 100), numbers[1:], "the latest are left")
		assert.GreaterOrEqual(t, len(numbers), 9)
		assert.EqualValues(t, filled-len(fills)+100-len(numbers)+1, dropped)
	})
}

func TestKeepLatest(t *testing.T) {
	t.Parallel()
	slowCarriers(t, func(t *testing.T, ca carrier) {
		read := make(chan struct{})
		var dropped int64
		filled := 0
		l, stop := stalled(t, ca, sse.Options{Policy: sse.KeepLatest}, func(x *sse.Session) error {
			filled = fill(t, x)
			for i := range 100 {
				assert.NoError(t, x.Send(big("abc"[i%3:i%3+1], i)))
				if i == 50 {
					assert.NoError(t, x.Send(big("once", 1000)))
				}
			}
			dropped = x.Dropped()
			close(read)
			return nil
		})
		defer stop()
		<-read
		fills, numbers, _, err := hearNumbers(l)
		assert.Equal(t, io.EOF, err)
		assert.Contains(t, numbers, 1000, "what was not overtaken is kept")
		assert.Equal(t, count(97, 100), numbers[len(numbers)-3:])
		assert.EqualValues(t, filled-len(fills)+101-len(numbers), dropped)
	})
}

// TestKeepLatestOvertakes: when the queue is full, all in it that is overtaken goes.
func TestKeepLatestOvertakes(t *testing.T) {
	t.Parallel()
	slowCarriers(t, func(t *testing.T, ca carrier) {
		read := make(chan struct{})
		l, stop := stalled(t, ca, sse.Options{Policy: sse.KeepLatest}, func(x *sse.Session) error {
			fill(t, x)
			assert.NoError(t, x.Comment("comments stay"))
			for i := 0; x.Dropped() == 0; i++ {
				assert.NoError(t, x.Send(big("ab"[i%2:i%2+1], i)))
			}
			assert.NoError(t, x.Send(big("c", 1000)))
			close(read)
			return nil
		})
		defer stop()
		<-read
		_, numbers, _, err := hearNumbers(l)
		assert.Equal(t, io.EOF, err)
		assert.Len(t, numbers, 3, "the last a, the last b, and c")
		assert.Equal(t, 1, l.comments)
	})
}

// TestHeartbeatsDoNotPile: a client that does not read is not sent heartbeats behind what
// it has not read.
func TestHeartbeatsDoNotPile(t *testing.T) {
	t.Parallel()
	slowCarriers(t, func(t *testing.T, ca carrier) {
		read := make(chan struct{})
		l, stop := stalled(t, ca, sse.Options{}, func(x *sse.Session) error {
			fill(t, x)
			time.Sleep(10 * time.Minute)
			assert.NoError(t, x.Send(big("", 1)))
			close(read)
			return nil
		})
		defer stop()
		<-read
		_, numbers, _, err := hearNumbers(l)
		assert.Equal(t, io.EOF, err)
		assert.Len(t, numbers, 1)
		assert.Zero(t, l.comments)
	})
}

func TestEnd(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		ended := make(chan struct{})
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			defer close(ended)
			begun := time.Now()
			var err error
			for i := 0; err == nil; i++ {
				err = x.Send(sse.Event{Data: fmt.Sprint(i) + strings.Repeat(".", 5000)})
				synctest.Wait()
			}
			assert.ErrorIs(t, err, sse.ErrSlow)
			assert.ErrorIs(t, err, stream.ErrClosed)
			assert.ErrorIs(t, x.Send(sse.Event{Data: "late"}), sse.ErrSlow)
			assert.Error(t, x.Context().Err())
			assert.Zero(t, time.Since(begun))
			return err
		}, &sse.Options{Policy: sse.End, QueueSize: queueSize}), nil, adapter.Options{WriteTimeout: 2 * time.Hour})
		defer stop()
		l := s.get("Accept-Encoding", "identity")
		<-ended
		_, err := l.rest()
		assert.NotEqual(t, io.EOF, err, "the stream is broken off")
	})
}

// TestBlackholed: a client that takes nothing is gone at the write time-out, whatever is
// sent to it.
func TestBlackholed(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, ca carrier) {
		ended := make(chan time.Duration)
		returned := ca.noteReturn()
		s, stop := ca.serve(t, sse.Hook(func(x *sse.Session) error {
			assert.NoError(t, x.Start())
			assert.NoError(t, x.Flush())
			var err error
			var stuck time.Time
			for err == nil {
				if x.Queued() == 0 && x.Context().Err() == nil || stuck.IsZero() {
					stuck = time.Now()
				}
				err = x.Send(sse.Event{Data: strings.Repeat("0123456789abcdef", 64)})
				synctest.Wait()
				if x.Queued() > queueSize/2 {
					time.Sleep(10 * time.Millisecond)
				}
			}
			assert.ErrorIs(t, err, stream.ErrClosed)
			ended <- time.Since(stuck)
			return err
		}, &sse.Options{Policy: sse.DropOldest, QueueSize: queueSize}), nil, adapter.Options{WriteTimeout: time.Second})
		if ca.bare { // which has the server's
			stop()
			return
		}
		defer stop()
		s.get("Accept-Encoding", "identity")
		d := <-ended
		assert.GreaterOrEqual(t, d, 900*time.Millisecond)
		assert.LessOrEqual(t, d, 1200*time.Millisecond)
		select {
		case <-returned:
		case <-time.After(3 * time.Second):
			t.Error("what serves the request waits for its client")
		}
	})
}
