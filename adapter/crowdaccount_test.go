package adapter_test

import (
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCrowdOfOthersAddresses: middleware around the adapter that changes RemoteAddr of the
// request has a connection counted by the one and taken back by the other: it was left
// below zero, so that nothing bounded that address any more.
func TestCrowdOfOthersAddresses(t *testing.T) {
	for name, claimed := range map[string]string{"an address": "192.0.2.99:1", "none": "unknown"} {
		for _, mode := range []adapter.Takeover{adapter.OnDemand, adapter.Eager} {
			t.Run(name+" "+map[adapter.Takeover]string{adapter.OnDemand: "on demand", adapter.Eager: "eager"}[mode], func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					a := adapt(t, &adapter.Options{PerAddress: adapter.AddressLimits{Conns: 2}, Takeover: mode})
					h := a.Wrap(adapter.Handler(hook(answers["sent"])))
					s := serveOver(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						r.RemoteAddr = claimed
						h.ServeHTTP(w, r)
					}), nil, nil)
					for range 3 {
						c := s.DialFrom(ann)
						assert.Equal(t, "posted", c.Get("/").Text)
						c.Close()
						synctest.Wait()
						addresses, _ := a.Crowd()
						assert.Zero(t, addresses, "nothing is kept of those who have left")
					}
				})
			})
		}
	}
}

// TestCrowdRefusedBySending: a hook that answers what is one too many by a send takes the
// connection over, which was not counted and was taken back at its end: each refusal made
// room for one more.
func TestCrowdRefusedBySending(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refuse := hook(func(s *stream.Stream, c *stream.Context) hooks.Status {
			return answers["sent"](s, c)
		})
		a := adapt(t, &adapter.Options{
			PerAddress: adapter.AddressLimits{Conns: 1}, RequestErrorHooks: hooks.Chain{refuse},
		})
		s := serveOver(t, a.Wrap(adapter.Handler(hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
			c.Response().Body = []byte("served")
			must("send", c.Exchange().Stream().Send(c.Response().Build()), nil)
			return hooks.Reject
		}))), nil, nil)
		first := s.DialFrom(ann)
		assert.Equal(t, "served", first.Get("/").Text)
		for range 4 {
			c := s.DialFrom(ann)
			assert.Equal(t, "posted", c.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Want("GET").Text)
			c.Close()
			synctest.Wait()
		}
		first.Close()
		synctest.Wait()
		addresses, _ := a.Crowd()
		assert.Zero(t, addresses)
		require.NoError(t, s.Server.Close())
	})
}
