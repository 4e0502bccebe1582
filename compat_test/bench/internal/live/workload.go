package live

import (
	"bytes"

	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// A Workload is what connections that stay are used for.
type Workload struct {
	Name    string // for flags
	Title   string // for the report
	Path    string
	Clients int // connections
	Burst   int // messages that are sent at once
	Turn    int // bursts that take a server some ten milliseconds
}

// The workloads. In those that echo each client sends bursts; in the others, where
// target.PublishPath is used, each burst goes to all clients.
var (
	Echo         = Workload{Name: "ws-echo", Title: "echo", Path: target.EchoPath, Clients: 64, Burst: 1, Turn: 2048}
	EchoBurst    = Workload{Name: "ws-echo16", Title: "echo, 16 in flight", Path: target.EchoPath, Clients: 64, Burst: 16, Turn: 512}
	Message      = Workload{Name: "ws-broadcast", Title: "broadcast", Path: target.SubscribePath, Clients: 2000, Burst: 1, Turn: 2}
	MessageBurst = Workload{Name: "ws-broadcast16", Title: "broadcast of 16", Path: target.SubscribePath, Clients: 2000, Burst: 16, Turn: 1}
	Event        = Workload{Name: "sse-events", Title: "one event", Path: target.EventsPath, Clients: 500, Burst: 1, Turn: 8}
	EventBurst   = Workload{Name: "sse-events16", Title: "16 events", Path: target.EventsPath, Clients: 500, Burst: 16, Turn: 2}
)

// All returns the workloads, those of WebSockets first.
func All() []Workload {
	return []Workload{Echo, EchoBurst, Message, MessageBurst, Event, EventBurst}
}

// Targets returns the targets that can serve the workload.
func (w Workload) Targets() []target.Target {
	if w.Path == target.EventsPath {
		return target.EventStreams()
	}
	return target.WebSockets()
}

// Echoes reports whether the server sends back what it gets.
func (w Workload) Echoes() bool { return w.Path == target.EchoPath }

// Messages is how many messages clients get in so many bursts.
func (w Workload) Messages(bursts int) int {
	if w.Echoes() {
		return bursts * w.Burst
	}
	return bursts * w.Burst * w.Clients
}

// request returns the bytes that open a connection.
func (w Workload) request() []byte {
	fields := "Accept: text/event-stream\r\n"
	if w.Path != target.EventsPath {
		fields = "Connection: Upgrade\r\nUpgrade: websocket\r\n" +
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: b25yYW1wIGJlbmNobWFyaw==\r\n"
	}
	return []byte("GET " + w.Path + " HTTP/1.1\r\nHost: bench.example\r\n" + fields + "\r\n")
}

// begin is how the answer to it begins.
func (w Workload) begin() []byte {
	if w.Path == target.EventsPath {
		return []byte("HTTP/1.1 200 OK\r\n")
	}
	return []byte("HTTP/1.1 101 Switching Protocols\r\n")
}

// The bits of a frame's head (RFC 6455, section 5.2).
const (
	textFrame = 0x81 // whole
	masked    = 0x80
)

// question returns a burst of messages of 125 bytes as a client frames them, and
// answer as a server does.
func (w Workload) question() []byte {
	key := []byte{0x4a, 0x11, 0xc8, 0x7e}
	frame := append([]byte{textFrame, masked | byte(len(target.Notice))}, key...)
	for i := range len(target.Notice) {
		frame = append(frame, target.Notice[i]^key[i%len(key)])
	}
	return bytes.Repeat(frame, w.Burst)
}

func (w Workload) answer() []byte {
	frame := append([]byte{textFrame, byte(len(target.Notice))}, target.Notice...)
	return bytes.Repeat(frame, w.Burst)
}
