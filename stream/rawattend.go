package stream

// attending is an Attend under way. It belongs to the goroutine that reads.
type attending struct {
	serve func() (on bool)
	over  bool  // it was ended from within
	err   error // why
}

// Attend is [Raw.Wait] with rests, for a caller that serves what comes within the wait,
// which saves asking the system twice for it: serve is called each time that something has
// come, uses up all that is buffered and returns true, so that the wait goes on. Or it
// returns false, and so does Attend, with nil, to whoever then reads the rest.
//
// Attend also returns nil where nothing can be served within a wait, or no more, and when
// something was buffered before: then the caller reads it, if there is anything, and
// comes back. A Wait within serve, which happens if serve reads more than what has come, ends
// that for good.
func (r *Raw) Attend(serve func() (on bool)) error {
	c := r.conn
	switch {
	case c.wire.Buffered() > 0:
		return nil
	case r.resting || r.nested || !c.wire.Attends() || !c.wire.Raw():
		return r.Wait(true)
	}
	if err := r.out.Idle(); err != nil {
		return r.lost(err)
	}
	a := &attending{serve: serve}
	r.attending = a
	c.beforeRead(nil)
	r.pause.begin(rawRestAfter)
	r.state.Store(rawWaiting)
	err := c.wire.Await(r.come)
	r.attending = nil
	if a.over {
		return a.err
	}
	defer c.afterRead(0)
	return r.awake(err)
}

// come is called within the wait when something has.
func (r *Raw) come() (on bool) {
	c, a := r.conn, r.attending
	a.err = r.awake(nil)
	c.afterRead(0)
	switch {
	case a.err != nil:
	case !c.wire.Attends(): // the network connection is somebody else's by now
	case !a.serve() || !c.wire.Inside() || c.wire.Buffered() > 0:
	default:
		a.err = r.lost(r.out.Idle())
		on = a.err == nil
	}
	if !on {
		a.over = true
		return false
	}
	if c.watches.Load() { // somebody wants to know at once of an end
		c.wire.Doubt()
	}
	c.beforeRead(nil)
	r.pause.begin(rawRestAfter)
	r.state.Store(rawWaiting)
	return true
}

// Outgrow prepares the network connection for being closed by others while serve runs,
// which would wait for its end otherwise. Any goroutine may call it while serve does not
// return.
func (r *Raw) Outgrow() error { return r.conn.wire.Outgrow() }

// outgrow ends an Attend for a Wait within it.
func (r *Raw) outgrow() error {
	if !r.conn.wire.Inside() {
		return nil
	}
	r.nested = true
	return r.conn.wire.Outgrow()
}
