package http1

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A head is a handler's header as it was when the handler fixed it: the lines ready
// to be sent, but for the few fields that depend on how the body comes.
type head struct {
	lines   []byte     // behind the status line, if that is known
	at      [slots]int // where in lines those few belong, which are sorted among them
	typeEnd int        // the Content-Type's are lines[at[slotType]:typeEnd]
	plain   []byte     // the line of a Content-Type of an earlier response, found to be plain
	hasType bool
	hasDate bool
	encoded bool // Content-Encoding is set

	frames        bool // a field is set that has a say in framing or in what becomes of the connection, one of these
	connection    []string
	length        string   // Content-Length
	coding        string   // Transfer-Encoding
	codings       []string // all its values
	trailer       []string // values of Trailer
	hasConnection bool     // Connection is set, if only to nil
	hasLength     bool     // Content-Length is set, if only to nonsense
	upgrades      bool     // Upgrade is set
	prefixed      bool     // there is a http.TrailerPrefix field
}

// wipe makes h ready for another response.
func (h *head) wipe() {
	h.lines = h.lines[:0]
	if h.frames {
		*h = head{lines: h.lines, plain: h.plain}
		return
	}
	h.hasType, h.hasDate, h.encoded = false, false, false
}

// The fields that are kept apart from the lines of a head, or may have to leave them,
// in their order.
const (
	slotConnection = iota
	slotLength
	slotType
	slotCoding
	slots
)

// A field is an entry of a header.
type field struct {
	name   string
	values []string
}

// take copies header into h. A name that frames a message means the same in letters of
// any case (RFC 9110, section 5.1), so it is sent as what it means and once; net/http
// lets other spellings pass, along with a framing of its own.
func (h *head) take(header http.Header) {
	if len(header) == 0 || len(header) < len(usual) && h.takeUsual(header) {
		return
	}
	h.takeAny(header)
}

// takeAny is take for any header. It stands apart because it needs much stack, which on a
// new goroutine would have to grow.
//
//go:noinline
func (h *head) takeAny(header http.Header) {
	var few [16]field
	fields := few[:0]
	for name, values := range header {
		if known := FramingName(name); known != name {
			if _, ok := header[known]; ok {
				continue
			}
			name = known
		}
		fields = append(fields, field{name, values})
	}
	if len(fields) > 1 {
		slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	}
	for i, f := range fields {
		if i == 0 || f.name != fields[i-1].name { // of other spellings one counts
			h.takeField(f)
		}
	}
}

// usual are fields that most responses have no others than, in their order.
var usual = [...]string{"Cache-Control", "Content-Length", "Content-Type", "Vary"}

// takeUsual is take for a header that has nothing but usual fields: asking for each is
// cheaper than going through a map. It does nothing with any other.
func (h *head) takeUsual(header http.Header) bool {
	const alone = "Content-Type" // more often than not
	if vv, ok := header[alone]; ok && len(header) == 1 {
		h.takeType(vv)
		return true
	}
	var found [len(usual)]field
	n := 0
	for i := 0; i < len(usual) && n < len(header); i++ {
		if vv, ok := header[usual[i]]; ok {
			found[n] = field{usual[i], vv}
			n++
		}
	}
	if n < len(header) {
		return false
	}
	for _, f := range found[:n] {
		h.takeField(f)
	}
	return true
}

// takeType takes the values of a Content-Type.
func (h *head) takeType(vv []string) {
	h.at[slotType] = len(h.lines)
	h.hasType = true
	switch {
	case len(vv) == 1 && h.isKnown(vv[0]): // as a rule
		h.lines = append(h.lines, h.plain...)
	default:
		h.lines = appendLines(h.lines, "Content-Type", vv)
		if len(vv) == 1 && len(vv[0]) <= longestPlain && isPlain(vv[0]) {
			h.plain = append(h.plain[:0], h.lines[h.at[slotType]:]...)
		}
	}
	h.typeEnd = len(h.lines)
}

