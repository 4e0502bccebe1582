package http1

import (
	"net/http"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// framed are the fields of a head that say how the body comes, and what becomes of the
// connection.
type framed struct {
	own        []string // values of Connection that the handler has set
	connection string   // one that is added
	length     string   // the handler's Content-Length
	computed   int      // ours, -1: none
	codings    []string // the handler's Transfer-Encoding
}

// simple reports whether all that is to be said is the length of the body: the handler
// has returned, and nothing else has a say.
func (w *ResponseWriter) simple(h *head) bool {
	return w.done.Load() && !h.frames && w.body == nil && w.expects == nil && !w.wantsClose && !w.closeAfter &&
		bodyAllowed(w.code()) && w.req.ProtoMajor == 1 && w.req.ProtoMinor > 0 && w.req.Method != http.MethodHead &&
		w.host.KeepAlives()
}

// frame decides how the body comes, and what becomes of the connection.
func (w *ResponseWriter) frame(h *head, first []byte) framed {
	isHead, is11 := w.req.Method == http.MethodHead, w.req.ProtoAtLeast(1, 1)
	d := framed{own: h.connection, length: h.length, computed: -1, codings: h.codings}
	keepAlives := w.host.KeepAlives()
	for _, v := range h.trailer {
		for name := range strings.SplitSeq(v, ",") {
			w.declareTrailer(strings.TrimSpace(name))
		}
	}
	hasTE := h.coding != ""
	trailers := h.prefixed || len(h.trailer) > 0
	if w.done.Load() && !trailers && !hasTE && bodyAllowed(w.code()) && !h.hasLength && (!isHead || len(first) > 0) {
		w.length = int64(len(first))
		d.computed = len(first)
	}
	hasCL := w.length != -1
	if w.keep10 && (isHead || hasCL || !bodyAllowed(w.code())) {
		if !h.hasConnection {
			d.connection = "keep-alive"
		}
	} else if !is11 || w.wantsClose {
		w.closeAfter = true
	}
	if len(h.connection) > 0 && h.connection[0] == "close" || !keepAlives {
		w.closeAfter = true
	}
	if w.expects != nil && w.body != nil && !w.body.ReadWhole() {
		w.closeAfter = true
	}
	if w.body != nil && !w.closeAfter && !w.fullDuplex.Load() && w.loseBody() {
		d.own, d.connection = nil, "close"
	}
	if !bodyAllowed(w.code()) {
		d.length, d.codings = "", nil
		if w.status == http.StatusNotModified {
			h.dropType()
		}
	}
	if hasCL && hasTE && h.coding != "identity" {
		w.host.Logf("http: WriteHeader called with both Transfer-Encoding of %q and a Content-Length of %d", h.coding, w.length)
		d.length, hasCL = "", false
	}
	switch {
	case isHead || !bodyAllowed(w.code()), hasCL:
		d.codings = nil
	case is11 && h.coding == "identity":
		w.closeAfter, d.codings = true, nil
	case is11:
		w.chunking, d.length, d.computed = true, "", -1
		if h.coding == "chunked" {
			d.codings = nil
		}
	default:
		w.closeAfter, d.codings = true, nil
	}
	saysClose := len(h.connection) > 0 && httpguts.HeaderValuesContainsToken(h.connection[:1], "close")
	switching := w.status == http.StatusSwitchingProtocols && h.upgrades
	if w.closeAfter && (!keepAlives || !saysClose) && !switching {
		d.own = nil
		if is11 {
			d.connection = "close"
		} else if d.connection == "keep-alive" {
			d.connection = ""
		}
	}
	return d
}

// loseBody gets rid of what is left of the request body, ahead of the response. Where
// that is impossible the connection has to be closed, which it reports if nobody knows.
func (w *ResponseWriter) loseBody() (closes bool) {
	switch {
	case w.body.AtEOF() && w.expects != nil: // net/http does not close it here either
	case w.body.Closed() && !w.body.AtEOF():
		w.closeAfter, w.linger = true, true
	case w.body.Remaining() >= drainLimit: // the handler may go on reading
		w.closeAfter, w.linger = true, true
		return true
	case !w.body.Drain(drainLimit):
		w.closeAfter, w.linger = true, true
		_ = w.body.Close() // part of it is lost
		return true
	default:
		_ = w.body.Close()
	}
	return false
}

func (w *ResponseWriter) declareTrailer(name string) {
	name = http.CanonicalHeaderKey(name)
	if httpguts.ValidTrailerHeader(name) {
		odd := w.odds()
		odd.trailers = append(odd.trailers, name)
	}
}
