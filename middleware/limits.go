package middleware

import (
	"net/http"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/stream"
)

// Limits holds cfg against each request to this part of the tree: 414 for the
// target, 431 for fields, 413 for the body, whether announced or read, and a
// read deadline for the body. A breach runs the request-error hooks and closes the
// connection. Limits further out hold besides. BufferSize has no meaning here. Limits
// panics if cfg is out of range.
//
// The head has been read when a route is known; bounds on what is read at all belong
// in adapter.Options.
func Limits(cfg stream.RequestConfig) func(http.Handler) http.Handler {
	if err := cfg.Validate(); err != nil {
		panic("middleware.Limits: " + err.Error())
	}
	return layer("Limits", adapter.Layer{Limits: cfg})
}
