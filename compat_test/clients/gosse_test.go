package clients_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gosse "github.com/tmaxmax/go-sse"
)

// TestGoSSE follows the event stream with go-sse's client.
func TestGoSSE(t *testing.T) {
	t.Parallel()
	for _, c := range carriers() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := c.service(t)
			replay(t, c, s, followGoSSE(t, s))
		})
	}
}

// followGoSSE follows the events of s until the test ends.
func followGoSSE(t *testing.T, s *service) *tally {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/events", nil)
	require.NoError(t, err)
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		ForceAttemptHTTP2: true,
	}
	client := &gosse.Client{
		HTTPClient: &http.Client{Transport: transport},
		Backoff:    gosse.Backoff{InitialInterval: time.Millisecond, MaxInterval: 50 * time.Millisecond},
	}
	conn := client.NewConnection(r)
	y := &tally{}
	conn.SubscribeToAll(func(ev gosse.Event) {
		// This client dispatches what has nothing but a retry field, too.
		if ev.Type+ev.Data != "" {
			y.add(ev.Type + ev.Data)
		}
	})
	done := make(chan error, 1)
	go func() { done <- conn.Connect() }()
	t.Cleanup(func() {
		cancel()
		assert.ErrorIs(t, <-done, context.Canceled)
		transport.CloseIdleConnections()
	})
	return y
}
