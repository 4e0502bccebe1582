package ws

import (
	"encoding/binary"
	"math"
)

// Bits and codes of a frame's first two bytes (RFC 6455, section 5.2).
const (
	finBit  = 0x80
	rsv1Bit = 0x40
	rsv23   = 0x30
	maskBit = 0x80

	opContinuation = 0
)

// maxControl is the longest payload of a control frame.
const maxControl = 125

// An inspector holds the frames of a client against RFC 6455 and 7692 as they come, in
// whatever portions. It knows nothing of what text and data say. Between two messages it
// remembers nothing.
type inspector struct {
	deflate bool  // per-message deflate was agreed on
	limit   int64 // of a message, in bytes; not positive: none

	head [14]byte
	have int    // bytes of head
	need int    // bytes that head will have, as far as that is known
	left uint64 // bytes of the payload to come

	open       bool   // a fragmented message is under way
	compressed bool   // the message is
	length     uint64 // of the message on the wire so far

	control [maxControl]byte // payload of a control frame
	filled  int
}

func (in *inspector) opcode() int { return int(in.head[0] & 0x0f) }
func (in *inspector) fin() bool   { return in.head[0]&finBit != 0 }

// between reports whether the next byte is the first of a frame that begins a message,
// or of a control frame.
func (in *inspector) between() bool { return in.have == 0 && !in.open }

// whole returns the length of the message, if the frame that has begun says so.
func (in *inspector) whole() (int, bool) {
	return int(min(in.length, math.MaxInt32)), in.fin() && !in.compressed
}

// A stretch is what the first n bytes of a scan are.
type stretch struct {
	n     int
	ctrl  bool // of a control frame
	ended bool // with its last byte
}

// scan looks at p, which is not empty, up to the end of a frame. The error is the breach
// that comes behind the stretch.
func (in *inspector) scan(p []byte) (s stretch, bad *failure) {
	if in.have == 0 {
		in.need = 2
	}
	for in.have < in.need {
		if s.n == len(p) {
			return s, nil
		}
		in.head[in.have] = p[s.n]
		in.have++
		s.ctrl = isControl(in.opcode())
		if bad := in.advance(); bad != nil {
			return s, bad
		}
		s.n++
	}
	s.ctrl = isControl(in.opcode())
	k := int(min(in.left, uint64(len(p)-s.n)))
	if s.ctrl {
		key := in.head[in.have-4 : in.have]
		for _, b := range p[s.n : s.n+k] {
			in.control[in.filled] = b ^ key[in.filled%4]
			in.filled++
		}
	}
	s.n += k
	if in.left -= uint64(k); in.left == 0 {
		in.have, s.ended = 0, true
	}
	return s, nil
}

// advance judges a head that has got one byte more.
func (in *inspector) advance() *failure {
	switch {
	case in.have == 1:
		return in.first(in.head[0])
	case in.have == 2:
		if bad := in.second(in.head[1]); bad != nil || in.need > 2+4 {
			return bad
		}
		return in.size()
	case in.have == in.need-4:
		return in.size()
	}
	return nil
}

func (in *inspector) first(b byte) *failure {
	op, fin := in.opcode(), in.fin()
	if b&rsv23 != 0 || b&rsv1Bit != 0 && !(in.deflate && isData(op)) {
		return fail(CloseProtocolError, "reserved bit")
	}
	switch {
	case isControl(op):
		if !fin {
			return fail(CloseProtocolError, "fragmented control frame")
		}
		return nil
	case op == opContinuation:
		if !in.open {
			return fail(CloseProtocolError, "continuation of nothing")
		}
	case isData(op):
		if in.open {
			return fail(CloseProtocolError, "message within a message")
		}
		in.length, in.compressed = 0, b&rsv1Bit != 0
	default:
		return fail(CloseProtocolError, "reserved opcode")
	}
	in.open = !fin
	return nil
}

func (in *inspector) second(b byte) *failure {
	n := int(b &^ maskBit)
	switch {
	case b&maskBit == 0:
		return fail(CloseProtocolError, "unmasked frame")
	case isControl(in.opcode()) && n > maxControl:
		return fail(CloseProtocolError, "control frame of more than 125 bytes")
	}
	in.need = 2 + 4
	switch n {
	case 126:
		in.need += 2
	case 127:
		in.need += 8
	}
	return nil
}

// size judges the length, when the head is complete but for the mask.
func (in *inspector) size() *failure {
	n := uint64(in.head[1] &^ maskBit)
	least := uint64(0) // that is encoded in this way
	switch n {
	case 126:
		n, least = uint64(binary.BigEndian.Uint16(in.head[2:])), 126
	case 127:
		n, least = binary.BigEndian.Uint64(in.head[2:]), 1<<16
	}
	if n < least || n > math.MaxInt64 {
		return fail(CloseProtocolError, "malformed length")
	}
	in.left, in.filled = n, 0
	if isControl(in.opcode()) {
		return nil
	}
	in.length += n // neither is more than MaxInt64
	limit := uint64(math.MaxInt64)
	if in.limit > 0 {
		limit = uint64(in.limit)
		if in.compressed { // some of it may be worth nothing, but not all
			limit = 2*limit + 1024
		}
	}
	if in.length > limit {
		return tooBig()
	}
	return nil
}

func tooBig() *failure {
	f := fail(CloseMessageTooBig, "message too big")
	f.cause = ErrReadLimit
	return f
}
