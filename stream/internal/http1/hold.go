package http1

// holdSize is how much [Outbound.TryHold] keeps back, in bytes.
const holdSize = joinSize

// TryHold accepts frames without handing them over: they go out with what is sent next,
// with TryPush or with Flush, whichever comes first. It takes none, held false, where
// somebody is writing or more than 16 KiB would be kept back; they are to be sent then.
// first says that nothing was kept back before. The error is as TrySend's.
func (o *Outbound) TryHold(f *Follower, frames ...[]byte) (held, first bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return false, false, o.err
	}
	if err := o.refusal(f); err != nil {
		return false, false, err
	}
	if n := len(o.buf) + size(frames); o.busy || n > holdSize || n > o.limit {
		return false, false, nil
	}
	frames, err = f.admit(frames)
	if err != nil {
		return false, false, err
	}
	first = len(o.buf) == 0
	o.append(frames)
	return true, first && len(o.buf) > 0, nil
}

// Idle hands over what is kept back, without waiting, and gives the buffer back if there
// is nothing left.
func (o *Outbound) Idle() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil || o.busy || o.buf == nil {
		return o.err
	}
	if len(o.buf) > 0 && !o.expired() {
		if err := o.push(nil); err != nil {
			return err
		}
	}
	o.rest()
	return nil
}

// TryLast is TrySend for the last frames of all, whatever is queued already: from then on
// everything is refused with reason.
func (o *Outbound) TryLast(reason error, frames ...[]byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.err != nil:
		return o.err
	case o.shut != nil:
		return o.shut
	}
	o.shut = reason
	if o.busy {
		o.append(frames)
		return nil
	}
	return o.push(frames)
}

// Shut has everything refused with reason, unless something is already; a reason that is
// nil takes back an earlier ErrClosed. To be called within Locked.
func (o *Outbound) Shut(reason error) {
	if o.shut == nil || reason == nil && o.shut == ErrClosed {
		o.shut = reason
	}
}

// refusal says why f may not send, or nobody may.
func (o *Outbound) refusal(f *Follower) error {
	if o.shut != nil {
		return o.shut
	}
	return f.refusal()
}
