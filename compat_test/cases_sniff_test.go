package compat_test

import (
	"net/http"
	"strings"
)

// sniffCases leave the Content-Type to the server, or keep it from guessing.
func sniffCases() []handlerCase {
	sniff := func(name, body, shows string, fields ...string) handlerCase {
		return handlerCase{
			name: "sniff/" + name,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				for i := 0; i < len(fields); i += 2 {
					w.Header().Set(fields[i], fields[i+1])
				}
				n.write(w, body)
			},
			shows: []string{shows},
		}
	}
	return []handlerCase{
		sniff("html", "<!DOCTYPE html><p>hi", "Content-Type: text/html; charset=utf-8"),
		sniff("png", "\x89PNG\x0D\x0A\x1A\x0A....", "Content-Type: image/png"),
		sniff("binary", "\x00\x01\x02\x03", "Content-Type: application/octet-stream"),
		sniff("type is given", "<html>", "Content-Type: application/x-mine", "Content-Type", "application/x-mine"),
		sniff("type is empty", "<html>", "HTTP/1.1 200 OK", "Content-Type", ""),
		sniff("content is encoded", "<html>", "Content-Encoding: gzip", "Content-Encoding", "gzip"),
		sniff("encoding is empty", "<html>", "text/html", "Content-Encoding", ""),
		sniff("with nosniff", "<html>", "X-Content-Type-Options: nosniff", "X-Content-Type-Options", "nosniff"),
		sniff("length is given", "<html>", "Content-Type: text/html", "Content-Length", "6"),
		{
			name: "sniff/type is nil",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = nil
				n.write(w, "<html>")
			},
			shows: []string{"Content-Length: 6"},
		},
		{
			name: "sniff/the first write decides",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.write(w, "")
				n.write(w, "<!DOC")
				n.write(w, "TYPE html>")
			},
			shows: []string{`"<!DOCTYPE html>"`},
		},
		{
			name: "sniff/a flush comes between",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.write(w, "<!DOC")
				n.err("flush", http.NewResponseController(w).Flush())
				n.write(w, "TYPE html>")
			},
			shows: []string{"Content-Type: text/plain"},
		},
		{
			name: "sniff/flushed before any body",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.err("flush", http.NewResponseController(w).Flush())
				n.write(w, "<!DOCTYPE html>")
			},
			shows: []string{"framing: chunked"},
		},
		{
			name:      "sniff/beyond 512 bytes",
			anyChunks: true,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.write(w, strings.Repeat(" ", 600))
				n.write(w, "<html>"+strings.Repeat(" ", 3000))
			},
			shows: []string{"Content-Type: text/"},
		},
	}
}
