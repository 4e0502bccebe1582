package stream

import (
	"net/http"
	"strings"
)

// repack gives r, whose URL is its own, strings in memory of their own, one piece for all of
// them: they were parts of what all of the request shared. Its header is a new one, without
// the fields that asked for another protocol.
func repack(r *http.Request) {
	u, uri := r.URL, r.RequestURI
	texts := [...]*string{&r.Method, &r.Proto, &r.Host, &u.Path, &u.RawQuery, &u.RawPath, &u.Host, &u.Scheme, &u.Opaque}
	room, count := len(uri), 0
	for _, s := range texts {
		if !strings.Contains(uri, *s) {
			room += len(*s)
		}
	}
	for name, values := range r.Header {
		if staysBehind(name) {
			continue
		}
		room, count = room+len(name), count+len(values)
		for _, v := range values {
			room += len(v)
		}
	}
	var all strings.Builder
	all.Grow(room)
	add := func(s string) string {
		at := all.Len()
		_, _ = all.WriteString(s) // never fails
		return all.String()[at:]
	}
	r.RequestURI = add(uri)
	for _, s := range texts {
		if at := strings.Index(uri, *s); at >= 0 {
			*s = r.RequestURI[at : at+len(*s)]
		} else {
			*s = add(*s)
		}
	}
	header, values := make(http.Header), make([]string, 0, count)
	for name, old := range r.Header {
		if staysBehind(name) {
			continue
		}
		at := len(values)
		for _, v := range old {
			values = append(values, add(v))
		}
		header[add(name)] = values[at:len(values):len(values)] // an append moves it, never over the neighbour
	}
	r.Header = header
}

// staysBehind reports whether a field of that name asked for the other protocol.
func staysBehind(name string) bool {
	return name == "Connection" || name == "Upgrade" || strings.HasPrefix(name, "Sec-Websocket-")
}
