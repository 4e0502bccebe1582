package compat_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// modified is when all files of the tests were last modified.
var modified = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// fileCases serve files, whole and in part.
func fileCases() []handlerCase {
	files := fstest.MapFS{
		"page/index.html": {Data: []byte("<html>index</html>"), ModTime: modified},
		"page/data.bin":   {Data: []byte(strings.Repeat("0123456789", 1000)), ModTime: modified},
		"page/note.txt":   {Data: []byte("0123456789"), ModTime: modified},
		"list/a & b.txt":  {Data: []byte("a"), ModTime: modified},
		"list/sub/c.txt":  {Data: []byte("c"), ModTime: modified},
	}
	since := "If-Modified-Since: " + modified.Format(http.TimeFormat)
	file := func(name string, m message, shows ...string) handlerCase {
		return handlerCase{
			name:      "files/" + name,
			request:   m,
			anyChunks: true,
			build: func(testing.TB, *notes) http.Handler {
				return http.FileServerFS(files)
			},
			shows: shows,
		}
	}
	content := func(name string, m message, shows ...string) handlerCase {
		return handlerCase{
			name:    "files/" + name,
			request: m,
			serve: func(_ *notes, w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Etag", `"v1"`)
				http.ServeContent(w, r, "name.html", modified, strings.NewReader("<p>0123456789"))
			},
			shows: shows,
		}
	}
	return []handlerCase{
		file("whole", message{target: "/page/data.bin"}, "HTTP/1.1 200 OK", "Content-Length: 10000", "Accept-Ranges: bytes", "-- probe"),
		file("HEAD", message{method: "HEAD", target: "/page/data.bin"}, "Content-Length: 10000", "-- probe"),
		file("index", message{target: "/page/"}, "<html>index</html>"),
		file("redirect to the index", message{target: "/page/index.html"}, "HTTP/1.1 301", "    Location: ./"),
		file("redirect to the folder", message{target: "/page"}, "HTTP/1.1 301", "    Location: page/"),
		file("folder", message{target: "/list/"}, "a%20&%20b.txt"),
		file("not found", message{target: "/page/none"}, "HTTP/1.1 404 Not Found"),
		file("range", message{target: "/page/note.txt", header: []string{"Range: bytes=2-5"}}, "HTTP/1.1 206 Partial Content", "Content-Range: bytes 2-5/10", `"2345"`),
		file("range of the end", message{target: "/page/note.txt", header: []string{"Range: bytes=-3"}}, `"789"`),
		file("range beyond the end", message{target: "/page/note.txt", header: []string{"Range: bytes=20-"}}, "HTTP/1.1 416", "Content-Range: bytes */10"),
		file("range malformed", message{target: "/page/note.txt", header: []string{"Range: bytes=x"}}, "HTTP/1.1 416"),
		file("range with HEAD", message{method: "HEAD", target: "/page/note.txt", header: []string{"Range: bytes=0-1"}}, "HTTP/1.1 206"),
		file("not modified", message{target: "/page/note.txt", header: []string{since}}, "HTTP/1.1 304 Not Modified", "-- probe"),
		file("climbing out", message{target: "/page/../../list/sub/c.txt"}, "HTTP/1.1 "),
		content("content", message{}, "Content-Type: text/html", "Content-Length: 13", `Etag: "v1"`),
		content("content that matches", message{header: []string{`If-None-Match: "v1"`}}, "HTTP/1.1 304"),
		content("content that must match", message{header: []string{`If-Match: "v2"`}}, "HTTP/1.1 412"),
		content("range of the same content", message{header: []string{`If-Range: "v1"`, "Range: bytes=3-4"}}, "HTTP/1.1 206", `"01"`),
		content("range of other content", message{header: []string{`If-Range: "v2"`, "Range: bytes=3-4"}}, "HTTP/1.1 200"),
		{
			name:      "files/several ranges",
			request:   message{target: "/page/note.txt", header: []string{"Range: bytes=0-1,4-5"}},
			build:     func(testing.TB, *notes) http.Handler { return http.FileServerFS(files) },
			anyChunks: true,
			// The boundary is drawn at random.
			normalise: func(outcome string) string {
				outcome = boundary.ReplaceAllString(outcome, "<boundary>")
				return outcome
			},
			shows: []string{"HTTP/1.1 206 Partial Content", "multipart/byteranges"},
		},
		{
			name: "files/from disk",
			build: func(t testing.TB, _ *notes) http.Handler {
				dir := t.TempDir()
				writeFile(t, dir, "large", 500_000)
				return http.StripPrefix("/case", http.FileServer(http.Dir(dir)))
			},
			request: message{target: "/case/large"},
			// Each run writes its file anew.
			normalise: func(outcome string) string { return lastModified.ReplaceAllString(outcome, "<modified>") },
			shows:     []string{"Content-Length: 500000", "-- probe"},
		},
	}
}
