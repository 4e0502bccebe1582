package http1

import (
	"net/netip"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// validHost reports whether v is uri-host [ ":" port ], the grammar of a Host
// field (RFC 9112, 3.2; RFC 3986, 3.2.2). The empty string is valid, userinfo,
// white space, paths and loose brackets are not.
func validHost(v string) bool {
	if !httpguts.ValidHostHeader(v) {
		return false
	}
	if strings.HasPrefix(v, "[") {
		inside, rest, ok := strings.Cut(v[1:], "]")
		return ok && validLiteral(inside) && (rest == "" || rest[0] == ':' && isDigits(rest[1:]))
	}
	name, port, _ := strings.Cut(v, ":")
	if !isDigits(port) || strings.ContainsAny(name, "[]") {
		return false
	}
	for i := 0; i < len(name); i++ {
		if name[i] == '%' && !(i+2 < len(name) && isHex(name[i+1]) && isHex(name[i+2])) {
			return false
		}
	}
	return true
}

// validLiteral reports whether v may stand between the brackets of an IP-literal:
// an IPv6 address, with or without a zone (RFC 6874), or an IPvFuture.
func validLiteral(v string) bool {
	if len(v) > 0 && (v[0] == 'v' || v[0] == 'V') {
		version, rest, ok := strings.Cut(v[1:], ".")
		if !ok || version == "" || rest == "" || strings.ContainsAny(rest, "[]%") {
			return false
		}
		for i := 0; i < len(version); i++ {
			if !isHex(version[i]) {
				return false
			}
		}
		return true
	}
	addr, err := netip.ParseAddr(v)
	return err == nil && addr.Is6()
}

// isDigits reports whether v has nothing but digits. The empty string passes: the
// grammar of a port is *DIGIT.
func isDigits(v string) bool {
	for i := 0; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
