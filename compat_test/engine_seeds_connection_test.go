package compat_test

import (
	"slices"
	"strings"
)

// connectionSeeds say what is to become of the connection.
func connectionSeeds() []string {
	values := []string{
		"close", "Close", "CLOSE", " close ", "x, close", "close, x", "x,\tCLOSE ,y", "closed", "xclose", "close x", "\"close\"", "keep-alive",
		"Keep-Alive, close", "", ",", ",close", "close;x", "close\r\nConnection: keep-alive", "keep-alive\r\nConnection: close", "Content-Length",
		"te, trailers", "clo\x00se", "c\xe9",
	}
	return slices.Concat(
		between("GET /c HTTP/1.1\r\nHost: a\r\nConnection: ", values, "\r\n\r\n"+next),
		between("POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: ", values[:8], "\r\n\r\nabc"+next),
		between("GET /c HTTP/1.0\r\nConnection: ", values, "\r\n\r\n"+next),
		[]string{
			gotten("Keep-Alive: timeout=1\r\n"), gotten("Proxy-Connection: close\r\n"), gotten("connection:close\r\n"),
			"HEAD /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + next,
			"HEAD /c HTTP/1.1\r\nHost: a\r\n\r\n" + next,
			"POST /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n" + next,
		},
	)
}

// expectSeeds expect something.
func expectSeeds() []string {
	values := []string{
		"100-continue", "100-Continue", " 100-continue ", "100-continue, x", "x, 100-continue", "100-continue;q=1", "100", "x", "", ",", "200-ok",
		"100-continue\r\nExpect: x", "x\r\nExpect: 100-continue", "\r\nExpect: x", "100-continuex", "\"100-continue\"",
	}
	return slices.Concat(
		between("POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: ", values, "\r\n\r\n12345"+next),
		between("GET /e HTTP/1.1\r\nHost: a\r\nExpect: ", values, "\r\n\r\n"+next),
		between("POST /e HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\nExpect: ", values[:8], "\r\n\r\n12345"+next),
		[]string{
			posted("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n", "5\r\n12345\r\n0\r\n\r\n"),
			posted("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n", "5\r\n12345\r\n0\r\nX: y\r\n\r\n"),
			posted("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n", "Z\r\n"),
			posted("Expect: 100-continue\r\nContent-Length: 0\r\n", ""),
			posted("Expect: 100-continue\r\n", ""),
			posted("Expect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n", "12345"),
			"POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
			"POST /e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
			"POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n123",
			"GET /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\nHEAD /e HTTP/1.1\r\nHost: a\r\n\r\n" + next,
			"HEAD /e HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n12345" + next,
		},
	)
}

// pipelineSeeds are several requests, or one and its like in its body.
func pipelineSeeds() []string {
	const (
		counted = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
		chunked = "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nworld\r\n0\r\n\r\n"
		hidden  = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
		bad     = "GET /bad HTTP/1.1\r\n\r\n"
	)
	return []string{
		counted + chunked + next, chunked + counted + next, counted + counted + counted, chunked + chunked + chunked, next + next + next,
		counted + bad + next, chunked + bad + next, next + counted + "GET", next + "\r\n\r\n" + next, counted + "\r\n" + chunked + "\r\n" + next,
		posted("Content-Length: 33\r\n", hidden), posted("Content-Length: 34\r\n", hidden), posted("Content-Length: 32\r\n", hidden),
		chunkedPost("21\r\n" + hidden + "\r\n0\r\n\r\n"), chunkedPost("20\r\n" + hidden + "\r\n0\r\n\r\n"),
		chunkedPost("22\r\n" + hidden + "\r\n0\r\n\r\n"), chunkedPost("0\r\n\r\n" + hidden), chunkedPost("0\r\n" + hidden),
		"HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\n" + counted + "HEAD /3 HTTP/1.1\r\nHost: a\r\n\r\n" + next,
		"GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + counted + "GET /3 HTTP/1.0\r\n\r\n" + next,
		strings.Repeat(next, 40), strings.Repeat(counted, 40), next + strings.Repeat("\x00", 20),
		counted + "x", counted[:len(counted)-1], chunked[:len(chunked)-2], chunked[:len(chunked)-7],
	}
}