// isKnown reports whether plain is the line of this Content-Type.
func (h *head) isKnown(v string) bool {
	const from = len("Content-Type: ")
	to := len(h.plain) - len("\r\n")
	return to-from == len(v) && string(h.plain[from:to]) == v
}

func (h *head) takeField(f field) {
	vv := f.values
	switch f.name {
	case "Content-Type":
		h.takeType(vv)
		return
	case "Connection":
		h.at[slotConnection] = len(h.lines)
		h.frames, h.hasConnection = true, true
		h.connection = slices.Clone(vv)
		return
	case "Content-Length":
		h.at[slotLength] = len(h.lines)
		h.frames, h.hasLength = true, true
		if len(vv) > 0 {
			h.length = vv[0]
		}
		return
	case "Transfer-Encoding":
		h.at[slotCoding] = len(h.lines)
		h.frames = true
		if len(vv) > 0 {
			h.coding, h.codings = vv[0], slices.Clone(vv)
		}
		return
	case "Date":
		h.hasDate = true
	case "Content-Encoding":
		h.encoded = len(vv) > 0 && vv[0] != ""
	case "Upgrade":
		h.frames, h.upgrades = true, true
	case "Trailer":
		h.frames, h.trailer = true, slices.Clone(vv)
	default:
		if strings.HasPrefix(f.name, http.TrailerPrefix) {
			h.frames, h.prefixed = true, true
			return
		}
	}
	h.lines = appendField(h.lines, f.name, vv)
}

// dropType takes the Content-Type out of the lines of a head that has no coding, whose
// place would be behind it.
func (h *head) dropType() {
	if h.hasType {
		h.lines = slices.Delete(h.lines, h.at[slotType], h.typeEnd)
	}
}

// append appends the lines, with these of the fields that are kept apart.
func (h *head) append(p []byte, connection []string, length string, codings []string) []byte {
	from := 0
	upTo := func(slot int) {
		p = append(p, h.lines[from:h.at[slot]]...)
		from = h.at[slot]
	}
	if len(connection) > 0 {
		upTo(slotConnection)
		p = appendField(p, "Connection", connection)
	}
	if length != "" {
		upTo(slotLength)
		p = appendField(p, "Content-Length", []string{length})
	}
	if len(codings) > 0 {
		upTo(slotCoding)
		p = appendField(p, "Transfer-Encoding", codings)
	}
	return append(p, h.lines[from:]...)
}

// AppendHeader appends the field lines of h without the trailers in it: sorted, and
// behind them what describes and frames the content.
func AppendHeader(p []byte, h http.Header) []byte {
	d := borrowDesk()
	defer d.release()
	x := &d.head
	x.take(h)
	var from, to int
	if x.hasType {
		from, to = x.at[slotType], x.typeEnd
	}
	p = append(append(append(p, x.lines[:from]...), x.lines[to:]...), x.lines[from:to]...)
	p = appendField(p, "Connection", x.connection)
	if x.length != "" {
		p = appendField(p, "Content-Length", []string{x.length})
	}
	return appendField(p, "Transfer-Encoding", x.codings)
}

// AppendStatusLine appends the status line of a response (RFC 9112, section 4).
func AppendStatusLine(p []byte, code int) []byte { return appendStatusLine(p, true, code) }

func appendStatusLine(p []byte, is11 bool, code int) []byte {
	if is11 && code == http.StatusOK {
		return append(p, "HTTP/1.1 200 OK\r\n"...)
	}
	if is11 {
		p = append(p, "HTTP/1.1 "...)
	} else {
		p = append(p, "HTTP/1.0 "...)
	}
	if code < 100 {
		p = append(p, '0')
	}
	p = strconv.AppendInt(p, int64(code), 10)
	p = append(p, ' ')
	if text := http.StatusText(code); text != "" {
		p = append(p, text...)
	} else {
		p = append(p, "status code "...)
		p = strconv.AppendInt(p, int64(code), 10)
	}
	return append(p, "\r\n"...)
}

// bodyAllowed reports whether a response with this status may have a body.
func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

func parseLength(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0
}
