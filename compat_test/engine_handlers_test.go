package compat_test

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// A manner is a way in which a handler treats its request.
type manner struct {
	name  string
	serve func(w http.ResponseWriter, r *http.Request, s *sight)
}

// stops reports whether a handler in manner m stops to read within a body, or
// answers between two reads. What it gets depends on what came together.
func (m manner) stops() bool {
	return strings.Contains(m.name, "a part") || strings.HasPrefix(m.name, "aborts") || m.name == "bounds the body" || m.name == "echoes"
}

// seenField is a field of every answer of a handler: it tells a client which method
// it answers, and it from a refusal.
const seenField = "X-Seen"

// manners are those that make a difference to what becomes of the connection.
func manners() []manner {
	return []manner{
		{"reads all", func(w http.ResponseWriter, r *http.Request, s *sight) {
			s.read(r, -1)
			io.WriteString(w, "read\n")
		}},
		{"reads nothing", func(w http.ResponseWriter, _ *http.Request, _ *sight) { io.WriteString(w, "answer\n") }},
		{"says nothing", func(http.ResponseWriter, *http.Request, *sight) {}},
		{"reads a part", func(w http.ResponseWriter, r *http.Request, s *sight) {
			s.read(r, 2)
			io.WriteString(w, "read a part\n")
		}},
		{"answers, then reads", func(w http.ResponseWriter, r *http.Request, s *sight) {
			io.WriteString(w, "early\n")
			w.(http.Flusher).Flush()
			s.read(r, -1)
			io.WriteString(w, "late\n")
		}},
		{"reads a part, answers, reads on", func(w http.ResponseWriter, r *http.Request, s *sight) {
			s.read(r, 2)
			io.WriteString(w, "early\n")
			w.(http.Flusher).Flush()
			s.read(r, -1)
		}},
		{"answers unflushed, then reads", func(w http.ResponseWriter, r *http.Request, s *sight) {
			io.WriteString(w, "early\n")
			s.read(r, -1)
		}},
		{"full duplex", func(w http.ResponseWriter, r *http.Request, s *sight) {
			s.note("%v", http.NewResponseController(w).EnableFullDuplex())
			io.WriteString(w, "early\n")
			w.(http.Flusher).Flush()
			s.read(r, -1)
			io.WriteString(w, "late\n")
		}},
		{"echoes", func(w http.ResponseWriter, r *http.Request, s *sight) {
			n, err := io.Copy(w, r.Body)
			s.note("copied %d", n)
			if err != nil {
				s.fail("copying", err)
			}
		}},
		{"closes the body, then reads", func(w http.ResponseWriter, r *http.Request, s *sight) {
			s.note("close: %v", r.Body.Close())
			s.read(r, -1)
		}},
		{"reads a part, then closes the body", func(w http.ResponseWriter, r *http.Request, s *sight) {
			s.read(r, 2)
			s.note("close: %v", r.Body.Close())
		}},
		{"closes the connection", func(w http.ResponseWriter, _ *http.Request, _ *sight) {
			w.Header().Set("Connection", "close")
			io.WriteString(w, "last\n")
		}},
		{"answers at length", func(w http.ResponseWriter, r *http.Request, s *sight) {
			s.read(r, -1)
			io.WriteString(w, strings.Repeat("long ", 1000))
		}},
		{"answers at length unread", func(w http.ResponseWriter, _ *http.Request, _ *sight) {
			io.WriteString(w, strings.Repeat("long ", 1000))
		}},
		{"announces a length", func(w http.ResponseWriter, r *http.Request, s *sight) {
			w.Header().Set("Content-Length", "7")
			w.WriteHeader(http.StatusCreated)
			s.read(r, -1)
			io.WriteString(w, "created")
		}},
		{"keeps less than it announces", func(w http.ResponseWriter, _ *http.Request, _ *sight) {
			w.Header().Set("Content-Length", "9")
			io.WriteString(w, "short")
		}},
		{"has no content", func(w http.ResponseWriter, _ *http.Request, _ *sight) { w.WriteHeader(http.StatusNoContent) }},
		{"hints, then reads", func(w http.ResponseWriter, r *http.Request, s *sight) {
			w.Header().Set("Link", "</x>")
			w.WriteHeader(http.StatusEarlyHints)
			s.read(r, -1)
			w.WriteHeader(http.StatusAccepted)
		}},
		{"continues by itself", func(w http.ResponseWriter, r *http.Request, s *sight) {
			w.WriteHeader(http.StatusContinue)
			s.read(r, -1)
		}},
		{"sends trailers", func(w http.ResponseWriter, r *http.Request, s *sight) {
			w.Header().Set("Trailer", "X-After")
			io.WriteString(w, "trailed\n")
			s.read(r, -1)
			w.Header().Set("X-After", "1")
			w.Header().Set(http.TrailerPrefix+"X-Late", "2")
		}},
		{"waits for the client's leaving", func(w http.ResponseWriter, r *http.Request, s *sight) {
			s.read(r, -1)
			select {
			case <-r.Context().Done():
				s.note("left")
			case <-time.After(100 * time.Millisecond):
			}
		}},
		{"aborts", func(_ http.ResponseWriter, r *http.Request, s *sight) {
			s.read(r, 2)
			s.end()
			panic(http.ErrAbortHandler)
		}},
		{"aborts behind the head", func(w http.ResponseWriter, _ *http.Request, s *sight) {
			io.WriteString(w, "begun\n")
			w.(http.Flusher).Flush()
			s.end()
			panic(http.ErrAbortHandler)
		}},
		{"bounds the body", func(w http.ResponseWriter, r *http.Request, s *sight) {
			r.Body = http.MaxBytesReader(w, r.Body, 4)
			s.read(r, -1)
		}},
		{"hijacks", func(w http.ResponseWriter, r *http.Request, s *sight) { hijackAndRead(w, s) }},
		{"reads a part, then hijacks", func(w http.ResponseWriter, r *http.Request, s *sight) {
			s.read(r, 2)
			hijackAndRead(w, s)
		}},
	}
}

// hijackAndRead takes the connection and reads what there is on it within a second.
func hijackAndRead(w http.ResponseWriter, s *sight) {
	conn, rw, err := w.(http.Hijacker).Hijack()
	if err != nil {
		s.note("hijack: %s", errorClass(err))
		return
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(time.Second))
	p, err := io.ReadAll(rw)
	s.note("on the connection: %s, then %s", abridged(p), errorClass(err))
	io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"+seenField+": GET\r\n\r\nok")
}

// mannered returns a handler that treats requests in m, but a warm one as any
// handler would, and notes what it sees.
func mannered(m manner, seen *sightings, log *causes) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := see(r)
		s.causes = log
		seen.add(s)
		defer s.end()
		w.Header().Set(seenField, r.Method)
		if r.RequestURI == warmPath {
			s.read(r, -1)
			return
		}
		m.serve(w, r, s)
	})
}
