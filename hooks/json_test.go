package hooks_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

type order struct {
	Item  string
	Count int
	Tags  map[string]string
}

var orders = hooks.JSON(func(_ *stream.Stream, c *stream.Context, in order) hooks.Status {
	c.Response().Body = fmt.Appendf(nil, "%d of %s, tags %v", in.Count, in.Item, in.Tags)
	return hooks.Continue
})

func TestJSON(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, kind, body string
		status           int
		want             string
	}{
		{"given", "application/json", `{"Item":"pear","Count":2,"Tags":{"a":"b"}}`, 200, "2 of pear, tags map[a:b]"},
		{"nothing of before", "application/json", `{"Item":"plum"}`, 200, "0 of plum, tags map[]"},
		{"charset", "application/json; charset=utf-8", `{}`, 200, "0 of , tags map[]"},
		{"suffix", "application/ld+json", `{}`, 200, "0 of , tags map[]"},
		{"case", "Application/JSON", `{}`, 200, "0 of , tags map[]"},
		{"malformed parameter", "application/json; charset", `{}`, 200, "0 of , tags map[]"},
		{"no type", "", `{"Count":1}`, 200, "1 of , tags map[]"},
		{"other type", "text/plain", `{}`, 415, ""},
		{"form", "application/x-www-form-urlencoded", `a=b`, 415, ""},
		{"malformed type", "application/", `{}`, 415, ""},
		{"empty", "application/json", "", 400, ""},
		{"malformed", "application/json", `{"Item":`, 400, ""},
		{"other shape", "application/json", `{"Count":"two"}`, 400, ""},
		{"two values", "application/json", `{}{}`, 400, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			// What was staged before a failure is not sent.
			hook := hooks.Chain{hooks.SetStatus(http.StatusOK), hooks.SetBody([]byte("before")), orders}
			onCarriers(t, hook, func(t *testing.T, _ carrier, cl client) {
				for range 2 {
					r := request{method: "POST", body: row.body}
					if row.kind != "" {
						r.fields = []string{"Content-Type", row.kind}
					}
					got := cl.do(t, r)
					assert.Equal(t, row.status, got.status)
					want := row.want
					if want == "" {
						want = fmt.Sprintf("%d %s\n", row.status, http.StatusText(row.status))
					}
					assert.Equal(t, want, got.body)
					if row.status == http.StatusUnsupportedMediaType {
						assert.Equal(t, "application/json", got.header.Get("Accept"))
					}
				}
			})
		})
	}
}

// Whoever bounds the body, the answer is 413.
func TestJSONTooLarge(t *testing.T) {
	t.Parallel()
	body := `{"Item":"` + strings.Repeat("x", 2000) + `"}`
	bounds := map[string]func(http.Handler) http.Handler{
		"MaxBytesReader": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Body = http.MaxBytesReader(w, r.Body, 1000)
				next.ServeHTTP(w, r)
			})
		},
		"Limits": middleware.Limits(stream.RequestConfig{MaxBodySize: 1000}),
	}
	for name, bound := range bounds {
		for _, ca := range carriers() {
			t.Run(name+"/"+ca.name, func(t *testing.T) {
				t.Parallel()
				wrap := ca.wrap
				ca.wrap = func(h http.Handler) http.Handler { return wrap(bound(h)) }
				cl := ca.open(t, orders)
				got := cl.do(t, request{method: "POST", body: body})
				assert.Equal(t, http.StatusRequestEntityTooLarge, got.status)
			})
		}
	}
}

// A body that a handler further out has read through Context.Body is still there.
func TestJSONPointer(t *testing.T) {
	t.Parallel()
	reads := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		_, err := c.Body()
		assert.NoError(t, err)
		return hooks.Continue
	})
	hook := hooks.JSON(func(_ *stream.Stream, c *stream.Context, in *order) hooks.Status {
		if in != nil {
			c.Response().Body = []byte(in.Item)
		}
		return hooks.Continue
	})
	onCarriers(t, hooks.Chain{reads, hook}, func(t *testing.T, _ carrier, cl client) {
		assert.Equal(t, "fig", cl.do(t, request{method: "POST", body: `{"Item":"fig"}`}).body)
		assert.Empty(t, cl.do(t, request{method: "POST", body: `null`}).body)
	})
}

// The verdict is handle's.
func TestJSONVerdict(t *testing.T) {
	t.Parallel()
	hook := hooks.Chain{hooks.JSON(func(*stream.Stream, *stream.Context, int) hooks.Status { return 0 }), reached}
	onCarriers(t, hook, func(t *testing.T, _ carrier, cl client) {
		assert.Empty(t, cl.do(t, request{method: "POST", body: "1"}).body)
	})
}

func TestJSONPanics(t *testing.T) {
	t.Parallel()
	testPanics(t, "hooks.JSON: handle is nil", map[string]func(){"nil": func() { hooks.JSON[int](nil) }})
}
