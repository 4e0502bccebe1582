package stream_test

import (
	"context"
	"maps"
	"net/http"
	"testing"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/stretchr/testify/assert"
)

var (
	hatKey  = stream.NewKey[string]("hat")
	coatKey = stream.NewKey[int]("coat")
)

// TestSuccessor: the exchange that goes on by itself has the request and the attributes of
// the one before, in memory of its own.
func TestSuccessor(t *testing.T) {
	t.Parallel()
	const asks = "Connection: Upgrade\r\nUpgrade: lines\r\nSec-WebSocket-Key: k\r\n"
	for name, head := range map[string]string{
		"path":     "GET /a HTTP/1.1\r\nHost: a\r\n",
		"query":    "GET /a/b%2Fc?d=e&f HTTP/1.1\r\nHost: a.example:80\r\nX-Hat: no\r\n",
		"root":     "GET / HTTP/1.1\r\nHost: a\r\nX-Hat: no\r\nX-Coat: 1\r\nX-Hat: yes\r\nX-Empty:\r\nx-hat: 3\r\n",
		"absolute": "GET http://b.example/c?d HTTP/1.1\r\nHost: a\r\nCookie: e=f\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after := make(chan *http.Request, 1), make(chan *http.Request, 1)
			_, br := rawFor(t, head+asks+"\r\n", func(s *stream.Stream, c *stream.Context) hooks.Status {
				x := c.Exchange()
				hatKey.Set(c, "no")
				coatKey.Set(c, 1)
				before <- c.Request().Clone(context.Background())
				assert.NoError(t, s.Send([]byte(switching)))
				r, err := x.Upgrade(never)
				assert.NoError(t, err)
				assert.True(t, x.Afterwards(func(x *stream.Exchange) bool {
					hat, _ := hatKey.Get(x.Context())
					coat, _ := coatKey.Get(x.Context())
					assert.Equal(t, "no", hat)
					assert.Equal(t, 1, coat)
					after <- x.Request()
					assert.NoError(t, r.Send([]byte("done\n")))
					return false
				}))
				return hooks.Continue
			})
			line, err := br.ReadString('\n')
			assert.NoError(t, err)
			assert.Equal(t, "done\n", line)
			was, is := <-before, <-after
			assert.Equal(t, was.URL, is.URL)
			for _, name := range []string{"Connection", "Upgrade", "Sec-Websocket-Key"} {
				assert.Contains(t, was.Header, name)
				delete(was.Header, name)
			}
			assert.Equal(t, was.Header, is.Header)
			type rest struct{ method, proto, host, uri, remote string }
			of := func(r *http.Request) rest { return rest{r.Method, r.Proto, r.Host, r.RequestURI, r.RemoteAddr} }
			assert.Equal(t, of(was), of(is))

			kept := maps.Clone(is.Header)
			is.Header.Add("X-Hat", "new") // over no neighbour
			is.Header.Add("Cookie", "new")
			for name, values := range kept {
				assert.Equal(t, was.Header[name], values)
				assert.Equal(t, values, is.Header[name][:len(values)])
			}
		})
	}
}
