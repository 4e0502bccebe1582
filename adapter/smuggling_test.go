package adapter_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// paths collects what was dispatched.
type paths struct {
	mu   sync.Mutex
	seen []string
}

func (p *paths) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.seen = append(p.seen, r.Method+" "+r.URL.Path)
		p.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

func (p *paths) list() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.seen...)
}

const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

// answers are the ways a hook answers a POST whose body it does not want.
var answers = map[string]func(s *stream.Stream, c *stream.Context) hooks.Status{
	"staged": func(_ *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Body = []byte("posted")
		return hooks.Continue
	},
	"sent": func(s *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Body = []byte("posted")
		must("send", s.Send(c.Response().Build()), nil)
		return hooks.Reject
	},
	"half read, sent": func(s *stream.Stream, c *stream.Context) hooks.Status {
		_, _ = io.ReadFull(c.Request().Body, make([]byte, 10))
		c.Response().Body = []byte("posted")
		must("send", s.Send(c.Response().Build()), nil)
		return hooks.Reject
	},
	"sent, half read": func(s *stream.Stream, c *stream.Context) hooks.Status {
		c.Response().Body = []byte("posted")
		must("send", s.Send(c.Response().Build()), nil)
		_, _ = io.ReadFull(c.Request().Body, make([]byte, 10))
		return hooks.Continue
	},
	"half read, staged": func(_ *stream.Stream, c *stream.Context) hooks.Status {
		_, _ = io.ReadFull(c.Request().Body, make([]byte, 10))
		c.Response().Body = []byte("posted")
		return hooks.Continue
	},
	"body closed, sent": func(s *stream.Stream, c *stream.Context) hooks.Status {
		_ = c.Request().Body.Close()
		c.Response().Body = []byte("posted")
		must("send", s.Send(c.Response().Build()), nil)
		return hooks.Continue
	},
	"half read, closed, sent": func(s *stream.Stream, c *stream.Context) hooks.Status {
		_, _ = io.ReadFull(c.Request().Body, make([]byte, 10))
		_ = c.Request().Body.Close()
		c.Response().Body = []byte("posted")
		must("send", s.Send(c.Response().Build()), nil)
		return hooks.Continue
	},
	"read, sent": func(s *stream.Stream, c *stream.Context) hooks.Status {
		if p, err := c.Body(); err != nil || string(p) != smuggled {
			panic(fmt.Sprintf("body %q %v", p, err))
		}
		c.Response().Body = []byte("posted")
		must("send", s.Send(c.Response().Build()), nil)
		return hooks.Continue
	},
}

// TestUnreadBodyIsNoRequest sends a body that looks like a request to hooks that do
// not read it (golang/go#61841).
func TestUnreadBodyIsNoRequest(t *testing.T) {
	framings := map[string][2]string{
		"length":  {fmt.Sprintf("Content-Length: %d", len(smuggled)), smuggled},
		"chunked": {"Transfer-Encoding: chunked", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(smuggled), smuggled)},
	}
	forms := map[string]func(http.Handler) http.Handler{
		"": func(h http.Handler) http.Handler { return h },
		" behind ParseForm": func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_ = r.ParseForm()
				h.ServeHTTP(w, r)
			})
		},
	}
	for _, m := range mounts() {
		for answer, h := range answers {
			for form, around := range forms {
				if form != "" && answer == "read, sent" {
					continue
				}
				t.Run(m.name+"/"+answer+form, func(t *testing.T) {
					t.Parallel()
					var seen paths
					r := chi.NewRouter()
					r.Use(seen.middleware)
					r.With(around).Method("POST", "/post", adapter.Handler(hook(h)))
					r.Get("/legacy", text("legacy"))
					r.Get("/smuggled", text("smuggled"))
					s := serve(t, m.wrap(t, r), nil)
					for framing, f := range framings {
						for _, later := range []bool{false, true} {
							for _, second := range []bool{false, true} {
								where := fmt.Sprintf("%s, body later %v, second %v", framing, later, second)
								p := s.Dial()
								want := []string{"POST /post", "GET /legacy"}
								if second {
									require.Equal(t, "legacy", p.Get("/legacy").Text)
									want = append([]string{"GET /legacy"}, want...)
								}
								seen.seen = nil
								if second {
									seen.seen = []string{"GET /legacy"}
								}
								head := "POST /post HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n" + f[0] + "\r\n\r\n"
								if later {
									p.Send(head)
									go func() { _, _ = io.WriteString(p.Conn(), f[1]+"GET /legacy HTTP/1.1\r\nHost: a\r\n\r\n") }()
								} else {
									p.Send(head + f[1] + "GET /legacy HTTP/1.1\r\nHost: a\r\n\r\n")
								}
								require.Equal(t, "posted", p.Want("POST").Text, where)
								require.Equal(t, "legacy", p.Want("GET").Text, where)
								assert.Equal(t, want, seen.list(), where)
								p.Close()
							}
						}
					}
				})
			}
		}
	}
}

