package target

import (
	"io"
	"net"
	"net/http"
	"strconv"
)

func serveNetHTTP(ln net.Listener) error {
	return (&http.Server{Handler: http.HandlerFunc(plain)}).Serve(ln)
}

// plain is a handler without any router.
func plain(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case HelloPath:
		hello(w, r)
	case LargePath:
		large(w, r)
	case UploadPath:
		upload(w, r)
	default:
		http.NotFound(w, r)
	}
}

func hello(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", TextType)
	_, _ = io.WriteString(w, Hello)
}

// large announces its length: without, each server would chunk in its own way and
// what went over the wire would differ.
func large(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", LargeType)
	w.Header().Set("Content-Length", strconv.Itoa(LargeSize))
	w.Write(Large)
}

func upload(w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", TextType)
	_, _ = io.WriteString(w, strconv.FormatInt(n, 10))
}
