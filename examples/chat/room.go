package main

import (
	"encoding/json"
	"log"
	"slices"
	"sync"
	"time"

	"github.com/onramp-go/onramp/ws"
)

// A person may say burst things at once, and then one per interval.
const (
	burst    = 5
	interval = time.Second
)

// A room knows who is in it.
type room struct {
	mu     sync.Mutex // guards what follows
	people map[*ws.Conn]*person
}

// A person is one connection: somebody with two pages open is there twice.
type person struct {
	name  string
	quota time.Time // when the burst will be whole again
}

// add brings conn into the room, unless that is full, and tells everybody.
func (r *room) add(conn *ws.Conn, name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.people) == maxPeople {
		return false
	}
	r.people[conn] = &person{name: name}
	r.announce()
	return true
}

// remove takes conn out of the room, if it was in it, and tells everybody else.
func (r *room) remove(conn *ws.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.people[conn] != nil {
		delete(r.people, conn)
		r.announce()
	}
}

// speak returns who conn is, and whether it may say something now.
func (r *room) speak(conn *ws.Conn, now time.Time) (name string, allowed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.people[conn]
	if p.quota.Before(now) {
		p.quota = now
	}
	if p.quota.Sub(now) > (burst-1)*interval {
		return p.name, false
	}
	p.quota = p.quota.Add(interval)
	return p.name, true
}

// announce tells everybody who is there. mu is held, so that no list overtakes a later
// one; it is never held for long, because nothing here waits for a client: one that does
// not read what it is told is sent away.
func (r *room) announce() {
	var names []string
	for _, p := range r.people {
		names = append(names, p.name)
	}
	slices.Sort(names)
	data, err := json.Marshal(map[string][]string{"people": slices.Compact(names)})
	if err != nil {
		log.Print("chat: announce: ", err)
		return
	}
	message, err := ws.NewPreparedMessage(ws.TextMessage, data)
	if err != nil {
		log.Print("chat: announce: ", err)
		return
	}
	for conn := range r.people {
		if conn.TryWritePrepared(message) != nil {
			_ = conn.CloseWith(errSlow.Code, errSlow.Text) // fails when it has left, and leave comes next
		}
	}
}
