package stream

// Notes are what is noted of an exchange for the owner's [Observer]: nothing if there is
// none. They keep nothing of the exchange, which may be over long before. They are for
// packages that serve hooks; any goroutine may use them that holds no lock.
type Notes struct {
	s    *sighting
	conn uint64
}

// Notes returns those of x.
func (x *Exchange) Notes() Notes {
	n := Notes{s: x.seen}
	if n.s != nil {
		if c := x.connection(); c != nil {
			n.conn = c.id
		}
	}
	return n
}

// Drops tells the Observer that count events were not sent, or sends were refused, because
// the client does not keep up.
func (n Notes) Drops(count int64, refused bool) {
	s := n.s
	if s == nil || count <= 0 {
		return
	}
	s.dropped.Add(count)
	d := Drop{Conn: n.conn, Count: count, Refused: refused}
	if kind := s.kind.Load(); kind != nil {
		d.Kind = *kind
	}
	defer s.guard()
	s.observer.Dropped(d)
}

// Ending notes why what [Exchange.Lasts] has announced comes to its end, before it is
// done; the first reason is right.
func (n Notes) Ending(err error) {
	if n.s != nil && err != nil {
		n.s.ending.CompareAndSwap(nil, &err)
	}
}

// sent notes what a [Sender] has sent.
func (n Notes) sent(frames [][]byte, err error) error {
	if n.s != nil && err == nil {
		for _, p := range frames {
			n.s.sent.Add(int64(len(p)))
		}
	}
	return err
}
