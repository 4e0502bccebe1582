package target

import (
	"net"
	"net/http"

	"github.com/go-chi/chi/v5"
)

func serveChi(ln net.Listener) error {
	return (&http.Server{Handler: chiRouter()}).Serve(ln)
}

// chiRouter is the service that is served by net/http, by Eager and by
// adapter.Server, without a change.
func chiRouter() http.Handler {
	r := chi.NewRouter()
	r.Get(HelloPath, hello)
	r.Get(LargePath, large)
	r.Post(UploadPath, upload)
	return r
}
