package sse_test

import (
	"context"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPanicOfResponseHook: response hooks run when the head of a session is sent. Within Send
// their panic left the session locked, so that neither its hook nor a shutdown came to an end;
// on the goroutines of the heartbeat and of the queue it ended the process, and later no
// Observer heard of it.
func TestPanicOfResponseHook(t *testing.T) {
	t.Parallel()
	for sender, begin := range map[string]func(s *site, x *sse.Session) error{
		"Send": func(_ *site, x *sse.Session) error { return x.Send(sse.Event{Data: "first"}) },
		"Send elsewhere": func(_ *site, x *sse.Session) error {
			sent := make(chan error)
			go func() {
				defer close(sent)
				defer func() { _ = recover() }() // it is the application's
				sent <- x.Send(sse.Event{Data: "first"})
			}()
			<-sent
			return x.Send(sse.Event{Data: "second"}) // the hooks have run
		},
		"Start":     func(_ *site, x *sse.Session) error { return x.Start() },
		"heartbeat": func(*site, *sse.Session) error { return nil },
		"queue": func(s *site, _ *sse.Session) error {
			stop := s.shutdown
			if s.adapter != nil {
				stop = s.adapter.Shutdown
			}
			go func() { _ = stop(context.Background()) }()
			return nil
		},
	} {
		for way, fall := range map[string]func(){
			"panic": func() { panic("fallen") }, "abort": func() { panic(http.ErrAbortHandler) }, "exit": runtime.Goexit,
		} {
			t.Run(sender+" "+way, func(t *testing.T) {
				inBubble(t, func(t *testing.T, ca carrier) {
					if ca.bare {
						return // there are no response hooks
					}
					var begun, ended, fallen, caught atomic.Int32
					at := make(chan *site, 1)
					var session atomic.Pointer[sse.Session]
					seer := panicSeer{values: make(chan any, 10), meanwhile: func() { session.Load().Queued() }}
					h := sse.Hook(func(x *sse.Session) error {
						s := <-at
						session.Store(x)
						begun.Add(1)
						defer ended.Add(1)
						if err := begin(s, x); err != nil {
							return err
						}
						<-x.Context().Done()
						return nil
					}, &sse.Options{Heartbeat: time.Second})
					s, stop := ca.serve(t, h, nil, adapter.Options{
						Observer: seer,
						ResponseHooks: hooks.Chain{hooks.HookFunc(func(*stream.Stream, *stream.Context) hooks.Status {
							fallen.Add(1)
							fall()
							return hooks.Continue
						})},
						TaskPanicHooks: hooks.Chain{hooks.HookFunc(func(*stream.Stream, *stream.Context) hooks.Status {
							caught.Add(1)
							return hooks.Continue
						})},
					})
					defer stop()
					at <- s
					go func() {
						if resp, err := s.ask(http.MethodGet, "/events"); err == nil {
							resp.Body.Close()
						}
					}()
					time.Sleep(2 * time.Second)
					synctest.Wait()
					require.EqualValues(t, 1, begun.Load())
					assert.EqualValues(t, 1, fallen.Load())
					if sender != "Send elsewhere" { // whose session goes on
						assert.EqualValues(t, 1, ended.Load(), "the hook must come to its end")
					}
					if way == "panic" && (sender == "Send" || sender == "Start") {
						assert.EqualValues(t, 1, caught.Load())
					}
					if way == "panic" && sender != "Send elsewhere" { // where the application recovers
						require.Len(t, seer.values, 1)
						assert.Equal(t, "fallen", <-seer.values)
					}
					assert.Empty(t, seer.values)
				})
			})
		}
	}
}
