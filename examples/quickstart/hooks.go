package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"strconv"
	"strings"
	"time"

	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

// began is an attribute that one hook leaves for another.
var began = stream.NewKey[time.Time]("began")

// tag is a request hook: it notes when the request came.
func tag(_ *stream.Stream, c *stream.Context) hooks.Status {
	began.Set(c, time.Now())
	return hooks.Continue
}

// stamp is a response hook: it names the connection and counts its requests, in the
// answers of handlers that know nothing of it.
func stamp(s *stream.Stream, c *stream.Context) hooks.Status {
	h := c.Response().Header
	h.Set("X-Connection", strconv.FormatUint(s.ID(), 10))
	h.Set("X-Served", strconv.FormatInt(s.Served(), 10))
	if t, ok := began.Get(c); ok {
		h.Set("Server-Timing", fmt.Sprintf("app;dur=%.3f", time.Since(t).Seconds()*1000))
	}
	return hooks.Continue
}

// token opens /private. It is printed on the page: this is a demonstration.
const token = "open-sesame"

type userKey struct{}

// authorise is a request hook in front of one route. The handler behind it finds the
// user in the request's context, where it would also find one of any middleware.
func authorise(s *stream.Stream, c *stream.Context) hooks.Status {
	if c.Header("Authorization") != "Bearer "+token {
		c.Response().Header.Set("WWW-Authenticate", `Bearer realm="quickstart"`)
		stage(s, c, http.StatusUnauthorized, failure{"this needs the token"})
		return hooks.Reject
	}
	r := c.Request()
	c.SetRequest(r.WithContext(context.WithValue(r.Context(), userKey{}, "Ali Baba")))
	return hooks.Continue
}

// private is the handler behind authorise.
func private(w http.ResponseWriter, r *http.Request) {
	answer(w, http.StatusOK, map[string]any{"user": r.Context().Value(userKey{})})
}

// explain is a request-error hook: its answer takes the place of the plain status
// for requests that are malformed or too large. The cause is for the log only.
func explain(s *stream.Stream, c *stream.Context) hooks.Status {
	err := c.RequestError()
	log.Printf("quickstart: refused a request from %s: %v", s.RemoteAddr(), err)
	stage(s, c, err.Status, map[string]any{
		"error":  "this request cannot be served",
		"status": err.Status,
		"failed": err.Op,
	})
	return hooks.Reject
}

// report is a task-panic hook: the client gets an incident number, by which the panic
// is found in the log.
func report(s *stream.Stream, c *stream.Context) hooks.Status {
	incident := chimiddleware.GetReqID(c.Request().Context())
	log.Printf("quickstart: incident %s: %v", incident, c.TaskPanic().Value)
	stage(s, c, http.StatusInternalServerError, map[string]string{
		"error":    "something broke, and it was not you",
		"incident": incident,
	})
	return hooks.Continue
}

// fail is a handler with a mistake in it: nobody promised that there are words.
func fail(w http.ResponseWriter, r *http.Request) {
	words := strings.Fields(r.URL.Query().Get("words"))
	fmt.Fprintf(w, "the first word is %q\n", words[0])
}

// stage stages v as JSON for an answer that response hooks do not see: those of a hook
// that rejects, or answers an error. So it stamps it, too.
func stage(s *stream.Stream, c *stream.Context, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	c.Response().SetBody(status, "application/json", string(body)+"\n")
	stamp(s, c)
}
