package main

import (
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"github.com/onramp-go/onramp/adapter"
	"github.com/onramp-go/onramp/hooks"
	"github.com/onramp-go/onramp/middleware"
	"github.com/onramp-go/onramp/sse"
	"github.com/onramp-go/onramp/stream"
	"github.com/onramp-go/onramp/ws"
)

//go:embed page.html
var files embed.FS

var page = template.Must(template.ParseFS(files, "page.html"))

// rooms are all there are: that nobody can open more is what bounds them.
var rooms = []string{"lobby", "garden", "library"}

// Bounds of what a person can cause.
const (
	maxName    = 24        // characters
	maxText    = 500       // characters
	maxMessage = 4 << 10   // bytes of a WebSocket message; more closes it
	maxPeople  = 100       // in a room
	maxKept    = 200       // messages of a room that are kept
	maxQueue   = 128 << 10 // bytes that wait for a client
)

// A chat has rooms, and one Hub for what is said in them.
type chat struct {
	hub   *sse.Hub // topics are the rooms
	rooms map[string]*room
}

func newChat() *chat {
	c := &chat{
		hub:   sse.NewHub(&sse.HubOptions{Store: sse.NewMemory(&sse.MemoryOptions{Events: maxKept}), History: true}),
		rooms: make(map[string]*room),
	}
	for _, name := range rooms {
		c.rooms[name] = &room{people: make(map[*ws.Conn]*person)}
	}
	return c
}

func (c *chat) routes() http.Handler {
	r := chi.NewRouter()
	r.Get("/", home)
	r.Route("/rooms/{room}", func(r chi.Router) {
		r.Use(middleware.Request(hooks.HookFunc(c.known)))
		r.Method(http.MethodGet, "/events", adapter.Handler(sse.Hook(c.follow, nil)))
		r.Method(http.MethodGet, "/socket", adapter.Handler(ws.Hook(c.say, &ws.Options{
			ReadLimit: maxMessage,
			Connected: c.enter,
			Closed:    c.leave,
		})))
	})
	return r
}

// known lets requests for rooms pass that there are.
func (c *chat) known(_ *stream.Stream, x *stream.Context) hooks.Status {
	if c.rooms[x.Param("room")] == nil {
		x.Response().SetBody(http.StatusNotFound, "text/plain; charset=utf-8", "there is no such room\n")
		return hooks.Reject
	}
	return hooks.Continue
}

// follow sends what was said in a room, as far as it is kept, and what will be. One who
// reads slowly is no burden: what does not fit into its queue it gets from the Hub's Store
// later.
func (c *chat) follow(x *sse.Session) error {
	return c.hub.Follow(x, chi.URLParam(x.Request(), "room"))
}

// enter brings the client into its room, under the name that it asks for.
func (c *chat) enter(conn *ws.Conn) error {
	name := strings.TrimSpace(conn.Context().Query("name"))
	if !utf8.ValidString(name) || name == "" || utf8.RuneCountInString(name) > maxName {
		return &ws.CloseError{Code: ws.ClosePolicyViolation, Text: "a name has 1 to 24 characters"}
	}
	if !c.rooms[conn.Context().Param("room")].add(conn, name) {
		return &ws.CloseError{Code: ws.CloseTryAgainLater, Text: "the room is full"}
	}
	return nil
}

func (c *chat) leave(conn *ws.Conn, _ error) { c.rooms[conn.Context().Param("room")].remove(conn) }

// A saying is the data of an event.
type saying struct {
	Name string    `json:"name"`
	Text string    `json:"text"`
	Time time.Time `json:"time"`
}

// say publishes a message of the client's, or tells it why not.
func (c *chat) say(conn *ws.Conn, _ int, p []byte) error {
	name := conn.Context().Param("room")
	text := strings.TrimSpace(strings.ToValidUTF8(string(p), "\uFFFD"))
	speaker, allowed := c.rooms[name].speak(conn, time.Now())
	switch {
	case text == "":
		return nil
	case utf8.RuneCountInString(text) > maxText:
		return notify(conn, "That was too long, and nobody has heard it.")
	case !allowed:
		return notify(conn, "That was too fast, and nobody has heard it.")
	}
	data, err := json.Marshal(saying{Name: speaker, Text: text, Time: time.Now().UTC()})
	if err != nil {
		return err
	}
	return c.hub.Publish(conn.Stream().Context(), name, sse.Event{Data: string(data)})
}

// notify tells one client something. It does not wait for one that does not read.
func notify(conn *ws.Conn, text string) error {
	p, err := json.Marshal(map[string]string{"notice": text})
	if err != nil {
		return err
	}
	if err = conn.TryWrite(ws.TextMessage, p); errors.Is(err, stream.ErrBufferFull) {
		return errSlow
	}
	return err
}

// errSlow closes the WebSocket of a client that does not read: its page comes back when
// it can.
var errSlow = &ws.CloseError{Code: ws.CloseTryAgainLater, Text: "too slow"}
