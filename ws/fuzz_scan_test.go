package ws_test

import (
	"testing"

	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
)

// FuzzScan: how the network cuts up what a client sends changes nothing of what is found
// in it.
func FuzzScan(f *testing.F) {
	for _, row := range conversations() {
		f.Add([]byte(row.says), uint8(1), false)
		f.Add([]byte(row.says), uint8(7), true)
	}
	f.Fuzz(func(t *testing.T, p []byte, n uint8, deflate bool) {
		data, control, code := ws.ScanAll(p, max(1, len(p)), limit, deflate)
		inPortions, others, same := ws.ScanAll(p, int(n)+1, limit, deflate)
		assert.Equal(t, control, others)
		assert.Equal(t, code, same)
		// A breach within a head may come with or without the bytes before it.
		short := min(len(data), len(inPortions))
		assert.Equal(t, data[:short], inPortions[:short])
		if code == 0 {
			assert.Len(t, inPortions, len(data))
		}
	})
}
