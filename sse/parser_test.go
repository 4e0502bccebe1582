package sse_test

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A message is what an EventSource dispatches.
type message struct{ kind, data, id string }

// A parser interprets an event stream as the HTML standard has it, section 9.2.6, to
// the letter: it is what the encoder is held against.
type parser struct {
	br       *bufio.Reader
	begun    bool
	data     strings.Builder
	kind     string
	idBuffer string

	lastID   string // the last event ID string
	retry    int    // the reconnection time in ms, -1: never set
	comments int
}

func newParser(r io.Reader) *parser { return &parser{br: bufio.NewReader(r), retry: -1} }

// next returns the next event that is dispatched. An event that the end of the stream cuts
// is none.
func (p *parser) next() (message, error) {
	for {
		line, err := p.line()
		if err != nil {
			return message{}, err
		}
		if line == "" {
			if m, ok := p.dispatch(); ok {
				return m, nil
			}
			continue
		}
		name, value, colon := strings.Cut(line, ":")
		if colon && name == "" {
			p.comments++
			continue
		}
		p.field(name, strings.TrimPrefix(value, " "))
	}
}

// line returns the next line without its end: CRLF, LF or CR.
func (p *parser) line() (string, error) {
	if !p.begun {
		p.begun = true
		if bom, _ := p.br.Peek(3); string(bom) == "\ufeff" {
			_, _ = p.br.Discard(3)
		}
	}
	var b strings.Builder
	for {
		c, err := p.br.ReadByte()
		switch {
		case err != nil:
			return "", err
		case c == '\n':
			return b.String(), nil
		case c == '\r':
			// A reader that must not wait looks for the LF with the next line; these
			// streams have no CR at all.
			if next, err := p.br.Peek(1); err == nil && next[0] == '\n' {
				_, _ = p.br.Discard(1)
			}
			return b.String(), nil
		}
		b.WriteByte(c)
	}
}

func (p *parser) field(name, value string) {
	switch name {
	case "event":
		p.kind = value
	case "data":
		p.data.WriteString(value + "\n")
	case "id":
		if !strings.Contains(value, "\x00") {
			p.idBuffer = value
		}
	case "retry":
		if ms, err := strconv.Atoi(value); err == nil && strings.Trim(value, "0123456789") == "" {
			p.retry = ms
		}
	}
}

func (p *parser) dispatch() (message, bool) {
	p.lastID = p.idBuffer
	data, kind := p.data.String(), p.kind
	p.data.Reset()
	p.kind = ""
	if data == "" {
		return message{}, false
	}
	if kind == "" {
		kind = "message"
	}
	return message{kind, strings.TrimSuffix(data, "\n"), p.lastID}, true
}

// parseAll parses a whole stream.
func parseAll(t testing.TB, text string) (all []message, p *parser) {
	p = newParser(strings.NewReader(text))
	for {
		m, err := p.next()
		if err == io.EOF {
			return all, p
		}
		require.NoError(t, err)
		all = append(all, m)
	}
}

// TestParser holds the parser against the examples of the standard.
func TestParser(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text string
		want []message
	}{
		{"data: YHOO\ndata: +2\ndata: 10\n\n", []message{{"message", "YHOO\n+2\n10", ""}}},
		{": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n", []message{{"message", "first event", "1"}, {"message", "second event", ""}}},
		{"data\n\ndata\ndata\n\ndata:", []message{{"message", "", ""}, {"message", "\n", ""}}},
		{"data:test\n\ndata: test\n\n", []message{{"message", "test", ""}, {"message", "test", ""}}},
		{"\ufeffevent: add\r\ndata: 73857293\r\n\r\nevent: remove\rdata: 2153\r\r", []message{{"add", "73857293", ""}, {"remove", "2153", ""}}},
		{"id: 1\n\ndata: x\n\n", []message{{"message", "x", "1"}}},
		{"id: a\x00b\ndata: x\n\n", []message{{"message", "x", ""}}},
		{"event: x\n\ndata: y\n\n", []message{{"message", "y", ""}}},
	} {
		got, _ := parseAll(t, row.text)
		assert.Equal(t, row.want, got, "%q", row.text)
	}
}
