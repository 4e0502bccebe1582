package http1_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// FuzzScanner follows any bytes, cut anywhere: the pieces are the same. Where the
// Scanner says that the response is complete, a client that takes it finds the same
// body, the same trailer and the same end, so that the next response on the
// connection is not taken for a part of this one, nor a part of this for the next.
func FuzzScanner(f *testing.F) {
	for i, c := range responses {
		if len(c.in) < 1000 {
			f.Add(c.in, uint16(i), c.headOnly)
			f.Add(c.in+ok+"Content-Length: 0\r\n\r\n", uint16(i), c.headOnly)
		}
	}
	for _, c := range excesses {
		f.Add(strings.Join(append(c.before, c.list...), ""), uint16(7), false)
	}
	f.Fuzz(func(t *testing.T, in string, cut uint16, headOnly bool) {
		if len(in) > 32<<10 {
			return // how much is kept of what has no end is TestScanner's
		}
		whole := scan(t, headOnly, in)
		i := min(int(cut), len(in))
		for _, parts := range [][]string{bytewise(in), {in[:i], in[i:]}, {in[:i/2], in[i/2 : i], in[i:]}} {
			if got := scan(t, headOnly, parts...); !reflect.DeepEqual(whole, got) {
				t.Fatalf("whole:\n%+v\nin %d parts, cut at %d:\n%+v", whole, len(parts), i, got)
			}
		}
		if whole.Complete {
			sameToAClient(t, in, headOnly, whole)
		}
		sameToAFollower(t, in, i, headOnly, whole)
	})
}

// sameToAClient compares with http.ReadResponse, if it takes all of in.
func sameToAClient(t *testing.T, in string, headOnly bool, whole scanned) {
	req := &http.Request{Method: http.MethodGet}
	if headOnly {
		req.Method = http.MethodHead
	}
	br := bufio.NewReader(strings.NewReader(in))
	for {
		resp, err := http.ReadResponse(br, req)
		if err != nil {
			return // nor would it go on with the connection
		}
		if resp.StatusCode >= 100 && resp.StatusCode < 200 {
			continue
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return
		}
		rest, _ := io.ReadAll(br)
		if resp.StatusCode != whole.Status && whole.Status != 0 {
			t.Fatalf("status %d, http.ReadResponse: %d", whole.Status, resp.StatusCode)
		}
		if string(body) != whole.Body || string(rest) != whole.Excess {
			t.Fatalf("body %q, then %q; http.ReadResponse: %q, then %q", whole.Body, whole.Excess, body, rest)
		}
		return
	}
}

// sameToAFollower sends in as a list of two, and what is right of it when that is
// refused.
func sameToAFollower(t *testing.T, in string, cut int, headOnly bool, whole scanned) {
	e := enter(headOnly)
	err := e.out.Send(e.f, []byte(in[:cut]), []byte(in[cut:]))
	right := strings.TrimSuffix(in, whole.Excess)
	switch refused := whole.Excess != "" && !headOnly; {
	case refused != (err != nil):
		t.Fatalf("excess %q, but %v", whole.Excess, err)
	case refused:
		if e.got() != "" || e.f.Begun() {
			t.Fatalf("refused, but %q is sent", e.got())
		}
		if err := e.out.Send(e.f, []byte(right)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal([]byte(e.got()), []byte(right)) {
		t.Fatalf("sent %q, not %q", e.got(), right)
	}
	if e.f.Complete() != whole.Complete || e.f.Begun() != whole.Begun || !reflect.DeepEqual(e.f.Trailer, whole.Trailer) {
		t.Fatalf("the Follower disagrees: %s", flags(e.f))
	}
	if e.f.KeepsAlive() && !e.f.Complete() || e.f.Complete() && !e.f.Whole() {
		t.Fatalf("a contradiction: %s", flags(e.f))
	}
}
