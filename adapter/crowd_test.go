package adapter_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	ann, bob = netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("192.0.2.11")
	// Two addresses of one client's network, and one of another's.
	cat, cat2, dan = netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2:0:0:1"), netip.MustParseAddr("2001:db8:0:1::1")
)

// crowded serves in memory with bounds for each address, in a bubble.
func crowded(t *testing.T, m mount, limits adapter.AddressLimits, h http.Handler, test func(t *testing.T, s *service, a *adapter.Adapter) (refusals int)) {
	t.Helper()
	t.Run(m.name, func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			seen := newLedger()
			opts := &adapter.Options{PerAddress: limits, Takeover: m.mode, Observer: seen}
			var s *service
			var a *adapter.Adapter
			if m.own {
				srv := &adapter.Server{Handler: h, Options: opts}
				s = startOver(t, srv, false, nil)
				synctest.Wait()
				a = srv.Adapter()
			} else {
				a = adapt(t, opts)
				s = serveOver(t, a.Wrap(h), nil, nil)
			}
			refusals := test(t, s, a)
			require.NoError(t, s.Server.Close())
			if !m.own {
				require.NoError(t, a.Shutdown(t.Context()))
			}
			synctest.Wait()
			addresses, unfinished := a.Crowd()
			assert.Zero(t, addresses, "nothing is kept of those who have left")
			assert.Zero(t, unfinished)
			seen.settled(t)
			crowds := 0
			for _, err := range seen.refused {
				if errors.Is(&err, adapter.ErrCrowded) {
					crowds++
					assert.Equal(t, http.StatusTooManyRequests, err.Status)
				}
			}
			assert.Equal(t, refusals, crowds, "an Observer is told")
		})
	})
}

// TestConnsPerAddress: what is too many is refused, and nobody else is.
func TestConnsPerAddress(t *testing.T) {
	for _, m := range mounts() {
		if m.bare || m.mode == adapter.Never {
			continue // nothing is taken over
		}
		crowded(t, m, adapter.AddressLimits{Conns: 2}, adapter.Handler(hook(answers["sent"])), func(t *testing.T, s *service, _ *adapter.Adapter) int {
			get := func(c *streamtest.Client) int {
				c.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
				got, err := c.Next("GET")
				if m.own && err != nil {
					return http.StatusTooManyRequests // it was closed at once
				}
				require.NoError(t, err)
				assert.Equal(t, got.StatusCode != 200, got.Close)
				return got.StatusCode
			}
			first := s.DialFrom(ann)
			assert.Equal(t, 200, get(first))
			assert.Equal(t, 200, get(first), "a second request is no second connection")
			assert.Equal(t, 200, get(s.DialFrom(ann)))
			assert.Equal(t, 429, get(s.DialFrom(ann)))
			assert.Equal(t, 429, get(s.DialFrom(ann)), "what was refused does not count")
			assert.Equal(t, 200, get(first))
			assert.Equal(t, 200, get(s.DialFrom(bob)))
			first.Close()
			synctest.Wait()
			assert.Equal(t, 200, get(s.DialFrom(ann)))
			assert.Equal(t, 429, get(s.DialFrom(ann)))
			assert.Equal(t, 200, get(s.DialFrom(cat)))
			assert.Equal(t, 200, get(s.DialFrom(cat2)))
			assert.Equal(t, 429, get(s.DialFrom(cat)), "a /64 is one client's")
			assert.Equal(t, 200, get(s.DialFrom(dan)))
			return 4
		})
	}
}

// TestKeyOfAddress: Key puts addresses together, or leaves them out.
func TestKeyOfAddress(t *testing.T) {
	t.Parallel()
	m := mount{name: "Server", mode: adapter.Eager, own: true}
	limits := adapter.AddressLimits{Conns: 1, Key: func(addr netip.Addr) netip.Prefix {
		switch {
		case addr == bob:
			return netip.Prefix{} // the balancer
		case addr.Is4():
			p, _ := addr.Prefix(24)
			return p
		}
		return adapter.DefaultKey(addr)
	}}
	crowded(t, m, limits, text("x"), func(t *testing.T, s *service, _ *adapter.Adapter) int {
		for range 3 {
			s.DialFrom(bob).Get("/")
		}
		s.DialFrom(ann).Get("/")
		s.DialFrom(ann.Prev()).WantEnd()
		s.DialFrom(cat).Get("/")
		s.DialFrom(cat2).WantEnd()
		return 2
	})
}

// TestUnfinishedPerAddress: requests that have come in part are bounded, what comes whole
// is not, and what has come whole makes room.
func TestUnfinishedPerAddress(t *testing.T) {
	const head, body = "GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab"
	read := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, _ := io.ReadAll(r.Body)
		_, _ = w.Write(append(p, '.'))
	})
	for name, tc := range map[string]struct{ part, rest, method, text string }{
		"head":    {head, "st: a\r\n\r\n", "GET", "."},
		"body":    {body, "cd", "POST", "abcd."},
		"chunked": {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\na", "bcd\r\n0\r\n\r\n", "POST", "abcd."},
	} {
		t.Run(name, func(t *testing.T) {
			for _, m := range mounts() {
				if m.bare || m.mode != adapter.Eager {
					continue
				}
				crowded(t, m, adapter.AddressLimits{Unfinished: 2}, read, func(t *testing.T, s *service, a *adapter.Adapter) int {
					dial := func(ip netip.Addr) *streamtest.Client {
						c := s.DialFrom(ip)
						c.Get("/") // the first head on a connection is net/http's
						return c
					}
					unfinished := func() int {
						synctest.Wait()
						_, n := a.Crowd()
						return n
					}
					one, two, three := dial(ann), dial(ann), dial(ann)
					one.Send(tc.part)
					assert.Equal(t, 1, unfinished())
					two.Send(tc.part)
					assert.Equal(t, 2, unfinished())
					three.Get("/")
					other := dial(bob).Send(tc.part)
					assert.Equal(t, 3, unfinished())
					three.Send(tc.part)
					got := three.Want(tc.method)
					assert.Equal(t, 429, got.StatusCode)
					assert.Equal(t, "429 Too Many Requests", trimmed(got.Text))
					three.Close()
					for _, c := range []*streamtest.Client{two, other} {
						assert.Equal(t, tc.text, c.Send(tc.rest).Want(tc.method).Text)
					}
					assert.Equal(t, 1, unfinished())
					two.Send(tc.part)
					assert.Equal(t, 2, unfinished())
					two.Close()
					assert.Equal(t, 1, unfinished())
					assert.Equal(t, tc.text, one.Send(tc.rest).Want(tc.method).Text)
					return 1
				})
			}
		})
	}
}

