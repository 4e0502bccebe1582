package client

import (
	"encoding/binary"
	"fmt"
	"io"
)

// The opcodes (RFC 6455, section 5.2).
const (
	opContinuation = 0
	opText         = 1
	opBinary       = 2
	opClose        = 8
	opPing         = 9
	opPong         = 10
)

// mostFrame is the longest frame that a client takes.
const mostFrame = 4 << 20

// appendFrame appends a frame of a client, masked.
func appendFrame(b []byte, final bool, opcode byte, mask uint32, payload []byte) []byte {
	if final {
		opcode |= 0x80
	}
	b = append(b, opcode)
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	b = binary.BigEndian.AppendUint32(b, mask)
	key := b[len(b)-4:]
	for i, x := range payload {
		b = append(b, x^key[i%4])
	}
	return b
}

// frame reads a frame of the server.
func (p *conn) frame() (final bool, opcode byte, payload []byte, err error) {
	var h [8]byte
	if _, err := io.ReadFull(p.br, h[:2]); err != nil {
		return false, 0, nil, err
	}
	final, opcode = h[0]&0x80 != 0, h[0]&0xf
	if h[0]&0x70 != 0 || h[1]&0x80 != 0 {
		return false, 0, nil, fmt.Errorf("frame begins %x", h[:2])
	}
	n := uint64(h[1])
	switch n {
	case 126:
		_, err = io.ReadFull(p.br, h[:2])
		n = uint64(binary.BigEndian.Uint16(h[:2]))
	case 127:
		_, err = io.ReadFull(p.br, h[:8])
		n = binary.BigEndian.Uint64(h[:8])
	}
	if err == nil && n > mostFrame {
		err = fmt.Errorf("frame of %d bytes", n)
	}
	if err != nil {
		return false, 0, nil, err
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(p.br, payload)
	return final, opcode, payload, err
}
