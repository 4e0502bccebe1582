package sse

// Attach is [Hub.Follow] for a session that is to be detached, by [Session.Detach]: it
// returns as soon as the client has what it has missed, and so can the hook. A goroutine
// brings up to date who has fallen behind, and exists only meanwhile. A Store that fails
// ends the session; the response is broken off then.
//
// Where the session cannot be detached, Attach returns when it has ended, as Follow does.
// As there, the result is what the function of a [Hook] returns.
func (h *Hub) Attach(x *Session, name string) error {
	t := h.topic(name)
	f := &follower{x: x, behind: true}
	leave := func(error) {
		t.remove(f)
		h.leave(name, t)
	}
	f.fellBehind = func() { go h.revive(f, name) }
	t.add(f)
	err := h.begin(f, name)
	if err == nil {
		err = h.catchUp(f, name)
	}
	if err != nil {
		leave(err)
		return err
	}
	return x.Detach(leave)
}

// revive brings f up to date.
func (h *Hub) revive(f *follower, name string) {
	for {
		ctx := f.x.Context()
		err := h.catchUp(f, name)
		switch {
		case err == nil:
			return
		case ctx.Err() != nil && f.x.Context() != ctx: // it was the request's, and the session goes on
			continue
		}
		_ = f.x.close(false) // the client learns by itself, and its Store fails for others, too
		return
	}
}
