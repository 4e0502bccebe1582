package middleware_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/go-chi/chi/v5"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/stream"
)

// The panic is for the hook and the log; the client learns nothing of it.
func ExampleTaskPanic() {
	report := hooks.HookFunc(func(_ *stream.Stream, c *stream.Context) hooks.Status {
		fmt.Println("caught:", c.TaskPanic().Value)
		c.Response().SetBody(http.StatusInternalServerError, "text/plain", "we are looking into it")
		return hooks.Continue
	})
	r := chi.NewRouter()
	r.Use(middleware.TaskPanic(report))
	r.Get("/", func(http.ResponseWriter, *http.Request) { panic("no such table: users") })
	srv := httptest.NewUnstartedServer(r)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // the stack goes there
	srv.Start()
	defer srv.Close()

	resp, err := http.Get(srv.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(body))
	// Output:
	// caught: no such table: users
	// 500 we are looking into it
}
