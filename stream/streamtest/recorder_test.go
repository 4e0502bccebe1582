package streamtest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/stream/streamtest"
)

// What is not hijacked is recorded as ever.
func TestRecord(t *testing.T) {
	t.Parallel()
	rec := streamtest.Record(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X", "y")
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, "short ")
		w.(http.Flusher).Flush()
		fmt.Fprint(w, "and stout")
		_, _, err := w.(http.Hijacker).Hijack()
		assert.EqualError(t, err, "streamtest: hijack after the response has begun")
	}), httptest.NewRequest("GET", "/", nil), nil)
	assert.Equal(t, http.StatusTeapot, rec.Code)
	assert.Equal(t, "y", rec.Header().Get("X"))
	assert.Equal(t, "short and stout", rec.Body.String())
	assert.True(t, rec.Flushed)
	assert.Nil(t, rec.Client)
	assert.Equal(t, http.StatusTeapot, rec.Result().StatusCode)
}

// What is hijacked is the client's, and the ResponseWriter is no more.
func TestRecordHijacked(t *testing.T) {
	t.Parallel()
	rec := streamtest.Record(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints) // begins nothing
		conn, rw, err := w.(http.Hijacker).Hijack()
		require.NoError(t, err)
		_, _, err = w.(http.Hijacker).Hijack()
		assert.ErrorIs(t, err, http.ErrHijacked)
		w.WriteHeader(http.StatusTeapot)
		w.(http.Flusher).Flush()
		_, err = io.WriteString(w, "late")
		assert.ErrorIs(t, err, http.ErrHijacked)
		rw.WriteString("HTTP/1.1 200 OK\r\n\r\nraw")
		rw.Flush()
		conn.Close()
	}), httptest.NewRequest("GET", "/", nil), nil)
	assert.Equal(t, "raw", rec.Client.Want("GET").Text)
	assert.NoError(t, rec.Client.WantEnd())
	assert.Empty(t, rec.Body.String())
	assert.False(t, rec.Flushed)
}

// A hook takes the connection over, and goes on serving it.
func TestRecordTakenOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rec := streamtest.Record(t, adapter.HandlerFunc(hello), httptest.NewRequest("GET", "/?name=Ada", nil), nil)
		require.NotNil(t, rec.Client)
		assert.Equal(t, "hello, Ada", rec.Client.Want("GET").Text)
		assert.Equal(t, "hello, Bob", rec.Client.Get("/?name=Bob").Text)
		rec.Client.WantSilence(time.Second)
		rec.Client.CloseWrite()
		assert.NoError(t, rec.Client.WantEnd())
		assert.Empty(t, rec.Log.String())
	})
}

// What a hook has not read of the body is on the connection that it takes over. A body
// in chunks moves only while nothing was read of it.
func TestRecordBody(t *testing.T) {
	t.Parallel()
	const whole = "the whole body"
	for _, row := range []struct {
		name   string
		early  int // bytes that are read before the connection is taken over
		chunks bool
	}{{"whole", 0, false}, {"rest", 3, false}, {"read", len(whole), false}, {"chunks", 0, true}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var body io.Reader = strings.NewReader(whole)
			if row.chunks {
				body = iotest.OneByteReader(body)
			}
			h := adapter.New(nil).Wrap(adapter.HandlerFunc(func(s *stream.Stream, c *stream.Context) hooks.Status {
				if c.Request().Method == "GET" {
					return hooks.Continue
				}
				first := make([]byte, row.early)
				_, err := io.ReadFull(c.Request().Body, first)
				assert.NoError(t, err)
				_, err = s.NetConn()
				assert.NoError(t, err)
				rest, err := io.ReadAll(c.Request().Body)
				assert.NoError(t, err)
				c.Response().Body = append(first, rest...)
				return hooks.Continue
			}))
			rec := streamtest.Record(t, h, httptest.NewRequest("POST", "/", body), nil)
			require.NotNil(t, rec.Client)
			assert.Equal(t, whole, rec.Client.Want("POST").Text)
			assert.Equal(t, http.StatusOK, rec.Client.Get("/").StatusCode)
		})
	}
}
