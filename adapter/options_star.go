package adapter

import (
	"errors"
	"io"
	"net/http"
)

// answerOptions answers "OPTIONS *" as http.Server does (RFC 9110, section 9.3.7): the
// connection ends behind a body that is too long to be of use.
func answerOptions(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "0")
	if r.ContentLength == 0 {
		return
	}
	const most = 4 << 10
	_, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, most))
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		w.Header().Set("Connection", "close")
	}
}
