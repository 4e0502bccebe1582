package clients_test

import (
	"testing"
	"time"

	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	farewell     = "farewell"
	farewellCode = 4000
)

// A talk is what a client has seen of a WebSocket on which it sent the numbers from 1 to
// total without waiting for any answer, then farewell.
type talk struct {
	Got    []string `json:"got"`    // the messages that came
	Code   int      `json:"code"`   // of the close frame
	Reason string   `json:"reason"` // of the close frame
	// Extensions are those that were agreed on, as the client says them.
	Extensions string `json:"extensions"`
}

// check fails the test unless everything came back, in order, before the close
// frame, and the client has answered that.
func (k talk) check(t *testing.T, s *service) {
	t.Helper()
	assert.Equal(t, numbers(total), k.Got)
	assert.Equal(t, farewellCode, k.Code)
	assert.Equal(t, farewell, k.Reason)
	select {
	case err := <-s.ended:
		var answered *ws.CloseError
		require.ErrorAs(t, err, &answered, "what the server read last")
		assert.Equal(t, farewellCode, answered.Code)
	case <-time.After(patience):
		t.Error("the server's side did not end")
	}
}
