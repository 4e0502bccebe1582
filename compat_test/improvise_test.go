package compat_test

import (
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// improvise answers as the number that is the path says.
func improvise(w http.ResponseWriter, r *http.Request) {
	seed, err := strconv.ParseUint(r.URL.Path[1:], 10, 64)
	if err != nil {
		return // a warm request
	}
	rng := rand.New(rand.NewPCG(seed, 2))
	h := w.Header()
	pick := func(ss ...string) string { return ss[rng.IntN(len(ss))] }
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if len(body) > 0 {
		h.Set("Got", string(body))
	}
	types := []string{"text/plain", "text/html; charset=utf-8", "", "a/b\r\nX: y", " padded/x ", "a/" + strings.Repeat("b", 62), "a/" + strings.Repeat("c", 63), "a/" + strings.Repeat("d", 61), "text/plaim", "tab\tin/x"}
	wire := func() {
		switch rng.IntN(24) {
		case 0, 1, 2, 3:
			h.Set("Content-Type", pick(types...))
		case 4:
			h["Content-Type"] = []string{pick(types...), pick(types...)}
		case 5:
			h["Content-Type"] = nil
		case 6:
			h["Date"] = nil
		case 7:
			h.Set("Content-Encoding", pick("gzip", ""))
		case 8:
			h.Set("Connection", pick("close", "keep-alive", "x", "X-A, close"))
		case 9:
			h.Set("Trailer", pick("T-A", "T-A, T-B"))
			defer func() { h.Set("T-A", "a") }()
		case 10:
			h.Set(http.TrailerPrefix+"P", "p")
		case 11:
			if h.Get("Content-Length") == "" { // with both net/http promises HTTP/1.0 a keep-alive, and closes
				h.Set("Transfer-Encoding", pick("chunked", "identity"))
			}
		case 12:
			h.Set("Content-Length", "500000")
		case 13:
			h.Set("Vary", "x")
			h.Set("Cache-Control", "no-store")
		case 14:
			h.Set("X-Long", strings.Repeat("l", rng.IntN(10000)))
		case 15:
			h.Set("Aa", "1")
			h.Set("Zz", "2")
		case 16:
			h.Set("Upgrade", "x")
		}
	}
	wrote := 0
	write := func() {
		n := []int{0, 1, 5, 5, 64, 2047, 2048, 2049, 4096, 100_000}[rng.IntN(10)]
		p := strings.Repeat(string(rune('a'+seed%26)), n)
		wrote += n
		switch rng.IntN(4) {
		case 0:
			_, _ = w.Write([]byte(p))
		case 1:
			_, _ = io.WriteString(w, p)
		case 2:
			_, _ = w.(io.ReaderFrom).ReadFrom(strings.NewReader(p))
		case 3:
			for len(p) > 0 {
				k := min(len(p), 1+rng.IntN(3000))
				_, _ = w.Write([]byte(p[:k]))
				p = p[k:]
			}
		}
	}
	for range rng.IntN(4) {
		wire()
	}
	if n := rng.IntN(3000); rng.IntN(8) == 0 {
		h.Del("Transfer-Encoding")
		h.Set("Content-Length", strconv.Itoa(n))
		_, _ = io.WriteString(w, strings.Repeat("a", n))
		return
	}
	for range rng.IntN(5) {
		switch rng.IntN(14) {
		case 0:
			w.WriteHeader([]int{200, 201, 204, 304, 404, 500, 299, 999}[rng.IntN(8)])
		case 1:
			w.WriteHeader([]int{103, 102, 110}[rng.IntN(3)])
		case 2:
			w.(http.Flusher).Flush()
		case 3:
			wire()
		case 4:
			if rng.IntN(6) == 0 {
				if wrote > 2<<10 { // how much of it net/http holds back depends on how it was written
					w.(http.Flusher).Flush()
				}
				panic(http.ErrAbortHandler)
			}
		case 5:
			if rng.IntN(6) == 0 {
				h.Set("Connection", "Upgrade")
				h.Set("Upgrade", "y")
				w.WriteHeader(101)
				return
			}
		case 6:
			if rng.IntN(8) == 0 {
				w.(http.Flusher).Flush() // net/http would lose what is not
				c, rw, err := w.(http.Hijacker).Hijack()
				if err == nil {
					_, _ = rw.WriteString("hijacked")
					_ = rw.Flush()
					c.Close()
				}
				return
			}
		case 7:
			if rng.IntN(4) == 0 {
				_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute))
			}
		default:
			write()
		}
	}
}
