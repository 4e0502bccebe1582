package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// routes is the service: an http.ServeMux and handlers that know net/http only.
func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello/{name}", hello)
	mux.HandleFunc("POST /sum", sum)
	mux.HandleFunc("GET /letters", letters)
	mux.HandleFunc("GET /alphabet", alphabet)
	return mux
}

func hello(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "hello, %s\n", r.PathValue("name"))
}

// sum adds up a JSON list of numbers.
func sum(w http.ResponseWriter, r *http.Request) {
	var numbers []float64
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&numbers); err != nil {
		http.Error(w, "send a list of numbers, such as [1, 2, 3]", http.StatusBadRequest)
		return
	}
	total := 0.0
	for _, n := range numbers {
		total += n
	}
	fmt.Fprintln(w, total)
}

const abc = "abcdefghijklmnopqrstuvwxyz"

// letters streams the alphabet, one flushed letter after the other, and counts them in
// a trailer.
func letters(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Trailer", "X-Letters")
	control := http.NewResponseController(w)
	for _, letter := range abc {
		fmt.Fprintf(w, "%c\n", letter)
		if err := control.Flush(); err != nil {
			return // the client is gone
		}
	}
	w.Header().Set("X-Letters", fmt.Sprint(len(abc)))
}

// alphabet serves a file, with ranges and conditions.
func alphabet(w http.ResponseWriter, r *http.Request) {
	modified := time.Date(2024, time.May, 1, 12, 0, 0, 0, time.UTC)
	http.ServeContent(w, r, "alphabet.txt", modified, strings.NewReader(abc+"\n"))
}
