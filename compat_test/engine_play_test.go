package compat_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"strconv"
	"strings"
	"testing/synctest"
	"time"
)

// settling is how long a server gets for what it does behind the last byte, such
// as closing in two steps. It is far from every time-out.
const settling = 10 * time.Second

// quiet swallows what servers log of their clients.
var quiet = log.New(io.Discard, "", 0)

// An input is what a client sends, and to whom.
type input struct {
	bytes   string
	manner  manner
	cutting cutting
	fin     bool // the client ends its side behind the last byte
	set     func(*http.Server)
}

// A result is all that there is to see of a connection.
type result struct {
	requests []string      // that reached the handler
	answers  []string      // interim ones included
	state    string        // "open" or "closed"
	lasted   time.Duration // from the last byte of the input to the end of the connection
	reset    bool          // it was closed so that the client may lose the last answer
	causes   []string      // why the engine refused requests: not compared
}

func (o result) String() string {
	lines := append([]string{}, o.requests...)
	lines = append(lines, o.answers...)
	return strings.Join(append(lines, "connection "+o.state), "\n")
}

// play serves in within a bubble of synctest. Every segment is sent when the server
// has done all it can with those before it, so that the outcome depends on
// nothing else.
func play(start func(http.Handler, *causes, func(*http.Server)) server, warm bool, in input) result {
	w, seen, log := newWire(), new(sightings), new(causes)
	set := in.set
	if set == nil {
		set = func(*http.Server) {}
	}
	srv := start(mannered(in.manner, seen, log), log, set)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.serve(newSocket(w))
	}()
	say := func(p string) {
		if p != "" {
			_, _ = w.in.write([]byte(p)) // a server that has closed is seen by what it sent
			synctest.Wait()
		}
	}
	before := ""
	if warm {
		before = plain(warmPath)
		if !in.cutting.glued {
			say(before)
			before = ""
		}
	}
	pieces := in.cutting.segments(in.bytes)
	if len(pieces) == 0 {
		pieces = []string{""}
	}
	for i, piece := range pieces {
		if i == 0 {
			piece = before + piece
		}
		say(piece)
	}
	if in.fin {
		w.in.end()
	}
	last := time.Now()
	time.Sleep(settling)
	synctest.Wait()

	o := result{requests: seen.strings(), causes: log.strings()}
	o.state, o.reset = w.state()
	o.lasted = w.lasted(last)
	o.answers = answersIn(w.sent())
	if warm { // neither the request nor its answer is what is compared
		o.requests, o.answers = o.requests[min(1, len(o.requests)):], o.answers[min(1, len(o.answers)):]
	}
	w.in.end()
	w.out.leave()
	srv.stop()
	<-served
	time.Sleep(settling) // a server may still be closing in steps
	synctest.Wait()
	return o
}

// answersIn returns the answers that were sent, each in a form that compares. What
// is no answer any more is the last of them.
func answersIn(sent []byte) []string {
	var answers []string
	br := bufio.NewReader(bytes.NewReader(sent))
	for {
		rest, _ := br.Peek(br.Buffered())
		if len(rest) == 0 {
			if rest, _ = br.Peek(1); len(rest) == 0 {
				return answers
			}
			rest, _ = br.Peek(br.Buffered())
		}
		rest = bytes.Clone(rest)
		p := new(reply)
		if p.statusLine, p.err = readLine(br); p.err == nil {
			if _, err := fmt.Sscanf(p.statusLine, "HTTP/1.%d %d", new(int), &p.code); err != nil {
				return append(answers, "no answer: "+abridged(rest))
			}
			p.fields, p.err = readFields(br)
		}
		if p.err != nil {
			return append(answers, "half an answer: "+abridged(rest))
		}
		if length := p.field("Content-Length"); length != "" {
			if n, err := strconv.Atoi(length); err != nil || n < 0 || n > len(sent) {
				p.framing = "a length beyond what was sent" // such as a handler announces in vain
				_, _ = io.Copy(io.Discard, br)
			}
		}
		if p.framing == "" {
			p.readBody(br, p.field(seenField))
		}
		if p.code >= 400 && p.field(seenField) == "" {
			answers = append(answers, refusalText(p))
			continue
		}
		answers = append(answers, "answer "+strings.Join(withoutChunks(p.transcript()), "\n"))
	}
}

// refusalText is an answer to what no handler got to see. Only the status is
// compared: what else it says is the server's own, and with request-error hooks the
// service's.
func refusalText(p *reply) string {
	closes := strings.EqualFold(p.field("Connection"), "close") || strings.HasPrefix(p.statusLine, "HTTP/1.0 ") && p.field("Connection") == ""
	text := fmt.Sprintf("refused with %d, says it closes %t", p.code, closes)
	if p.err != nil {
		text += ", broken off"
	}
	return text
}