// TestHugeBodyIsNotRead announces a gigabyte that nobody wants.
func TestHugeBodyIsNotRead(t *testing.T) {
	for _, m := range mounts() {
		for _, second := range []bool{false, true} {
			t.Run(fmt.Sprint(m.name, " second ", second), func(t *testing.T) {
				t.Parallel()
				r := chi.NewRouter()
				r.Method("POST", "/post", adapter.Handler(hook(answers["sent"])))
				r.Get("/legacy", text("legacy"))
				s := serve(t, m.wrap(t, r), nil)
				p := s.Dial()
				if second {
					p.Get("/legacy")
				}
				p.Send("POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n")
				require.Equal(t, "posted", p.Want("POST").Text)
				sent, block := 0, make([]byte, 64<<10)
				for { // the server takes what is on its way, and closes
					n, err := p.Conn().Write(block)
					if sent += n; err != nil {
						break
					}
				}
				assert.Less(t, sent, 64<<20)
			})
		}
	}
}

// TestConnectEndsHTTP: what follows a CONNECT is no request (CVE-2026-94439).
func TestConnectEndsHTTP(t *testing.T) {
	for _, mode := range []adapter.Takeover{adapter.OnDemand, adapter.Eager} {
		for _, raw := range []bool{false, true} {
			for _, second := range []bool{false, true} {
				if mode == adapter.OnDemand && !raw && !second {
					continue // net/http's own
				}
				t.Run(fmt.Sprint("mode ", mode, " raw ", raw, " second ", second), func(t *testing.T) {
					t.Parallel()
					var seen paths
					answer := answers["staged"]
					if raw {
						answer = answers["sent"]
					}
					warm := adapter.Handler(hook(answers["sent"]))
					connect := adapter.Handler(hook(answer))
					h := seen.middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if r.Method == http.MethodConnect {
							connect.ServeHTTP(w, r)
							return
						}
						warm.ServeHTTP(w, r)
					}))
					s := serve(t, adapt(t, &adapter.Options{Takeover: mode}).Wrap(h), nil)
					p := s.Dial()
					want := []string{"CONNECT "}
					if second {
						p.Get("/warm")
						want = []string{"GET /warm", "CONNECT "}
					}
					p.Send("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n" + smuggled)
					_, _ = p.Rest()
					assert.Equal(t, want, seen.list())
				})
			}
		}
	}
}

// TestRewrittenLength: middleware may change Request.ContentLength, which says
// nothing about the wire then.
func TestRewrittenLength(t *testing.T) {
	body := "0\r\n\r\n" + smuggled
	for _, length := range []int64{-1, 0, 1, 5, 1000} {
		for _, m := range mounts() {
			t.Run(fmt.Sprint(m.name, " length ", length), func(t *testing.T) {
				t.Parallel()
				var seen paths
				r := chi.NewRouter()
				r.Use(seen.middleware, func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if r.Method == "POST" {
							r.ContentLength = length
							r.Header.Del("Content-Length")
						}
						next.ServeHTTP(w, r)
					})
				})
				r.Method("POST", "/post", adapter.Handler(hook(answers["sent"])))
				r.Get("/legacy", text("legacy"))
				s := serve(t, m.wrap(t, r), nil)
				p := s.Dial()
				p.Send(fmt.Sprintf("POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", len(body), body) +
					"GET /legacy HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
				rest, err := p.Rest()
				require.NoError(t, err)
				assert.Equal(t, []string{"POST /post", "GET /legacy"}, seen.list())
				assert.True(t, strings.HasSuffix(string(rest), "legacy"), "%q", rest)
			})
		}
	}
}
