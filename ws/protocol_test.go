package ws_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/onramp-go/onramp/ws"
	"github.com/stretchr/testify/assert"
)

// A conversation is what a client says to an echo, and what it gets.
type conversation struct {
	name string
	says string
	gets []seen // before the close frame
	code int    // 0: all is well, and the client closes
}

const (
	smile  = "κόσμε" // two bytes each, the second three
	limit  = 1 << 10 // of the echo
	badUTF = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited"
)

func conversations() []conversation {
	long := strings.Repeat("x", limit)
	rows := []conversation{
		{"text", text("hello"), []seen{{0x81, "hello"}}, 0},
		{"empty text", text(""), []seen{{0x81, ""}}, 0},
		{"binary", masked(0x82, "\x00\xff"), []seen{{0x82, "\x00\xff"}}, 0},
		{"length of 125", text(long[:125]), []seen{{0x81, long[:125]}}, 0},
		{"length of 126", text(long[:126]), []seen{{0x81, long[:126]}}, 0},
		{"length of the limit", text(long), []seen{{0x81, long}}, 0},
		{"fragments", masked(0x01, "a") + masked(0x00, "b") + masked(0x80, "c"), []seen{{0x81, "abc"}}, 0},
		{"empty fragments", masked(0x02, "") + masked(0x00, "") + masked(0x80, ""), []seen{{0x82, ""}}, 0},
		{"first fragment empty", masked(0x01, "") + masked(0x80, "x"), []seen{{0x81, "x"}}, 0},
		{"ping within fragments", masked(0x01, "a") + masked(0x89, "p") + masked(0x80, "b"), []seen{{0x8a, "p"}, {0x81, "ab"}}, 0},
		{"pongs unasked for", masked(0x8a, "p") + masked(0x01, "a") + masked(0x8a, "") + masked(0x80, "b"), []seen{{0x81, "ab"}}, 0},
		{"ping", masked(0x89, long[:125]), []seen{{0x8a, long[:125]}}, 0},
		{"two messages after a ping", masked(0x89, "") + text("a") + text("b"), []seen{{0x8a, ""}, {0x81, "a"}, {0x81, "b"}}, 0},

		{"character split over fragments", masked(0x01, smile[:1]) + masked(0x00, smile[1:4]) + masked(0x80, smile[4:]), []seen{{0x81, smile}}, 0},
		{"four bytes over four fragments", masked(0x01, "\xf0") + masked(0x00, "\x9f") + masked(0x00, "\x98") + masked(0x80, "\x80"), []seen{{0x81, "😀"}}, 0},
		{"not UTF-8", text(badUTF), nil, 1007},
		{"not UTF-8 in an unfinished message", masked(0x01, "a\xff"), nil, 1007},
		{"not UTF-8 in an unfinished frame", head(0x81, 100) + mask + xor("\xc0"), nil, 1007},
		{"character never finished", masked(0x01, "a") + masked(0x80, "\xce"), nil, 1007},
		{"surrogate over fragments", masked(0x01, "\xed") + masked(0x80, "\xa0\x80"), nil, 1007},
		{"beyond U+10FFFF", text("\xf4\x90\x80\x80"), nil, 1007},
		{"overlong", text("\xc0\xaf"), nil, 1007},
		{"not UTF-8, but binary", masked(0x82, badUTF), []seen{{0x82, badUTF}}, 0},
		{"after a good message", text("a") + text("\xff"), []seen{{0x81, "a"}}, 1007},

		{"RSV1 without deflate", masked(0xc1, "a"), nil, 1002},
		{"RSV2", masked(0xa1, "a"), nil, 1002},
		{"RSV3", masked(0x91, "a"), nil, 1002},
		{"all reserved bits of a ping", masked(0xf9, ""), nil, 1002},
		{"RSV1 of a continuation", masked(0x01, "a") + masked(0xc0, "b"), nil, 1002},
		{"unmasked", "\x81\x01a", nil, 1002},
		{"unmasked and empty", "\x81\x00", nil, 1002},
		{"unmasked close", "\x88\x02\x03\xe8", nil, 1002},
		{"continuation of nothing", masked(0x80, "a"), nil, 1002},
		{"unfinished continuation of nothing", masked(0x00, "a"), nil, 1002},
		{"continuation of what is complete", text("a") + masked(0x80, "b"), []seen{{0x81, "a"}}, 1002},
		{"text within text", masked(0x01, "a") + text("b"), nil, 1002},
		{"binary within text", masked(0x01, "a") + masked(0x02, "b"), nil, 1002},
		{"fragmented ping", masked(0x09, "a"), nil, 1002},
		{"fragmented pong", masked(0x0a, "a"), nil, 1002},
		{"fragmented close", masked(0x08, "\x03\xe8"), nil, 1002},
		{"ping of 126 bytes", masked(0x89, long[:126]), nil, 1002},
		{"pong of 126 bytes", masked(0x8a, long[:126]), nil, 1002},
		{"close of 126 bytes", masked(0x88, "\x03\xe8"+long[:124]), nil, 1002},
		{"close within a message", masked(0x01, "a") + bye(1001, "x"), nil, 1001},

		{"length of 5 in two bytes", "\x81\xfe\x00\x05" + mask + xor("hello"), nil, 1002},
		{"length of 5 in eight bytes", "\x81\xff\x00\x00\x00\x00\x00\x00\x00\x05" + mask + xor("hello"), nil, 1002},
		{"length of 65535 in eight bytes", "\x81\xff\x00\x00\x00\x00\x00\x00\xff\xff" + mask, nil, 1002},
		{"length of 2^63", head(0x81, 1<<63) + mask, nil, 1002},
		{"length of 2^64-1", head(0x82, math.MaxUint64) + mask, nil, 1002},
		{"length of 2^63-1", head(0x81, math.MaxInt64) + mask, nil, 1009},
		{"length of 2^63-1 in a continuation", masked(0x01, "a") + head(0x80, math.MaxInt64) + mask, nil, 1009},
		{"beyond the limit", text(long + "x"), nil, 1009},
		{"fragments beyond the limit", masked(0x02, long) + masked(0x80, "x"), nil, 1009},

		{"close", masked(0x88, ""), nil, 1005},
		{"close of one byte", masked(0x88, "\x03"), nil, 1002},
		{"close reason of 123 bytes", bye(1000, long[:123]), nil, 1000},
		{"close reason is not UTF-8", bye(1000, badUTF), nil, 1007},
		{"close reason ends in a character", bye(1000, "\xce"), nil, 1007},
		{"nothing is read behind a close", bye(1000, "") + text("a") + "rubbish", nil, 1000},
	}
	for _, code := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999} {
		rows = append(rows, conversation{name: "close code", says: bye(code, "why"), code: code})
	}
	for _, code := range []int{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		rows = append(rows, conversation{name: "no close code", says: bye(code, ""), code: 1002})
	}
	for _, whole := range []string{"é", "€", "😀", "aκ€😀z"} {
		for cut := range len(whole) + 1 {
			rows = append(rows, conversation{name: "UTF-8 cut anywhere", says: masked(0x01, whole[:cut]) + masked(0x89, "p") + masked(0x80, whole[cut:]),
				gets: []seen{{0x8a, "p"}, {0x81, whole}}})
		}
		for cut := 1; cut < len(whole) && whole[0] > 0x7f; cut++ {
			rows = append(rows, conversation{"UTF-8 never finished", text(whole[:cut]), nil, 1007},
				conversation{"UTF-8 that begins in the middle", text(whole[cut:]), nil, 1007},
				conversation{"UTF-8 that goes on with ASCII", masked(0x01, whole[:cut]) + masked(0x00, "a"), nil, 1007})
		}
	}
	lengths := conversation{name: "all short lengths"}
	for n := range 140 {
		payload := strings.Repeat("\x00\x01\xfe\xff-", n)[:n]
		lengths.says += masked(0x82, payload)
		lengths.gets = append(lengths.gets, seen{0x82, payload})
	}
	rows = append(rows, lengths)
	for _, n := range []uint64{1 << 31, 1 << 32, 1<<62 + 1, math.MaxInt64 - 1} {
		rows = append(rows, conversation{"length beyond all limits", head(0x82, n) + mask, nil, 1009})
	}
	for op := byte(3); op < 16; op++ {
		if op < 8 || op > 10 {
			rows = append(rows, conversation{"reserved opcode", masked(0x80|op, "a"), nil, 1002},
				conversation{"reserved opcode, unfinished", masked(op, ""), nil, 1002})
		}
	}
	return rows
}

