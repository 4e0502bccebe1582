// Package clients_test drives onramp with clients that others have written: go-sse and
// coder/websocket from Go, Chromium, and npm's eventsource and ws on Node.
//
// # Two conversations
//
// Each client that follows an event stream goes through [replay]: 1,000 events come from a
// Hub, its connections are cut while they do, and it comes back with its Last-Event-ID.
// Each WebSocket client echoes 1,000 messages and is closed by the server; what it has seen
// is held against [talk]. A client is served over every carrier of carriers_test.go.
//
// # Skipped
//
// Chromium's tests are skipped where no browser is installed, or none that starts, Node's where there is no
// node or no registry to install packages from. Both say so.
package clients_test

import (
	"testing"
	"time"

	"github.com/onramp-go/onramp/stream/streamtest"
)

// patience bounds what a test does in all. Nothing is expected to take that long.
const patience = 50 * time.Second

// TestMain fails the package when the tests leave a goroutine or a socket behind.
func TestMain(m *testing.M) {
	streamtest.Main(m, "github.com/chromedp", "github.com/coder/websocket", "github.com/tmaxmax/go-sse")
}
