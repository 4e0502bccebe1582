package http1

import (
	"bufio"
	"io"
	"maps"
	"net/http"
	"strings"
)

// announceTrailers moves the names in the Trailer field of a chunked request to
// r.Trailer, each with a nil value, as net/http does.
func announceTrailers(r *http.Request) *Error {
	announced, ok := r.Header["Trailer"]
	if !ok {
		return nil
	}
	delete(r.Header, "Trailer")
	names := make(http.Header)
	for _, list := range announced {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.Trim(name, " \t"); name == "" {
				continue
			}
			if name = http.CanonicalHeaderKey(name); !mayTrail(name) {
				return badRequest(opHeader, errTrailerName)
			}
			names[name] = nil
		}
	}
	if len(names) > 0 {
		r.Trailer = names
	}
	return nil
}

// mayTrail reports whether the field may stand in a trailer section: it frames
// nothing, routes nothing and does not speak of the connection (RFC 9110, 6.5.1).
func mayTrail(name string) bool {
	switch name {
	case "Content-Length", "Transfer-Encoding", "Trailer", "Host",
		"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Upgrade":
		return false
	}
	return true
}

// readTrailer reads the trailer section behind the last chunk, its empty line
// included, and adds its fields to r.Trailer: those that were announced and, as
// with net/http, those that were not. lim bounds it like a head.
func readTrailer(br *bufio.Reader, r *http.Request, lim *Limits) error {
	s := newTrailerScanner(lim)
	section, err := gather(br, &s)
	if err != nil {
		return err
	}
	if s.fields == 0 {
		return nil
	}
	trailer := make(http.Header, s.fields)
	rest := string(section)
	for range s.fields {
		var line string
		line, rest = cutLine(rest)
		name, value, _ := strings.Cut(line, ":")
		if name = canonical(name); !mayTrail(name) {
			return badRequest(opTrailer, errTrailerName)
		}
		trailer[name] = append(trailer[name], strings.Trim(value, " \t"))
	}
	if r.Trailer == nil {
		r.Trailer = trailer
	} else {
		maps.Copy(r.Trailer, trailer)
	}
	return nil
}

// cutShort is err, or io.ErrUnexpectedEOF in the place of io.EOF.
func cutShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
