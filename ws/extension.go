package ws

import (
	"net/http"
	"strings"
)

// deflates reports whether r offers per-message deflate in a way that gorilla's answer,
// which keeps no context on either side, accepts (RFC 7692, section 7.1). A client that
// asks for a smaller window of the server's gets none: there is no such compressor.
func deflates(r *http.Request) bool {
	for _, line := range r.Header["Sec-Websocket-Extensions"] {
		for offer := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(offer, ";")
			if strings.EqualFold(strings.TrimSpace(name), "permessage-deflate") && acceptable(params) {
				return true
			}
		}
	}
	return false
}

func acceptable(params string) bool {
	seen := map[string]bool{}
	for param := range strings.SplitSeq(params, ";") {
		if strings.TrimSpace(param) == "" {
			continue
		}
		name, value, valued := strings.Cut(param, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.Trim(strings.TrimSpace(value), `"`)
		if seen[name] {
			return false
		}
		seen[name] = true
		switch name {
		case "server_no_context_takeover", "client_no_context_takeover":
			if valued {
				return false
			}
		case "client_max_window_bits":
			if valued && !isWindow(value) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// isWindow reports whether bits is a number from 8 to 15.
func isWindow(bits string) bool {
	switch bits {
	case "8", "9", "10", "11", "12", "13", "14", "15":
		return true
	}
	return false
}
