//go:build linux

package load_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/compat_test/soak/internal/serve"
	"github.com/onramp-go/onramp/compat_test/soak/internal/work"
)

// TestDescriptorsExhausted has more clients come than a server has descriptors for. It does
// not spin, serves those that it has, and all others once there is room: exhausted before
// it has served anybody, or afterwards.
func TestDescriptorsExhausted(t *testing.T) {
	const limit = 48
	for _, kind := range serve.Kinds {
		for _, early := range []bool{true, false} {
			t.Run(fmt.Sprint(kind, "/early ", early), func(t *testing.T) {
				t.Parallel()
				cfg := config(kind)
				cfg.Descriptors = limit
				s := start(t, cfg)
				seq := int64(0)
				ask := func(c *dialog, path string) {
					t.Helper()
					seq++
					request := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: soak\r\n", path)
					_, err := c.Write(append(work.Label{Client: work.Healthy(0), Seq: seq, Size: 100}.Append(request), "\r\n"...))
					require.NoError(t, err)
					resp, err := c.answer()
					require.NoError(t, err)
					body, err := io.ReadAll(resp.Body)
					require.NoError(t, err)
					assert.Equal(t, http.StatusOK, resp.StatusCode)
					assert.NoError(t, work.CheckBody(body, work.Healthy(0), seq, 100))
				}
				c := dial(t, s)
				if !early {
					for _, how := range work.Answers {
						ask(c, work.AnswerPath+how)
					}
				}
				var crowd []net.Conn
				for range 2 * limit {
					nc, err := net.Dial("tcp", s.Addr)
					require.NoError(t, err)
					defer nc.Close()
					crowd = append(crowd, nc)
				}
				require.Eventually(t, func() bool { return state(t, s).Wrongs > 0 }, patience, 10*time.Millisecond, "no complaint about descriptors")
				cpu, err := s.CPU()
				require.NoError(t, err)
				complaints := state(t, s).Wrongs
				for begin := time.Now(); time.Since(begin) < sized(2*time.Second, 20*time.Second); {
					for _, how := range work.Answers { // who is there is served, with pauses in which it is put aside
						ask(c, work.AnswerPath+how)
					}
					time.Sleep(1200 * time.Millisecond)
				}
				later, err := s.CPU()
				require.NoError(t, err)
				st := state(t, s)
				assert.Less(t, st.Wrongs-complaints, sized(50, 100), "tries to accept")
				assert.Less(t, later-cpu, sized(2*time.Second, 20*time.Second)/2, "it spins")
				t.Logf("%v of processor time and %d complaints while exhausted", later-cpu, st.Wrongs-complaints)
				for _, nc := range crowd {
					nc.Close()
				}
				ask(dial(t, s), work.AnswerPath+"written")
				ask(c, work.AnswerPath+"sent")
				for _, text := range st.Wrong {
					assert.Contains(t, text, "too many open files")
				}
			})
		}
	}
}
