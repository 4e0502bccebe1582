package compat_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hyperlaneRequestConfig is the literal of hyperlane's documentation.
const hyperlaneRequestConfig = `{
	"buffer_size": 8192,
	"max_path_size": 8192,
	"max_header_count": 100,
	"max_header_key_size": 8192,
	"max_header_value_size": 8192,
	"max_body_size": 2097152,
	"read_timeout_ms": 6000
}`

func TestHyperlaneRequestConfig(t *testing.T) {
	t.Parallel()
	cfg, err := stream.ParseRequestConfig([]byte(hyperlaneRequestConfig))
	require.NoError(t, err)
	want := stream.DefaultRequestConfig()
	want.BufferSize = 8192
	assert.Equal(t, want, cfg)
	assert.Equal(t, 6*time.Second, cfg.ReadTimeout)

	for _, ca := range hyperlaneCarriers() {
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			route := func(_ *stream.Stream, c *stream.Context) hooks.Status {
				body, err := c.Body()
				c.Response().Body = fmt.Append(nil, len(body), err)
				return hooks.Continue
			}
			c := hyperlaneServe(t, ca.wrap(adapter.Options{Request: cfg}, hyperlaneRoute(route)))
			c.say("POST / HTTP/1.1\nHost: a\nContent-Length: 5\n\nhello")
			assert.Equal(t, "5 <nil>", c.body())
			c.say("POST / HTTP/1.1\nHost: a\nContent-Length: 2097153\n\n")
			resp, _ := c.hear()
			assert.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode)
			assert.True(t, resp.Close)
		})
	}
}

// The literals of hyperlane's tests, on a port that is free.
func TestHyperlaneServerConfig(t *testing.T) {
	t.Parallel()
	cfg, err := adapter.ParseServerConfig([]byte(`{"address": "0.0.0.0:80", "nodelay": true, "ttl": 64}`))
	require.NoError(t, err)
	assert.Equal(t, "0.0.0.0:80", cfg.Address)
	require.NotNil(t, cfg.NoDelay)
	assert.True(t, *cfg.NoDelay)
	require.NotNil(t, cfg.TTL)
	assert.Equal(t, 64, *cfg.TTL)

	cfg, err = adapter.ParseServerConfig([]byte(`{"address": "127.0.0.1:9090", "nodelay": false, "ttl": null}`))
	require.NoError(t, err)
	require.NotNil(t, cfg.NoDelay)
	assert.False(t, *cfg.NoDelay)
	assert.Nil(t, cfg.TTL)

	for _, options := range []string{`"nodelay": true, "ttl": 64`, `"nodelay": false, "ttl": null`, `"nodelay": null, "ttl": 17`} {
		t.Run(options, func(t *testing.T) {
			t.Parallel()
			cfg, err := adapter.ParseServerConfig([]byte(`{"address": "127.0.0.1:0", ` + options + `}`))
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(context.Background(), hyperlanePatience)
			t.Cleanup(cancel)
			ln, err := cfg.Listen(ctx)
			require.NoError(t, err)
			route := func(s *stream.Stream, c *stream.Context) hooks.Status {
				conn, err := s.NetConn()
				if assert.NoError(t, err) {
					hyperlaneSocket(t, conn, cfg)
				}
				c.Response().Body = []byte("served")
				return hooks.Continue
			}
			srv := &http.Server{Handler: hyperlaneRoute(route)}
			served := make(chan error, 1)
			go func() { served <- srv.Serve(ln) }()
			t.Cleanup(func() {
				assert.NoError(t, srv.Shutdown(ctx))
				assert.ErrorIs(t, <-served, http.ErrServerClosed)
			})
			c := hyperlaneDial(t, ln.Addr().String())
			for range 2 {
				c.get("/")
				assert.Equal(t, "served", c.body())
			}
			c.conn.Close()
		})
	}
}
