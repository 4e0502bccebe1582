package adapter_test

import (
	"net/http"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPanicOfKey: a Key that panics, now or when the connection is closed, went through Serve
// or left the connection with the adapter, so that no Shutdown came to an end.
func TestPanicOfKey(t *testing.T) {
	for _, m := range mounts() {
		if m.bare || m.mode == adapter.Never {
			continue
		}
		for name, from := range map[string]int32{"at once": 1, "later": 2} {
			t.Run(m.name+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var calls atomic.Int32
					limits := adapter.AddressLimits{Conns: 2, Unfinished: 2, Key: func(addr netip.Addr) netip.Prefix {
						if calls.Add(1) >= from {
							panic("key")
						}
						return adapter.DefaultKey(addr)
					}}
					opts := observed(t, &adapter.Options{PerAddress: limits, Takeover: m.mode})
					h := http.Handler(adapter.Handler(hook(answers["sent"])))
					var s *service
					if m.own {
						s = startOver(t, &adapter.Server{Handler: h, Options: opts}, false, nil)
					} else {
						a := adapter.New(opts)
						s = serveOver(t, a.Wrap(h), nil, nil)
						defer func() { require.NoError(t, a.Shutdown(t.Context())) }()
					}
					for range 3 {
						c := s.DialFrom(ann)
						assert.Equal(t, "posted", c.Get("/").Text)
						c.Close()
						synctest.Wait()
					}
					require.NoError(t, s.Server.Close())
				})
			})
		}
	}
}