// TestProtocol: what RFC 6455 says of each frame, however the network cuts it up.
func TestProtocol(t *testing.T) {
	t.Parallel()
	opts := &ws.Options{ReadLimit: limit}
	attached := serve(t, ws.Hook(echo, opts))
	let := *opts
	let.Detach = true
	detached := serve(t, ws.Hook(echo, &let))
	for _, row := range conversations() {
		row.over(t, "attached", attached, len(row.says), "")
		row.over(t, "detached", detached, len(row.says), "")
		row.over(t, "by the byte", attached, 1, "")
		row.over(t, "by three", attached, 3, "")
		row.over(t, "detached, by the byte", detached, 1, "")
		row.over(t, "detached, by five", detached, 5, "")
	}
}

// over has the conversation with s, in portions.
func (row conversation) over(t *testing.T, name string, s *service, portion int, lines string) {
	t.Run(row.name+"/"+name, func(t *testing.T) {
		t.Parallel()
		p := dial(t, s, lines, "")
		for says := row.says; says != ""; {
			n := min(portion, len(says))
			if _, err := p.conn.Write([]byte(says[:n])); err != nil {
				break // it was refused before it was complete
			}
			says = says[n:]
		}
		for _, want := range row.gets {
			assert.Equal(t, want, p.want())
		}
		if row.code == 0 {
			p.send(bye(websocket.CloseNormalClosure, "")).closes(websocket.CloseNormalClosure)
			return
		}
		f := p.want()
		assert.Equal(t, websocket.CloseMessage, f.op())
		assert.Equal(t, row.code, f.code(), "%q", f.payload)
		p.ended()
	})
}
