package ws

import (
	"encoding/binary"
	"math"
	"sync"
)

// maxFrame is the longest payload that [Frames] puts into one frame, in bytes: its length
// takes two.
const maxFrame = math.MaxUint16

// maxHead is the longest head of a server's frame, which has no mask, in bytes.
const maxHead = 10

// Frames returns data as the frames of one message, in pieces of 64 KiB, for
// [Conn.SendList] on any number of connections. The lists of several messages can be
// joined. It returns nil if messageType is none, or one of a control frame that cannot
// hold data.
func Frames(messageType int, data []byte) [][]byte {
	if !isData(messageType) && !isControl(messageType) || isControl(messageType) && len(data) > maxControl {
		return nil
	}
	n := max(1, (len(data)+maxFrame-1)/maxFrame)
	memory := make([]byte, 0, len(data)+n*4)
	frames := make([][]byte, 0, n)
	first := byte(messageType)
	for {
		piece := data[:min(len(data), maxFrame)]
		data = data[len(piece):]
		if len(data) == 0 {
			first |= finBit
		}
		at := len(memory)
		memory = appendHead(memory, first, len(piece))
		memory = append(memory, piece...)
		frames = append(frames, memory[at:len(memory):len(memory)])
		if len(data) == 0 {
			return frames
		}
		first = opContinuation
	}
}

// appendHead appends the head of a frame with n bytes of payload (RFC 6455, section 5.2).
func appendHead(p []byte, first byte, n int) []byte {
	p = append(p, first)
	switch {
	case n <= 125:
		return append(p, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(p, 126), uint16(n))
	default:
		return binary.BigEndian.AppendUint64(append(p, 127), uint64(n))
	}
}

// smallFrame is the longest frame that is put together in one piece, in bytes: sending
// two costs more than copying so little.
const smallFrame = 512

// A framed is a message of one frame on its way out.
type framed struct {
	memory [smallFrame]byte
	list   [2][]byte
	n      int // of list
}

var framedPool = sync.Pool{New: func() any { return new(framed) }}

// frame returns data behind its head; free gives that back.
func frame(messageType int, data []byte) *framed {
	f := framedPool.Get().(*framed)
	head := appendHead(f.memory[:0], byte(messageType)|finBit, len(data))
	if len(head)+len(data) <= smallFrame {
		f.list[0], f.n = append(head, data...), 1
	} else {
		f.list[0], f.list[1], f.n = head, data, 2
	}
	return f
}

func (f *framed) frames() [][]byte { return f.list[:f.n] }

func (f *framed) free() {
	f.list[1] = nil
	framedPool.Put(f)
}
