package compat_test

import (
	"net/http"
	"slices"
	"testing"
)

// A handlerCase is one row of the table: a handler, what its client does, and
// where that makes sense.
type handlerCase struct {
	name string

	// request is what the client sends on every carrier. The zero message is
	// GET /case. Give it or, for HTTP/1.x alone, talk.
	request message

	// talk replaces the client's side of the conversation on HTTP/1.x: send
	// the request, read its answer, probe the connection. A case with talk runs
	// on HTTP/1.x only unless anywhere is set.
	talk func(c *conversation)

	// anywhere runs a case that has talk on HTTP/2 and the recorder as well,
	// where request is sent and read in the usual way.
	anywhere bool

	// http1 keeps a case without talk off HTTP/2 and the recorder.
	http1 bool

	// serve is the handler under test. Give it or build.
	serve func(n *notes, w http.ResponseWriter, r *http.Request)

	// build makes the handler under test, once for each run. What it starts
	// ends with t.
	build func(t testing.TB, n *notes) http.Handler

	// server sets up the server, on HTTP/1.x alone.
	server func(*http.Server)

	// slow runs a case as second request of a connection only, and not over
	// TLS, because it has to wait for a clock.
	slow bool

	// panics keeps middleware.TaskPanic away, whose purpose it is to change
	// what becomes of a panic.
	panics bool

	// anyChunks leaves the boundaries between chunks out of the comparison:
	// for bodies that are cut by the size of a buffer rather than by a Flush.
	anyChunks bool

	// shows are fragments of what the bare server does on HTTP/1.x. They
	// keep a case from passing because both sides fail in the same way.
	shows []string

	// logs are the kinds of lines, as in [logKinds], that are expected in the
	// log of the server, once each.
	logs []string

	// normalise rewrites an outcome before it is compared; nil compares it
	// as it is.
	normalise func(outcome string) string
}

// anywhereElse reports whether the case runs on carriers other than HTTP/1.x.
func (hc *handlerCase) anywhereElse() bool {
	return !hc.http1 && hc.server == nil && (hc.talk == nil || hc.anywhere)
}

// handler makes the handler under test.
func (hc *handlerCase) handler(t testing.TB, n *notes) http.Handler {
	if hc.build != nil {
		return hc.build(t, n)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { hc.serve(n, w, r) })
}

// table is every case, by theme.
func table() []handlerCase {
	return slices.Concat(
		statusCases(),
		informationalCases(),
		headCases(),
		bodyCases(),
		lengthCases(),
		sniffCases(),
		headerCases(),
		orderCases(),
		codingCases(),
		trailerCases(),
		readFromCases(),
		requestBodyCases(),
		bodyLeftCases(),
		expectCases(),
		requestLineCases(),
		serverCases(),
		logLineCases(),
		refusedCases(),
		contextCases(),
		connectionCases(),
		pipelineCases(),
		streamingCases(),
		controllerCases(),
		writeErrorCases(),
		hijackCases(),
		handoverCases(),
		panicCases(),
		stdlibCases(),
		fileCases(),
		proxyCases(),
		chiCases(),
		chiRouteCases(),
		websocketCases(),
	)
}

// root is the handler of a server under test: the case's handler at every
// path but the two that the harness needs for itself.
func root(t testing.TB, hc *handlerCase, n *notes) http.Handler {
	handler := hc.handler(t, n)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case warmPath, probePath:
			w.Header().Set("Answered", r.URL.Path)
			w.Write([]byte("ready"))
		default:
			n.enter(w, r)
			defer n.leave()
			handler.ServeHTTP(w, r)
		}
	})
}
