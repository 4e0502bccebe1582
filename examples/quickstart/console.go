package main

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"

	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/stream"
)

//go:embed page.html page.js
var files embed.FS

var page = template.Must(template.ParseFS(files, "page.html"))

// A view is what page.html shows.
type view struct {
	Connection uint64
	Served     int64
	Token      string
	Rounds     int
	Dialogues  []dialogue
	Commands   []string
}

// console is the page from which everything can be tried. It is a hook, and knows the
// connection that it is sent on.
func console(s *stream.Stream, c *stream.Context) hooks.Status {
	var body bytes.Buffer
	err := page.Execute(&body, view{
		Connection: s.ID(),
		Served:     s.Served(),
		Token:      token,
		Rounds:     loopRounds,
		Dialogues:  dialogues,
		Commands:   commands("http://" + c.Header("Host")),
	})
	if err != nil {
		panic(err)
	}
	c.Response().SetBody(http.StatusOK, "text/html; charset=utf-8", body.String())
	c.Response().Header.Set("Cache-Control", "no-store")
	c.Response().Header.Set("Content-Security-Policy",
		"default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'")
	return hooks.Continue
}

// script is the page's script, an ordinary file.
func script(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "page.js")
}
