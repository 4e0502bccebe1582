package hooks

import (
	"net/http"
	"slices"
	"strings"

	"github.com/onramp-go/onramp/stream"
)

// Upgrade returns a guard that continues if the client asks to change to one of
// protocols (RFC 9110, section 7.8): the protocol is in the list of Upgrade, and
// Connection has the option upgrade. Names are compared without regard to case; a
// protocol given without a version, such as "websocket", matches every version.
//
// Otherwise the guard rejects with 426 and the protocols in Upgrade (section
// 15.5.22), or over HTTP/2, which has no Upgrade, with 505, unless a refusal is
// staged. An Upgrade in an HTTP/1.0 request is ignored, as section 7.8 demands. Upgrade
// panics if there is no protocol, or one is malformed.
//
// hyperlane's is_ws_upgrade_type and so on look at Upgrade alone, and skip only the
// rest of their own hook.
func Upgrade(protocols ...string) ServerHook {
	protocols = protocolsOf("Upgrade", protocols)
	offer := strings.Join(protocols, ", ")
	return HookFunc(func(_ *stream.Stream, c *stream.Context) Status {
		switch r := c.Request(); {
		case asksFor(r, protocols):
			return Continue
		case r.ProtoMajor > 1:
			return refuse(c, http.StatusHTTPVersionNotSupported)
		default:
			return refuse(c, http.StatusUpgradeRequired, "Upgrade", offer, "Connection", "Upgrade")
		}
	})
}

// RejectUpgrade is the twin of [Upgrade]: it rejects requests that ask to change to
// one of protocols, with 403.
func RejectUpgrade(protocols ...string) ServerHook {
	protocols = protocolsOf("RejectUpgrade", protocols)
	return guard(func(r *http.Request) bool { return asksFor(r, protocols) }, false, http.StatusForbidden)
}

// asksFor reports whether r offers to change to one of protocols.
func asksFor(r *http.Request, protocols []string) bool {
	if r.ProtoMajor != 1 || r.ProtoMinor < 1 || !hasElement(r.Header["Connection"], "upgrade", equalFold) {
		return false
	}
	return slices.ContainsFunc(protocols, func(p string) bool {
		return hasElement(r.Header["Upgrade"], p, matchesProtocol)
	})
}

// matchesProtocol compares protocols; one that is wanted without a version matches
// each.
func matchesProtocol(is, want string) bool {
	if !strings.Contains(want, "/") {
		is, _, _ = strings.Cut(is, "/")
	}
	return equalFold(is, want)
}

// hasElement reports whether a list field has an element that is want (RFC 9110,
// section 5.6.1).
func hasElement(lines []string, want string, is func(element, want string) bool) bool {
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			if is(strings.Trim(element, " \t"), want) {
				return true
			}
		}
	}
	return false
}

func protocolsOf(name string, protocols []string) []string {
	if len(protocols) == 0 {
		panic("hooks." + name + ": no protocol")
	}
	for _, p := range protocols {
		protocol, version, hasVersion := strings.Cut(p, "/")
		if !isToken(protocol) || hasVersion && !isToken(version) {
			panic("hooks." + name + ": " + quote(p) + " is no protocol")
		}
	}
	return slices.Clone(protocols)
}
