package compat_test

import (
	"slices"
	"strings"
)

// chunkSeeds are chunked bodies.
func chunkSeeds() []string {
	const end = "0\r\n\r\n"
	sizes := []string{
		"5\r\n", "05\r\n", "0000000000000005\r\n", "00000000000000005\r\n", "+5\r\n", "-5\r\n", "0x5\r\n", "0X5\r\n", "5_\r\n", "0_5\r\n", "5.\r\n",
		"5g\r\n", "g\r\n",
		"\r\n", " \r\n", ";\r\n", ";x\r\n", " 5\r\n", "\t5\r\n", "5 \r\n", "5\t\r\n", "5 ;x\r\n", "5\x0b\r\n", "5\x00\r\n", "5\n", "5\r", "5\r\r\n",
		"5\r\r;x\r\n", "5\n\r\n", "\n5\r\n", "5 5\r\n", "5,\r\n", "\"5\"\r\n",
		"5;x\r\n", "5;x=y\r\n", "5;x=\"y\"\r\n", "5;x=\"y;z\"\r\n", "5;x=\"y\r\nz\"\r\n", "5;\r\n", "5;;\r\n", "5;a\r\rX\r\n", "5;a\nX\r\n",
		"5;a\rX\r\n", "5;\x00\r\n", "5;\x7f\r\n", "5;\xff\r\n", "5;\t\r\n", "5; x\r\n", "5;x \r\n",
		"5;" + strings.Repeat("x", 4000) + "\r\n", "5;" + strings.Repeat("x", 4093) + "\r\n", "5;" + strings.Repeat("x", 4094) + "\r\n",
		"5;" + strings.Repeat("x", 4095) + "\r\n", "5;" + strings.Repeat("x", 10<<10) + "\r\n",
		"10000000000000005\r\n", "ffffffffffffffff\r\n", "fffffffffffffffff\r\n", "7fffffffffffffff\r\n", "8000000000000000\r\n",
		"2000000000000000\r\n", "1fffffffffffffff\r\n", "100000005\r\n",
	}
	seeds := between("", sizes, "12345\r\n"+end)
	for i, s := range seeds {
		seeds[i] = chunkedPost(s)
	}
	for _, body := range []string{
		end,
		"0\r\n",
		"00\r\n\r\n",
		"0;x\r\n\r\n",
		"0\n\n",
		"0\r\n\n",
		"0\n\r\n",
		"0 \r\n\r\n",
		"0\r\n\r",
		"-0\r\n\r\n",
		"1\r\nZ\r\n2\r\nYX\r\nA\r\n0123456789\r\n" + end,
		"1\r\nZ\r\n0\r\n\r\n\r\n",
		"1\nZ\r\n" + end,
		"1\r\nZ\n" + end,
		"1\r\nZ\r" + end,
		"1\r\nZ" + end,
		"1\r\nZZ\r\n" + end,
		"1\r\nZ\r\n\r\n" + end,
		"1\r\nZ\r\n " + end,
		"2\r\nZ\r\n" + end,
		"1\r\nZ\x00\r\n" + end,
		"1\r\nZ\r\n" + "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n",
		"\r\n1\r\nZ\r\n" + end,
		"708\r\n" + strings.Repeat("x", 1800) + "\r\n" + end,
		"2328\r\n" + strings.Repeat("x", 9000) + "\r\n" + end,
		"41eb0\r\n" + strings.Repeat("x", 270000) + "\r\n" + end,
		strings.Repeat("1\r\nx\r\n", 300) + end,
		strings.Repeat("1;"+strings.Repeat("x", 100)+"\r\nZ\r\n", 150) + end,
		strings.Repeat("1;"+strings.Repeat("x", 100)+"\r\nZ\r\n", 250) + end,
		strings.Repeat("00000000000001\r\nZ\r\n", 2000) + end,
	} {
		seeds = append(seeds, chunkedPost(body))
	}
	return seeds
}

// trailerSeeds are trailer sections.
func trailerSeeds() []string {
	sections := []string{
		"X: y\r\n\r\n", "X: y\r\nX: z\r\nY:\r\n\r\n", "X: y\n\r\n", "X: y\r\n\n", "X: y\n\n", "X: a\nY: b\r\n\r\n", "X : y\r\n\r\n",
		"X\t: y\r\n\r\n", " X: y\r\n\r\n", "X: y\r\n z\r\n\r\n",
		"X\r\n\r\n", ": y\r\n\r\n", "\xffX: y\r\n\r\n", "X: \x00\r\n\r\n", "X: \x01\r\n\r\n", "X: a\rb\r\n\r\n", "X: \xff\r\n\r\n",
		"X:   y \t \r\n\r\n", "X Y: z\r\n\r\n", "X(: y\r\n\r\n",
		"Content-Length: 5\r\n\r\n", "content-length: 5\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n", "Host: b\r\n\r\n", "Trailer: X\r\n\r\n",
		"Connection: close\r\n\r\n", "Expect: 100-continue\r\n\r\n",
		"Authorization: x\r\n\r\n", "Content-Type: x\r\n\r\n", "Cookie: x=y\r\n\r\n", "Upgrade: x\r\n\r\n", "Te: x\r\n\r\n",
		"Keep-Alive: x\r\n\r\n", "Proxy-Connection: x\r\n\r\n", "Set-Cookie: x\r\n\r\n", "Cache-Control: x\r\n\r\n",
		"Content-Encoding: gzip\r\n\r\n", "Content-Range: x\r\n\r\n", "Max-Forwards: 1\r\n\r\n",
		"X: " + strings.Repeat("y", 3000) + "\r\n\r\n", "X: " + strings.Repeat("y", 5000) + "\r\n\r\n", strings.Repeat("X: y\r\n", 1000) + "\r\n",
		"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n",
	}
	announced := []string{
		"X", "x, y", "Y", ",", "", "X Y", "X;", "Content-Length", "transfer-encoding", "Trailer", "Host", "Connection", "X, Content-Length",
		"X,\tX", "\x00", "Te", "Upgrade", "Authorization",
	}
	return slices.Concat(
		between("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nZ\r\n0\r\n", sections, next),
		between("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\n", sections[:3], next),
		between("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: ", announced, "\r\n\r\n1\r\nZ\r\n0\r\nX: y\r\n\r\n"+next),
		[]string{
			posted("Trailer: X\r\nContent-Length: 1\r\n", "Z"),
			gotten("Trailer: X\r\n"),
			posted("Trailer: X\r\nTrailer: Y\r\nTransfer-Encoding: chunked\r\n", "0\r\nY: 1\r\nX: 2\r\nZ: 3\r\n\r\n"),
		},
	)
}