func trimmed(text string) string {
	for len(text) > 0 && text[len(text)-1] == '\n' {
		text = text[:len(text)-1]
	}
	return text
}

// TestUnfinishedFirst: of a first request that net/http has read, the body counts until the
// handler has returned; hooks are told of the refusal.
func TestUnfinishedFirst(t *testing.T) {
	for _, mode := range []adapter.Takeover{adapter.OnDemand, adapter.Eager, adapter.Never} {
		t.Run([]string{"OnDemand", "Eager", "Never"}[mode], func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := adapt(t, &adapter.Options{
					Takeover: mode, PerAddress: adapter.AddressLimits{Unfinished: 1},
					RequestErrorHooks: hooks.Chain{hook(func(_ *stream.Stream, c *stream.Context) hooks.Status {
						assert.ErrorIs(t, c.RequestError(), adapter.ErrCrowded)
						c.Response().Header.Set("Retry-After", "10")
						return hooks.Continue
					})},
				})
				s := serveOver(t, a.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					_, _ = io.ReadAll(r.Body)
				})), nil, nil)
				const part = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab"
				one := s.DialFrom(ann).Send(part)
				synctest.Wait()
				got := s.DialFrom(ann).Send(part).Want("POST")
				assert.Equal(t, 429, got.StatusCode)
				assert.Equal(t, "10", got.Header.Get("Retry-After"))
				assert.True(t, got.Close)
				s.DialFrom(ann).Get("/")
				assert.Equal(t, 200, one.Send("cd").Want("POST").StatusCode)
				assert.Equal(t, 200, one.Send(part+"cd").Want("POST").StatusCode)
				one.Close()
				synctest.Wait()
				_, unfinished := a.Crowd()
				assert.Zero(t, unfinished)
			})
		})
	}
}

// TestConnsOfGreeted: connections that do not say what they speak, or speak HTTP/2, count
// from the accept to their end.
func TestConnsOfGreeted(t *testing.T) {
	config, pool := certificate()
	for name, secure := range map[string]bool{"TLS": true, "h2c": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			both := new(http.Protocols)
			both.SetHTTP1(true)
			both.SetHTTP2(true)
			both.SetUnencryptedHTTP2(true)
			srv := &adapter.Server{
				Handler: text("x"), Protocols: both, TLSConfig: config.Clone(),
				Options: &adapter.Options{PerAddress: adapter.AddressLimits{Conns: 2}},
			}
			s := start(t, srv, secure)
			two := new(http.Protocols)
			two.SetHTTP2(secure)
			two.SetUnencryptedHTTP2(!secure)
			get := func() error {
				transport := &http.Transport{
					Protocols: two, TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"},
					DialContext: func(context.Context, string, string) (net.Conn, error) { return s.Dial().Conn(), nil },
				}
				defer transport.CloseIdleConnections()
				url := "http://a/"
				if secure {
					url = "https://a/"
				}
				resp, err := (&http.Client{Transport: transport, Timeout: patience}).Get(url)
				if err != nil {
					return err
				}
				assert.Equal(t, 2, resp.ProtoMajor)
				_, _ = io.Copy(io.Discard, resp.Body)
				return resp.Body.Close()
			}
			gone := func() bool {
				n, _ := srv.Adapter().Crowd()
				return n == 0
			}
			for range 5 { // each leaves before the next one comes
				require.NoError(t, get())
				require.Eventually(t, gone, patience, time.Millisecond)
			}
			silent := []*streamtest.Client{s.Dial(), s.Dial()} // no preface, no hello
			require.Eventually(t, func() bool { return !gone() }, patience, time.Millisecond)
			s.Dial().WantEnd()
			require.Error(t, get())
			for _, c := range silent {
				c.Close()
			}
			require.Eventually(t, gone, patience, time.Millisecond)
			require.NoError(t, get())
			require.Eventually(t, gone, patience, time.Millisecond)
		})
	}
}

// TestUnfinishedRead: a body that was read to its end makes room, however long its handler
// goes on.
func TestUnfinishedRead(t *testing.T) {
	t.Parallel()
	m := mount{name: "Server", mode: adapter.Eager, own: true}
	crowded(t, m, adapter.AddressLimits{Unfinished: 1}, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		if r.ContentLength > 0 {
			time.Sleep(time.Second)
		}
	}), func(t *testing.T, s *service, a *adapter.Adapter) int {
		one := s.Dial().Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
		synctest.Wait()
		_, unfinished := a.Crowd()
		assert.Equal(t, 1, unfinished)
		one.Send("cd")
		synctest.Wait()
		_, unfinished = a.Crowd()
		assert.Zero(t, unfinished)
		assert.Equal(t, 200, one.Want("POST").StatusCode)
		return 0
	})
}
