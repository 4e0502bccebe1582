package http1_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/stream/internal/http1"
)

// wide bounds a head as http.Server does by default, and nothing else.
var wide = http1.Limits{Head: 1<<20 + 4096}

// pieces delivers one string a Read.
type pieces []string

func (p *pieces) Read(b []byte) (int, error) {
	for len(*p) > 0 && (*p)[0] == "" {
		*p = (*p)[1:]
	}
	if len(*p) == 0 {
		return 0, io.EOF
	}
	n := copy(b, (*p)[0])
	(*p)[0] = (*p)[0][n:]
	return n, nil
}

// everySplit runs f on in as it arrives whole, byte by byte, through a buffer of 16
// bytes, and, if in is short, cut in two at every position.
func everySplit(t *testing.T, in string, f func(t *testing.T, br *bufio.Reader)) {
	t.Helper()
	run := func(name string, br *bufio.Reader) {
		t.Helper()
		// A subtest for each split would bury what matters in names.
		if before := t.Failed(); !before {
			f(t, br)
			if t.Failed() {
				t.Fatalf("input %.200q as it arrives %s", in, name)
			}
		}
	}
	run("whole", bufio.NewReader(strings.NewReader(in)))
	run("whole, in a large buffer", bufio.NewReaderSize(strings.NewReader(in), 64<<10))
	run("whole, in a small buffer", bufio.NewReaderSize(strings.NewReader(in), 16))
	run("byte by byte", bufio.NewReader(iotest.OneByteReader(strings.NewReader(in))))
	run("byte by byte, in a small buffer",
		bufio.NewReaderSize(iotest.OneByteReader(strings.NewReader(in)), 16))
	run("with its error", bufio.NewReader(iotest.DataErrReader(strings.NewReader(in))))
	if len(in) > 2000 {
		return
	}
	for i := 1; i < len(in); i++ {
		run(fmt.Sprintf("cut at %d", i), bufio.NewReader(&pieces{in[:i], in[i:]}))
		run(fmt.Sprintf("cut at %d, in a small buffer", i), bufio.NewReaderSize(&pieces{in[:i], in[i:]}, 16))
	}
}

// status is what err tells to answer: 0 for none, -1 for an error that is no *Error.
func status(err error) int {
	var e *http1.Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.Status
	}
	return -1
}

// refused asserts that a request is refused with that status, however it arrives.
func refused(t *testing.T, in string, want int, lim http1.Limits) {
	t.Helper()
	cause := ""
	everySplit(t, in, func(t *testing.T, br *bufio.Reader) {
		r, err := http1.ReadRequest(br, &lim)
		assert.Nil(t, r)
		require.Error(t, err)
		assert.Equal(t, want, status(err), "%v", err)
		if cause == "" {
			cause = err.Error()
		}
		assert.Equal(t, cause, err.Error(), "the cause depends on how the bytes arrive")
	})
}

// read reads one request with its whole body.
func read(br *bufio.Reader, lim http1.Limits) (r *http.Request, body string, err error) {
	r, err = http1.ReadRequest(br, &lim)
	if err != nil {
		return nil, "", err
	}
	if b := http1.NewBody(br, r, &lim); b != nil {
		all, err := io.ReadAll(b)
		return r, string(all), err
	}
	return r, "", nil
}
