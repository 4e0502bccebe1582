package http1_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// onPurpose are the causes for which a request may be refused that net/http's server
// takes; see the table stricter.
var onPurpose = []string{
	"folded header line",
	"more than one Content-Length",
	"both Content-Length and Transfer-Encoding",
	"Transfer-Encoding in a request older than HTTP/1.1",
	"missing Host header", // on CONNECT
	"malformed Host header",
	"invalid authority in request target",
	"empty request target", // on CONNECT
	"field not allowed in trailer",
	"unsupported protocol version", // the HTTP/2 preface
}

// FuzzReadRequest holds ReadRequest against net/http's server: nothing is taken that
// the server refuses, what both take looks the same to a handler, nothing else is
// refused than on purpose, and how the bytes arrive makes no difference.
func FuzzReadRequest(f *testing.F) {
	for _, in := range sameAsStock {
		f.Add(in)
	}
	for _, c := range stricter {
		f.Add(c.in)
	}
	srv := newStock(f)
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) > 64<<10 {
			return
		}
		got, err := ours(in)
		sameInPieces(t, in, got, err)
		if strings.HasPrefix(in, "\r") || strings.HasPrefix(in, "\n") {
			return // see TestLaxerThanStock
		}
		stocks, answer := srv.read(in)
		switch {
		case err != nil && len(stocks) == 0:
		case err != nil:
			for _, cause := range onPurpose {
				if errors.Unwrap(err).Error() == cause {
					return
				}
			}
			t.Fatalf("net/http takes what we refuse: %v", err)
		case len(stocks) == 0 && answer == http.StatusExpectationFailed:
			// Expect is the business of the layer above.
		case len(stocks) == 0:
			t.Fatalf("net/http answers %d to what we take: %+v", answer, got)
		default:
			sameBody(t, &stocks[0], &got)
			if !reflect.DeepEqual(stocks[0], got) {
				t.Fatalf("net/http sees\n%#v\nwe see\n%#v", stocks[0], got)
			}
		}
	})
}

// sameBody compares the bodies and takes out of the comparison what may differ: we
// may refuse more of a body than net/http does, and when both do, then not at the
// same byte.
func sameBody(t *testing.T, stock, got *seen) {
	t.Helper()
	if stock.BodyBad && !got.BodyBad {
		t.Fatalf("net/http refuses the body we take: %+v", got)
	}
	if got.BodyBad {
		stock.Body, stock.BodyBad, stock.Trailer = got.Body, true, got.Trailer
	}
}

// sameInPieces asserts the same verdict byte by byte and through a small buffer.
func sameInPieces(t *testing.T, in string, want seen, refusal error) {
	t.Helper()
	for _, br := range []*bufio.Reader{
		bufio.NewReaderSize(iotest.OneByteReader(strings.NewReader(in)), 16),
		bufio.NewReaderSize(iotest.HalfReader(strings.NewReader(in)), 64),
	} {
		r, err := http1.ReadRequest(br, &wide)
		if (err == nil) != (refusal == nil) || err != nil && err.Error() != refusal.Error() {
			t.Fatalf("whole: %v; in pieces: %v", refusal, err)
		}
		if err != nil {
			continue
		}
		if b := http1.NewBody(br, r, &wide); b != nil {
			r.Body = b
		}
		got := see(r, r.Body)
		if got.BodyBad && want.BodyBad {
			got.Body = want.Body // bytes before the bad ones may or may not come through
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("whole:\n%#v\nin pieces:\n%#v", want, got)
		}
	}
}

// FuzzBody holds the chunked Body against net/http's chunk reader, which may take
// more but must not refuse what we take, and checks that the end is where it is.
func FuzzBody(f *testing.F) {
	for _, in := range append(sameAsStock, stricterBodies()...) {
		if _, body, ok := strings.Cut(in, "\r\n\r\n"); ok {
			f.Add([]byte(body), uint8(3))
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, size uint8) {
		lim := http1.Limits{HeaderCount: 10, HeaderName: 40, HeaderValue: 100, Head: 1000}
		open := func(br *bufio.Reader) (*bufio.Reader, *http1.Body) {
			return br, http1.NewBody(br, &http.Request{ContentLength: -1}, &lim)
		}
		br, b := open(bufio.NewReader(bytes.NewReader(in)))
		got, err := io.ReadAll(b)
		rest, _ := io.ReadAll(br)
		if b.AtEOF() != (err == nil) || (b.Err() == nil) != (err == nil) {
			t.Fatalf("%v, but AtEOF %v, Err %v", err, b.AtEOF(), b.Err())
		}
		if err != nil && err != io.ErrUnexpectedEOF && status(err) != 400 && status(err) != 431 {
			t.Fatalf("unexpected error %v", err)
		}

		if err == nil {
			tail := bufio.NewReader(bytes.NewReader(in))
			want, refusal := io.ReadAll(httputil.NewChunkedReader(tail))
			if refusal != nil || !bytes.Equal(want, got) {
				t.Fatalf("httputil: %q, %v; we: %q", want, refusal, got)
			}
			// What is left must be what follows the first empty line behind the last chunk.
			section, _ := io.ReadAll(tail)
			if !bytes.HasPrefix(section, []byte("\r\n")) {
				_, section, _ = bytes.Cut(section, []byte("\r\n\r\n"))
			} else {
				section = section[2:]
			}
			if !bytes.Equal(section, rest) {
				t.Fatalf("left: %q, should be %q", rest, section)
			}
		}

		br, b = open(bufio.NewReaderSize(iotest.OneByteReader(bytes.NewReader(in)), 16))
		buf := make([]byte, int(size)+1)
		var pieces []byte
		var n int
		var perr error
		for perr == nil {
			n, perr = b.Read(buf)
			if pieces = append(pieces, buf[:n]...); n == 0 && perr == nil {
				t.Fatal("a Read of nothing")
			}
		}
		if perr == io.EOF {
			perr = nil
		}
		if (perr == nil) != (err == nil) || err != nil && err.Error() != perr.Error() || !bytes.Equal(got, pieces) {
			t.Fatalf("whole: %q, %v; in pieces: %q, %v", got, err, pieces, perr)
		}
		if after, _ := io.ReadAll(br); err == nil && !bytes.Equal(after, rest) {
			t.Fatalf("left: %q, in pieces %q", rest, after)
		}

		_, b = open(bufio.NewReader(bytes.NewReader(in)))
		if drained := b.Drain(int64(len(got))); drained != (err == nil) {
			t.Fatalf("Drain %v, Read %v", drained, err)
		}
		if len(got) > 0 && err == nil {
			_, b = open(bufio.NewReader(bytes.NewReader(in)))
			if b.Drain(int64(len(got)) - 1) {
				t.Fatal("Drain went further than it may")
			}
		}
	})
}

func stricterBodies() (in []string) {
	for _, c := range stricter {
		if c.status == 0 {
			in = append(in, c.in)
		}
	}
	return in
}
