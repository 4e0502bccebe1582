package compat_test

import (
	"errors"
	"net/http"
	"strings"
)

// panicCases panic at every stage of a response. What goes out, and what is
// logged, is the same with any value but http.ErrAbortHandler.
func panicCases() []handlerCase {
	stages := []struct {
		name  string
		until func(n *notes, w http.ResponseWriter)
		shows string
	}{
		{"before anything", func(*notes, http.ResponseWriter) {}, "no reply"},
		{"after a header was set", func(_ *notes, w http.ResponseWriter) { w.Header().Set("Set", "1") }, "no reply"},
		{"after WriteHeader", func(_ *notes, w http.ResponseWriter) { w.WriteHeader(http.StatusAccepted) }, "no reply"},
		{"after a short write", func(n *notes, w http.ResponseWriter) { n.write(w, "short") }, "no reply"},
		{"after a flush", func(n *notes, w http.ResponseWriter) {
			n.write(w, "flushed")
			n.err("flush", http.NewResponseController(w).Flush())
		}, "broken off"},
		{"after a flush and a write", func(n *notes, w http.ResponseWriter) {
			n.write(w, "flushed")
			n.err("flush", http.NewResponseController(w).Flush())
			n.write(w, "lost")
		}, "broken off"},
		{"after part of a length", func(n *notes, w http.ResponseWriter) {
			w.Header().Set("Content-Length", "20")
			n.write(w, "0123456789")
			n.err("flush", http.NewResponseController(w).Flush())
		}, "closed in the middle"},
		{"after all of a length", func(n *notes, w http.ResponseWriter) {
			w.Header().Set("Content-Length", "10")
			n.write(w, "0123456789")
			n.err("flush", http.NewResponseController(w).Flush())
		}, `"0123456789"`},
		{"after early hints", func(_ *notes, w http.ResponseWriter) { w.WriteHeader(http.StatusEarlyHints) }, "103 Early Hints"},
	}
	var cases []handlerCase
	for _, stage := range stages {
		cases = append(cases,
			handlerCase{
				name:   "panic/" + stage.name,
				panics: true,
				talk:   panicTalk, anywhere: true,
				serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
					stage.until(n, w)
					panic("on purpose")
				},
				shows: []string{stage.shows},
				logs:  []string{"panic serving"},
			},
			handlerCase{
				name:   "abort/" + stage.name,
				panics: true,
				talk:   panicTalk, anywhere: true,
				serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
					stage.until(n, w)
					panic(http.ErrAbortHandler)
				},
				shows: []string{stage.shows},
			})
	}
	return append(cases, handlerCase{
		name:      "panic/after a long write",
		panics:    true,
		anyChunks: true,
		http1:     true,
		serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000000")
			n.write(w, strings.Repeat("l", 500_000))
			panic("on purpose")
		},
		// How much of the rest was on its way is up to the buffers.
		normalise: func(outcome string) string { return withoutLines(outcome, "client:     body: ") },
		shows:     []string{"closed in the middle"},
		logs:      []string{"panic serving"},
	}, handlerCase{
		name:   "panic/with an error",
		panics: true,
		serve: func(*notes, http.ResponseWriter, *http.Request) {
			panic(errors.New("an error"))
		},
		shows: []string{"no reply"},
		logs:  []string{"panic serving"},
	}, handlerCase{
		name:   "panic/wrapping http.ErrAbortHandler",
		panics: true,
		serve: func(*notes, http.ResponseWriter, *http.Request) {
			panic(errors.Join(http.ErrAbortHandler))
		},
		shows: []string{"no reply"},
		logs:  []string{"panic serving"},
	}, handlerCase{
		name:   "panic/of the runtime",
		panics: true,
		serve: func(n *notes, _ http.ResponseWriter, r *http.Request) {
			n.add("unreached: %v", r.Header["None"][len(r.URL.Path)])
		},
		shows: []string{"no reply"},
		logs:  []string{"panic serving"},
	}, handlerCase{
		name:    "panic/with the body unread",
		panics:  true,
		request: message{method: "POST", body: plain("/smuggled")},
		serve: func(*notes, http.ResponseWriter, *http.Request) {
			panic("on purpose")
		},
		shows: []string{"no reply"},
		logs:  []string{"panic serving"},
	}, handlerCase{
		name: "panic/recovered by the handler",
		serve: func(n *notes, w http.ResponseWriter, _ *http.Request) {
			defer func() {
				n.add("recovered %v", recover())
				http.Error(w, "recovered", http.StatusInternalServerError)
			}()
			panic("on purpose")
		},
		shows: []string{"HTTP/1.1 500 Internal Server Error", "-- probe"},
	})
}

// panicTalk reads what a handler left behind and the end of the connection.
func panicTalk(c *conversation) {
	c.request(message{})
	c.answer("GET")
	c.rest()
}
