package compat_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

// readFromCases copy into the response, which may end in sendfile.
func readFromCases() []handlerCase {
	cp := func(n *notes, w io.Writer, r io.Reader) {
		c, err := io.Copy(w, r)
		n.count("copy", c, err)
	}
	return []handlerCase{
		{
			name:  "copy/short reader",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) { cp(n, w, strings.NewReader("<html>hi")) },
			shows: []string{`"<html>hi"`, "text/html"},
		},
		{
			name:  "copy/empty reader",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) { cp(n, w, strings.NewReader("")) },
			shows: []string{"HTTP/1.1 200 OK", "copy: 0, ok"},
		},
		{
			name:      "copy/long reader",
			anyChunks: true,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				cp(n, w, io.LimitReader(endless('x'), 300_000))
			},
			shows: []string{"framing: chunked", "copy: 300000, ok"},
		},
		{
			name: "copy/limited reader with a length",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "300000")
				cp(n, w, io.LimitReader(endless('x'), 300_000))
			},
			shows: []string{"framing: length", "body: 300000", "-- probe"},
		},
		{
			name: "copy/more than the length",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "5")
				_, err := io.Copy(w, strings.NewReader("0123456789"))
				n.err("copy", err)
			},
			shows: []string{"HTTP/1.1 200 OK"},
		},
		{
			name: "copy/less than the length",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "20")
				cp(n, w, io.LimitReader(endless('x'), 10))
			},
			shows: []string{"closed in the middle"},
		},
		{
			name:  "copy/file",
			build: copyFile(60_000, func(*notes, http.ResponseWriter) {}),
			// A file goes out by its size or by a buffer's.
			anyChunks: true,
			shows:     []string{"framing: chunked", "copy: 60000, ok"},
		},
		{
			name: "copy/file with a length",
			build: copyFile(600_000, func(_ *notes, w http.ResponseWriter) {
				w.Header().Set("Content-Length", "600000")
			}),
			shows: []string{"framing: length", "copy: 600000, ok", "-- probe"},
		},
		{
			name: "copy/file after a write and a flush",
			build: copyFile(70_000, func(n *notes, w http.ResponseWriter) {
				w.Header().Set("Content-Length", "70006")
				n.write(w, "begin:")
				n.err("flush", http.NewResponseController(w).Flush())
			}),
			shows: []string{"framing: length", "copy: 70000, ok", "-- probe"},
		},
		{
			name: "copy/between writes",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				n.write(w, "one ")
				cp(n, w, strings.NewReader("two "))
				n.write(w, "three")
			},
			shows: []string{`"one two three"`},
		},
		{
			name: "copy/io.CopyN",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				c, err := io.CopyN(w, strings.NewReader("0123456789"), 4)
				n.count("copy", c, err)
				c, err = io.CopyN(w, strings.NewReader("01"), 4)
				n.count("copy", c, err)
			},
			shows: []string{`"012301"`, "copy: 2, EOF"},
		},
		{
			name: "copy/reader that writes itself",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				cp(n, w, bytes.NewBufferString("buffered"))
			},
			shows: []string{`"buffered"`},
		},
		{
			name: "copy/reader that fails at once",
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				cp(n, w, &failingReader{})
				http.Error(w, "failed", http.StatusBadGateway)
			},
			shows: []string{"copy: 0, reading failed"},
		},
		{
			name:      "copy/reader that fails midway",
			anyChunks: true,
			serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
				cp(n, w, &failingReader{data: strings.NewReader(strings.Repeat("d", 3000))})
			},
			shows: []string{"copy: 3000, reading failed"},
		},
		{
			name:    "copy/the request's body",
			request: message{method: "POST", chunks: []string{"echo ", "of ", "chunks"}},
			serve:   func(n *notes, w http.ResponseWriter, r *http.Request) { cp(n, w, r.Body) },
			shows:   []string{`"echo of chunks"`},
		},
		{
			name: "copy/the request's body with its length",
			request: message{
				method: "POST",
				body:   strings.Repeat("echo", 20_000),
			},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				n.err("full duplex", http.NewResponseController(w).EnableFullDuplex())
				w.Header().Set("Content-Length", "80000")
				cp(n, w, r.Body)
			},
			shows: []string{"copy: 80000, ok", "body: 80000", "-- probe"},
		},
		{
			// The head drains the request's body before it goes out.
			name:    "copy/the request's body without full duplex",
			request: message{method: "POST", body: strings.Repeat("echo", 20_000)},
			serve: func(n *notes, w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", "80000")
				cp(n, w, r.Body)
			},
			shows: []string{"http.ErrBodyReadAfterClose", "broken off"},
		},
	}
}

// copyFile copies a file of size bytes after before has run.
func copyFile(size int, before func(*notes, http.ResponseWriter)) func(testing.TB, *notes) http.Handler {
	return func(t testing.TB, n *notes) http.Handler {
		name := writeFile(t, t.TempDir(), "file", size)
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			f, err := os.Open(name)
			if err != nil {
				n.err("open", err)
				return
			}
			defer f.Close()
			before(n, w)
			c, err := io.Copy(w, f)
			n.count("copy", c, err)
		})
	}
}

// endless is a reader of one byte that has no end.
type endless byte

func (b endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b)
	}
	return len(p), nil
}

// failingReader fails after its data.
type failingReader struct{ data io.Reader }

var errReading = errors.New("reading failed")

func (f *failingReader) Read(p []byte) (int, error) {
	if f.data != nil {
		if n, err := f.data.Read(p); err == nil {
			return n, nil
		}
	}
	return 0, errReading
}
