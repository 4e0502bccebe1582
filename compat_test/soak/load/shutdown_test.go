//go:build linux

package load_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/compat_test/soak/internal/run"
)

// TestShutdownUnderLoad shuts down servers whose clients do all that clients do. Nobody who
// was heard goes without an answer, each WebSocket sees 1001, and each event stream ends in
// good order with a time to come back; no moment of the drain window sees too many of them go.
func TestShutdownUnderLoad(t *testing.T) {
	const window = 2 * time.Second
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			results, err := run.Soak(context.Background(), run.Options{
				For:     sized(time.Second, 20*time.Second),
				Kinds:   []string{kind},
				Clients: sized(100, 2000),
				Rate:    sized(100.0, 5000.0),
				MaxSize: sized(50_000, 100_000),
				Seed:    1, Memory: 2 * memory, Drain: window, Settle: patience, Progress: io.Discard,
			})
			require.NoError(t, err)
			for _, c := range results[0].Checks {
				assert.True(t, c.Holds, "%s: %s instead of %s", c.Name, c.Got, c.Want)
			}
			assert.Empty(t, strings.Join(results[0].Wrong, "\n"))
			ends := results[0].Ends
			require.NotEmpty(t, ends)
			most := 0
			bins := map[time.Duration]int{}
			for _, end := range ends {
				bins[end/(window/20)]++
				most = max(most, bins[end/(window/20)])
			}
			t.Logf("%d streams ended, at most %d of them in the same 100 ms", len(ends), most)
			if *full { // few of them fall as they like
				assert.LessOrEqual(t, most*10, len(ends))
			}
		})
	}
}
