package clients_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCoder talks with coder/websocket's client, in each of its modes of compression.
func TestCoder(t *testing.T) {
	t.Parallel()
	modes := map[string]websocket.CompressionMode{
		"plain":               websocket.CompressionDisabled,
		"no context takeover": websocket.CompressionNoContextTakeover,
		"context takeover":    websocket.CompressionContextTakeover,
	}
	for _, c := range carriers() {
		for name, mode := range modes {
			t.Run(c.name+", "+name, func(t *testing.T) {
				t.Parallel()
				s := c.service(t)
				talkCoder(t, s, mode).check(t, s)
			})
		}
	}
}

// talkCoder sends and receives at the same time.
func talkCoder(t *testing.T, s *service, mode websocket.CompressionMode) talk {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer transport.CloseIdleConnections()
	conn, resp, err := websocket.Dial(ctx, s.url+"/ws", &websocket.DialOptions{
		HTTPClient:      &http.Client{Transport: transport},
		HTTPHeader:      http.Header{"Origin": {s.url}},
		CompressionMode: mode,
		// Without it messages as short as these would not be compressed.
		CompressionThreshold: 1,
	})
	require.NoError(t, err)
	defer func() { _ = conn.CloseNow() }()

	sent := make(chan error, 1)
	go func() {
		for _, n := range append(numbers(total), farewell) {
			if err := conn.Write(ctx, websocket.MessageText, []byte(n)); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	k := talk{Extensions: resp.Header.Get("Sec-WebSocket-Extensions")}
	for {
		_, p, err := conn.Read(ctx)
		if err != nil {
			var closed websocket.CloseError
			require.True(t, errors.As(err, &closed), "%v", err)
			k.Code, k.Reason = int(closed.Code), closed.Reason
			break
		}
		k.Got = append(k.Got, string(p))
	}
	assert.NoError(t, <-sent)
	assert.Equal(t, mode != websocket.CompressionDisabled, k.Extensions != "", "compression")
	return k
}
