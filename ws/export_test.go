package ws

// ScanAll has an inspector scan p in portions of n bytes, and returns what it lets through
// of messages, the control frames it finds as opcode and payload, and the code that it
// fails with, 0 for none.
func ScanAll(p []byte, n int, limit int64, deflate bool) (data []byte, control []string, code int) {
	in := inspector{limit: limit, deflate: deflate}
	for len(p) > 0 {
		portion := p[:min(n, len(p))]
		for len(portion) > 0 {
			s, bad := in.scan(portion)
			if !s.ctrl {
				data = append(data, portion[:s.n]...)
			}
			if s.ctrl && s.ended {
				control = append(control, string(rune('0'+in.opcode()))+string(in.control[:in.filled]))
			}
			if bad != nil {
				return data, control, bad.sent.Code
			}
			portion, p = portion[s.n:], p[s.n:]
		}
	}
	return data, control, 0
}

// ClosesLate reports whether a ping that is due at the very moment of the close frame lets
// the client have its time to answer it.
func ClosesLate(opts *Options) bool {
	c := &Conn{opts: opts.resolve("ClosesLate")}
	c.watch()
	defer c.alive.stop()
	c.alive.part(c)
	_, reason := c.alive.due(c.opts.PingInterval) // the timer had fired before it was set anew
	return reason == nil
}

// OnWire reports whether a close frame may hold code.
func OnWire(code int) bool { return onWire(code) }
