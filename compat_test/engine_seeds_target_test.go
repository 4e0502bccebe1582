package compat_test

import (
	"slices"
	"strings"
)

// hostSeeds say whom a request is for.
func hostSeeds() []string {
	hosts := []string{
		"a", "A", "", " ", "a:80", "a:", ":80", ":", "a:0", "a:99999999", "a:b", "a:8 0", "a:-1", "a:80:80", "a b", "a,b", "a/b", "a/b@c", "u@a",
		"u:p@a", "a?b", "a#b", "a\\b", "a\tb", "a\x00b", "a\x7f", "a\xff", "é", "xn--4ca", "a_b", "-a", "a.", ".", "..", "*", "a%20b", "a%", "a%zz",
		"a%00b", "a;b", "a&b", "a=b", "a'b", "a(b)", "a!b", "a$b", "a<b", "a\"b", "a|b", "a^b", "a`b", "a{b}",
		"[::1]", "[::1]:80", "[::1", "::1", "[]", "[::1]x", "[a]", "[fe80::1%25en0]", "[fe80::1%en0]", "[v1.x]", "[v1.]", "[vx.y]", "[::1]:b", "a]",
		"[a", "127.0.0.1", "256.256.256.256", "http://a", "//a",
	}
	return slices.Concat(
		between("GET /h HTTP/1.1\r\nHost: ", hosts, "\r\n\r\n"+next),
		[]string{
			"GET /h HTTP/1.1\r\n\r\n" + next,
			"GET /h HTTP/1.0\r\nHost: a b\r\n\r\n" + next,
			"GET /h HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n" + next,
			"GET /h HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" + next,
			"GET /h HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + next,
			"GET /h HTTP/1.1\r\nHost:\r\nHost: b\r\n\r\n" + next,
			"GET /h HTTP/1.1\r\nhost: a\r\n\r\n" + next,
			"GET /h HTTP/1.1\r\nHost : a\r\n\r\n" + next,
			"GET /h HTTP/1.1\r\nX: y\r\nHost: a\r\n b\r\n\r\n" + next,
			"GET http://b/h HTTP/1.1\r\n\r\n" + next,
			"GET http://b/h HTTP/1.0\r\n\r\n" + next,
			"GET http://b/h HTTP/1.1\r\nHost: a b\r\n\r\n" + next,
			"GET http://b/h HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + next,
			"GET /h HTTP/1.1\r\nX-Forwarded-Host: b\r\nHost: a\r\n\r\n" + next,
		},
	)
}

// targetSeeds say what a request is for.
func targetSeeds() []string {
	targets := []string{
		"/", "//", "//b/x", "///", "/.", "/..", "/../x", "/a/./b/../c", "/a//b", "/?", "/??", "/?a=b&c", "/?a b", "/#", "/#x", "/a#b?c", "/?a#b",
		"/%", "/%2", "/%zz", "/%00", "/%2F", "/%2f%2F", "/%41", "/%2561", "/?%zz", "/%e4", "/\xe4", "/é", "/\x00", "/\x01", "/\x7f", "/\t", "/a\rb",
		"/\"", "/<>", "/\\", "/a\\b", "/^`{|}", "/[]", "/a:b", "/a@b", "/a;b", "/a,b", "/!$&'()*+=~-._", "/a%2fb/c", "/%C3%A4", "/;", "/:",
		"*", "**", "*x", "x", "x/y", "x:y", "?x", "#x", ":", "..", "@", "a:80", "a@b", "%2F", "\\", "|",
		"http://b", "http://b/", "http://b/x?y#z", "HTTP://B/X", "http://b:80/", "http://b:/", "http://b:x/", "http://b:99999/", "http://:80/",
		"http:///x", "http://", "http:/x", "http:x", "http:", "http://u@b/", "http://u:p@b/", "http://@b/", "http://b\\x/", "http://b x/",
		"http://b%20c/", "http://b%zz/", "http://b,c/", "http://b<c/", "http://é/", "http://[::1]/", "http://[::1]:80/", "http://[::1/",
		"http://::1/", "http://[fe80::1%25en0]/", "http://[fe80::1%en0]/", "http://b?x", "http://b#x", "http://b//x", "https://b/", "ftp://b/",
		"ftp:///x", "x://b/", "urn:x:y", "mailto:a@b", "javascript:x", "data:,", "1http://b/", "h+t-t.p://b/", "://b/", "//u@b/", "///x",
		"file:///etc/passwd",
	}
	return slices.Concat(
		between("GET ", targets, " HTTP/1.1\r\nHost: a\r\n\r\n"+next),
		between("OPTIONS ", []string{"*", "/", "*?", "http://b", "http://b/", "*x"}, " HTTP/1.1\r\nHost: a\r\n\r\n"+next),
		[]string{
			"OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + next,
			"OPTIONS * HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" + strings.Repeat("x", 5000) + "\r\n0\r\n\r\n" + next,
			"OPTIONS * HTTP/1.0\r\n\r\n" + next,
			"OPTIONS * HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc" + next,
		},
	)
}

// tunnelSeeds ask for another protocol.
func tunnelSeeds() []string {
	authorities := []string{
		"b:443", "b", "b:", ":443", "b:0", "b:65535", "b:65536", "b:99999", "b:x", "[::1]:443", "[::1]", "::1:443", "u@b:443", "b:443/x", "b:443?x",
		"b:443#x", "/x", "/", "*", "http://b/", "http://b:443", "b c:443", "b,c:443", "%62:443", "b%zz:443", "é:443", "b:443:443", "", "b:+443",
		"b:0443", "b:443 ",
	}
	upgrades := []string{
		"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n",
		"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
		"Connection: upgrade\r\nUpgrade: h2c\r\n",
		"Upgrade: h2c\r\n",
		"Connection: Upgrade\r\n",
		"Connection: Upgrade, close\r\nUpgrade: x/1\r\n",
		"Connection: HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n",
	}
	return slices.Concat(
		between("CONNECT ", authorities, " HTTP/1.1\r\nHost: a\r\n\r\n"+next),
		between("GET /u HTTP/1.1\r\nHost: a\r\n", upgrades, "\r\n"+next),
		between("POST /u HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n", upgrades, "\r\nabc"+next),
		[]string{
			"CONNECT b:443 HTTP/1.1\r\n\r\n" + next,
			"CONNECT b:443 HTTP/1.0\r\n\r\n" + next,
			"CONNECT b:443 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + next,
			"CONNECT b:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + next,
			"CONNECT b:443 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n" + next,
			"CONNECT b:443 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc" + next,
			"CONNECT /x HTTP/1.1\r\n\r\n" + next,
			"GET /u HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n" + next,
		},
	)
}
