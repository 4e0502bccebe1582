package main

import (
	"encoding/json"
	"log"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"
)

// Bounds of the notebook: it is open to anybody who finds the port.
const (
	maxNotes = 50
	maxText  = 200 // bytes
)

// A note is what a person has written down.
type note struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
}

// A notebook is JSON CRUD over memory, in handlers as any chi service has them:
// nothing in this file knows of onramp.
type notebook struct {
	mu    sync.Mutex // guards what follows
	last  int        // ID given out last
	notes []note
}

func newNotebook() *notebook {
	return &notebook{last: 1, notes: []note{{ID: 1, Text: "This note was here before you."}}}
}

func (b *notebook) mount(r chi.Router) {
	r.Get("/", b.list)
	r.Post("/", b.create)
	r.Get("/{id}", b.read)
	r.Delete("/{id}", b.remove)
}

func (b *notebook) list(w http.ResponseWriter, _ *http.Request) {
	b.mu.Lock()
	notes := slices.Clone(b.notes)
	b.mu.Unlock()
	answer(w, http.StatusOK, notes)
}

func (b *notebook) create(w http.ResponseWriter, r *http.Request) {
	var n note
	if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
		refuse(w, http.StatusBadRequest, `send a JSON object such as {"text":"buy milk"}`)
		return
	}
	n.Text = strings.TrimSpace(n.Text)
	if n.Text == "" || len(n.Text) > maxText {
		refuse(w, http.StatusUnprocessableEntity, "a note has 1 to "+strconv.Itoa(maxText)+" bytes of text")
		return
	}
	b.mu.Lock()
	full := len(b.notes) == maxNotes
	if !full {
		b.last++
		n.ID = b.last
		b.notes = append(b.notes, n)
	}
	b.mu.Unlock()
	if full {
		refuse(w, http.StatusInsufficientStorage, "the notebook is full, delete a note first")
		return
	}
	w.Header().Set("Location", "/api/notes/"+strconv.Itoa(n.ID))
	answer(w, http.StatusCreated, n)
}

func (b *notebook) read(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	i := b.find(r)
	var n note
	if i >= 0 {
		n = b.notes[i]
	}
	b.mu.Unlock()
	if i < 0 {
		refuse(w, http.StatusNotFound, "there is no such note")
		return
	}
	answer(w, http.StatusOK, n)
}

func (b *notebook) remove(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	i := b.find(r)
	if i >= 0 {
		b.notes = slices.Delete(b.notes, i, i+1)
	}
	b.mu.Unlock()
	if i < 0 {
		refuse(w, http.StatusNotFound, "there is no such note")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// find returns the index of the note that r asks for, -1 if there is none. mu is
// held.
func (b *notebook) find(r *http.Request) int {
	id, err := strconv.Atoi(chi.URLParam(r, "id"))
	if err != nil {
		return -1
	}
	return slices.IndexFunc(b.notes, func(n note) bool { return n.ID == id })
}

// answer sends v as JSON.
func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		log.Printf("quickstart: answer: %v", err) // the client is gone
	}
}

// A failure is the answer to a request that was not done.
type failure struct {
	Error string `json:"error"`
}

func refuse(w http.ResponseWriter, status int, reason string) {
	answer(w, status, failure{reason})
}
