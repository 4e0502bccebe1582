package hooks_test

import (
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/hooks"
	"github.com/stretchr/testify/assert"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	old := request{old: true}
	testGuards(t, []guardCase{
		{name: "HTTP/1.0", guard: hooks.Version(1, 0), request: old, http1: true},
		{name: "HTTP/1.0 where 1.1 is wanted", guard: hooks.Version(1, 1), request: old, http1: true, status: 505, body: "505 HTTP Version Not Supported: use HTTP/1.1\n"},
		{name: "HTTP/1.1", guard: hooks.Version(1, 1), http1: true},
		{name: "HTTP/1.1 where 1.0 is wanted", guard: hooks.Version(1, 0), status: 505, body: "505 HTTP Version Not Supported: use HTTP/1.0\n"},
		{name: "twin rejects", guard: hooks.RejectVersion(1, 0), request: old, http1: true, status: 505},
		{name: "twin passes", guard: hooks.RejectVersion(1, 0)},
	})
}

func TestVersionHTTP2(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		hook             hooks.ServerHook
		onHTTP1, onHTTP2 int
	}{
		{hooks.Version(2, 0), 505, 200},
		{hooks.Version(1, 1), 200, 505},
		{hooks.RejectVersion(2, 0), 200, 505},
		{hooks.RejectVersion(1, 1), 505, 200},
	} {
		onCarriers(t, hooks.Chain{row.hook, reached}, func(t *testing.T, ca carrier, cl client) {
			want := row.onHTTP1
			if ca.http2 {
				want = row.onHTTP2
			}
			got := cl.do(t, request{})
			assert.Equal(t, want, got.status)
			assert.Equal(t, want == http.StatusOK, got.body == "reached")
		})
	}
}

func TestVersionPanics(t *testing.T) {
	t.Parallel()
	testPanics(t, "hooks.Version: ", map[string]func(){
		"0.9":      func() { hooks.Version(0, 9) },
		"negative": func() { hooks.Version(1, -1) },
	})
	testPanics(t, "hooks.RejectVersion: ", map[string]func(){"0.0": func() { hooks.RejectVersion(0, 0) }})
}
