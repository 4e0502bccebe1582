package http1

// TrySendDirect is TrySend for frames that leave the framing of the response as it is,
// such as whole chunks: f says whether they may go out, but does not look at them. It
// refuses them with [ErrBufferFull] also where anything waits to be sent already.
func (o *Outbound) TrySendDirect(f *Follower, frames ...[]byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if err := o.refusal(f); err != nil {
		return err
	}
	if o.busy || len(o.buf) > 0 || size(frames) > o.limit {
		return ErrBufferFull
	}
	return o.push(frames)
}
