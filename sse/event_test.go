package sse_test

import (
	"strings"
	"testing"
	"time"

	"github.com/onramp-go/onramp/sse"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEvent(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		ev   sse.Event
		want string
	}{
		{sse.Event{Data: "x"}, "data: x\n\n"},
		{sse.Event{}, "data: \n\n"},
		{sse.Event{ID: "1", Name: "n", Data: "d", Retry: 1500 * time.Millisecond}, "id: 1\nevent: n\nretry: 1500\ndata: d\n\n"},
		{sse.Event{Data: "a\nb\rc\r\nd"}, "data: a\ndata: b\ndata: c\ndata: d\n\n"},
		{sse.Event{Data: "a\r\r\n\n"}, "data: a\ndata: \ndata: \ndata: \n\n"},
		{sse.Event{Data: " x"}, "data:  x\n\n"},
		{sse.Event{Data: "\ufeff"}, "data: \ufeff\n\n"},
		{sse.Event{Name: "n"}, "event: n\ndata: \n\n"},
		{sse.Event{ID: "1"}, "id: 1\ndata: \n\n"},
		{sse.Event{Retry: time.Nanosecond}, "retry: 1\n\n"},
		{sse.Event{Retry: time.Second + 1}, "retry: 1001\n\n"},
		{sse.Event{Data: "x", Retry: -1}, "data: x\n\n"},
		{sse.Event{Data: "x\x00y"}, "data: x\x00y\n\n"},
	} {
		got, err := sse.Encode(row.ev)
		require.NoError(t, err)
		assert.Equal(t, row.want, string(got), "%+v", row.ev)
	}
	for _, bad := range []string{"\n", "\r", "\x00", "x\ndata: forged", "1\r\n\r\n"} {
		for _, ev := range []sse.Event{{ID: bad}, {Name: bad}} {
			_, err := sse.Encode(ev)
			assert.ErrorIs(t, err, sse.ErrMultiline, "%+v", ev)
		}
	}
	assert.Equal(t, ": a\n: b\n: c\n\n", string(sse.EncodeComment("a\rb\r\nc")))
}

// FuzzEvent: a client sees exactly the event that was sent, or there is an error, and what
// follows it is not touched.
func FuzzEvent(f *testing.F) {
	f.Add("1", "name", "data", int64(0))
	f.Add("", "", "a\r\n\rb\n", int64(1500))
	f.Add("x\ny", "", "", int64(-1))
	f.Add("", "\x00", ":\n\nid: 2", int64(1))
	f.Add(" ", " ", " \ufeff", int64(1<<62))
	f.Fuzz(func(t *testing.T, id, name, data string, retry int64) {
		ev := sse.Event{ID: id, Name: name, Data: data, Retry: time.Duration(retry)}
		text, err := sse.Encode(ev)
		if strings.ContainsAny(id+name, "\r\n\x00") {
			require.ErrorIs(t, err, sse.ErrMultiline)
			return
		}
		require.NoError(t, err)
		assert.NotContains(t, string(text), "\r")
		got, p := parseAll(t, string(sse.EncodeComment(data))+string(text)+"data: after\n\n")
		var want []message
		if retry <= 0 || id+name+data != "" {
			kind := name
			if kind == "" {
				kind = "message"
			}
			want = append(want, message{kind, strings.ReplaceAll(strings.ReplaceAll(data, "\r\n", "\n"), "\r", "\n"), id})
		}
		assert.Equal(t, append(want, message{"message", "after", id}), got)
		if retry > 0 {
			assert.InDelta(t, float64(retry)/1e6, p.retry, 1)
		} else {
			assert.Equal(t, -1, p.retry)
		}
	})
}
