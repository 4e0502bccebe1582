//go:build linux

package load_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/compat_test/bench/internal/load"
	"github.com/onramp-go/onramp/compat_test/bench/internal/target"
)

// TestWrongReplies has a server answer rightly for a while, and then not.
func TestWrongReplies(t *testing.T) {
	t.Parallel()
	right := func(w http.ResponseWriter) {
		w.Header().Set("X-Pad", "12345678")
		io.WriteString(w, target.Hello)
	}
	for _, row := range []struct {
		name     string
		rightFor int64 // replies
		wrong    func(w http.ResponseWriter)
		open     string // the error of Open, "" for none
		drive    string // the error of Drive
	}{
		{name: "right", rightFor: 1 << 30},
		{name: "status", wrong: func(w http.ResponseWriter) { w.WriteHeader(500) }, open: "status 500"},
		{name: "body", wrong: func(w http.ResponseWriter) { io.WriteString(w, "Hello, world!") }, open: "is not the expected one"},
		{
			name: "length", rightFor: 1,
			wrong: func(w http.ResponseWriter) { w.Header().Set("X-More", "1"); right(w) }, open: "replies of",
		},
		{
			name: "later status", rightFor: 3,
			wrong: func(w http.ResponseWriter) {
				w.Header().Set("X-Pad", "1") // as much shorter as "404 Not Found" is longer
				w.WriteHeader(http.StatusNotFound)
				io.WriteString(w, target.Hello)
			},
			drive: "a reply begins",
		},
		{
			name: "later body", rightFor: 3,
			wrong: func(w http.ResponseWriter) {
				w.Header().Set("X-Pad", "12345678")
				io.WriteString(w, strings.ToUpper(target.Hello))
			},
			drive: "a reply ends",
		},
		{
			name: "later length", rightFor: 3,
			wrong: func(w http.ResponseWriter) { w.Header().Set("X-More", "1"); right(w) }, drive: "a reply of more than",
		},
		{
			name: "closed", rightFor: 3,
			wrong: func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, drive: "closed after 0 of",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var served atomic.Int64
			addr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", target.TextType)
				if served.Add(1) <= row.rightFor {
					right(w)
				} else {
					row.wrong(w)
				}
			})
			lane, err := load.Open(addr, load.KeepAlive, 2, 0)
			if row.open != "" {
				require.ErrorContains(t, err, row.open)
				return
			}
			require.NoError(t, err)
			defer lane.Close()
			err = load.Drive([]*load.Lane{lane}, 16, 8)
			if row.drive == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, row.drive)
			}
		})
	}
}

// TestRecheck has a server answer wrongly where only a reply that is read as a whole
// shows it.
func TestRecheck(t *testing.T) {
	t.Parallel()
	var served atomic.Int64
	body := load.Frames.Want()
	wrong := bytes.Clone(body)
	wrong[100] ^= 1
	addr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", target.TextType)
		if served.Add(1) < 100 {
			w.Write(body)
		} else {
			w.Write(wrong)
		}
	})
	lane, err := load.Open(addr, load.Frames, 2, 0)
	require.NoError(t, err)
	defer lane.Close()
	assert.ErrorContains(t, load.Drive([]*load.Lane{lane}, 5000, 5000), "is not the expected one")
}

// TestShares has lanes send as many requests as they are told, on as many connections.
func TestShares(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		work                load.Workload
		conns, active       int
		requests, turn      int
		wantConns, wantSent int64
	}{
		{work: load.KeepAlive, conns: 4, requests: 40, turn: 10, wantConns: 4, wantSent: 40},
		{work: load.KeepAlive, conns: 4, requests: 3, turn: 10, wantConns: 4, wantSent: 3},
		{work: load.KeepAlive, conns: 20, active: 3, requests: 20, turn: 20, wantConns: 20, wantSent: 20},
		{work: load.Pipelined, conns: 2, requests: 64, turn: 32, wantConns: 2, wantSent: 64},
		{work: load.Close, conns: 2, requests: 10, turn: 10, wantConns: 10, wantSent: 10},
		{work: load.First, conns: 2, requests: 10, turn: 10, wantConns: 10, wantSent: 10},
	} {
		t.Run(fmt.Sprint(row.work.Name, row.conns, row.requests), func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int64
			conns := newSet()
			addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
				sent.Add(1)
				conns.add(r.RemoteAddr)
				w.Header().Set("Content-Type", target.TextType)
				io.WriteString(w, target.Hello)
			})
			lane, err := load.Open(addr, row.work, row.conns, row.active)
			require.NoError(t, err)
			defer lane.Close()
			sent.Store(0)
			conns.clear()
			require.NoError(t, load.Drive([]*load.Lane{lane}, row.requests, row.turn))
			assert.Equal(t, row.wantSent, sent.Load())
			assert.LessOrEqual(t, int64(conns.size()), row.wantConns)
			if row.active > 0 || row.work.Ending != load.Kept {
				assert.Equal(t, int(row.wantConns), conns.size())
			}
		})
	}
}

// TestTwoLanes has both lanes of a Drive get the same.
func TestTwoLanes(t *testing.T) {
	t.Parallel()
	var counts [2]atomic.Int64
	var lanes []*load.Lane
	for i := range counts {
		addr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			counts[i].Add(1)
			w.Header().Set("Content-Type", target.TextType)
			io.WriteString(w, target.Hello)
		})
		lane, err := load.Open(addr, load.KeepAlive, 3, 0)
		require.NoError(t, err)
		defer lane.Close()
		lanes = append(lanes, lane)
		counts[i].Store(0)
	}
	require.NoError(t, load.Drive(lanes, 100, 30))
	assert.Equal(t, int64(100), counts[0].Load())
	assert.Equal(t, int64(100), counts[1].Load())
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}
