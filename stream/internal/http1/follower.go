package http1

import (
	"net/http"
	"slices"
	"strings"
)

// A Follower stands at the entrance of an [Outbound] for one exchange: it admits
// what belongs to this exchange's response, refuses what does not, and knows at the
// end whether the connection can go on. The Outbound calls it with its lock held;
// everybody else goes through [Outbound.Locked].
type Follower struct {
	Scanner
	HTTP10 bool // the request was HTTP/1.0: only Connection: keep-alive keeps alive

	Closed error // why nothing is admitted any more
	close  bool  // the response said so
	keep   bool
}

func (f *Follower) refusal() error {
	if f == nil {
		return nil
	}
	return f.Closed
}

// admit takes all frames or none. What it returns goes out: for a HEAD request a
// body is swallowed, as net/http does.
func (f *Follower) admit(frames [][]byte) ([][]byte, error) {
	if f == nil {
		return frames, nil
	}
	if f.Closed != nil {
		return nil, f.Closed
	}
	before := f.snapshot()
	out := frames
	for i, p := range frames {
		for at := 0; at < len(p); {
			kind, n := f.Next(p[at:])
			f.Lost = nil // it has gone out
			switch kind {
			case PieceHead:
				f.read(f.Head)
			case PieceExcess:
				if f.HeadOnly {
					out = append(frames[:i:i], p[:at])
					return out, nil
				}
				err := f.excess(before.Scanner)
				*f = before
				return nil, err
			}
			at += n
		}
	}
	return out, nil
}

// snapshot copies f so that a later assignment undoes everything.
func (f *Follower) snapshot() Follower {
	s := *f
	s.line = slices.Clone(f.line)
	s.Trailer = f.Trailer.Clone()
	return s
}

// excess names the mistake of bytes behind the end.
func (f *Follower) excess(before Scanner) error {
	switch {
	case before.Complete():
		return ErrComplete
	case f.Head.Status == http.StatusNoContent || f.Head.Status == http.StatusNotModified:
		return http.ErrBodyNotAllowed
	default:
		return http.ErrContentLength
	}
}

func (f *Follower) read(h RawHead) {
	if h.Interim() {
		return
	}
	old := strings.HasPrefix(string(h.Bytes[:min(8, len(h.Bytes))]), "HTTP/1.0")
	for name, value := range h.Fields {
		if strings.EqualFold(name, "Connection") {
			for token := range strings.SplitSeq(value, ",") {
				token = strings.TrimSpace(token)
				f.close = f.close || strings.EqualFold(token, "close")
				f.keep = f.keep || strings.EqualFold(token, "keep-alive")
			}
		}
	}
	f.close = f.close || old && !f.keep
}

// KeepsAlive reports whether, after this response, the peer expects the connection
// to go on (RFC 9112, section 9.3).
func (f *Follower) KeepsAlive() bool {
	return f.Complete() && !f.bad && !f.close && (!f.HTTP10 || f.keep)
}

// Whole reports whether the response can be taken for complete when its carrier
// marks the end by itself: it is, or it announced no end.
func (f *Follower) Whole() bool {
	return f.Complete() || f.state == scanUntilClose && !f.bad || f.state == scanRaw
}

// Follow101 makes f, which is new, follow what comes behind a 101: bytes of another
// protocol.
func (f *Follower) Follow101() { f.state, f.Head.Status = scanRaw, http.StatusSwitchingProtocols }

// Forget lets go of the head that has been found, but for its status.
func (f *Follower) Forget() { f.Head.Bytes = nil }
