package hooks

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Host returns a guard that continues if the request is for one of hosts, and
// otherwise rejects with 421 (RFC 9110, section 15.5.20), unless a refusal is staged.
//
// A host is a name such as "example.com", an IPv4 address, or an IPv6 address with or
// without brackets; behind a colon it may have a port, an IPv6 address in brackets
// then. Without a port every port matches; with one, a request that names none is
// taken to mean 443 over TLS and 80 elsewhere. Upper and lower case are the same, and
// so are the spellings of an IPv6 address; a dot at the end of a name is ignored.
// There are no wildcards. A request without a host matches nothing. What the client
// says in Host is compared, not where the connection arrived.
//
// Host panics if there is no host, or one is malformed. hyperlane's host takes
// several values to be all required, and skips only the rest of its own hook.
func Host(hosts ...string) ServerHook {
	return guard(matchHost(authoritiesOf("Host", hosts)), true, http.StatusMisdirectedRequest)
}

// RejectHost is the twin of [Host]: it rejects requests for the hosts given.
func RejectHost(hosts ...string) ServerHook {
	return guard(matchHost(authoritiesOf("RejectHost", hosts)), false, http.StatusMisdirectedRequest)
}

func matchHost(hosts []authority) func(*http.Request) bool {
	return func(r *http.Request) bool {
		is, ok := parseAuthority(r.Host)
		if !ok {
			return false
		}
		if is.port == "" {
			is.port = "80"
			if r.TLS != nil {
				is.port = "443"
			}
		}
		return slices.ContainsFunc(hosts, is.matches)
	}
}

// An authority is a host and a port in the form in which they are compared.
type authority struct {
	name string     // "" for an IPv6 address
	addr netip.Addr // the zero Addr for a name
	port string     // "": none
}

// matches reports whether a, which has a port, is what want asks for.
func (a authority) matches(want authority) bool {
	return a.addr == want.addr && equalFold(a.name, want.name) && (want.port == "" || a.port == want.port)
}

// parseAuthority takes a host and an optional port apart. It is false for what can
// be no host; names are not looked at closely.
func parseAuthority(s string) (a authority, ok bool) {
	if inner, isLiteral := strings.CutPrefix(s, "["); isLiteral {
		literal, rest, closed := strings.Cut(inner, "]")
		port, hasPort := strings.CutPrefix(rest, ":")
		addr, err := netip.ParseAddr(literal)
		if !closed || err != nil || !addr.Is6() || rest != "" && !hasPort || !isPort(port) {
			return a, false
		}
		return authority{addr: addr, port: port}, true
	}
	name, port, _ := strings.Cut(s, ":")
	name = strings.TrimSuffix(name, ".")
	return authority{name: name, port: port}, name != "" && isPort(port)
}

func authoritiesOf(name string, hosts []string) []authority {
	if len(hosts) == 0 {
		panic("hooks." + name + ": no host")
	}
	parsed := make([]authority, len(hosts))
	for i, host := range hosts {
		parsed[i] = mustAuthority(name, host)
	}
	return parsed
}

func mustAuthority(name, host string) authority {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		return authority{addr: addr}
	}
	a, ok := parseAuthority(host)
	if !ok || strings.HasSuffix(host, ":") || !isName(a.name) {
		panic("hooks." + name + ": " + quote(host) + " is no host")
	}
	return a
}

// isName reports whether s has the characters of a host name or IPv4 address only.
func isName(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isAlphanumeric(c) && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return true
}

func isPort(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) <= 5
}
