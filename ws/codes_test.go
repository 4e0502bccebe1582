package ws_test

import (
	"testing"

	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
)

// TestCodes: all codes there could be against RFC 6455, section 7.4, and what IANA has
// registered since.
func TestCodes(t *testing.T) {
	t.Parallel()
	registered := map[int]bool{1000: true, 1001: true, 1002: true, 1003: true, 1007: true, 1008: true,
		1009: true, 1010: true, 1011: true, 1012: true, 1013: true, 1014: true}
	for code := range 1 << 16 {
		want := registered[code] || code >= 3000 && code < 5000
		if ws.OnWire(code) != want {
			assert.Equal(t, want, ws.OnWire(code), "%d", code)
		}
	}
}
