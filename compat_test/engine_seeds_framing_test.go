package compat_test

import (
	"slices"
	"strings"
)

// framingSeeds say in every way where a body ends, and in every way wrongly.
func framingSeeds() []string {
	const hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
	lengths := []string{
		"0", "5", "05", "00000000000000000000005", "+5", "-1", "-0", "0x5", "5.0", "1_0", "1Z", "Z", "", " ", "5 5", "5, 5", "5,6", "5;", "\"5\"",
		"9223372036854775807", "9223372036854775808", "18446744073709551616", "99999999999999999999999", "\x0b5", "5\x0c", "\u0665", "5\t", "1e1",
	}
	codings := []string{
		"chunked", "Chunked", "CHUNKED", " chunked ", "\tchunked", "chunked,", ",chunked", "chunked, chunked", "gzip, chunked", "chunked, gzip",
		"identity", "identity, chunked", "gzip", "xchunked", "chunkedx", "chun ked", "chunked;q=1", "\x0bchunked", "chunked\x00", "\"chunked\"", "",
		"trailers", "cow",
	}
	both := []string{
		"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
		"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
		"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
		"Content-Length: x\r\nTransfer-Encoding: chunked\r\n",
		"Content-Length: 5\r\nTransfer-Encoding: gzip\r\n",
		"Content-Length: 5\r\nTransfer-Encoding: identity\r\n",
		"Content-Length: 5\r\nTransfer-Encoding : chunked\r\n",
		"Content-Length: 5\r\nTransfer-Encoding\t: chunked\r\n",
		"Content-Length: 5\r\nTransfer-Encoding:\r\n chunked\r\n",
		"Content-Length: 5\r\nTransfer_Encoding: chunked\r\n",
		"Content-Length: 5\r\n Transfer-Encoding: chunked\r\n",
		"Content-Length: 5\r\nX: y\rTransfer-Encoding: chunked\r\n",
		"Content-Length: 5\r\nX: y\nTransfer-Encoding: chunked\r\n",
		"Content-Length: 5\r\n\x00Transfer-Encoding: chunked\r\n",
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
		"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
		"Content-Length: 5\r\nContent-Length: 5\r\n",
		"Content-Length: 5\r\nContent-Length: 6\r\n",
		"Content-Length: 5\r\ncontent-length: 0\r\n",
		"Content-Length: 0\r\nContent-Length: 0\r\n",
		"Content-Length : 5\r\n",
		"Content-Length\r\n: 5\r\n",
		"Content-Length:\r\n 5\r\n",
		"Content_Length: 5\r\n",
		"Content-Length: 5\rX: y\r\n",
		"X: y\x00\r\nContent-Length: 5\r\n",
	}
	return slices.Concat(
		between("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: ", lengths, "\r\n\r\n"+"12345"+next),
		between("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ", codings, "\r\n\r\n"+"5\r\n12345\r\n0\r\n\r\n"+next),
		between("POST /p HTTP/1.1\r\nHost: a\r\n", both, "\r\n"+"0\r\n\r\n"+next),
		[]string{
			posted("", ""),
			posted("Content-Length: 33\r\n", hidden),
			posted("Content-Length: 3\r\n", "abc"),
			posted("Content-Length: 700\r\n", strings.Repeat("x", 700)),
			posted("Content-Length: 9000\r\n", strings.Repeat("x", 9000)),
			posted("Content-Length: 270000\r\n", strings.Repeat("x", 270000)),
			posted("Content-Length: 1000000000\r\n", hidden),
			posted("Content-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\n", "a=b"),
			"GET /g HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + next,
			"HEAD /h HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + next,
			"DELETE /d HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n" + next,
			"PUT /p HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nabc" + next,
			"PUT /p HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab\r\n\r\n" + next,
			"POST /p HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc" + next,
			"POST /p HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc" + next,
			"POST /p HTTP/1.0\r\n\r\nabc",
			"POST /p HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next,
			"POST /p HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n" + next,
			"POST /p HTTP/1.0\r\nTransfer-Encoding: gzip\r\n\r\n" + next,
			"POST /p HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + next,
		},
	)
}
