package hooks_test

import (
	"testing"

	"github.com/onramp-go/onramp/hooks"
	"github.com/stretchr/testify/assert"
)

func TestUpgrade(t *testing.T) {
	t.Parallel()
	asks := func(connection, upgrade string) request {
		return request{fields: []string{"Connection", connection, "Upgrade", upgrade}}
	}
	ws, twin := hooks.Upgrade("websocket"), hooks.RejectUpgrade("websocket")
	offer := []string{"Upgrade", "websocket", "Connection", "Upgrade"}
	old := asks("Upgrade", "websocket")
	old.old = true
	testGuards(t, []guardCase{
		{name: "asks", guard: ws, request: asks("Upgrade", "websocket"), http1: true},
		{name: "asks in other case", guard: ws, request: asks("UPGRADE", "WebSocket"), http1: true},
		{name: "in lists", guard: ws, request: asks("keep-alive , upgrade", "h2c,\tWebSocket/13"), http1: true},
		{name: "over lines", guard: ws, request: request{fields: []string{
			"Connection", "keep-alive", "Connection", "Upgrade", "Upgrade", "h2c", "Upgrade", "websocket",
		}}, http1: true},
		{name: "without the option", guard: ws, request: asks("keep-alive", "websocket"), status: 426, fields: offer, http1: true},
		{name: "another protocol", guard: ws, request: asks("Upgrade", "h2c"), status: 426, fields: offer, http1: true},
		{name: "part of a name", guard: ws, request: asks("Upgrade", "websockets"), status: 426, fields: offer, http1: true},
		{name: "of an option", guard: ws, request: asks("no-upgrade", "websocket"), status: 426, fields: offer, http1: true},
		{name: "does not ask", guard: ws, status: 426, fields: offer, http1: true},
		{name: "HTTP/1.0", guard: ws, request: old, status: 426, http1: true},
		{name: "this version", guard: hooks.Upgrade("HTTP/2.0"), request: asks("Upgrade", "http/2.0"), http1: true},
		{
			name: "another version", guard: hooks.Upgrade("websocket", "HTTP/2.0"), request: asks("Upgrade", "HTTP/3.0"),
			status: 426, fields: []string{"Upgrade", "websocket, HTTP/2.0"}, http1: true,
		},
		{name: "twin rejects", guard: twin, request: asks("Upgrade", "websocket"), status: 403, http1: true},
		{name: "twin and another", guard: twin, request: asks("Upgrade", "h2c"), http1: true},
		{name: "twin without the option", guard: twin, request: asks("keep-alive", "websocket"), http1: true},
		{name: "twin passes", guard: twin},
	})
}

// RFC 9113, section 8.2.2: HTTP/2 has no Upgrade.
func TestUpgradeHTTP2(t *testing.T) {
	t.Parallel()
	onCarriers(t, hooks.Upgrade("websocket"), func(t *testing.T, ca carrier, cl client) {
		if !ca.http2 {
			return
		}
		got := cl.do(t, request{})
		assert.Equal(t, 505, got.status)
		assert.Empty(t, got.header["Upgrade"])
	})
}

func TestUpgradePanics(t *testing.T) {
	t.Parallel()
	testPanics(t, "hooks.Upgrade: ", map[string]func(){
		"none":       func() { hooks.Upgrade() },
		"empty":      func() { hooks.Upgrade("") },
		"two in one": func() { hooks.Upgrade("websocket, h2c") },
		"no version": func() { hooks.Upgrade("HTTP/") },
	})
	testPanics(t, "hooks.RejectUpgrade: ", map[string]func(){"none": func() { hooks.RejectUpgrade() }})
}
