package adapter_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"testing/synctest"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
)

// TestCrowdChurn: however clients come and leave, each network has its bound, no more and no
// less, and nothing is left of those who have gone. A Key that does not clear the bits behind
// its prefix had each address of an IPv6 network stand for itself.
func TestCrowdChurn(t *testing.T) {
	const most, steps = 3, 150
	nets := func(bits int) func(netip.Addr) netip.Prefix {
		return func(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, min(bits, a.BitLen())) }
	}
	for name, key := range map[string]func(netip.Addr) netip.Prefix{
		"no Key": nil, "DefaultKey": adapter.DefaultKey, "unmasked": nets(48), "whole": nets(128),
		"masked": func(a netip.Addr) netip.Prefix { return nets(48)(a).Masked() },
		"but those of IPv4": func(a netip.Addr) netip.Prefix {
			if a.Is4() {
				return netip.Prefix{}
			}
			return adapter.DefaultKey(a)
		},
		"no prefix": nets(-1),
	} {
		t.Run(name, func(t *testing.T) {
			for _, m := range mounts() {
				if m.bare || m.mode == adapter.Never {
					continue // nothing is taken over
				}
				limits := adapter.AddressLimits{Conns: most, Unfinished: 1000, Key: key}
				crowded(t, m, limits, adapter.Handler(hook(answers["sent"])), func(t *testing.T, s *service, a *adapter.Adapter) (refusals int) {
					random := rand.New(rand.NewPCG(6, 4))
					counts := key
					if counts == nil {
						counts = adapter.DefaultKey
					}
					type client struct {
						*streamtest.Client
						net netip.Prefix
					}
					var open []client
					from := make(map[netip.Prefix]int)
					count := func(net netip.Prefix, n int) {
						if from[net] += n; from[net] == 0 || net == (netip.Prefix{}) {
							delete(from, net)
						}
					}
					leave := func(i int) {
						c := open[i]
						open = append(open[:i], open[i+1:]...)
						count(c.net, -1)
						switch random.IntN(4) {
						case 0:
							c.Send("GET / HTTP/1.1\r\nHo") // never to be finished
							fallthrough
						case 1:
							c.Reset()
						default:
							c.Close()
						}
						synctest.Wait()
					}
					for range steps {
						if len(open) > 0 && random.IntN(5) < 2 {
							leave(random.IntN(len(open)))
							continue
						}
						addr := someAddr(random)
						net := counts(addr.Unmap().WithZone("")).Masked()
						c := client{s.DialFrom(addr), net}
						got, err := c.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Next("GET")
						fits := err == nil && got.StatusCode == 200
						assert.Equal(t, net == netip.Prefix{} || from[net] < most, fits, "%v among %v", addr, from)
						if !fits {
							refusals++
							c.Close()
							synctest.Wait()
							continue
						}
						open = append(open, c)
						count(net, 1)
						addresses, _ := a.Crowd()
						assert.Len(t, from, addresses)
					}
					for len(open) > 0 {
						leave(len(open) - 1)
					}
					addresses, unfinished := a.Crowd()
					assert.Zero(t, addresses)
					assert.Zero(t, unfinished)
					return refusals
				})
			}
		})
	}
}

// someAddr returns an address of one of a few networks: any of a /64, or one of IPv4 in either
// form.
func someAddr(random *rand.Rand) netip.Addr {
	n := random.IntN(3)
	switch random.IntN(4) {
	case 0:
		return netip.MustParseAddr(fmt.Sprintf("192.0.2.%d", n))
	case 1:
		return netip.MustParseAddr(fmt.Sprintf("::ffff:192.0.2.%d", n))
	case 2:
		return netip.MustParseAddr(fmt.Sprintf("fe80::%x%%eth%d", random.Uint32N(1<<16), n))
	}
	return netip.MustParseAddr(fmt.Sprintf("2001:db8:0:%x::%x", n, random.Uint32N(1<<16)))
}
